"""Time MST on ten columns of 100,000 rows, and compare its two-way error with two yardsticks.

python benchmarks/mst.py --seed 2
python benchmarks/mst.py --file adult.csv
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa

from defenses.synthetic.mst import Mst
from exports.release import Export
from exports.schema import Column, Role, Schema

SIZES = {
    "age": 8,
    "sex": 2,
    "state": 51,
    "brand": 4,
    "before": 2,
    "meds": 2,
    "mood": 4,
    "sleep": 5,
    "goal": 4,
    "faith": 3,
}
ROWS = 100_000


def intake(seed: int) -> Export:
    rng = np.random.default_rng(seed)
    severity = rng.integers(0, 4, ROWS)
    columns = {
        "age": rng.integers(0, 8, ROWS),
        "sex": rng.integers(0, 2, ROWS),
        "state": rng.integers(0, 51, ROWS),
        "mood": severity,
        "before": (severity + rng.integers(0, 3, ROWS) > 3).astype(int),
        "sleep": severity + rng.integers(0, 2, ROWS),
    }
    columns["brand"] = (columns["age"] // 2 + (rng.random(ROWS) < 0.3)) % 4
    columns["meds"] = (columns["before"] + (rng.random(ROWS) < 0.2)) % 2
    columns["goal"] = (columns["mood"] + (rng.random(ROWS) < 0.4)) % 4
    columns["faith"] = (columns["brand"] == 2).astype(int) + (rng.random(ROWS) < 0.2)
    return coded({name: columns[name] for name in SIZES}, SIZES)


def of_file(path: Path, columns: Sequence[str] | None) -> Export:
    """Return a file of categories; numbers with more than 100 values are cut into twenty equal parts."""
    import pandas as pd

    frame = pd.read_csv(path, sep=";" if path.read_text()[:2000].count(";") > 5 else ",", dtype=str)
    codes, sizes = {}, {}
    for name in columns or frame.columns[:10]:
        values = frame[name]
        if values.nunique() > 100:
            values = pd.qcut(pd.to_numeric(values, errors="coerce"), 20, labels=False, duplicates="drop")
        codes[name] = pd.factorize(values, use_na_sentinel=False)[0]
        sizes[name] = int(codes[name].max()) + 1
    return coded(codes, sizes)


def coded(codes: Mapping[str, np.ndarray], sizes: Mapping[str, int]) -> Export:
    schema = Schema({name: Column(Role.SENSITIVE, bounds=(0, size - 1)) for name, size in sizes.items()})
    return Export(pa.table({name: code.astype(np.int64) for name, code in codes.items()}), schema)


def shares(table: pa.Table, sizes: Mapping[str, int], one: str, other: str) -> np.ndarray:
    flat = table[one].to_numpy() * sizes[other] + table[other].to_numpy()
    return np.bincount(flat, minlength=sizes[one] * sizes[other]) / table.num_rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path, help="measure a CSV of categories instead")
    parser.add_argument("--columns", help="columns of the file, by commas; default the first ten")
    options = parser.parse_args()
    columns = options.columns.split(",") if options.columns else None
    export = intake(options.seed) if options.file is None else of_file(options.file, columns)
    sizes = {name: int(column.bounds[1]) + 1 for name, column in export.schema.columns.items()}
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_enable_compilation_cache", False)
    import mbi  # noqa: F401 - its import is not timed

    start, worked = time.perf_counter(), time.process_time()
    release = Mst(epsilon=10, delta=1e-9, seed=options.seed).transform(export)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    exact = Mst(epsilon=10**6, delta=1e-9, seed=options.seed).transform(export)
    pairs = list(combinations(sizes, 2))
    truth = {pair: shares(export.table, sizes, *pair) for pair in pairs}

    def error(table: pa.Table) -> float:
        return float(np.mean([np.abs(truth[pair] - shares(table, sizes, *pair)).sum() / 2 for pair in pairs]))

    rng = np.random.default_rng(1)
    apart = pa.table({name: rng.permutation(export.table[name].to_numpy()) for name in sizes})
    noisy, without, independent = error(release.rows), error(exact.rows), error(apart)
    rows = export.table.num_rows
    print(f"{len(sizes)} columns x {rows:,} rows: {seconds:.1f} s ({worked:.1f} s of processor)")
    print(f"mean two-way total variation {noisy:.4f}")
    print(f"{noisy / independent:.2f} of independence's {independent:.4f}")
    print(f"{noisy / without:.2f} of a tree without noise ({without:.4f})")


if __name__ == "__main__":
    main()
