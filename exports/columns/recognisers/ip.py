"""Addresses of the internet inside cells: with a port or a mask, in a list, in a line of a log."""

from __future__ import annotations

from ipaddress import IPv6Address

import numpy as np

from exports.columns.recognisers.inside import IS_SO, Recogniser, checked, found, matches
from exports.schema import Role

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_FIRST = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]\d)"
"""The first of four numbers; where it has one digit, the four are as often a version or a section."""

IPV4 = Recogniser(
    "ipv4",
    Role.IDENTIFIER,
    "IPv4 addresses",
    lambda c: (c.dots >= 3) & (c.digits >= 5),
    lambda texts: found(
        matches(texts, rf"(?:^|[^\w.\-/]|://){_FIRST}\.{_OCTET}\.{_OCTET}\.{_OCTET}(?:$|[^\w.]|\.(?:\W|$))")
    ),
)

IPV6 = Recogniser(
    "ipv6",
    Role.IDENTIFIER,
    "IPv6 addresses",
    lambda c: c.colons >= 2,
    lambda texts: np.where(
        checked(texts, r"(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f:]*::[0-9a-f:]*", _is_ipv6) == IS_SO,
        IS_SO,
        0,
    ).astype(np.int8),
)


def _is_ipv6(text: str) -> bool:
    try:
        return len(IPv6Address(text).compressed) > 4
    except ValueError:
        return False
