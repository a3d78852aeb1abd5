"""Arrow columns out of codes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.tables import table


def categories(codes: NDArray[Any], labels: Sequence[str], *, absent: NDArray[np.bool_] | None = None) -> Any:
    """Return a dictionary column of small codes.

    Examples
    --------
    >>> categories(np.array([0, 1, 0]), ("no", "yes")).to_pylist()
    ['no', 'yes', 'no']
    """
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int8), mask=absent), pa.array(labels, pa.string())
    )


@cache
def zcta_labels() -> Any:
    """Return the ZCTAs of the country as five-digit strings."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.utf8_lpad(table("zctas")["zcta"].combine_chunks().cast(pa.string()), width=5, padding="0")
