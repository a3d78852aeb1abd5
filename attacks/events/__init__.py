"""Attacks on events: who did what, and when.

Attacks, by registered name:

- ``event-decoding``: event names that only the sender understands are understood by counting;
- ``ip-household``: whoever sees its own users' addresses over time knows whose visit an address was;
- ``sparse-history``: a few things a person did, roughly dated, pick her record out of all pseudonyms.

What they share:

- ``histories``: which history of released events holds the facts known of a person.
"""
