"""The commands of ``reidlab``, one module each; what is heavy is imported only when one runs.

- ``case``: Commands about a case and its simulated people.
- ``doctor``: The command that tells whether this installation is whole.
- ``evidence``: Commands that show how good attacks, defences and guarantees are.
- ``export``: Commands on somebody's own export.
"""
