"""Numbers of payment cards: 13 to 19 digits that keep the check of ISO/IEC 7812 (Luhn)."""

from __future__ import annotations

import re

from exports.columns.recognisers.inside import Recogniser, checked
from exports.schema import Role

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


CARD = Recogniser(
    "card",
    Role.IDENTIFIER,
    "numbers of payment cards",
    lambda c: c.digits >= 13,
    lambda texts: checked(texts, r"\b\d(?:[ \-]?\d){12,18}\b", keeps_check),
)
