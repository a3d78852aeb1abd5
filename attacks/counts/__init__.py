"""Attacks on counts: tables, dashboards and answers to questions.

Attacks, by registered name:

- ``audience-size``: who may only upload lists and read their rounded size learns about one person;
- ``averaging``: a count that is noisy afresh at each asking is no secret after enough askings;
- ``dashboard-differencing``: small counts that are withheld come back from the totals around them;
- ``differencing``: two counts that differ by one person tell what she answered;
- ``float-laplace``: the last bits of a noisy count tell what it was before the noise;
- ``margin-reconstruction``: published tables of a small place leave only one list of people behind them;
- ``reconstruction``: counts of enough random groups, even noisy ones, give everybody's answer back.

What they share:

- ``questions``: an adversary at a counts release, who asks once, remembers, and is sometimes refused;
- ``table_cells``: cells of a table of counts, single ones and totals of lines.
"""
