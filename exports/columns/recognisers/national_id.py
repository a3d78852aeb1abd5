"""Numbers that states give to people, where a form or check digits tell them from other numbers."""

from __future__ import annotations

import re

from exports.columns.recognisers.inside import Recogniser, checked
from exports.schema import Role

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
"""Letters by which the number of a Spanish identity card is checked, by its remainder of 23."""


def keeps_check(text: str) -> bool:
    """Tell whether a number has the check digits of one of the states.

    Examples
    --------
    >>> keeps_check("00000000T"), keeps_check("000.000.001-91"), keeps_check("000.000.001-92")
    (True, True, False)
    """
    plain = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    if re.fullmatch(r"[XYZ]?\d{7,8}[A-Z]", plain) and len(plain) == 9:
        number = plain[:-1].replace("X", "0", 1).replace("Y", "1", 1).replace("Z", "2", 1)
        return _DNI[int(number) % 23] == plain[-1]
    if re.fullmatch(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", plain):
        return True
    if re.fullmatch(r"[A-CEGHJ-PR-TW-Z]{2}\d{6}[A-D]", plain):
        return plain[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
    if not plain.isdigit() or len(set(plain)) == 1:
        return False
    digits = [int(character) for character in plain]
    return len(digits) == 11 and any(one(digits) for one in (_brazil, _turkey, _poland, _germany))


def _brazil(digits: list[int]) -> bool:
    """Cadastro de Pessoas Físicas: two check digits with falling weights."""
    for length in (9, 10):
        weighed = sum(digit * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        if weighed * 10 % 11 % 10 != digits[length]:
            return False
    return True


def _turkey(digits: list[int]) -> bool:
    """T.C. kimlik: the tenth digit from odd and even places, the eleventh from all."""
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return digits[0] != 0 and digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


def _poland(digits: list[int]) -> bool:
    """PESEL: a date of birth, and weights 1, 3, 7, 9."""
    month, day = digits[2] * 10 + digits[3], digits[4] * 10 + digits[5]
    weighed = sum(
        digit * weight for digit, weight in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=False)
    )
    return 1 <= month % 20 <= 12 and 1 <= day <= 31 and (10 - weighed % 10) % 10 == digits[10]


def _germany(digits: list[int]) -> bool:
    """Steuerliche Identifikationsnummer: ISO 7064 modulo 11, 10, with one digit that comes twice or thrice."""
    product = 10
    for digit in digits[:10]:
        product = ((digit + product) % 10 or 10) * 2 % 11
    repeated = sorted(digits[:10].count(one) for one in set(digits[:10]))
    return (
        digits[0] != 0 and (11 - product) % 10 == digits[10] and repeated[-1] in (2, 3) and len(repeated) >= 8
    )


_FORMS = (
    r"\b(?:\d{3}\.\d{3}\.\d{3}-\d{2}|[xyz]?\d{7,8}-?[a-z]|[a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z]"
    r"|[a-z]{2} \d{2} \d{2} \d{2} [a-d]|\d{11}|\d{2} \d{3} \d{3} \d{3})\b"
)

NATIONAL_ID = Recogniser(
    "national_id",
    Role.IDENTIFIER,
    "national identity numbers",
    lambda c: (c.digits >= 6) & (c.lengths >= 9),
    lambda texts: checked(texts, _FORMS, keeps_check),
)
