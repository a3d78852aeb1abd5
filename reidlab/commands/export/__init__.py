"""Commands on somebody's own export.

- ``assess``: The command that measures what an export gives away.
- ``assessed``: What is printed of an assessment: the answer first, then the measures, then what was not
  measured.
- ``attack``: The command that runs one attack on one released file.
- ``defend``: The command that applies a defence to a file and writes what may leave.
- ``hash``: ``reidlab hash``: what a platform or connector makes of each value, one JSON object per line.
- ``hierarchy``: The command that proposes a hierarchy for one column, as a file to be edited.
- ``recorded``: What is printed of a platform's record: its people, held against a policy, and what its
  requests tell.
- ``schema``: The command that proposes the roles of the columns of an export.
- ``verify``: The command that holds a release against its manifest, or a signed record against its key.
"""
