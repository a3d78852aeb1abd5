"""Commands that show how good attacks, defences and guarantees are.

- ``audit``: The command that looks for what a differentially private mechanism leaks beyond its claim.
- ``benchmark``: The command that runs experiments: defences x attacks.
- ``reproduce``: The command that reproduces published results.
"""
