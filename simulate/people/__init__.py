"""The people as tables, block by block.

- ``block``: One block's people, drawn part by part as columns ask for them.
- ``on_spark``: Blocks of people made by the executors of a Spark session.
- ``tables``: People as columns: one block of 65,536 is a pure function of the seed and its number.
"""
