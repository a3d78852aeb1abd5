"""The accounts of the platforms as tokens, and how many entries of a list meet one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from exports.engines.texts import DUCKDB_TEXTS
from exports.errors import LabError
from exports.identifiers import Rule, find_profile
from exports.identifiers.sql import digest_sql
from reidlab.platform.entries import IDENTIFYING, TOGETHER
from simulate.upload.address_tokens import STANDS_FOR

KINDS = (*IDENTIFYING, TOGETHER)
"""Kinds of token that name a person; a token's kind is its position here."""

SCHEMA = pa.schema(
    [
        ("order", pa.int32()),
        ("adds", pa.bool_()),
        ("row", pa.int64()),
        ("kind", pa.int8()),
        ("token", pa.binary()),
    ]
)
"""A list's log: in which order a row with a token was added or removed."""

PLATFORMS = {
    "meta": "facebook", "google": "google", "snapchat": "snapchat", "pinterest": "pinterest",
    "criteo": "criteo", "tiktok": "tiktok", "x": "x", "linkedin": "linkedin", "microsoft": "microsoft",
    "reddit": "reddit", "uid2": "uid2",
}  # fmt: skip
"""Vendor -> name of the platform in cases, and of its column in a file of accounts."""

PROFILES = {
    "meta": "meta.audience_sdk", "google": "google.customer_match", "snapchat": "snapchat",
    "pinterest": "pinterest", "criteo": "criteo", "tiktok": "tiktok", "x": "x", "linkedin": "linkedin",
    "microsoft": "microsoft", "reddit": "reddit",
}  # fmt: skip
"""Vendor -> how it hashes what it knows of its accounts."""

_DIGESTS = {"pinterest": ("sha1", "md5"), "criteo": ("md5", "sha256(md5hex)")}
"""Digests that a vendor takes for an e-mail address besides its rule's own."""

_TOGETHER = (
    ("first_name", "last_name", "zip", "dob_year", "dob_month", "dob_day"),
    ("first_name", "last_name", "zip", "dob"),
)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Whom the platforms know, and by which identifiers.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where they are joined; it belongs to this object.
    source : str
        Query with a column per kind.
    kinds : tuple of str
        Those columns.
    holders : mapping of str to str
        Platform -> its boolean column in ``source``: who has an account there.
    everybody : bool
        Whether a platform without such a column knows everybody, or nobody.
    made : set of str
        Vendors whose tokens are made.
    """

    connection: Any
    source: str
    kinds: tuple[str, ...]
    holders: Mapping[str, str]
    everybody: bool = False
    made: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def matched(self, vendor: str, log: pa.Table) -> int:
        """Return how many different entries that are still on a list meet an account.

        Parameters
        ----------
        vendor : str
            Whose accounts.
        log : pyarrow.Table
            Of `SCHEMA`.
        """
        if not log.num_rows:
            return 0
        with self._lock:
            table = self._tokens(vendor)
            self.connection.register("log", log)
            try:
                [(count,)] = self.connection.sql(_matched_sql(table, log)).fetchall()
            finally:
                self.connection.unregister("log")
        return int(count)

    def _tokens(self, vendor: str) -> str:
        """Return the name of the table of a vendor's tokens, made at the first call."""
        table = f"tokens_of_{vendor}"
        if vendor not in self.made:
            parts = ["select 0::tinyint as kind, ''::blob as token where false", *self._selects(vendor)]
            self.connection.execute(
                f"create table {table} as select distinct * from ({' union all '.join(parts)}) "
                "where token is not null"
            )
            self.made.add(vendor)
        return table

    def _selects(self, vendor: str) -> list[str]:
        platform, profile = PLATFORMS[vendor], PROFILES.get(vendor)
        if profile is None or (platform not in self.holders and not self.everybody):
            return []
        rules = find_profile(profile).knowing(STANDS_FOR).rules
        where = self.holders.get(platform, "true")
        known = {kind: _token_sql(rules[kind], kind) for kind in self.kinds if kind in rules}
        made = [(kind, token) for kind, token in known.items() if kind in IDENTIFYING]
        if "email" in known:
            made += [
                ("email", _token_sql(rules["email"], "email", other)) for other in _DIGESTS.get(vendor, ())
            ]
        for parts in _TOGETHER:
            if all(part in known for part in parts):
                made.append((TOGETHER, " || ".join(known[part] for part in parts)))
        return [
            f"select {KINDS.index(kind)}::tinyint as kind, {token} as token "
            f"from ({self.source}) where {where}"
            for kind, token in made
        ]


def _token_sql(rule: Rule, column: str, digest: Any = None) -> str:
    """Return the expression of a token's bytes; text that goes in the clear has a mark before it."""
    text = digest_sql(rule, column, DUCKDB_TEXTS, digest=digest, encoding="hex")
    if (digest or rule.digest) == "none":
        return f"('\\xFF'::blob || encode({text}))"
    return f"unhex({text})"


def _matched_sql(accounts: str, log: pa.Table) -> str:
    kinds = log["kind"].unique().to_pylist()
    own = KINDS.index("external_id")
    if log["adds"].unique().to_pylist() == [True]:
        live = "log"
    else:
        live = (
            "(select l.* from log l where l.adds and l.row not in (select a.row from log a join "
            '(select kind, token, max("order") as at from log where not adds group by kind, token) gone '
            'on a.kind = gone.kind and a.token = gone.token where a.adds and gone.at > a."order"))'
        )
    if len(kinds) == 1:
        return (
            f"select count(*) from (select distinct token from {live} where adds) "
            f"semi join (select token from {accounts} where kind = {kinds[0]}) using (token)"
        )
    return (
        f"with live as materialized (select row, kind, token from {live} where adds and kind <> {own}), "
        f"met as (select distinct row from live semi join {accounts} using (kind, token)) "
        "select count(distinct entry) from (select sha256(string_agg(kind || ':' || hex(token), ',' "
        "order by kind)) as entry from live semi join met using (row) group by row)"
    )


def connected(folder: Path, memory: int = 700_000_000) -> Any:
    """Open DuckDB on a file in a folder, so that millions of accounts need not be in memory."""
    import duckdb

    return duckdb.connect(
        str(folder / "accounts.duckdb"),
        config={
            "memory_limit": f"{memory}B",
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def simulated(case: str, folder: Path, *, people: int, seed: int) -> Accounts:
    """Return the accounts of a case's simulated visitors, as a replay of it has them.

    Raises
    ------
    LabError
        When there is no such case, or memory or disk do not suffice.
    """
    from simulate.case import load_case
    from simulate.replay import replay

    found = load_case(case)
    done = replay(found, folder / "replay", people=people, seed=seed, workers=1, memory=1_500_000_000)
    written = [done.tables[name] for name in ("accounts", "later_accounts") if name in done.tables]
    files = ", ".join("'" + str(file).replace("'", "''") + "'" for one in written for file in one.files)
    return Accounts(
        connected(folder),
        f"select *, address as email from read_parquet([{files}])",
        ("email",),
        {name: f'"{name}"' for name in done.matches},
    )


def of_file(path: Path, folder: Path) -> Accounts:
    """Return the accounts of a file: a column per kind of identifier, and one per platform where it differs.

    Columns are named as identifiers are anywhere in the lab (``email``, ``phone``, ``zip`` ...); a
    boolean column named after a platform says who has an account there. Without one, everybody has.

    Raises
    ------
    LabError
        When the file cannot be read or has no column that names a person.
    """
    from exports.reading.loading import load
    from exports.reading.read import read

    source = read(path)
    texts = [column for column in source.columns if column not in PLATFORMS.values()]
    return of_table(load(source, text=texts), folder, str(path))


def of_table(table: pa.Table, folder: Path, name: str = "the table of accounts") -> Accounts:
    """Return the accounts of a table with columns as in `of_file`."""
    from exports.identifiers.kinds import canonical

    kinds = {canonical(column): column for column in table.column_names}
    if not set(kinds) & set(IDENTIFYING):
        raise LabError(
            f"{name} has no column that names a person: call one "
            f"{', '.join(IDENTIFYING[:-1])} or {IDENTIFYING[-1]}."
        )
    holders = {name: f'"{name}"' for name in PLATFORMS.values() if name in table.column_names}
    kept = {kind: column for kind, column in kinds.items() if column not in holders}
    connection = connected(folder)
    connection.register("given", table)
    columns = [f'cast("{_quoted(column)}" as varchar) as "{_quoted(kind)}"' for kind, column in kept.items()]
    columns += [f'{part} as "{kind}"' for kind, part in _parts_of_birth(kept).items()]
    columns += [f"coalesce(try_cast({column} as boolean), false) as {column}" for column in holders.values()]
    connection.execute(f"create table people as select {', '.join(columns)} from given")
    connection.unregister("given")
    known = (*kept, *_parts_of_birth(kept))
    return Accounts(connection, "select * from people", known, holders, everybody=True)


def _parts_of_birth(kept: Mapping[str, str]) -> dict[str, str]:
    """Return year, month and day of a column of birth dates, written YYYYMMDD or with marks between."""
    if "dob" not in kept or "dob_year" in kept:
        return {}
    digits = f"regexp_replace(cast(\"{_quoted(kept['dob'])}\" as varchar), '[^0-9]', '', 'g')"
    places = {"dob_year": (1, 4), "dob_month": (5, 2), "dob_day": (7, 2)}
    return {kind: f"substr({digits}, {at}, {size})" for kind, (at, size) in places.items()}


def _quoted(name: str) -> str:
    return name.replace('"', '""')
