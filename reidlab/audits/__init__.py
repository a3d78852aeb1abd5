"""What a differentially private mechanism leaks at least, found from its outputs.

- ``bounds``: Lower bounds on epsilon from counted guesses, and a test of exact distributions.
- ``mechanisms``: The audit of every differentially private mechanism in this package, by name.
- ``result``: Audits: how much a mechanism leaks at least, from its outputs alone.
"""
