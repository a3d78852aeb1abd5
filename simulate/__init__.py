"""The people, what they answered at intake, the platforms, the upload and its match.

- ``addresses``: E-mail addresses: drafted, numbered, spelt out, and typed into a form.
- ``attributes``: What people are and answer, one module per field of their lives.
- ``calibration``: The simulation held against published figures, and fitted to a published match.
- ``case``: A case: what was sent, when, to whom, and what is known or assumed about it.
- ``disclosure``: What left besides the match: IP addresses, events, years of lists, consent, sub-
  brands, remedies.
- ``execution``: Blocks of people made by workers within a bound of memory, and written as they come.
- ``lottery``: Draws from long tables of weights, in constant time per draw.
- ``people``: The people as tables, block by block.
- ``platforms``: What a platform is: who has an account there, and what it knows of them.
- ``populations``: Whole populations written to files: visitors, those who came later, and residents.
- ``replay``: A case replayed: collect the people, fit the reuse of addresses, upload each list and
  match it.
- ``replay_on_spark``: A case replayed on Spark: executors make the people, queries match them, and only
  counts come back.
- ``tables``: Small public tables that generation needs, and the script that derives them again.
- ``upload``: From the people collected to the list, the platform's match, and what it learns.
- ``world``: What every case assumes of the world: parameters with their ranges, residents, platforms.
"""
