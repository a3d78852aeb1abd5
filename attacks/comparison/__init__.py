"""Record against person: what attacks on records compare with.

- ``generalised``: which values a released label such as ``[20, 30)`` or ``021**`` can stand for;
- ``gower``: how like two records are, column by column, also to a generalised record;
- ``closest``: the rows at the least distance from each person, found without comparing all with all;
- ``neighbours``: how near the nearest released records of each person are, and how many;
- ``predicates``: conjunctions, many at once, and whom each is true of.
"""
