"""Time a private histogram of ten million rows against OpenDP's Context API on the same files.

OpenDP's Context needs the extra ``polars`` with its own pins, so it runs in an environment of its own:

    uv venv opendp-env && uv pip install --python opendp-env/bin/python 'opendp[polars]>=0.16'
    python benchmarks/dp_histogram.py --opendp opendp-env/bin/python
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STATES = [first + second for first in "ABCDEFGHIJ" for second in "KLMNOP"][:51]
CONTEXT = """
import sys, time, warnings
warnings.simplefilter("ignore")
import polars as pl
import opendp.prelude as dp
dp.enable_features("contrib")
path, person, limit, states = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4].split(",")
for _ in range(2):
    start = time.perf_counter()
    owner = {"contributions": limit}
    if person != "-":
        owner = {"contributions": 1, "identifier": pl.col(person)}
    unit = dp.unit_of(**owner)
    context = dp.Context.compositor(data=pl.scan_parquet(path), privacy_unit=unit,
        privacy_loss=dp.loss_of(epsilon=1.0), split_evenly_over=1,
        margins=[dp.polars.Margin(max_length=10_000_000)])
    query = context.query() if person == "-" else context.query().truncate_per_group(limit)
    query.group_by("state").agg(dp.len()).with_keys(pl.LazyFrame({"state": states})).release().collect()
    seconds = time.perf_counter() - start
print(seconds)
"""


def make(folder: Path, rows: int) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    codes = pa.array(rng.integers(0, len(STATES), rows).astype(np.int32))
    state = pa.DictionaryArray.from_arrays(codes, pa.array(STATES)).cast(pa.string())
    pq.write_table(pa.table({"state": state}), folder / "declared.parquet")
    pq.write_table(pa.table({"person": np.arange(rows), "state": state}), folder / "once.parquet")
    twice = pa.table({"person": rng.integers(0, 3 * rows // 10, rows), "state": state})
    pq.write_table(twice, folder / "twice.parquet")


def ours(path: Path, person: str | None, limit: int) -> float:
    """Return the seconds of a release in earnest, reading the file included, imports excluded."""
    import pyarrow.parquet as pq

    from defenses.counts.dp_histogram import DpHistogram
    from exports.release import Export
    from exports.schema import Column, Role, Schema

    columns = {"state": Column(Role.QUASI_IDENTIFIER, domain=tuple(STATES))}
    schema = Schema(columns, person=person, max_rows_per_person=limit)
    seconds = 0.0
    for _ in range(2):
        start = time.perf_counter()
        table = pq.read_table(path, read_dictionary=["state"])
        DpHistogram("state", epsilon=1).transform(Export(table, schema))
        seconds = time.perf_counter() - start
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--opendp", help="Python that has opendp[polars]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), options.rows)
        for file, person, limit, meaning in (
            ("once", "person", 1, "one row per person, enforced"),
            ("twice", "person", 2, "3 of 10 as many people, at most 2 rows each, enforced"),
            ("declared", None, 1, "no person column, one row per person declared"),
        ):
            path = Path(name) / f"{file}.parquet"
            mine = ours(path, person, limit)
            print(f"{options.rows:,} rows, {meaning}: {mine:.3f} s", end="", flush=True)
            if options.opendp:
                arguments = [
                    options.opendp,
                    "-c",
                    CONTEXT,
                    str(path),
                    person or "-",
                    str(limit),
                    ",".join(STATES),
                ]
                run = subprocess.run(arguments, capture_output=True, text=True, check=True)
                theirs = float(run.stdout)
                print(f"; OpenDP Context {theirs:.3f} s, {theirs / mine:.1f} times as long", end="")
            print()


if __name__ == "__main__":
    sys.exit(main())
