"""What leaves the house: a table, the role of each column, hashed identifiers, classes and risks."""

from exports.reading.read import read

__all__ = ["read"]
