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
from dataclasses import dataclass, field
from typing import Protocol

from exports.engines.texts import Texts

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

    def sql(self, x: str, texts: Texts, /) -> str:
        """Return the same change of an expression; NULL where the text is rejected."""
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

    def sql(self, x: str, texts: Texts, /) -> str:
        if self.ascii:
            return f"translate({x}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
        return texts.write("lower", x)


@dataclass(frozen=True, slots=True)
class Trim:
    """Take the given characters away at both ends."""

    chars: str

    def __call__(self, value: str) -> str:
        return value.strip(self.chars)

    def sql(self, x: str, texts: Texts, /) -> str:
        return texts.write("trim", x, chars=self.chars)


@dataclass(frozen=True, slots=True)
class TrimLeft:
    """Take the given characters away at the start."""

    chars: str

    def __call__(self, value: str) -> str:
        return value.lstrip(self.chars)

    def sql(self, x: str, texts: Texts, /) -> str:
        return texts.write("trim_left", x, chars=self.chars)


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

    def sql(self, x: str, texts: Texts, /) -> str:
        if len(self.chars) == 1:
            return f"replace({x}, {texts.literal(self.chars)}, '')"
        return texts.write("delete", x, pattern=f"[{self.chars}]")


@dataclass(frozen=True, slots=True)
class DeleteFirst:
    """Delete the first occurrence of one character."""

    char: str

    def __call__(self, value: str) -> str:
        return value.replace(self.char, "", 1)

    def sql(self, x: str, texts: Texts, /) -> str:
        at = f"instr($, {texts.literal(self.char)})"
        body = f"case when {at} > 0 then left($, {at} - 1) || substr($, {at} + 1) else $ end"
        return texts.let(x, lambda v: body.replace("$", v))


@dataclass(frozen=True, slots=True)
class DeletePunctuation:
    """Delete every character of Unicode's punctuation categories."""

    def __call__(self, value: str) -> str:
        return "".join(c for c in value if not unicodedata.category(c).startswith("P"))

    def sql(self, x: str, texts: Texts, /) -> str:
        return texts.write("delete", x, pattern=r"\p{P}")


@dataclass(frozen=True, slots=True)
class DeleteStart:
    """Delete what a pattern matches at the start."""

    pattern: str

    def __call__(self, value: str) -> str:
        match = re.match(self.pattern, value)
        return value[match.end() :] if match else value

    def sql(self, x: str, texts: Texts, /) -> str:
        return texts.write("delete_start", x, pattern=f"^(?:{self.pattern})")


@dataclass(frozen=True, slots=True)
class JoinGroups:
    """Join the groups of the first match; without a match the text stays.

    The pattern takes white space of any length wherever it takes some, and no group holds any.
    """

    pattern: str

    def __call__(self, value: str) -> str:
        # Python tries every way to share out a run of blanks, in the cube of its length.
        match = re.search(self.pattern, re.sub(f"[{JS_SPACE}]+", " ", value))
        return "".join(match.groups()) if match else value

    def sql(self, x: str, texts: Texts, /) -> str:
        pattern = texts.literal(self.pattern)

        def joined(v: str) -> str:
            groups = range(1, re.compile(self.pattern).groups + 1)
            found = " || ".join(f"regexp_extract({v}, {pattern}, {group})" for group in groups)
            return f"case when regexp_extract({v}, {pattern}, 0) = '' then {v} else {found} end"

        return texts.let(x, joined)


@dataclass(frozen=True, slots=True)
class Before:
    """Keep what precedes the first occurrence of a character."""

    char: str

    def __call__(self, value: str) -> str:
        return value.partition(self.char)[0]

    def sql(self, x: str, texts: Texts, /) -> str:
        return f"split_part({x}, {texts.literal(self.char)}, 1)"


@dataclass(frozen=True, slots=True)
class Head:
    """Keep the first characters."""

    length: int

    def __call__(self, value: str) -> str:
        return value[: self.length]

    def sql(self, x: str, _texts: Texts, /) -> str:
        return f"left({x}, {self.length})"


@dataclass(frozen=True, slots=True)
class Prefix:
    """Put a text in front, unless the value starts with it already."""

    text: str

    def __call__(self, value: str) -> str:
        return value if value.startswith(self.text) else self.text + value

    def sql(self, x: str, texts: Texts, /) -> str:
        text = texts.literal(self.text)
        start = len(self.text)
        return texts.let(
            x, lambda v: f"case when left({v}, {start}) = {text} then {v} else {text} || {v} end"
        )


@dataclass(frozen=True, slots=True)
class PadTwo:
    """Put a zero in front of a text of at most one character."""

    def __call__(self, value: str) -> str:
        return value.rjust(2, "0") if len(value) == 1 else value

    def sql(self, x: str, texts: Texts, /) -> str:
        return texts.let(x, lambda v: f"case when length({v}) = 1 then '0' || {v} else {v} end")


@dataclass(frozen=True, slots=True)
class Translate:
    """Replace a text whose key is in the table; any other takes the default or other steps.

    Parameters
    ----------
    table : mapping of str to str
        Text by key.
    key : tuple of Step
        Applied to the text to find its key.
    default : str or None
        Replaces every other text.
    otherwise : tuple of Step
        Applied to every other text where there is no default.
    """

    table: Mapping[str, str] = field(hash=False)
    key: tuple[Step, ...] = ()
    default: str | None = None
    otherwise: tuple[Step, ...] = ()

    def __call__(self, value: str) -> str:
        found = self.table.get(run(self.key, value), self.default)
        return run(self.otherwise, value) if found is None else found

    def sql(self, x: str, texts: Texts, /) -> str:
        def replaced(v: str) -> str:
            found = " ".join(
                f"when {texts.literal(key)} then {texts.literal(text)}" for key, text in self.table.items()
            )
            other = run_sql(self.otherwise, v, texts) if self.default is None else texts.literal(self.default)
            key = run_sql(self.key, v, texts)
            return f"case when {v} is not null then case {key} {found} else {other} end end"

        return texts.let(x, replaced)


@dataclass(frozen=True, slots=True)
class HexToBase64:
    """Write the bytes of a SHA-256 in base64; any other text stays."""

    def __call__(self, value: str) -> str:
        if not re.fullmatch(SHA256_HEX, value):
            return value
        return base64.b64encode(bytes.fromhex(value)).decode()

    def sql(self, x: str, texts: Texts, /) -> str:
        def base64_of_hex(v: str) -> str:
            test = texts.write("matches", v, pattern=SHA256_HEX)
            return f"case when {test} then {texts.write('base64', v)} else {v} end"

        return texts.let(x, base64_of_hex)


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


def run_sql(steps: tuple[Step, ...], x: str, texts: Texts) -> str:
    """Return the expression of steps in order."""
    for step in steps:
        x = step.sql(x, texts)
    return x
