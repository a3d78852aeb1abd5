"""Whose address as typed has another normal form than the address itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulate.addresses.entry import DISPOSABLE, MISTYPED, NO_ADDRESS, OFFICE
from simulate.upload.address_tokens import normalised_sql

SWEPT = (MISTYPED, NO_ADDRESS, OFFICE, DISPOSABLE)
"""Entries whose share is a parameter of its own."""


def disagrees(people: pa.Table, address: Any, profile: str, *, slips: bool = False) -> NDArray[np.bool_]:
    """Return whose address has another normal form as typed than as it is; slips only if asked."""
    import duckdb

    entry = people["email_entry"].combine_chunks().indices.to_numpy()
    rows = np.flatnonzero((entry != 0) & (slips | ~np.isin(entry, SWEPT)))
    pairs = pa.table({"row": rows, "typed": people["email"].take(rows), "address": address.take(rows)})
    differ = f"{normalised_sql(profile, 'typed')} is distinct from {normalised_sql(profile, 'address')}"
    with duckdb.connect() as connection:
        connection.register("pairs", pairs)
        found = connection.sql(f"select row from pairs where {differ}").to_arrow_table()
    differs = np.zeros(people.num_rows, dtype=bool)
    differs[found["row"].to_numpy()] = True
    return differs
