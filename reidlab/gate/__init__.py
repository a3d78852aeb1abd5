"""Whether an export may leave.

- ``answer``: The answer of a gate to one rule, and to all of them: only what was shown to hold lets data
  leave.
- ``columns``: Rules on single columns: their roles, their kinds, their tokens and what their labels stand
  for.
- ``decision``: The decision on one export: every rule that a policy asks, held against what was found.
- ``difference``: What leaves after a change that did not leave before: columns, kinds, receivers, people.
- ``eighteen``: Names of columns for those of the eighteen identifiers of 45 CFR 164.514(b)(2)(i) that have
  no form of their own.
- ``labels``: What a label may stand for: the worst value that a range, a set or a code cut off can mean.
- ``limits``: Rules on measures of a table: classes, what they disclose, and the risk of its people.
- ``policy``: What a company lets leave: limits on an export, read from TOML or taken from a preset.
- ``sarif``: Verdicts as SARIF 2.1.0, so that code hosts show beside a data file why it may not leave.
- ``senders``: Rules on a list of people that leaves as a table: who sends it, and what being on it says.
- ``signed_record``: A record of a decision under the curator's key: counts and digests, never a value,
  verified offline.
- ``small_areas``: Three-digit ZIP areas of 20,000 people or fewer, which 45 CFR 164.514(b)(2)(i)(B) lets
  leave as 000 only.
- ``uploads``: Rules on a recording of requests or events: whom it tells of, held against a policy.
"""
