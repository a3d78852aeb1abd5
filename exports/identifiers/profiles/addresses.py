"""Which e-mail addresses two libraries take, which connectors ask before they hash one."""

from __future__ import annotations

from exports.identifiers.conditions import Require
from exports.identifiers.steps import JS_SPACE

_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]"
_NAME = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
AJV = Require(
    rf"{_ATOM}+(?:\.{_ATOM}+)*@(?:{_NAME}\.)+{_NAME}",
    "the connector takes no such address: it asks for ASCII and a domain with a dot",
)
"""The format ``email`` of ajv-formats (its full formats)."""

_WIDE = "\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_PART = rf"[a-zA-Z0-9!#$%&'*+/=?^_`{{|}}~{_WIDE}-]+"
_WITHIN = JS_SPACE + "\x01-\x08\x0b\x0c\x0e-\x1f\x7f!#-\\[\\]-~\u00a0" + _WIDE
_ESCAPED = "\x01-\x09\x0b\x0c\x0d-\x7f\u00a0" + _WIDE
_LOCAL = rf'(?:"(?:[{_WITHIN}]|\\[{_ESCAPED}])*"|{_PART}(?:\.{_PART})*)'
_NAMED = "a-zA-Z0-9\u00a1-\uff00\uff5f-\U0010ffff"
_LABEL = f"[{_NAMED}](?:[{_NAMED}-]{{0,61}}[{_NAMED}])?"
_TLD = (
    "(?:[a-zA-Z\u00a1-\u00a8\u00aa-\ud7ff\uf900-\ufdcf\ufdf0-\uff00\uff5f-\uffef]{2,63}"
    "|[xX][nN][a-zA-Z0-9-]{1,60}[a-zA-Z0-9])"
)
_NO_ADDRESS = (
    "the connector takes no such address: its form is not that of an e-mail, or it is hashed already"
)
VALIDATOR = (
    Require(r"[\s\S]{1,64}@[^@]{1,254}", _NO_ADDRESS),
    Require(rf"{_LOCAL}@(?:{_LABEL}\.)+{_TLD}", _NO_ADDRESS),
)
"""``isEmail`` of validator.js as it stands: lengths in characters, where the library counts bytes."""
