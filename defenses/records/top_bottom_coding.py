"""Top and bottom coding: numbers beyond a limit become the limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from defenses.columns import chosen, numeric, weights_of
from defenses.contributions import units
from defenses.defense import Defense
from defenses.released import changed_release
from exports.coding import Floats
from exports.errors import LabError
from exports.release import Export, Kind, Release
from exports.schema import Role

if TYPE_CHECKING:
    import pyarrow as pa


class TopBottomCoding(Defense):
    """Replace numbers beyond a limit by the limit: nobody stands out by an extreme value.

    Somebody who knows that a person is very old, or very rich, finds everybody beyond the limit
    alike. Whoever is rare for another reason stays so; it promises nothing.

    Parameters
    ----------
    top, bottom : float or None
        Limits; None leaves that end open.
    share : float or None
        Take the limits from the data so that about this share lies beyond each: of the rows, of
        their weight, or of the persons' values.
    columns : sequence of str, str or None
        Numeric columns; default every quasi-identifier.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"age": [17, 40, 97]}), Schema.of(quasi_identifier=["age"]))
    >>> TopBottomCoding(top=85, bottom=18).fit_transform(export).rows["age"].to_pylist()
    [18, 40, 85]
    """

    name: ClassVar[str] = "top-bottom-coding"
    produces: ClassVar[Kind] = "records"

    def __init__(
        self,
        top: float | None = None,
        bottom: float | None = None,
        share: float | None = None,
        columns: Sequence[str] | str | None = None,
    ) -> None:
        self.top = top
        self.bottom = bottom
        self.share = share
        self.columns = columns

    def transform(self, export: Export) -> Release:
        """Return all rows with numbers inside the limits."""
        if self.top is None and self.bottom is None and self.share is None:
            raise LabError("Give top, bottom or share: without a limit nothing changes.")
        if self.share is not None and not 0 < self.share < 0.5:
            raise LabError(f"share is {self.share} but must be above 0 and below 0.5.")
        if self.top is not None and self.bottom is not None and self.top < self.bottom:
            raise LabError(f"top is {self.top:g} and bottom {self.bottom:g}: top must not be below bottom.")
        columns, limits = {}, {}
        for name in chosen(export.schema, self.columns, Role.QUASI_IDENTIFIER):
            values = numeric(export.table, name)
            low, high = self.bottom, self.top
            if self.share is not None and np.isfinite(values).any():
                low, high = _ends(export, values, self.share)
            limits[name] = [None if limit is None else float(limit) for limit in (low, high)]
            columns[name] = _clipped(export.table[name], values, low, high)
        return changed_release(self, export, columns, recoded=False, limits=limits)


def _ends(export: Export, values: Floats, share: float) -> tuple[float, float]:
    """Return the values beyond which about ``share`` of the rows, the weight or the persons lie."""
    first, _ = units(export, values)
    weight, ends = weights_of(export), [share, 1 - share]
    if weight is None:
        low, high = np.nanquantile(values[first], ends, method="closest_observation")
    else:
        low, high = np.nanquantile(values[first], ends, weights=weight[first], method="inverted_cdf")
    return float(low), float(high)


def _clipped(column: pa.ChunkedArray, values: Floats, low: float | None, high: float | None) -> pa.Array:
    import pyarrow as pa

    clipped = np.clip(values, low, high) if low is not None or high is not None else values
    found = pa.array(clipped, from_pandas=True)
    whole = pa.types.is_integer(column.type) and bool(
        (np.isnan(clipped) | (clipped == np.rint(clipped))).all()
    )
    return found.cast(column.type) if whole or pa.types.is_floating(column.type) else found
