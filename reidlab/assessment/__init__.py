"""What an export gives away, measured in one pass or in full, and the report on it.

- ``assess``: Assess an export: its classes, what they disclose, and the risk of its rows.
- ``contents``: What the labels of each column stand for, and which identifiers its name promises.
- ``findings``: The result of an assessment: measures, and reasons for those that could not be had.
- ``in_full``: What ``reidlab assess --full`` adds: everything that needs all distinct combinations at
  once.
- ``judgement``: An export held against a policy: what was found, the decision, and what both stood on.
- ``link_risks``: Prosecutor, journalist and marketer risk of an export, from whatever is known of its
  population.
- ``one_pass``: One pass over an export: in memory where its combinations fit, else part by part through
  the engine.
- ``recordings``: A recording of requests or events held against a policy, and its page.
- ``report``: An assessment as one HTML file: no network, no raw value, no single score.
- ``with_attacks``: Attacks and defences put to somebody's own export, for the report on it.
- ``wording``: What the parts of a report are called, and what each shows, how to read it and what it does
  not show.
"""
