"""Headers that are data: the first row of a table without a header, or a note to a program that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exports.columns.detection import ANYWHERE
from exports.columns.scanning import scanned
from exports.columns.shapes import SHAPES
from exports.columns.tally import INSIDE
from exports.errors import LabError

if TYPE_CHECKING:
    from exports.sources.origins import Source


def require_header(source: Source) -> None:
    r"""Check that the names of the columns are names, and no values; a message shows none of them.

    Raises
    ------
    LabError
        When a name is an address, a token or a number of somebody, or the line is no header.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import read
    >>> require_header(read(pa.table({"mail": ["a7@mail.example"]})))
    >>> require_header(read(pa.table({"a7@mail.example": ["b7@mail.example"]})))
    Traceback (most recent call last):
    ...
    exports.errors.LabError: The name of column 1 of table in memory looks like data (email) and is not
    shown: the table seems to have no header, so give it one.
    """
    first = source.columns[0]
    if first.lower().startswith("sep="):
        raise LabError(
            f"The first line of {source.name} is Excel's note of the delimiter and no header: delete it."
        )
    if any("\x01" in name for name in source.columns):
        raise LabError(
            f"The header of {source.name} holds the separator of Hive (\\x01): write it with commas or tabs."
        )
    kinds = _kinds_of(source.columns)
    if kinds:
        place, kind = min(kinds.items())
        more = f" and {len(kinds) - 1} more" if len(kinds) > 1 else ""
        raise LabError(
            f"The name of column {place + 1}{more} of {source.name} looks like data ({kind}) and is not "
            "shown: the table seems to have no header, so give it one."
        )


def _kinds_of(names: Sequence[str]) -> dict[int, str]:
    """Return the kinds of the names that are values of people, by the place of the column."""
    import pyarrow as pa

    found = {}
    numbered = [str(place) for place in range(len(names))]
    tally = scanned(numbered, [[pa.array([name], pa.string()) for name in names]]).tally
    for place in range(len(names)):
        sure = [one.kind for one in INSIDE if one.kind != "url" and tally.of(f"inside {one.kind}", place)]
        sure += [
            shape.kind
            for position, shape in enumerate(SHAPES)
            if shape.kind in ANYWHERE and shape.alone and tally.of(f"alone {position}", place)
        ]
        if sure:
            found[place] = sure[0]
    return found
