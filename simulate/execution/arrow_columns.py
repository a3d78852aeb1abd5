"""Arrow columns out of codes and digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def categories(codes: NDArray[Any], labels: Sequence[str], *, absent: NDArray[np.bool_] | None = None) -> Any:
    """Return a dictionary column of small codes.

    Examples
    --------
    >>> categories(np.array([0, 1, 0]), ("no", "yes")).to_pylist()
    ['no', 'yes', 'no']
    """
    import pyarrow as pa

    indices = pa.array(codes.astype(np.int8), mask=absent)
    return pa.DictionaryArray.from_arrays(indices, pa.array(labels, pa.string()))


def days(values: NDArray[Any], *, absent: NDArray[np.bool_] | None = None) -> Any:
    """Return a date column of days since 1970."""
    import pyarrow as pa

    return pa.array(values.astype(np.int32), mask=absent).view(pa.date32())


def hex_digits(numbers: NDArray[np.uint64], digits: int) -> NDArray[np.uint8]:
    """Return the last hexadecimal digits of numbers as rows of ASCII codes."""
    octets = numbers.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - digits // 2 :]
    codes = np.frombuffer(b"0123456789abcdef", np.uint8)
    return codes[np.stack([octets >> 4, octets & 15], axis=2).reshape(len(numbers), digits)]


def ascii_strings(*parts: str | NDArray[np.uint8]) -> Any:
    """Return strings joined from rows of ASCII codes and constants.

    Examples
    --------
    >>> ascii_strings("#", hex_digits(np.array([7, 255], np.uint64), 4)).to_pylist()
    ['#0007', '#00ff']
    """
    import pyarrow as pa

    rows = next(len(part) for part in parts if not isinstance(part, str))
    constant = (np.frombuffer(part.encode(), np.uint8) for part in parts if isinstance(part, str))
    matrix = np.concatenate(
        [
            np.broadcast_to(next(constant), (rows, len(part))) if isinstance(part, str) else part
            for part in parts
        ],
        axis=1,
    )
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(matrix.shape[1]), rows, [None, pa.py_buffer(matrix)]
    )
    return fixed.cast(pa.binary()).cast(pa.string())
