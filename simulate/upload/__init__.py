"""From the people collected to the list, the platform's match, and what it learns.

- ``address_tokens``: Addresses as SQL: what the site sends for one, and what a platform holds for it.
- ``collection``: The people a site collected and the accounts they hold at the platforms, block by
  block.
- ``learnt``: What a platform can know of the people it matched: that they came, by which door, what
  they answered.
- ``match``: An uploaded list joined with a platform's accounts, and every address that did not match
  accounted for.
- ``match_by_query``: A list matched by queries that run on every engine, and counted there: nothing
  comes back per person.
- ``outsiders``: People who never visited the site but have accounts, so that lists can meet the wrong
  person.
- ``uploads``: Lists sent to platforms: which of the collected people are on each, and what became of
  them.
"""
