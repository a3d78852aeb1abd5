"""What a platform now knows of the people it matched, counted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulate.match import OUTCOMES

MATCHED = OUTCOMES.index("matched")


def known_of_matched(visitors: tuple[Path, ...], codes: Mapping[str, NDArray[np.uint8]]) -> pa.Table:
    """Count the matched people of each platform by every categorical column of the visitors.

    Being on the list is the first thing that a platform learns of a person: that they came to a
    therapy site. Whatever it is told under the same address, now or later, falls on that person.

    Parameters
    ----------
    visitors : tuple of Path
        Parquet files of the visitors.
    codes : mapping of platform name to array of uint8
        What became of each visitor's address.

    Returns
    -------
    pyarrow.Table
        ``platform, attribute, value, people``; the attribute ``membership`` counts all of them.
    """
    schema = pq.read_schema(visitors[0])
    attributes = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    attributes = [name for name in attributes if name != "email_entry"]
    counts: dict[tuple[str, str, str], int] = {}
    for platform, code in codes.items():
        counts[platform, "membership", "visited"] = int((code == MATCHED).sum())
    for attribute in attributes:
        start = 0
        for file in visitors:
            for chunk in pq.ParquetFile(file).read([attribute])[attribute].chunks:
                labels = chunk.dictionary.to_pylist()
                values = chunk.indices.fill_null(len(labels)).to_numpy(zero_copy_only=False)
                for platform, code in codes.items():
                    mine = values[code[start : start + len(values)] == MATCHED]
                    found = np.bincount(mine, minlength=len(labels) + 1)
                    for label, count in zip(labels, found.tolist(), strict=False):
                        key = platform, attribute, label
                        counts[key] = counts.get(key, 0) + count
                start += len(values)
    rows = sorted((*key, count) for key, count in counts.items() if count)
    return pa.table(
        {
            name: pa.array([row[position] for row in rows], kind)
            for position, (name, kind) in enumerate(
                [
                    ("platform", pa.string()),
                    ("attribute", pa.string()),
                    ("value", pa.string()),
                    ("people", pa.int64()),
                ]
            )
        }
    )
