"""Tokens in an export: their form, what they collide on, what opens them, and who would match them.

- ``dictionary``: A dictionary held against tokens: what whoever has these texts reads in the clear.
- ``enumeration``: Spaces so small that every text in them can be hashed: what opens, and how long the
  rest would take.
- ``forms``: The form of the tokens in a column, and which digests come in that form.
- ``opening``: Which column a token was made of, and under which profiles: whoever has the one has the
  other.
- ``quality``: What is wrong with a column of tokens: duplicates, hashes of nothing, letters of the
  wrong case.
- ``sharing``: The same token in several exports: whoever receives them all joins them without opening
  one.
- ``survey``: Everything that can be said of the tokens in an export, column by column.
"""
