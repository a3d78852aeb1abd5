"""What a differentially private mechanism leaks at least, found from its outputs.

- ``canaries``: Pairs of tables that differ in one person.
- ``whole_release``: All that can be seen of a release.
- ``own_mechanism``: The audit of anybody's mechanism by its whole releases.
- ``telling_features``: What is looked at in the runs.
- ``registered``: Registered defences, set up for that audit.
- ``bounds``: Lower bounds on epsilon from counted guesses, and a test of exact distributions.
- ``mechanisms``: The audit of every differentially private mechanism in this package, by name.
- ``result``: Audits: how much a mechanism leaks at least, from its outputs alone.
"""
