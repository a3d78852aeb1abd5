"""Blocks of people made by workers within a bound of memory, and written as they come.

- ``arrow_columns``: Arrow columns out of codes and digits.
- ``blocks``: Tables written block by block: several blocks to a Parquet file, resumed when interrupted.
- ``memory``: How much memory a run may use, and how many workers that leaves room for.
- ``workers``: Spawned worker processes that do one block, or a few, at a time.
"""
