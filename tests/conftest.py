"""The real tables that many files try their subject on, each read once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv

MICRODATA = "data/microdata"


def _read(path: Path, delimiter: str = ",", *, texts: bool = False) -> pa.Table:
    table = csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=delimiter))
    if not texts:
        return table
    as_text = csv.ConvertOptions(column_types=dict.fromkeys(table.column_names, pa.string()))
    return csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=delimiter), convert_options=as_text)


@pytest.fixture(scope="session")
def adult(shared: Path) -> pa.Table:
    """Adult as ARX ships it: 30,162 people, nine columns, numbers as numbers."""
    return _read(shared / MICRODATA / "adult_arx.csv", ";")


@pytest.fixture(scope="session")
def adult_texts(shared: Path) -> pa.Table:
    """Adult with every cell as it is written."""
    return _read(shared / MICRODATA / "adult_arx.csv", ";", texts=True)


@pytest.fixture(scope="session")
def nist(shared: Path) -> pa.Table:
    """The American Community Survey of Massachusetts 2019, as NIST shortened it."""
    return _read(shared / MICRODATA / "nist_acs_ma2019.csv")


@pytest.fixture(scope="session")
def household_survey(shared: Path) -> pa.Table:
    """The household survey of sdcMicro, with every cell as it is written."""
    return _read(shared / MICRODATA / "sdcmicro_testdata.csv.gz", texts=True)
