"""The order of a release's rows, which would join it to the export and to every other release of it."""

from __future__ import annotations

import secrets
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.fingerprint import content_sha256
from exports.randomness import Stream
from exports.release import Release

ROWS_OF_PEOPLE = frozenset({"records", "synthetic", "tokens", "events"})

TELLS = "that of the export: whoever holds another file in that order joins the two by line number"
"""What a manifest says where the order was kept."""


def in_random_order(release: Release, seed: int | None = None) -> Release:
    """Return a release whose order tells nothing about the export.

    Rows are sorted by what they say, then permuted: even who knows the seed learns no more than from
    the rows themselves. ``owner`` follows them.

    Parameters
    ----------
    release : Release
        Of records, synthetic rows, tokens or events; counts and models are returned as they are.
    seed : int, optional
        Of the permutation; fresh randomness of the operating system without one.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"zip": list("edcba")})
    >>> release = Release("records", Schema.of(quasi_identifier=["zip"]), table=table)
    >>> first, again = (in_random_order(release, seed=1).rows.to_pydict() for _ in range(2))
    >>> first == again, sorted(first["zip"])
    (True, ['a', 'b', 'c', 'd', 'e'])
    """
    if release.table is None or release.kind not in ROWS_OF_PEOPLE:
        return release
    order = _sorted(release)
    ordered = release.table.take(order)
    stream = (
        Stream(secrets.randbits(63), "release", "row order")
        if seed is None
        else Stream(seed, "release", f"row order/{content_sha256(ordered)}")
    )
    order = order[stream.permutation(len(order))]
    owner = None if release.owner is None else release.owner[order]
    manifest = {**release.manifest, "row_order": "random"}
    return replace(release, table=release.table.take(order), owner=owner, manifest=manifest)


def in_order_of_export(release: Release) -> Release:
    """Return a release as it is, with a manifest that says what its order tells."""
    return replace(release, manifest={**release.manifest, "row_order": TELLS})


def _sorted(release: Release) -> NDArray[np.int64]:
    """Return the places of the rows in the order of their texts."""
    texts = [column.cast(pa.string()) for column in release.rows.columns]
    table = pa.table(texts, names=[f"c{place}" for place in range(len(texts))])
    keys = [(name, "ascending") for name in table.column_names]
    return np.asarray(pc.sort_indices(table, sort_keys=keys), dtype=np.int64)
