"""What leaves the house: a table, the role of each column, hashed identifiers, classes and risks.

- ``beacons``: What a site's requests and events tell others: health facts and identifiers, by field and
  receiver.
- ``classes``: Equivalence classes, and what they disclose: k-anonymity's classes, l-diversity,
  t-closeness.
- ``coding``: Columns as small integers: what every measure over classes computes with.
- ``columns``: What each column holds, and the role that is proposed for it.
- ``domain``: The declared values of columns as small integers: what differential privacy and synthesis
  count over.
- ``engines``: Where queries over a table run: DuckDB on one machine, others behind the same narrow
  protocol.
- ``errors``: The one error that a user is meant to read, and the word that was probably meant.
- ``fingerprint``: A digest of what a table says, not of how it is stored.
- ``hierarchies``: What a value becomes when it is generalised.
- ``identifiers``: Identifiers as platforms normalise and hash them: profiles, kinds, rules, tokens.
- ``keys``: One integer for the values of several columns: equal where all of them are.
- ``plugins``: Attacks and defences by registered name, ours and third parties'.
- ``queries``: The one question that a counts release answers: how many people satisfy these conditions.
- ``randomness``: Named streams of random numbers: one seed gives the same result for any number of
  workers.
- ``reading``: Tables out of files, frames and databases: streamed, whole, or as distinct rows.
- ``release``: What is about to leave, what leaves after a defence, and the truth that only scoring
  reads.
- ``risk``: The risk of rows and people: measures, estimates for a population, special uniques.
- ``schema``: What each column of an export is: its role, and what a measure or a defence must know of
  it.
- ``shares``: Counts of counts with their intervals: every rate in the lab is one of these.
- ``sources``: Where the rows of a table are, before any is read.
- ``tokens``: Tokens in an export: their form, what they collide on, what opens them, and who would
  match them.
- ``toml_file``: TOML files at the edge of the lab: read and checked once, or refused in one sentence.
"""

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
