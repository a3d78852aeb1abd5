"""What kind of thing a column holds, told from its name and from the shape of its values."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from exports.schema import Role

if TYPE_CHECKING:
    import pyarrow as pa

SHAPES = {
    "email": (Role.IDENTIFIER, r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"),
    "token": (
        Role.TOKEN,
        r"^([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128}|[A-Za-z0-9+/_-]{43}=)$",
    ),
    "uuid": (Role.IDENTIFIER, r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
    "ipv4": (Role.IDENTIFIER, r"^(\d{1,3}\.){3}\d{1,3}$"),
    "ipv6": (Role.IDENTIFIER, r"^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}$"),
    "mac": (Role.IDENTIFIER, r"^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$"),
    "url": (Role.IDENTIFIER, r"^https?://"),
    "ssn": (Role.IDENTIFIER, r"^\d{3}-\d{2}-\d{4}$"),
    "phone": (Role.IDENTIFIER, r"^(\+\d[\d ().-]{6,}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})$"),
    "date": (
        Role.QUASI_IDENTIFIER,
        r"^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](\d{2}|\d{4}))([ T].*)?$",
    ),
}
"""Kinds that nearly all values of a column have the shape of, with their role."""

NAMES = {
    "date_of_birth": (Role.QUASI_IDENTIFIER, "dob|birth|birthday|birthdate|bday|geburtsdatum"),
    "age": (Role.QUASI_IDENTIFIER, "age|alter"),
    "postal_code": (Role.QUASI_IDENTIFIER, "zip|zipcode|zcta|postcode|postal|plz"),
    "city": (Role.QUASI_IDENTIFIER, "city|town|municipality|stadt"),
    "county": (Role.QUASI_IDENTIFIER, "county"),
    "first_name": (Role.IDENTIFIER, "firstname|forename|given|fname|vorname"),
    "last_name": (Role.IDENTIFIER, "lastname|surname|lname|nachname"),
    "name": (Role.IDENTIFIER, "name|fullname|username"),
    "street": (Role.IDENTIFIER, "street|address|addr|strasse"),
    "email": (Role.IDENTIFIER, "email|mail"),
    "phone": (Role.IDENTIFIER, "phone|telephone|tel|mobile|cell"),
    "fax": (Role.IDENTIFIER, "fax"),
    "ssn": (Role.IDENTIFIER, "ssn"),
    "medical_record": (Role.IDENTIFIER, "mrn"),
    "account": (Role.IDENTIFIER, "account|iban"),
    "license": (Role.IDENTIFIER, "license|licence"),
    "vehicle": (Role.IDENTIFIER, "vin|plate"),
    "device_id": (Role.IDENTIFIER, "imei|udid|serial|device"),
    "advertising_id": (Role.IDENTIFIER, "idfa|gaid|aaid|maid"),
    "photo": (Role.IDENTIFIER, "photo|picture|avatar"),
}
"""Kinds that a column is called like, with their role; the first that fits counts."""

NEARLY_ALL = 0.9
"""Share of the different values that must have a shape."""


def words_of(name: str) -> list[str]:
    """Return the words in the name of a column, in lower case.

    Examples
    --------
    >>> words_of("dateOfBirth"), words_of("zip_code 5")
    (['date', 'of', 'birth'], ['zip', 'code', '5'])
    """
    return re.findall(r"[^\W\d_]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())


def kind_of(name: str, values: pa.Array) -> tuple[str, Role, str] | None:
    """Return kind, role and evidence of a column, or None when it is of no known kind.

    Parameters
    ----------
    name : str
        Of the column.
    values : pyarrow.Array
        Its different values.

    Examples
    --------
    >>> import pyarrow as pa
    >>> kind_of("contact", pa.array(["ann@mail.example", "bob@mail.example"]))[0]
    'email'
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    words = words_of(name)
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    joined = {*words, "".join(words)} | {a + b for a, b in pairwise(words)}
    called = next((kind for kind, (_, known) in NAMES.items() if joined & set(known.split("|"))), None)
    if pa.types.is_temporal(values.type) and called != "date_of_birth":
        return "date", Role.QUASI_IDENTIFIER, f"of type {values.type}"
    for kind, (role, pattern) in SHAPES.items() if text else ():
        share = pc.mean(pc.match_substring_regex(values, pattern).cast(pa.int8())).as_py() or 0.0
        if share >= NEARLY_ALL and not (kind == "date" and called == "date_of_birth"):
            return kind, role, f"{100 * share:.0f} % of the values have the shape of {kind}"
    if called is not None:
        return called, NAMES[called][0], f"called like {called}"
    return None
