"""Telephone numbers inside cells: international ones, those of some countries' form, those that a word announces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.columns.recognisers.inside import IS_SO, Recogniser, checked, matches
from exports.schema import Role

if TYPE_CHECKING:
    import pyarrow as pa

_INTERNATIONAL = (
    r"(?:\+|(?:^|[^\d\s.,]|[^\d\s.,] )\b00)[1-9]\d{0,2}[ \-./(]{0,2}(?:\(0\) ?)?[\d(][\d ().\-/]{4,17}\d"
)
_GROUPED = (
    r"(?:^|[^\w\-./])(?:\(\d{2,5}\)[ \-]?\d{2,4}[ \-.]?\d{3,4}|\d{3}[\-.]\d{3}[\-.]\d{4}|0\d(?:[ .]\d{2}){4})"
    r"(?:$|[^\w\-/])"
)
_ANNOUNCED = (
    r"(?:^|[^\p{L}])(?:phone|telephone|tel|telefon\w*|telefono|telefone|téléphone|mobile?|mobil|handy|cell|celular|fax|call"
    r"|ring|whatsapp|sms|gsm|тел|телефон|電話|电话|전화|هاتف)(?: ?(?:no|nr|number|me|us|at|on))?[.:#]? ?[:=]? ?\+?\(?\d[\d ().\-/]{5,17}\d"
)


def _is_possible(text: str) -> bool:
    """Tell whether an international number has a country's code and a length that its country gives."""
    import phonenumbers

    digits = "".join(character for character in text if character.isdigit() or character == "+")
    international = digits if digits.startswith("+") else "+" + digits.removeprefix("00")
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(international, None)))
    except phonenumbers.NumberParseException:
        return False


def _finds(texts: pa.Array) -> NDArray[np.int8]:
    local = matches(texts, f"{_GROUPED}|{_ANNOUNCED}")
    spanning = checked(texts, _INTERNATIONAL, _is_possible)
    return np.where(local | (spanning == IS_SO), IS_SO, 0).astype(np.int8)


PHONE = Recogniser(
    "phone",
    Role.IDENTIFIER,
    "telephone numbers",
    lambda c: (c.digits >= 7) & (c.marks + c.spaces + c.dots + c.letters + c.wide > 0),
    _finds,
)
