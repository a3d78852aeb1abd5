"""Print how often the interval of the advantage covers the truth that was planted in a release.

    python -m benchmarks.planted_truth adult.csv --secret salary-class --secret occupation
    python -m benchmarks.planted_truth other.csv --seeds 20 --attack membership

The table (CSV, ``,`` or ``;`` between fields) is split at random, anew for each seed, into three parts: an
original, a release and a control. *fresh*: the release knows nobody of the original, the interval must
cover 0 (19 times in 20; wanted 180 of 200); *leaked*: a fifth of its rows are the original's and it
must lie above 0 (wanted 180 of 200); *copied*: the release is the original. All columns but the secret
are known.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from attacks.membership.membership import Membership
from attacks.records.inference import TARGETS, Inference
from attacks.records.linkability import Linkability
from attacks.records.singling_out import SinglingOut
from attacks.result import AttackResult
from exports.release import Release, Truth
from exports.schema import Schema

Run = Callable[[pa.Table, pa.Table, pa.Table, int], AttackResult]


def split(table: pa.Table, seed: int, leaked: float) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return original, release and control, with a share of the released rows from the original."""
    part = table.num_rows // 3
    order = np.random.default_rng(seed).permutation(table.num_rows)
    original, fresh, control = (table.take(order[at * part : (at + 1) * part]) for at in range(3))
    rows = round(leaked * part)
    return original, pa.concat_tables([original.slice(0, rows), fresh.slice(rows)]), control


def runs(names: Sequence[str], secrets: Sequence[str], targets: int | None) -> dict[str, Run]:
    """Return each attack by the label it is printed under."""

    def on(attack: SinglingOut | Linkability | Inference | Membership, secret: str) -> Run:
        schema = Schema.of(quasi_identifier=[name for name in names if name != secret], sensitive=[secret])

        def run(original: pa.Table, released: pa.Table, control: pa.Table, seed: int) -> AttackResult:
            return attack.run(
                Release("synthetic", schema, table=released), Truth(original, control), seed=seed
            )

        return run

    return {
        "singling-out": on(SinglingOut(targets=targets or TARGETS), secrets[0]),
        "linkability": on(Linkability(targets=targets or TARGETS), secrets[0]),
        "membership": on(Membership(targets=targets or TARGETS), secrets[0]),
        **{f"inference of {secret}": on(Inference(targets=targets), secret) for secret in secrets},
    }


def report(label: str, run: Run, table: pa.Table, seeds: int) -> None:
    """Print one attack's line."""
    fresh = [run(*split(table, seed, 0.0), seed).advantage for seed in range(seeds)]
    leaked = [run(*split(table, seed, 0.2), seed).advantage for seed in range(seeds)]
    copied = run(*split(table, 0, 1.0), 0)
    told = [one for one in fresh if one.low is not None and one.high is not None]
    covers = sum(one.low <= 0 <= one.high for one in told if one.low is not None and one.high is not None)
    width = np.median([(one.high or 0.0) - (one.low or 0.0) for one in told])
    seen = sum((one.low or 0.0) > 0 for one in leaked)
    gain = np.median([one.value for one in leaked if one.value is not None])
    print(
        f"{label:30} covers 0 in {covers:3} of {seeds}, median width {width:.3f}; "
        f"leak seen in {seen:3} of {seeds}, median {gain:.3f}; copied: {copied.attack.share or 0:.3f}, "
        f"advantage {copied.advantage.value}",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--targets", type=int, help="By default each attack's own number, 2,000 or more.")
    parser.add_argument("--secret", action="append", help="A secret to infer; the last column by default.")
    parser.add_argument("--attack", action="append", help="Only attacks whose label has this text.")
    parser.add_argument("--columns", help="Columns to keep, with commas between them; all by default.")
    asked = parser.parse_args()
    with asked.table.open() as file:
        delimiter = ";" if ";" in file.readline() else ","
    people = csv.read_csv(asked.table, parse_options=csv.ParseOptions(delimiter=delimiter))
    if asked.columns:
        people = people.select(asked.columns.split(","))
    print(f"{people.num_rows // 3:,} rows in each of three parts")
    for name, one in runs(
        people.column_names, asked.secret or people.column_names[-1:], asked.targets
    ).items():
        if asked.attack is None or any(text in name for text in asked.attack):
            report(name, one, people, asked.seeds)
