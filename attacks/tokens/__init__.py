"""Attacks on tokens: lists of hashed addresses, phones and the like.

Attacks, by registered name:

- ``account-match``: the platform joins an uploaded list with its own accounts;
- ``cross-list``: the same token in several lists is the same person in all of them;
- ``hash-reversal``: trying likely texts until they hash to the tokens of a list.
"""
