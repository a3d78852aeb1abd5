"""The same rules as SQL expressions, byte for byte what `Rule.apply` gives.

An expression tests first whether the text needs only the cheap half of its rule: ASCII with
nothing to trim, which is nearly every address. What a rule rejects becomes NULL.
"""

from __future__ import annotations

from collections.abc import Callable

from exports.engines.texts import DUCKDB_TEXTS, Texts
from exports.identifiers.conditions import AtGmail, BeforeAt, BeforeLastAt, Pass, Refuse
from exports.identifiers.digests import Digest, Encoding
from exports.identifiers.profile import Rule
from exports.identifiers.profiles import shared_rules as parts
from exports.identifiers.steps import Delete, HexToBase64, Lower, PadTwo, Prefix, Step, Trim

Leaf = Callable[[str], str]
"""Turns the expression of a normal form into what is asked for."""

_NEVER_EMPTY = Lower | Prefix | PadTwo | HexToBase64 | AtGmail | BeforeAt | BeforeLastAt | Refuse | Pass
"""Steps that leave no text empty that was not."""


def normalise_sql(rule: Rule, column: str, texts: Texts = DUCKDB_TEXTS) -> str:
    """Return an expression for the normal form of a column.

    Parameters
    ----------
    rule : Rule
        From `Profile.rule`.
    column : str
        A quoted column or any other expression; it is repeated, so let it be cheap.
    texts : Texts
        How the engine writes functions of text.

    Raises
    ------
    LabError
        When a step of the rule has no SQL form.

    Examples
    --------
    >>> import duckdb
    >>> from exports import find_profile
    >>> email = normalise_sql(find_profile("meta").rule("email"), "x")
    >>> duckdb.sql(f"select {email} from (values (' Jane@Mail.example'), (NULL)) t(x)").fetchall()
    [('jane@mail.example',), (None,)]
    """
    return _compiled(rule.steps, column, texts, str)


def digest_sql(
    rule: Rule,
    column: str,
    texts: Texts = DUCKDB_TEXTS,
    *,
    digest: Digest | None = None,
    encoding: Encoding | None = None,
    before: str = "",
) -> str:
    """Return an expression for the token of a column.

    Parameters
    ----------
    rule, column, texts
        As for `normalise_sql`.
    digest, encoding : str or None
        Instead of the rule's own.
    before : str
        Digest whose hexadecimal digits are hashed in place of the text; capitals where they are capitals.

    Raises
    ------
    LabError
        When a step of the rule or the digest has no SQL form.
    """

    def leaf(text: str) -> str:
        if before:
            text = texts.write(before.lower(), text)
            text = f"upper({text})" if before.isupper() else text
        return hash_sql(text, texts, digest or rule.digest, encoding or rule.encoding, low=rule.low_bytes)

    return _compiled(rule.steps, column, texts, leaf)


def hash_sql(
    text: str, texts: Texts, digest: Digest, encoding: Encoding = "hex", *, low: bool = False
) -> str:
    """Return an expression for the digest of a text as it stands, or of its low bytes."""
    if digest == "none":
        return text
    if low and digest == "sha256":
        return texts.let(text, lambda v: _low_sql(v, texts, encoding))
    if digest == "sha256(md5hex)":
        text, digest = texts.write("md5", text), "sha256"
    hexadecimal = texts.write(digest, text)
    return hexadecimal if encoding == "hex" else texts.write("base64", hexadecimal)


def hmac_sql(
    text: str, digest: str = "sha256", *, inner: str = "$inner::BLOB", outer: str = "$outer::BLOB"
) -> str:
    """Return DuckDB's expression for the HMAC of a text, in hexadecimal, by two nested digests.

    Parameters
    ----------
    text : str
        A quoted column or any other expression.
    digest : {"md5", "sha1", "sha256"}
        The digest whose HMAC it is.
    inner, outer : str
        Expressions of the two blocks of ``hmac_pads``; by default parameters that a query binds.

    Examples
    --------
    >>> hmac_sql("word")
    'sha256($outer::BLOB || unhex(sha256($inner::BLOB || encode(word))))'
    """
    return f"{digest}({outer} || unhex({digest}({inner} || encode({text}))))"


def _low_sql(text: str, texts: Texts, encoding: Encoding) -> str:
    low = texts.write("sha256", texts.write("low_bytes", text))
    digest = f"case when {texts.write('is_ascii', text)} then {texts.write('sha256', text)} else {low} end"
    return digest if encoding == "hex" else texts.write("base64", digest)


def _compiled(rule: tuple[Step, ...], x: str, texts: Texts, leaf: Leaf) -> str:
    full = _chain(rule, x, texts, leaf)
    plain = _chain(_without_idle(rule), x, texts, leaf, plain=True)
    if plain == full:
        return full
    return f"case when {' and '.join(_plain_tests(rule, x, texts))} then {plain} else {full} end"


def _plain_tests(rule: tuple[Step, ...], x: str, texts: Texts) -> list[str]:
    """Return the tests after which trimming and deleting blanks change nothing."""
    last = texts.write("last_character", x)
    tests = [texts.write("is_ascii", x), f"{x} >= '!'", f"{last} >= '!'"]
    for step in rule:
        if isinstance(step, Trim):
            for mark in (c for c in step.chars if "!" <= c <= "~"):
                tests += [f"left({x}, 1) <> '{mark}'", f"{last} <> '{mark}'"]
        tests += [f"instr({x}, {texts.literal(c)}) = 0" for c in _deleted_blanks(step) if c.isascii()]
    return list(dict.fromkeys(tests))


def _without_idle(rule: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps that may still change or reject an ASCII text that passed the tests."""
    kept: list[Step] = []
    for step in rule:
        if isinstance(step, Trim) or _deleted_blanks(step):
            continue
        if step in (parts.NOT_EMPTY, parts.NOT_BLANK) and all(isinstance(k, _NEVER_EMPTY) for k in kept):
            continue
        kept.append(step)
    return tuple(kept)


def _deleted_blanks(step: Step) -> str:
    """Return what a step deletes if that is blanks only."""
    if isinstance(step, Delete) and all(c.isspace() or c == "\ufeff" for c in step.chars):
        return step.chars
    return ""


def _chain(rule: tuple[Step, ...], x: str, texts: Texts, leaf: Leaf, *, plain: bool = False) -> str:
    for position, step in enumerate(rule):
        if isinstance(step, Pass):
            rest = _chain(rule[position + 1 :], x, texts, leaf, plain=plain)
            return f"case when {step.test_sql(x, texts)} then {x} else {rest} end"
        x = f"lower({x})" if plain and isinstance(step, Lower) else step.sql(x, texts)
    return leaf(x)
