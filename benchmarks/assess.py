"""Assessments beside pandas, pycanon and their own limits; prints ratios and peaks.

Run: ``python benchmarks/assess.py ADULT.csv [--pycanon] [--rows 10] [--large 100]``, where ADULT.csv is
the 30,162-row table; ``--pycanon`` installs that program into an environment of its own and takes minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SENSITIVE = "salary-class"
KNOWN = ["sex", "age", "race", "zip", "marital", "edu", "occ", "state"]
PANDAS = """
import sys, pandas
table = pandas.read_csv(sys.argv[1])
known = [name for name in table.columns if name != "salary-class"]
groups = table.groupby(known)
print(groups.size().min(), groups["salary-class"].nunique().min())
"""
PYCANON = """
import sys, time, pandas
from pycanon.anonymity import k_anonymity, l_diversity, t_closeness
table = pandas.read_csv(sys.argv[1])
known = [name for name in table.columns if name != "salary-class"]
started = time.perf_counter()
print(k_anonymity(table, known), file=sys.stderr)
for measure in (l_diversity, t_closeness):
    print(measure(table, known, ["salary-class"]), file=sys.stderr)
print(time.perf_counter() - started)
"""
PEAK = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - started, used.ru_maxrss * 1024, used.ru_utime + used.ru_stime)
"""


def best(action: Callable[[], object], times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def run(*command: object) -> tuple[float, float, float]:
    """Return seconds, peak bytes and CPU seconds of a process."""
    told = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, command)], capture_output=True, text=True, check=True
    ).stdout
    seconds, peak, cpu = map(float, told.split())
    return seconds, peak, cpu


def million(adult: pd.DataFrame) -> pd.DataFrame:
    """Resample to a million rows with 5 % of the cells redrawn from their column."""
    rng = np.random.default_rng(7)
    large = adult.iloc[rng.integers(0, len(adult), 1_000_000)].reset_index(drop=True)
    for name in large.columns:
        values = large[name].to_numpy(dtype=object).copy()
        redrawn = rng.random(len(values)) < 0.05
        values[redrawn] = rng.choice(adult[name].to_numpy(dtype=object), redrawn.sum())
        large[name] = values
    return large


def write_people(path: Path, millions: int) -> None:
    """Write people of whom nearly all are unique, the worst case, in row groups of 262,144."""
    rng = np.random.default_rng(3)
    sizes = {
        "sex": 2,
        "age": 80,
        "race": 6,
        "zip": 9000,
        "marital": 7,
        "edu": 16,
        "occ": 14,
        "state": 51,
        "illness": 12,
    }
    names = {name: pa.array([f"{name}-{i}" for i in range(size)]) for name, size in sizes.items()}
    writer = None
    for _ in range(millions):
        drawn = {name: (rng.random(1_000_000) ** 2 * size).astype(np.int32) for name, size in sizes.items()}
        table = pa.table(
            {
                name: pa.array(codes) if name in ("age", "zip") else names[name].take(pa.array(codes))
                for name, codes in drawn.items()
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=1 << 18)
    assert writer is not None
    writer.close()


def roles(path: Path, known: list[str], sensitive: str) -> Path:
    lines = [f'columns.{json.dumps(name)}.role = "quasi_identifier"' for name in known]
    path.write_text("\n".join([*lines, f'columns.{json.dumps(sensitive)}.role = "sensitive"', ""]))
    return path


def pycanon(folder: Path, table: Path) -> float:
    """Return what pycanon takes, loading and imports excluded."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    wanted = ["pycanon==1.3.6", "numpy<2.1"]
    subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
    told = subprocess.run([python, "-c", PYCANON, table], capture_output=True, text=True, check=True)
    return float(told.stdout)


def in_process(table: pd.DataFrame, known: list[str]) -> float:
    from exports.classes.classes import classes_of
    from exports.classes.l_diversity import cells_of, distinct_l
    from exports.classes.reference import own_reference
    from exports.classes.t_closeness import t_equal
    from exports.sources.frames import arrow_table

    def once() -> object:
        classes = classes_of(arrow_table(table), known, [SENSITIVE])
        cells = cells_of(classes, SENSITIVE)
        return classes.k, distinct_l(cells).min(), t_equal(cells, own_reference(classes, SENSITIVE)).max()

    return best(once)


def searched(table: pd.DataFrame, known: list[str]) -> float:
    from exports.classes.combinations import combinations_of
    from exports.risk.suda import minimal_uniques
    from exports.sources.frames import arrow_table

    export = arrow_table(table)
    return best(lambda: minimal_uniques(combinations_of(export, known), known))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adult", type=Path)
    parser.add_argument("--pycanon", action="store_true", help="compare with pycanon 1.3.6")
    parser.add_argument("--rows", type=int, default=10, help="millions of the Parquet file")
    parser.add_argument("--large", type=int, default=0, help="millions of a larger one, 0 for none")
    given = parser.parse_args()
    adult = pd.read_csv(given.adult, sep=None, engine="python", dtype=str)
    known = [name for name in adult.columns if name != SENSITIVE]
    lab = [sys.executable, "-m", "reidlab", "assess"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        table, schema = folder / "million.csv", roles(folder / "adult.toml", known, SENSITIVE)
        million(adult).to_csv(table, index=False)
        ours = in_process(pd.read_csv(table), known)
        print(f"k, distinct l and t of a million rows in process: {ours:.3f} s")
        if given.pycanon:
            theirs = pycanon(folder / "pycanon", table)
            print(f"  pycanon {theirs:.1f} s: {theirs / ours:,.0f} times as long")
        print(f"minimal uniques of Adult, {len(known)} columns: {searched(adult, known):.3f} s")
        pandas = [run(sys.executable, "-c", PANDAS, table) for _ in range(3)]
        whole = [run(*lab, table, "--schema", schema, "--json") for _ in range(3)]
        for position, unit in ((0, "s"), (2, "CPU s, which a busy machine disturbs less")):
            ours, theirs = (min(each[position] for each in timed) for timed in (whole, pandas))
            print(f"whole process on a million-row CSV: {ours:.2f} {unit}")
            print(f"  pandas {theirs:.2f}: ours takes {ours / theirs:.2f} of it")
        seconds, peak, cpu = run(*lab, table, "--schema", schema, "--full", "--json")
        print(f"--full on it: {seconds:.1f} s, {cpu:.1f} CPU s, {peak / 2**30:.2f} GiB")
        schema = roles(folder / "people.toml", KNOWN, "illness")
        for millions in (given.rows, given.large):
            if not millions:
                continue
            path = folder / f"{millions}.parquet"
            write_people(path, millions)
            for memory in ([], ["--memory", "1GB"]):
                seconds, peak, cpu = run(*lab, path, "--schema", schema, *memory, "--json")
                used = f"{seconds:.1f} s, {cpu:.1f} CPU s, {peak / 2**30:.2f} GiB"
                print(f"{millions} million rows {' '.join(memory)}: {used}")


if __name__ == "__main__":
    main()
