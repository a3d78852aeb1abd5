"""Time MST on ten columns of 100,000 rows, and compare its two-way error with two yardsticks."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pyarrow as pa

from defenses.mst import Mst
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


def intake() -> Export:
    rng = np.random.default_rng(0)
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
    schema = Schema({name: Column(Role.SENSITIVE, bounds=(0, size - 1)) for name, size in SIZES.items()})
    return Export(pa.table({name: columns[name].astype(np.int64) for name in SIZES}), schema)


def shares(table: pa.Table, one: str, other: str) -> np.ndarray:
    flat = table[one].to_numpy() * SIZES[other] + table[other].to_numpy()
    return np.bincount(flat, minlength=SIZES[one] * SIZES[other]) / table.num_rows


def main() -> None:
    export = intake()
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_enable_compilation_cache", False)
    import mbi  # noqa: F401 - its import is not timed

    start = time.perf_counter()
    release = Mst(epsilon=10, delta=1e-9, seed=1).transform(export)
    seconds = time.perf_counter() - start
    exact = Mst(epsilon=10**6, delta=1e-9, seed=1).transform(export)
    pairs = list(combinations(SIZES, 2))
    truth = {pair: shares(export.table, *pair) for pair in pairs}

    def error(table: pa.Table) -> float:
        return float(np.mean([np.abs(truth[pair] - shares(table, *pair)).sum() / 2 for pair in pairs]))

    rng = np.random.default_rng(1)
    apart = pa.table({name: rng.permutation(export.table[name].to_numpy()) for name in SIZES})
    noisy, without, independent = error(release.rows), error(exact.rows), error(apart)
    print(f"{seconds:.1f} s; mean two-way total variation {noisy:.4f}")
    print(f"{noisy / independent:.2f} of independence's {independent:.4f}")
    print(f"{noisy / without:.2f} of a tree without noise ({without:.4f})")


if __name__ == "__main__":
    main()
