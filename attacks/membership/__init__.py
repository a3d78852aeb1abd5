"""Attacks that ask whether somebody was in the data, of records, synthetic data and models.

Attacks, by registered name:

- ``membership``: whether a person's record was among the data that the release was made from;
- ``shadow-models``: the same, by an adversary who trains the defence himself with and without the target.

What they share:

- ``candidates``: the people who are asked about, and those known to be outside;
- ``scores``: how much a release looks as if a given person's record went into it;
- ``operating_points``: from scores to what is claimed, at fixed rates of false positives.
"""
