"""Numbers of payment cards: 13 to 19 digits that keep the check of ISO/IEC 7812 (Luhn)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.coding import Passes, arrow_integers, numbers
from exports.columns.recognisers.inside import IS_SO, LOOKS_SO, Recogniser, checked, matches
from exports.schema import Role

if TYPE_CHECKING:
    import pyarrow as pa

_ISSUERS = re.compile(r"4|5[0-8]|2(?:2[2-9]|[3-6]|7[01]|720)|3[0-9]|6[0-9]|8[16]|9[27]")
"""First digits that are given to issuers of cards."""


def keeps_check(text: str) -> bool:
    """Tell whether a number could be a card's by its first and its check digit.

    Examples
    --------
    >>> keeps_check("4000 0000 0000 0002"), keeps_check("4000 0000 0000 0003"), keeps_check("0" * 16)
    (True, False, False)
    """
    digits = [int(character) for character in text if character.isdigit()]
    plain = "".join(map(str, digits))
    if not 13 <= len(plain) <= 19 or not _ISSUERS.match(plain) or len(set(plain)) == 1:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _finds(texts: pa.Array) -> NDArray[np.int8]:
    """Check whole numbers all at once, and those inside other text one by one."""
    import pyarrow.compute as pc

    verdicts = np.zeros(len(texts), np.int8)
    plain = pc.replace_substring_regex(texts, r"(\d)[ \-]", r"\1")
    whole = matches(plain, r"^\d{13,19}$")
    lengths = numbers(pc.binary_length(plain))
    for length in range(13, 20):
        rows = np.flatnonzero(whole & (lengths == length))
        if len(rows):
            kept = _keep_check("".join(plain.take(arrow_integers(rows)).to_pylist()), length)
            verdicts[rows] = np.where(kept, IS_SO, LOOKS_SO)
    rest = np.flatnonzero(~whole)
    if len(rest):
        verdicts[rest] = checked(
            texts.take(arrow_integers(rest)), r"(?:^|[^\w.,])\d(?:[ \-]?\d){12,18}\b", keeps_check
        )
    return verdicts


def _keep_check(joined: str, length: int) -> Passes:
    """Return which numbers of one length, written without a break, could be those of cards."""
    digits = np.frombuffer(joined.encode(), np.uint8).reshape(-1, length).astype(np.int64) - ord("0")
    doubled = digits[:, -2::-2] * 2
    sums = (doubled - 9 * (doubled > 9)).sum(axis=1) + digits[:, -1::-2].sum(axis=1)
    first, second = digits[:, 0], digits[:, 0] * 10 + digits[:, 1]
    issued = (
        np.isin(first, (3, 4, 6))
        | np.isin(second, (22, 23, 24, 25, 26, 27, 81, 86, 92, 97))
        | ((second >= 50) & (second <= 58))
    )
    return np.asarray((sums % 10 == 0) & issued & (digits != digits[:, :1]).any(axis=1))


CARD = Recogniser(
    "card",
    Role.IDENTIFIER,
    "numbers of payment cards",
    lambda c: c.digits >= 13,
    _finds,
)
