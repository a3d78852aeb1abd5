"""What leaves the house: a table, the role of each column, hashed identifiers, classes and risks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.front_door import front_door

if TYPE_CHECKING:
    from exports.domain import Domain as Domain
    from exports.engines.duckdb_engine import DuckDBEngine as DuckDBEngine
    from exports.engines.spark_engine import SparkEngine as SparkEngine
    from exports.errors import LabError as LabError
    from exports.hierarchies.hierarchy import Hierarchy as Hierarchy
    from exports.identifiers import PROFILES as PROFILES
    from exports.identifiers import Rejected as Rejected
    from exports.identifiers import find_profile as find_profile
    from exports.queries import Condition as Condition
    from exports.queries import CountQuery as CountQuery
    from exports.queries import Withheld as Withheld
    from exports.queries import exact_counts as exact_counts
    from exports.randomness import Stream as Stream
    from exports.reading.read import read as read
    from exports.release import Export as Export
    from exports.release import Guarantee as Guarantee
    from exports.release import Release as Release
    from exports.release import Truth as Truth
    from exports.schema import Column as Column
    from exports.schema import Role as Role
    from exports.schema import Schema as Schema
    from exports.shares import Share as Share

_FRONT: dict[str, str] = {
    "Column": "exports.schema",
    "Condition": "exports.queries",
    "CountQuery": "exports.queries",
    "Domain": "exports.domain",
    "DuckDBEngine": "exports.engines.duckdb_engine",
    "Export": "exports.release",
    "Guarantee": "exports.release",
    "Hierarchy": "exports.hierarchies.hierarchy",
    "LabError": "exports.errors",
    "PROFILES": "exports.identifiers",
    "Rejected": "exports.identifiers",
    "Release": "exports.release",
    "Role": "exports.schema",
    "Schema": "exports.schema",
    "Share": "exports.shares",
    "SparkEngine": "exports.engines.spark_engine",
    "Stream": "exports.randomness",
    "Truth": "exports.release",
    "Withheld": "exports.queries",
    "exact_counts": "exports.queries",
    "find_profile": "exports.identifiers",
    "read": "exports.reading.read",
}
"""Offered name -> module that holds it; loaded when it is asked for."""

if not TYPE_CHECKING:
    __getattr__, __dir__ = front_door(__name__, _FRONT)
