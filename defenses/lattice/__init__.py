"""The generalisation lattice of a table, and the search for its cheapest node.

- ``lattice`` -- distinct rows, and what each level makes of their values
- ``problem`` -- an export's coded rows and the conditions on their classes
- ``roll_up`` -- the classes of any node, from smaller ones
- ``suppression`` -- which rows or persons a node leaves out
- ``losses`` -- what a generalisation costs
- ``forecasts`` -- what to expect of nodes that were not counted
- ``search`` -- the cheapest node that satisfies every condition
"""
