"""From the people collected to the list, the platform's match, and what it learns.

- ``address_tokens``: Addresses as SQL: what the site sends for one, and what a platform holds for it.
- ``agreement``: Whose address as typed has another normal form than the address itself.
- ``collection``: The people a site collected and the accounts they hold at the platforms, block by
  block.
- ``history``: When each person's address met an account at a platform: the history of which every list is
  a view.
- ``learnt``: What a platform can know of the people it matched: that they came, by which door, what
  they answered.
- ``lists``: The lists of a case as they are named and told: one to a platform and a day.
- ``match``: An uploaded list joined with a platform's accounts, and every address that did not match
  accounted for.
- ``match_by_query``: A list matched by queries that run on every engine, and counted there: nothing
  comes back per person.
- ``outsiders``: People who never visited the site but have accounts, so that lists can meet the wrong
  person.
- ``repeats``: Rows of a list whose token is on it already: who came twice, or gave an address that another
  gave.
- ``uploads``: Lists sent to platforms: which rows are on each, and what became of every one of them.
"""
