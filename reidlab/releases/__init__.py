"""Attacks and defences on files.

- ``accounts``: What stands in a ledger, for its curator: answers, totals and what is left, by data set.
- ``attack``: An attack on files: what is released, what the adversary holds, what is true.
- ``defend``: A defence on a file: the release, its schema and a manifest of what was done, written
  together.
- ``hierarchy_file``: A first proposal for the hierarchy of a column, written in ARX's format to be edited.
- ``manifest``: The manifest beside a release: what was done, the digests of what left, and whether they
  still hold.
- ``row_order``: The order of a release's rows, which would join it to the export and to every other
  release of it.
- ``settings``: ``--set key=value``: text from the command line as the values that a class takes.
"""
