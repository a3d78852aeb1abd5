r"""The steps of which every normalisation rule is composed, as data that Python and SQL both run.

Regular expressions keep to what Python, RE2 and Java read alike: no look-around, no ``$``, no
``\s`` or ``\w`` (their meaning differs), character classes spelled out. ``\d`` means any
Unicode decimal digit, as in Python.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

ASCII_SPACE = "\t\n\x0b\x0c\r "
_UNICODE_SPACE = (
    "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)  # fmt: skip
JS_SPACE = ASCII_SPACE + _UNICODE_SPACE + "\ufeff"
"""What JavaScript's ``trim`` and ``\\s`` take away."""
PY_SPACE = ASCII_SPACE + "\x1c\x1d\x1e\x1f\x85" + _UNICODE_SPACE
"""What Python's ``str.strip`` and ``\\s`` take away."""


SHA256_HEX = "[0-9a-fA-F]{64}"


class Rejected(ValueError):
    """The value cannot be sent under this rule; the message says why and never quotes it."""


class Step(Protocol):
    """One pure change of a text."""

    def __call__(self, value: str) -> str:
        """Return the changed text, or raise `Rejected`."""
        ...


@dataclass(frozen=True, slots=True)
class Lower:
    """Lower case: all of Unicode, or A-Z alone.

    Examples
    --------
    >>> Lower()("É"), Lower(ascii=True)("É")
    ('é', 'É')
    """

    ascii: bool = False

    def __call__(self, value: str) -> str:
        if self.ascii and not value.isascii():
            return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in value)
        return value.lower()


@dataclass(frozen=True, slots=True)
class Trim:
    """Take the given characters away at both ends."""

    chars: str

    def __call__(self, value: str) -> str:
        return value.strip(self.chars)


@dataclass(frozen=True, slots=True)
class TrimLeft:
    """Take the given characters away at the start."""

    chars: str

    def __call__(self, value: str) -> str:
        return value.lstrip(self.chars)


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete every character of a class, written as inside the brackets of a regular expression.

    Examples
    --------
    >>> Delete("^0-9")("+1 (650) 555")
    '1650555'
    """

    chars: str

    def __call__(self, value: str) -> str:
        return re.sub(f"[{self.chars}]", "", value)


@dataclass(frozen=True, slots=True)
class DeleteFirst:
    """Delete the first occurrence of one character."""

    char: str

    def __call__(self, value: str) -> str:
        return value.replace(self.char, "", 1)


@dataclass(frozen=True, slots=True)
class DeletePunctuation:
    """Delete every character of Unicode's punctuation categories."""

    def __call__(self, value: str) -> str:
        return "".join(c for c in value if not unicodedata.category(c).startswith("P"))


@dataclass(frozen=True, slots=True)
class Substitute:
    """Replace the first match of a pattern."""

    pattern: str
    by: str

    def __call__(self, value: str) -> str:
        return re.sub(self.pattern, self.by, value, count=1)


@dataclass(frozen=True, slots=True)
class JoinGroups:
    """Join the groups of the first match; without a match the text stays."""

    pattern: str

    def __call__(self, value: str) -> str:
        match = re.search(self.pattern, value)
        return "".join(match.groups()) if match else value


@dataclass(frozen=True, slots=True)
class Before:
    """Keep what precedes the first occurrence of a character."""

    char: str

    def __call__(self, value: str) -> str:
        return value.partition(self.char)[0]


@dataclass(frozen=True, slots=True)
class BeforeLastAt:
    """Apply steps to what precedes the last ``@``; without one the text stays."""

    steps: tuple[Step, ...]

    def __call__(self, value: str) -> str:
        local, at, domain = value.rpartition("@")
        return run(self.steps, local) + at + domain if at else value


@dataclass(frozen=True, slots=True)
class Head:
    """Keep the first characters."""

    length: int

    def __call__(self, value: str) -> str:
        return value[: self.length]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Put a text in front, unless the value starts with it already."""

    text: str

    def __call__(self, value: str) -> str:
        return value if value.startswith(self.text) else self.text + value


@dataclass(frozen=True, slots=True)
class PadTwo:
    """Put a zero in front of a text of at most one character."""

    def __call__(self, value: str) -> str:
        return value.rjust(2, "0") if len(value) == 1 else value


@dataclass(frozen=True, slots=True)
class Translate:
    """Replace a text that is in the table; ``otherwise`` applies to all others."""

    table: Mapping[str, str]
    key: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()

    def __call__(self, value: str) -> str:
        found = self.table.get(run(self.key, value))
        return run(self.otherwise, value) if found is None else found


@dataclass(frozen=True, slots=True)
class When:
    """Apply steps only to texts that match a pattern as a whole."""

    pattern: str
    then: tuple[Step, ...]

    def __call__(self, value: str) -> str:
        return run(self.then, value) if re.fullmatch(self.pattern, value) else value


@dataclass(frozen=True, slots=True)
class AtGmail:
    """Apply steps to the local part of an address at one of Google's domains.

    Parameters
    ----------
    domains : tuple of str
        Domains that count as Gmail.
    local : tuple of Step
        Applied to what precedes the first ``@``.
    prefix : bool, default False
        Whether the domain need only start with one of ``domains`` and another character.
    """

    domains: tuple[str, ...]
    local: tuple[Step, ...]
    prefix: bool = False

    def __call__(self, value: str) -> str:
        name, at, domain = value.partition("@")
        if not at or not self._is_gmail(domain):
            return value
        return run(self.local, name) + at + domain

    def _is_gmail(self, domain: str) -> bool:
        if self.prefix:
            return any(domain.startswith(known) and len(domain) > len(known) for known in self.domains)
        return domain in self.domains

    def knowing(self, aliases: Mapping[str, str]) -> AtGmail:
        """Return the step that also treats each alias as the domain it stands for."""
        more = tuple(alias for alias, domain in aliases.items() if domain in self.domains)
        return replace(self, domains=self.domains + more)


@dataclass(frozen=True, slots=True)
class Require:
    """Reject a text that does not match a pattern as a whole."""

    pattern: str
    reason: str

    def __call__(self, value: str) -> str:
        if not re.fullmatch(self.pattern, value):
            raise Rejected(self.reason)
        return value


@dataclass(frozen=True, slots=True)
class Refuse:
    """Reject a text that matches a pattern as a whole."""

    pattern: str
    reason: str

    def __call__(self, value: str) -> str:
        if re.fullmatch(self.pattern, value):
            raise Rejected(self.reason)
        return value


@dataclass(frozen=True, slots=True)
class RequireIn:
    """Reject a text that is not in a list."""

    allowed: frozenset[str]
    reason: str

    def __call__(self, value: str) -> str:
        if value not in self.allowed:
            raise Rejected(self.reason)
        return value


@dataclass(frozen=True, slots=True)
class RequireInteger:
    """Reject a text that is no whole number between two bounds, by Python's reading of numbers."""

    low: int
    high: int
    reason: str

    def __call__(self, value: str) -> str:
        try:
            fits = self.low <= int(value) <= self.high
        except ValueError:
            fits = False
        if not fits:
            raise Rejected(self.reason)
        return value


@dataclass(frozen=True, slots=True)
class HexToBase64:
    """Write the bytes of a SHA-256 in base64; any other text stays."""

    def __call__(self, value: str) -> str:
        if not re.fullmatch(SHA256_HEX, value):
            return value
        return base64.b64encode(bytes.fromhex(value)).decode()


@dataclass(frozen=True, slots=True)
class Pass:
    """Stop at a text that looks hashed already: it is sent as it is, never hashed again."""

    pattern: str

    def __call__(self, value: str) -> str:
        return value

    def stops(self, value: str) -> bool:
        """Whether the text is final."""
        return re.fullmatch(self.pattern, value) is not None


def run(steps: tuple[Step, ...], value: str) -> str:
    """Apply steps in order.

    Examples
    --------
    >>> run((Trim(" "), Lower()), " A ")
    'a'
    """
    for step in steps:
        value = step(value)
    return value
