"""What a value becomes when it is generalised.

- ``hierarchy``: Generalisation hierarchies: what each value of a column becomes at each level.
"""
