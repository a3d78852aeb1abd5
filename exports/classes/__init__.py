"""Equivalence classes, and what they disclose: k-anonymity's classes, l-diversity, t-closeness.

- ``beta_likeness``: How much a class raises the adversary's belief in a value: beta-likeness, delta-
  disclosure.
- ``classes``: Equivalence classes: the people who look alike to an adversary who knows the quasi-
  identifiers.
- ``combinations``: The distinct combinations of values in a table, coded as small integers and counted.
- ``l_diversity``: What a class gives away about a sensitive value: distinct, entropy and recursive
  l-diversity.
- ``persons``: Distinct persons: how many are in each class, and how exposed each of them is.
- ``reference``: How a sensitive column is distributed among everybody: what a class is compared with.
- ``t_closeness``: How far the sensitive values of a class are from those of everybody: t-closeness.
- ``wildcards``: Classes when a missing value is compatible with every value, so that they are no
  partition.
"""
