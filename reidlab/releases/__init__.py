"""Attacks and defences on files.

- ``attack``: An attack on files: what is released, what the adversary holds, what is true.
- ``defend``: A defence on a file: the release, its schema and a manifest of what was done, written
  together.
- ``row_order``: The order of a release's rows, which would join it to the export.
- ``settings``: ``--set key=value``: text from the command line as the values that a class takes.
"""
