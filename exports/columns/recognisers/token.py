"""Digests, keys and identifiers of machines inside cells: in JSON, in an address of the web, after a prefix."""

from __future__ import annotations

from exports.columns.recognisers.inside import Recogniser, found, matches
from exports.schema import Role

_DIGEST = r"(?:^|[^0-9a-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})(?:$|[^0-9a-z])"
_BASE64 = (
    r"(?:^|[^0-9a-z+/=_\-])(?:[a-z0-9+/_\-]{22}==|[a-z0-9+/_\-]{43}=|[a-z0-9+/_\-]{86}==)(?:$|[^0-9a-z+/=])"
)
_SIGNED = r"\beyj[\w\-]{8,}\.[\w\-]{8,}\.[\w\-]+|\$(?:2[aby]|argon2\w*|5|6|scrypt)\$\S{16,}"
_UUID = r"(?:^|[^0-9a-f\-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:$|[^0-9a-f\-])"

TOKEN = Recogniser(
    "token",
    Role.TOKEN,
    "digests or keyed tokens",
    lambda c: (c.lengths >= 24) & ((c.digits > 0) | c.long),
    lambda texts: found(matches(texts, f"{_DIGEST}|{_BASE64}|{_SIGNED}")),
)

UUID = Recogniser(
    "uuid",
    Role.IDENTIFIER,
    "UUIDs",
    lambda c: (c.lengths >= 36) & ((c.marks >= 4) | c.long),
    lambda texts: found(matches(texts, _UUID)),
)

MAC = Recogniser(
    "mac",
    Role.IDENTIFIER,
    "hardware addresses",
    lambda c: (c.lengths >= 17) & ((c.colons >= 5) | (c.marks >= 5) | c.long),
    lambda texts: found(
        matches(texts, r"(?:^|[^0-9a-f:\-])(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}(?:$|[^0-9a-f:\-])")
    ),
)

SSN = Recogniser(
    "ssn",
    Role.IDENTIFIER,
    "social security numbers",
    lambda c: (c.digits >= 9) & ((c.marks >= 2) | c.long),
    lambda texts: found(matches(texts, r"(?:^|[^\w\-./])\d{3}-\d{2}-\d{4}(?:$|[^\w\-./])")),
)

URL = Recogniser(
    "url",
    Role.IDENTIFIER,
    "web addresses",
    lambda c: (c.colons > 0) & (c.letters >= 6),
    lambda texts: found(matches(texts, r"\b(?:https?|ftp)://\S+")),
)
