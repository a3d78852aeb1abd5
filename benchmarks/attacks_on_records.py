"""Print how fast attacks on records are beside Anonymeter's, and whether both find the same.

    python -m benchmarks.attacks_on_records adult.csv --anonymeter /elsewhere/bin/python
    python -m benchmarks.attacks_on_records adult.csv --rows 1000000

``adult.csv`` is ARX's copy of the Adult table (``;`` between fields). Original and control are its
halves, the release is drawn from the original with a fifth of all cells redrawn from their column. For
more rows than Adult has the halves are drawn out in the same way, with one cell in twenty redrawn.
Anonymeter needs numpy < 1.27, so it runs under the interpreter of its own environment; each of its
attacks is stopped after 15 minutes. Times are CPU seconds, rates are compared in joint standard errors.
Inference is run twice: at as many targets as Anonymeter, and as it comes, which may take more of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from dataclasses import replace
from math import sqrt
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
from pyarrow import csv

from attacks.records.inference import TARGETS, Inference
from attacks.records.linkability import Linkability
from attacks.records.singling_out import SinglingOut
from attacks.result import AttackResult
from exports.release import Release, Truth
from exports.schema import Schema
from exports.shares import Share

STOP = 900
SECRET = "salary-class"
HALVES = (
    ("sex", "race", "education", "workclass"),
    ("age", "marital-status", "native-country", "occupation"),
)
KINDS = ("inference", "linkability", "singling-out univariate", "singling-out multivariate")

THEIRS = """
import json, sys, time, warnings
import pandas as pd
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator
warnings.simplefilter("ignore")
kind, folder, targets, halves, secret = json.loads(sys.argv[1])
tables = []
for name in ("original", "released", "control"):
    table = pd.read_csv(f"{folder}/{name}.csv")
    tables.append(table.astype({column: object for column in table.columns if column != "age"}))
original, released, control = tables
known = [column for column in original.columns if column != secret]
shared = dict(ori=original, syn=released, control=control, n_attacks=targets)
# both run on few rows first, so that compiling and importing are not timed
few = dict(ori=original[:50], syn=released[:50], control=control[:50], n_attacks=5)
if kind == "inference":
    make = lambda given: InferenceEvaluator(aux_cols=known, secret=secret, **given).evaluate(n_jobs=1)
elif kind == "linkability":
    make = lambda given: LinkabilityEvaluator(aux_cols=halves, n_neighbors=1, **given).evaluate(n_jobs=1)
else:
    make = lambda given: SinglingOutEvaluator(n_cols=3, **given).evaluate(mode=kind.split()[1])
make(few)
start = time.process_time()
found = make(shared)
seconds = time.process_time() - start
if kind == "linkability":
    right = [links.count_links(1) for links in (found._attack_links, found._control_links)]
else:
    right = [found._n_success, found._n_control]
print(json.dumps({"seconds": seconds, "attack": float(right[0]), "control": float(right[1])}))
"""
"""Anonymeter's side; the guesses that it made, not those it was asked for, are taken from ours."""


def redrawn(table: pa.Table, rows: int, share: float, seed: int) -> pa.Table:
    """Return ``rows`` rows drawn from a table, with a share of all cells redrawn from their column."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, table.num_rows, rows)
    columns = {}
    for name in table.column_names:
        own = np.where(rng.random(rows) < share, rng.integers(0, table.num_rows, rows), drawn)
        columns[name] = table[name].combine_chunks().take(pa.array(own))
    return pa.table(columns)


def ours(kind: str, tables: dict[str, pa.Table], targets: int | None) -> tuple[AttackResult, float]:
    """Run one attack and return its result and the seconds it took: the median of nine runs when short."""
    known = [name for name in tables["original"].column_names if name != SECRET]
    schema = Schema.of(quasi_identifier=known, sensitive=[SECRET])
    attack = {
        "inference": Inference(known=tuple(known), targets=targets),
        "linkability": Linkability(halves=HALVES, targets=targets or TARGETS),
        "singling-out univariate": SinglingOut("univariate", targets=targets or TARGETS),
        "singling-out multivariate": SinglingOut(columns=3, numbers="ends", targets=targets or TARGETS),
    }[kind]
    release = Release("synthetic", schema, table=tables["released"])
    attack.run(
        replace(release, table=release.rows.slice(0, 9)), Truth(tables["original"].slice(0, 9)), seed=1
    )
    seconds: list[float] = []
    while len(seconds) < 9 and sum(seconds) < 1:
        start = time.process_time()
        found = attack.run(release, Truth(tables["original"], tables["control"]), seed=1)
        seconds.append(time.process_time() - start)
    return found, median(seconds)


def theirs(python: str, kind: str, folder: str, targets: int) -> dict[str, float] | None:
    """Run one attack of Anonymeter's; None when it was stopped."""
    call = [python, "-c", THEIRS, json.dumps([kind, folder, targets, HALVES, SECRET])]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=STOP, check=True)
    except subprocess.TimeoutExpired:
        return None
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def apart(one: Share, other: float, of: int) -> float:
    """Return how far apart two rates are, in joint standard errors."""
    rates = (one.share or 0.0, other / of)
    error = sqrt(sum(rate * (1 - rate) / number for rate, number in zip(rates, (one.of, of), strict=True)))
    return abs(rates[0] - rates[1]) / error if error else 0.0


def compare(kind: str, tables: dict[str, pa.Table], folder: str, python: str, targets: int) -> None:
    """Print one attack of either."""
    found, seconds = ours(kind, tables, targets)
    peer = theirs(python, kind, folder, targets)
    assert found.control is not None
    if peer is None:
        print(f"{kind:26} {seconds:.2f} s, at least {STOP / seconds:.0f} times faster: stopped at {STOP} s")
        return
    made = found.made or 1
    ratio, gap = peer["seconds"] / seconds, apart(found.attack, peer["attack"], made)
    print(f"{kind:26} {seconds:.2f} s, Anonymeter {peer['seconds']:.2f} s: {ratio:.0f} times (wanted: 20)")
    rates = (found.attack.share or 0, peer["attack"] / made, found.control.share or 0, peer["control"] / made)
    print("  attack {:.4f} and {:.4f}, control {:.4f} and {:.4f}; ".format(*rates), end="")
    print(f"attacks {gap:.1f} joint standard errors apart (wanted: 4)", flush=True)
    if kind == "inference":
        found, seconds = ours(kind, tables, None)
        print(
            f"  as it comes, {found.made:,} targets: {seconds:.2f} s, {peer['seconds'] / seconds:.0f} times"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--anonymeter", help="Python of the environment that has Anonymeter")
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--targets", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    adult = csv.read_csv(asked.table, parse_options=csv.ParseOptions(delimiter=";"))
    order = np.random.default_rng(asked.seed).permutation(adult.num_rows)
    halves = [adult.take(part) for part in np.array_split(order, 2)]
    if asked.rows > adult.num_rows:
        halves = [redrawn(half, asked.rows, 0.05, asked.seed) for half in halves]
    original, control = halves
    released = redrawn(original, asked.rows, 0.2, asked.seed)
    data = {"original": original, "released": released, "control": control}
    print(f"release of {asked.rows:,} rows, two tables of {original.num_rows:,}, {asked.targets:,} targets")
    for kind in KINDS:
        if asked.anonymeter is None:
            found, seconds = ours(kind, data, asked.targets)
            print(f"{kind:26} {seconds:7.2f} s (wanted: 120); {found!r}", flush=True)
            continue
        with tempfile.TemporaryDirectory() as folder:
            for name, part in data.items():
                csv.write_csv(part, f"{folder}/{name}.csv")
            compare(kind, data, folder, asked.anonymeter, asked.targets)
