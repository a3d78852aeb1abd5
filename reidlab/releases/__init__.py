"""Attacks and defences on files.

- ``attack``: An attack on files: what is released, what the adversary holds, what is true.
- ``defend``: A defence on a file: the release, its schema and a manifest of what was done, written
  together.
- ``manifest``: The manifest beside a release: what was done, the digests of what left, and whether they
  still hold.
- ``settings``: ``--set key=value``: text from the command line as the values that a class takes.
"""
