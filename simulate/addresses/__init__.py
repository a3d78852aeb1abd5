"""E-mail addresses: drafted, numbered, spelt out, and typed into a form.

- ``drafts``: E-mail addresses: drafted from the person, numbered so that no two people share one, and
  spelt out.
- ``entry``: What people type into the site's form: which of their addresses, and what goes wrong on the
  way.
- ``numbering``: One pass over all drafted addresses that gives later owners of the same one the next
  free number.
- ``pieces``: The pieces that e-mail addresses are made of, and 64-bit keys that equal addresses share.
"""
