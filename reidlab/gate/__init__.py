"""Whether an export may leave.

- ``policy``: What a company lets leave: limits on an assessment, each with a verdict.
"""
