"""What a recogniser of something inside cells consists of, and how patterns are tried on many texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.coding import Passes, arrow_integers, booleans
from exports.columns.characters import Characters
from exports.schema import Role

if TYPE_CHECKING:
    import pyarrow as pa

LOOKS_SO, IS_SO = 1, 2
"""What is found in a text: something of the form whose check digits are wrong, or the thing itself."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Finds one kind of personal data anywhere in a text.

    Parameters
    ----------
    kind : str
        For example ``"email"``.
    role : Role
        What a column is in which such values stand.
    says : str
        What they are, in the plural, for the evidence.
    worth : callable
        Which texts, by their characters, are worth searching.
    finds : callable
        For each text 0, ``LOOKS_SO`` or ``IS_SO``.
    """

    kind: str
    role: Role
    says: str
    worth: Callable[[Characters], Passes]
    finds: Callable[[pa.Array], NDArray[np.int8]]


def matches(texts: pa.Array, pattern: str) -> Passes:
    """Return which texts a pattern matches somewhere, upper and lower case alike."""
    import pyarrow.compute as pc

    return booleans(pc.match_substring_regex(texts, f"(?is){pattern}"))


def found(mask: Passes) -> NDArray[np.int8]:
    """Return a mask as what a recogniser finds."""
    return np.where(mask, IS_SO, 0).astype(np.int8)


def checked(texts: pa.Array, pattern: str, check: Callable[[str], bool]) -> NDArray[np.int8]:
    """Return what is found of a pattern whose matches have to pass a check."""
    import re

    verdicts = np.zeros(len(texts), np.int8)
    likely = matches(texts, pattern)
    compiled = re.compile(pattern, re.IGNORECASE | re.ASCII)
    rows = np.flatnonzero(likely)
    for row, text in zip(rows.tolist(), texts.take(arrow_integers(rows)).to_pylist(), strict=True):
        hits = [check(match.group()) for match in compiled.finditer(text)]
        verdicts[row] = IS_SO if any(hits) else LOOKS_SO if hits else 0
    return verdicts
