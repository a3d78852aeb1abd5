"""How each engine writes the functions of text that normalisation and hashing need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exports.errors import LabError

# Which neighbours decide whether a capital sigma ends a word (Unicode's Final_Sigma).
_CASED = (
    r"\p{Lu}\p{Ll}\p{Lt}\x{AA}\x{BA}\x{2160}-\x{217F}\x{24B6}-\x{24E9}"
    r"\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189}"
)
_IGNORED = (
    r"\p{Mn}\p{Me}\p{Cf}\p{Lm}\p{Sk}''.:\x{B7}\x{387}\x{55F}\x{5F4}\x{2018}\x{2019}\x{2024}\x{2027}"
    r"\x{FE13}\x{FE52}\x{FE55}\x{FF07}\x{FF0E}\x{FF1A}"
)
_FINAL_SIGMA = f"([{_CASED}][{_IGNORED}]*)\u03a3([{_IGNORED}]*(?:[^{_CASED}{_IGNORED}]|$))"


@dataclass(frozen=True, slots=True)
class Texts:
    """Templates of expressions, by default DuckDB's.

    ``$x`` stands for an expression, the other names for string literals. Every template gives
    NULL for NULL. ``lower`` is Unicode's full mapping, as Python's ``str.lower``: engines differ
    on a capital I with a dot and on a sigma at the end of a word. Where ``backslash`` is set, a
    backslash in a literal escapes what follows.
    """

    trim: str = "trim($x, $chars)"
    trim_left: str = "ltrim($x, $chars)"
    delete: str = "regexp_replace($x, $pattern, '', 'g')"
    delete_start: str = "regexp_replace($x, $pattern, '')"
    matches: str = "regexp_full_match($x, $pattern)"
    is_ascii: str = "strlen($x) = length($x)"
    last_character: str = "$x[-1]"
    lower: str = (
        f"lower(replace(case when contains($x, '\u03a3') then regexp_replace($x, '{_FINAL_SIGMA}', "
        "'\\1\u03c2\\2', 'g') else $x end, '\u0130', 'i\u0307'))"
    )
    md5: str = "md5($x)"
    sha1: str = "sha1($x)"
    sha256: str = "sha256($x)"
    sha512: str | None = None
    base64: str = "to_base64(unhex($x))"
    low_bytes: str = (
        "unhex(array_to_string(list_transform(regexp_extract_all($x, '(?s).'), lambda one: case when "
        "ord(one) > 65535 then printf('%02x%02x', ((ord(one) - 65536) >> 10) & 255, ord(one) & 255) "
        "else printf('%02x', ord(one) & 255) end), ''))"
    )
    prefix64: str = "cast('0x' || left($x, 16) as ubigint)"
    bind: str = "list_transform([$x], lambda bound: $body)[1]"
    backslash: bool = False

    def write(self, name: str, x: str, **texts: str) -> str:
        r"""Return the expression of one function over an expression.

        In patterns ``\d`` is any Unicode decimal digit, as in Python.

        Raises
        ------
        LabError
            When the engine has no such function.

        Examples
        --------
        >>> Texts().write("trim", "name", chars=" ")
        "trim(name, ' ')"
        """
        template = getattr(self, name)
        if template is None:
            raise LabError(f"This engine has no {name}: ask for sha256, or hash without an engine.")
        for parameter, text in texts.items():
            template = template.replace(f"${parameter}", self.literal(text.replace(r"\d", r"\p{Nd}")))
        written: str = template.replace("$x", x)
        return written

    def let(self, x: str, body: Callable[[str], str]) -> str:
        """Return a body that uses an expression several times, with the expression computed once.

        Examples
        --------
        >>> Texts().let("lower(x)", lambda v: f"{v} || {v}")
        'list_transform([lower(x)], lambda bound: bound || bound)[1]'
        """
        if "(" not in x:
            return body(x)
        before, after = self.bind.split("$body")
        return before.replace("$x", x) + body("bound") + after

    def literal(self, text: str) -> str:
        r"""Return a string literal.

        Examples
        --------
        >>> print(Texts().literal("it's"), Texts(backslash=True).literal("it's"))
        'it''s' 'it\'s'
        """
        if self.backslash:
            return "'" + "".join(_escaped(c) for c in text) + "'"
        return " || chr(0) || ".join("'" + part.replace("'", "''") + "'" for part in text.split("\0"))


def _escaped(character: str) -> str:
    if character in "\\'":
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


DUCKDB_TEXTS = Texts()

SPARK_TEXTS = Texts(
    trim="trim(both $chars from $x)",
    trim_left="trim(leading $chars from $x)",
    delete="regexp_replace($x, $pattern, '')",
    delete_start="regexp_replace($x, $pattern, '')",
    matches="regexp_like($x, concat('\\\\A(?:', $pattern, ')\\\\z'))",
    is_ascii="octet_length($x) = char_length($x)",
    last_character="right($x, 1)",
    lower="lower($x)",
    sha256="sha2($x, 256)",
    sha512="sha2($x, 512)",
    base64="base64(unhex($x))",
    low_bytes="unhex(regexp_replace(hex(encode($x, 'UTF-16LE')), '(..)..', '$1'))",
    prefix64="cast(conv(left($x, 16), 16, 10) as decimal(20, 0))",
    bind="transform(array($x), bound -> $body)[0]",
    backslash=True,
)
