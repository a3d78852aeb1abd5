"""How much of a table one person may be: at most so many rows each, the first ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def within_bound(persons: pa.ChunkedArray, limit: int) -> NDArray[np.bool_] | None:
    """Return which rows stay when each person keeps at most ``limit``; None when all do.

    Which rows of a person stay depends on that person's rows alone, so that one person more or
    less never moves another's. Rows without a person cannot be bounded and do not stay.

    Parameters
    ----------
    persons : pyarrow.ChunkedArray
        The person of each row.
    limit : int
        Rows that each may keep.

    Examples
    --------
    >>> import pyarrow as pa
    >>> within_bound(pa.chunked_array([["ann", "bob", "ann", "ann", None]]), 2)
    array([ True,  True,  True, False, False])
    """
    codes = person_codes(persons)
    size = int(codes.max(initial=-1)) + 1
    seen = np.zeros(size + 1, dtype=bool)
    seen[codes] = True
    if np.count_nonzero(seen[:size]) == len(codes):
        return None
    kept = np.zeros(len(codes), dtype=bool)
    waiting = np.flatnonzero(codes >= 0)
    first = np.empty(size, dtype=np.int64)
    for _ in range(limit):
        backwards = waiting[::-1]
        first[codes[backwards]] = backwards
        chosen = first[codes[waiting]] == waiting
        kept[waiting[chosen]] = True
        waiting = waiting[~chosen]
    return None if kept.all() else kept


def person_codes(persons: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return each row's person as an integer from 0 up, without large gaps; -1 for none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(persons.type) and persons.null_count == 0 and len(persons):
        low, high = pc.min_max(persons).as_py().values()
        if high - low < 4 * len(persons) + 1024:
            numbers: NDArray[np.int64] = persons.to_numpy().astype(np.int64, copy=False)
            return numbers - low if low else numbers
    encoded = persons.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    codes: NDArray[np.int64] = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy()
    return codes
