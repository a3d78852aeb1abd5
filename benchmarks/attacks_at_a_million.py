"""Print how long each attack takes on a million records; two minutes on two cores are wanted.

    python -m benchmarks.attacks_at_a_million adult.csv
    python -m benchmarks.attacks_at_a_million adult.csv --rows 100000 --only uniqueness

``adult.csv`` is ARX's copy of the Adult table (``;`` between fields), drawn out to ``--rows`` people with
one cell in twenty redrawn from its column. Tokens are digests of as many addresses, two thirds of them
accounts or on other lists; the event log has twenty events a person. Reconstruction and shadow models are
run at their stated limits, 512 people and 64 models of 2,000 rows. Reading the tables is not timed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from attacks.counts.differencing import Differencing
from attacks.counts.reconstruction import Reconstruction
from attacks.dictionary.hashing import Hashing
from attacks.events.sparse_history import SparseHistory
from attacks.membership.shadow_models import ShadowModels
from attacks.records.inference import Inference
from attacks.records.linkability import Linkability
from attacks.records.singling_out import SinglingOut
from attacks.records.uniqueness import Uniqueness
from attacks.result import AttackResult
from attacks.tokens.account_match import AccountMatch
from attacks.tokens.cross_list import CrossListJoin
from benchmarks.attacks_on_records import SECRET, redrawn
from exports.queries import exact_counts
from exports.release import Export, Release, Truth
from exports.schema import Schema

PER_PERSON, PAGES, SECONDS = 20, 500, 86_400 * 1_000


def on_records(adult: pa.Table, rows: int) -> Iterator[tuple[str, Callable[[], AttackResult]]]:
    """Yield the attacks on records and on counts of them."""
    halves = [adult.slice(0, adult.num_rows // 2), adult.slice(adult.num_rows // 2)]
    original, control = (redrawn(half, rows, 0.05, seed) for seed, half in enumerate(halves))
    released = redrawn(original, rows, 0.2, 2)
    known = [name for name in original.column_names if name != SECRET]
    schema = Schema.of(quasi_identifier=known, sensitive=[SECRET])
    synthetic = Release("synthetic", schema, table=released)
    truth = Truth(original, control)
    yield "singling-out", lambda: SinglingOut().run(synthetic, truth, seed=1)
    yield "singling-out univariate", lambda: SinglingOut("univariate").run(synthetic, truth, seed=1)
    yield "linkability", lambda: Linkability().run(synthetic, truth, seed=1)
    yield "inference", lambda: Inference().run(synthetic, truth, seed=1)
    plain = Release("records", schema, table=original, owner=np.arange(rows))
    yield "uniqueness", lambda: Uniqueness().run(plain, replace(truth, owner=np.arange(rows)), seed=1)
    oracle = exact_counts(Export(original, schema))
    yield "differencing", lambda: Differencing(targets=2_000).run(oracle, truth, seed=1)
    named = original.slice(0, 512).append_column("name", pa.array(np.arange(512)))
    small = exact_counts(Export(named, replace(schema, person="name")))
    solve = Reconstruction(names="name", people=512)
    yield "reconstruction, n = 512", lambda: solve.run(small, Truth(named), seed=1)
    few = Truth(original.slice(0, 2_000), control.slice(0, 8_000))

    def train(table: pa.Table, seed: int) -> Release:
        return Release("synthetic", schema, table=redrawn(table, 2_000, 0.2, seed))

    shadows = ShadowModels(train, models=64, rows=2_000)
    yield "shadow models, 64 of 2,000", lambda: shadows.run(train(few.original, 1), few, seed=1)


def on_tokens(rows: int) -> Iterator[tuple[str, Callable[[], AttackResult]]]:
    """Yield the attacks on upload lists."""
    tokens = pa.array(Hashing().digests(f"person{n}@mail.example" for n in range(rows * 4 // 3)))
    people = pa.table({"id": np.arange(len(tokens)), "em": tokens})
    inside, others = people.slice(0, rows), people.slice(rows // 3)
    schema = Schema.of(person="id", token=["em"])
    release = Release("tokens", schema, table=inside.select(["em"]), owner=np.arange(rows))
    truth = Truth(inside, None, np.arange(rows))
    lists = others.append_column("list", pa.array(np.arange(len(others)) % 3).cast(pa.string()))
    yield "account-match", lambda: AccountMatch(others).run(release, truth, seed=1)
    yield "cross-list", lambda: CrossListJoin(lists).run(release, truth, seed=1)


def on_events(rows: int) -> Iterator[tuple[str, Callable[[], AttackResult]]]:
    """Yield the attack on a log of so many events."""
    rng = np.random.default_rng(1)
    log = pa.table(
        {
            "who": np.arange(rows) // PER_PERSON,
            "page": (PAGES * rng.random(rows) ** 3).astype(np.int64),
            "on": rng.integers(0, SECONDS, rows),
        }
    )
    schema = replace(Schema.of(person="who", quasi_identifier=["page"], insensitive=["on"]), time="on")
    release = Release("events", schema, table=log)
    yield "sparse-history", lambda: SparseHistory().run(release, Truth(log), seed=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="Only attacks whose label has this text.")
    asked = parser.parse_args()
    people = csv.read_csv(asked.table, parse_options=csv.ParseOptions(delimiter=";"))
    for group in (on_tokens(asked.rows), on_events(asked.rows), on_records(people, asked.rows)):
        for label, run in group:
            if asked.only in label:
                started, used = time.perf_counter(), time.process_time()
                found = run()
                wall, cpu = time.perf_counter() - started, time.process_time() - used
                print(f"{label:26} {wall:6.1f} s, processor {cpu:6.1f} s (wanted: 120);", found, flush=True)
