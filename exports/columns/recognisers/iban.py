"""Numbers of bank accounts: IBAN as ISO 13616 writes them, with the check by remainder 97."""

from __future__ import annotations

import re

from exports.columns.recognisers.inside import Recogniser, checked
from exports.schema import Role


def keeps_check(text: str) -> bool:
    """Tell whether an IBAN has the right check digits.

    Examples
    --------
    >>> keeps_check("GB82 WEST 1234 5698 7654 32"), keeps_check("GB83 WEST 1234 5698 7654 32")
    (True, False)
    """
    plain = re.sub(r"[ \-]", "", text).upper()
    turned = plain[4:] + plain[:4]
    if not 15 <= len(plain) <= 34 or not turned.isalnum() or not turned.isascii():
        return False
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


IBAN = Recogniser(
    "account",
    Role.IDENTIFIER,
    "numbers of bank accounts",
    lambda c: (c.digits >= 9) & (c.letters >= 2),
    lambda texts: checked(
        texts, r"\b[a-z]{2}\d{2}(?:[ \-]?[a-z0-9]{4}){2,7}(?:[ \-]?[a-z0-9]{1,4})?\b", keeps_check
    ),
)
