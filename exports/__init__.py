"""What leaves the house: a table, the role of each column, hashed identifiers, classes and risks."""

from exports.sources import read

__all__ = ["read"]
