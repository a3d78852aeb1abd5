"""What normalising and hashing e-mails in SQL costs, as a multiple of the plainest hash of the engine.

Run: python benchmarks/hashing.py [addresses]. Reserved addresses, half of them at a domain that
stands for Gmail, a few with blanks, tags and letters beyond ASCII. CPU seconds of this process,
best of three; the plainest hash is DuckDB's ``sha256(lower(trim(x)))``.
"""

from __future__ import annotations

import sys
import time

import duckdb

from exports.identifiers import PROFILES, find_profile
from exports.identifiers.sql import digest_sql

PLAINEST = "sha256(lower(trim(x)))"

ADDRESSES = """
create table addresses as
select case when i % 50 = 0 then ' ' else '' end
    || case when i % 1000 = 1 then 'Jos\u00e9.' when i % 3 = 0 then 'Jane.' else 'doe' end || i
    || case when i % 17 = 0 then '+news' else '' end
    || case when i % 2 = 0 then '@Gmail.example' else '@mail.example' end as x
from range({}) as t(i)
"""


def seconds(connection: duckdb.DuckDBPyConnection, expression: str) -> float:
    """Return the best of three CPU times of an expression over all addresses."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        connection.sql(f"select max({expression}) from addresses").fetchall()
        taken.append(time.process_time() - start)
    return min(taken)


def main(addresses: int) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(ADDRESSES.format(addresses)).fetchall()
        base = seconds(connection, PLAINEST)
        print(f"{addresses:,} addresses; {PLAINEST}: {base:.2f} CPU s")
        for profile in PROFILES:
            if "email" in profile.rules:
                rule = profile.knowing({"gmail.example": "gmail.com"}).rule("email")
                taken = seconds(connection, digest_sql(rule, "x"))
                print(f"{profile.name:32s} {taken:6.2f} CPU s  {taken / base:5.2f} times the plainest")
        sample = connection.sql("select x from addresses limit 200_000").fetchall()
        rule = find_profile("meta.conversions").rule("email")
        start = time.process_time()
        for (value,) in sample:
            rule.apply(value)
        loop = (time.process_time() - start) / len(sample) * addresses
        print(f"{'the same in a Python loop':32s} {loop:6.2f} CPU s  {loop / base:5.2f} times (extrapolated)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7_000_000)
