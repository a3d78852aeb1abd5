"""How much of a table one person may be: at most so many rows each, the first ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exports.errors import LabError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from defenses.defense import Defense
    from exports.release import Export


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
        if high - low < 4 * len(persons) + 1024 and high < 2**63:
            numbers: NDArray[np.int64] = persons.to_numpy().astype(np.int64, copy=False)
            return numbers - low if low else numbers
    encoded = persons.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    codes: NDArray[np.int64] = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy()
    return codes


def units(export: Export, values: NDArray[Any] | None = None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first row of each unit that chance treats as one, and the unit of each row.

    Every row is a unit of its own; with a person column all rows of one person are one, or with
    ``values`` all rows of one person with one value: were they treated apart, the person's rows
    together would tell what chance was to hide.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Export, Schema
    >>> table = pa.table({"who": ["ann", "bob", "ann"], "age": [30, 30, 31]})
    >>> export = Export(table, Schema.of(person="who", quasi_identifier=["age"]))
    >>> units(export)[1], units(export, np.array([30, 30, 31]))[1]
    (array([0, 1, 0]), array([0, 2, 1]))
    """
    rows = np.arange(export.table.num_rows)
    if export.schema.person is None or not len(rows):
        return rows, rows
    person = person_codes(export.table[export.schema.person])
    # A row without a person is a person of its own.
    person = np.where(person < 0, person.max() + 1 + rows, person)
    if values is not None:
        _, code = np.unique(values, return_inverse=True)
        person = person * (int(code.max()) + 1) + code
    _, first, of = np.unique(person, return_index=True, return_inverse=True)
    return first, of


def require_no_weight(export: Export, defense: Defense | str) -> None:
    """Check that the schema declares no weight, for a defence in which each row or person counts once.

    Raises
    ------
    LabError
        When it does.
    """
    if export.schema.weight is not None:
        name = defense if isinstance(defense, str) else defense.name
        raise LabError(
            f"{name} cannot weigh rows, and the schema declares the weight {export.schema.weight!r}: take "
            "the weight out of the schema to have every row or person count once."
        )
