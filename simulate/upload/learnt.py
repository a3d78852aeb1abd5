"""What a platform can know of the people it matched: that they came, by which door, what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulate.people.tables import COLUMNS
from simulate.upload.match import OUTCOMES

MATCHED = OUTCOMES.index("matched")
MEMBERSHIP = "membership"
ANSWERS = ("sub_brand", *COLUMNS["intake"], "therapy_before")
"""What the site holds of a visitor beside the address, as far as it is a category."""
SCHEMA = pa.schema(
    [("platform", pa.string()), ("attribute", pa.string()), ("value", pa.string()), ("people", pa.int64())]
)


def known_of_matched(visitors: tuple[Path, ...], codes: Mapping[str, NDArray[np.uint8]]) -> pa.Table:
    """Count the people that each platform matched to their own account by what the site holds of them.

    The list itself tells ``membership``: that this person came to a therapy site; and a sub-brand's
    list tells the sub-brand. The answers are what the site can send, or sent, under the same
    identifier: whatever it sends falls on a known person.

    Parameters
    ----------
    visitors : tuple of Path
        Parquet files of the visitors, with those of the columns ``ANSWERS`` that are counted.
    codes : mapping of platform name to array of uint8
        What became of each visitor's address.

    Returns
    -------
    pyarrow.Table
        ``platform, attribute, value, people``; of yes-no columns only ``yes``.
    """
    matched = {platform: code == MATCHED for platform, code in codes.items()}
    counts = {(platform, MEMBERSHIP, "visited"): int(who.sum()) for platform, who in matched.items()}
    for answer in (name for name in pq.read_schema(visitors[0]).names if name in ANSWERS):
        start = 0
        for file in visitors:
            for chunk in pq.ParquetFile(file).read([answer])[answer].chunks:
                labels, values = _coded(chunk)
                for platform, who in matched.items():
                    here = np.bincount(values[who[start : start + len(values)]], minlength=len(labels) + 1)
                    for label, count in zip(labels, here.tolist(), strict=False):
                        key = platform, answer, label
                        counts[key] = counts.get(key, 0) + count
                start += len(values)
    rows = [(*key, count) for key, count in sorted(counts.items()) if count or key[1] == MEMBERSHIP]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)


def _coded(chunk: Any) -> tuple[list[str], NDArray[Any]]:
    """Return labels and, per row, the number of its label; one number more for none."""
    if pa.types.is_boolean(chunk.type):
        return ["yes"], 1 - chunk.fill_null(False).cast(pa.int8()).to_numpy(zero_copy_only=False)
    labels = chunk.dictionary.to_pylist()
    return labels, chunk.indices.fill_null(len(labels)).to_numpy(zero_copy_only=False)
