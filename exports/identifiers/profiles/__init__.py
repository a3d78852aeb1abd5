"""How each platform and connector normalises and hashes identifiers.

- ``catalogue``: All profiles by name.
- ``platforms``: What each platform itself publishes about the identifiers it takes.
- ``rudderstack``: What RudderStack's connectors make of a value before they send it to a platform.
- ``sdks``: What the platforms' own programs do, where it differs from what they publish.
- ``segment``: What Segment's connectors make of a value before they send it to a platform.
- ``shared_rules``: Steps and tables that rules of several platforms share.
"""
