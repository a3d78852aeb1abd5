"""Hash and match of an upload against a platform's accounts, beside the same join by hand in DuckDB.

Prints seconds of each in turn and their ratio, pair by pair; at most 1.5 is wanted.
Run: python benchmarks/match.py [--uploaded 7000000] [--accounts 20000000] [--runs 3]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from simulate.upload.address_tokens import token_sql
from simulate.upload.match import connect, match_tokens

PROFILE = "meta.audience_sdk"


def addresses(folder: Path, name: str, key: str, first: int, count: int) -> str:
    """Write Parquet of ``count`` addresses from number ``first`` on and return what reads it."""
    file = folder / f"{name}.parquet"
    columns = f"i - {first} as {key}, 'person.' || i || '@mail.example' as email"
    duckdb.sql(f"copy (select {columns} from range({first}, {first + count}) t(i)) to '{file}'")
    return f"read_parquet('{file}')"


def by_hand(uploaded: str, accounts: str) -> int:
    with duckdb.connect(config={"threads": 2}) as connection:
        token = "sha256(lower(trim(email)))"
        [(matched,)] = connection.sql(
            f"select count(*) from (select {token} as token from {uploaded}) "
            f"join (select {token} as token from {accounts}) using (token)"
        ).fetchall()
    return int(matched)


def by_lab(folder: Path, people: int, uploaded: str, accounts: str) -> int:
    token = token_sql(PROFILE, "email")
    with connect(4_000_000_000, 2, folder / "spill") as connection:
        found = match_tokens(
            connection,
            f"select id, {token} as token from {uploaded}",
            f"select owner, {token} as token from {accounts}",
            people,
        )
    return int((found.own | found.other).sum())


def seconds(work: Callable[[], int]) -> tuple[float, int]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def main() -> None:
    parser = argparse.ArgumentParser()
    for option, default in (("--uploaded", 7_000_000), ("--accounts", 20_000_000), ("--runs", 3)):
        parser.add_argument(option, type=int, default=default)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        uploaded = addresses(folder, "uploaded", "id", 0, wanted.uploaded)
        accounts = addresses(folder, "accounts", "owner", wanted.uploaded * 3 // 7, wanted.accounts)
        ratios = []
        for _ in range(wanted.runs):
            hand, expected = seconds(lambda: by_hand(uploaded, accounts))
            lab, matched = seconds(lambda: by_lab(folder, wanted.uploaded, uploaded, accounts))
            if matched != expected:
                raise SystemExit(f"the lab matched {matched:,}, DuckDB by hand {expected:,}")
            ratios.append(lab / hand)
            print(f"by hand {hand:.1f} s, lab {lab:.1f} s, ratio {lab / hand:.2f} ({matched:,} matched)")
    print(f"median ratio {statistics.median(ratios):.2f} (at most 1.5 wanted)")


if __name__ == "__main__":
    main()
