"""Candidates per second per core of hash reversal, beside DuckDB's own digest and OpenSSL's.

Run: ``python benchmarks/hash_reversal.py [MILLIONS]``. One thread; processor seconds; the best of three.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable

import pyarrow as pa

from attacks.dictionary.address_patterns import Patterns
from attacks.dictionary.guesses import Dictionary, Enumeration, GuessSource, HashedDictionary
from attacks.dictionary.hashing import Hashing
from attacks.dictionary.search import open_tokens
from attacks.upload_list import connect


def best(action: Callable[[], float]) -> float:
    return min(action() for _ in range(3))


def ready_column(millions: int) -> float:
    """Seconds per million digests of a column of 28 letters that is already there."""
    with connect() as connection:
        connection.execute("set threads = 1")
        rows = millions * 1_000_000
        connection.execute(
            "create table ready as "
            "select concat('name', i % 2000, '.sur', i // 2000, '@gmail.example') as text "
            f"from range({rows}) r(i)"
        )

        def once() -> float:
            started = time.process_time()
            connection.sql("select max(sha256(text)) from ready").fetchall()
            return time.process_time() - started

        return best(once) / millions


def openssl() -> float | None:
    """Seconds per million digests of 64-byte blocks."""
    if shutil.which("openssl") is None:
        return None
    command = ["openssl", "speed", "-seconds", "1", "-bytes", "64", "sha256"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"^sha256\s+([\d.]+)k", told, flags=re.M)
    return None if found is None else 64e6 / (float(found[1]) * 1000)


def main() -> None:
    millions = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    budget = millions * 1_000_000
    hashing = Hashing()
    nobody = pa.array(hashing.digests(f"nobody{n}@mail.example" for n in range(100_000)))
    ready, blocks = ready_column(min(millions, 8)), openssl()
    print(f"DuckDB sha256 of a ready column   {1 / ready:6.2f} M/s per core   ratio 1.00")
    if blocks is not None:
        print(
            f"openssl speed sha256, 64 bytes    {1 / blocks:6.2f} M/s per core   ratio {ready / blocks:.2f}"
        )
    words = Dictionary(pa.array([f"user{n}@gmail.example" for n in range(min(budget, 4_000_000))]))
    sources: dict[str, GuessSource] = {
        "patterns of names": Patterns.of_pools(),
        "phones": Enumeration.phones("+1", 10),
        "IPv4 addresses": Enumeration.ipv4("240.0.0.0/4"),
        "dictionary": words,
        "dictionary hashed once": HashedDictionary.of(words, hashing),
    }
    for name, guesses in sources.items():

        def once(guesses: GuessSource = guesses) -> float:
            opened = open_tokens(nobody, guesses, hashing, budget)
            return opened.core_seconds / opened.guesses * 1e6

        taken = best(once)
        line = f"{name + ', 100k tokens':33} {1 / taken:6.2f} M/s per core   ratio {ready / taken:.2f}"
        print(line + ("" if blocks is None else f", to openssl {blocks / taken:.2f}"))


if __name__ == "__main__":
    main()
