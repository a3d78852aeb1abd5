"""What is wrong with a column of tokens: duplicates, hashes of nothing, letters of the wrong case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exports.identifiers.digests import hashed
from exports.shares import Share
from exports.tokens.forms import FORMS, PREFIXES, UNKNOWN, Form

if TYPE_CHECKING:
    import pyarrow as pa

    from exports.engines.protocol import Engine

PLACEHOLDERS = ("", " ", "null", "none", "nan", "n/a", "na", "unknown", "undefined", "test", "0", "-", "@")
"""Texts that stand for a missing value; whoever hashes them makes strangers one person."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts over one column of tokens.

    Parameters
    ----------
    tokens : Share
        Rows that have a token.
    distinct : Share
        Different tokens, of the rows that have one.
    repeated : Share
        Rows whose token another row has as well.
    most_repeated : int
        Rows of the commonest token.
    misformed : Share
        Rows whose token has not the form of the others.
    upper_case : Share
        Rows whose hexadecimal token has capital letters; most receivers compare in lower case.
    placeholders : dict of str to int
        Rows whose token is the hash of a text that stands for nothing, by that text.
    """

    tokens: Share
    distinct: Share
    repeated: Share
    most_repeated: int
    misformed: Share
    upper_case: Share
    placeholders: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return counts and shares."""
        return {
            "tokens": self.tokens.to_json(),
            "distinct": self.distinct.to_json(),
            "repeated": self.repeated.to_json(),
            "most_repeated": self.most_repeated,
            "misformed": self.misformed.to_json(),
            "upper_case": self.upper_case.to_json(),
            "placeholders": self.placeholders,
        }


def text_sql(column: str, kind: pa.DataType) -> str:
    """Return the expression of a column for its text; bytes become hexadecimal."""
    import pyarrow as pa

    binary = pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind) or pa.types.is_large_binary(kind)
    return f"hex({column})" if binary else column


def token_sql(column: str, form: Form) -> str:
    """Return the expression of a token without a prefix, in the case in which its form is compared."""
    text = f"trim(cast({column} as string))"
    if not form.digests:
        return text
    bare = f"regexp_replace({text}, '{PREFIXES[form.encoding]}', '')"
    return f"lower({bare})" if form.encoding == "hex" else bare


def quality(table: str, column: str, form: Form, engine: Engine) -> Quality:
    """Count what is wrong with a column of tokens.

    Parameters
    ----------
    table : str
        As `Engine.scan` names it.
    column : str
        An expression of ``table`` for the token, text or bytes written as text.
    form : Form
        What the tokens look like.
    engine : Engine
        Where the query runs.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import DuckDBEngine, read
    >>> from exports.tokens.forms import FORMS
    >>> empty = "d41d8cd98f00b204e9800998ecf8427e"
    >>> with DuckDBEngine() as engine:
    ...     table = engine.scan(read(pa.table({"em": [empty, empty, "a" * 32, None]})))
    ...     found = quality(table, "c0", FORMS[0], engine)
    >>> found.repeated, found.placeholders
    (66.7 % (2 of 3), {'': 2})
    """
    texts = engine.dialect.texts
    token = token_sql("t", form)
    matches = texts.write("matches", "token", pattern=f"(?i)(?:{form.pattern})")
    of_nothing = _hashes_of_nothing(form)
    listed = ", ".join(map(texts.literal, of_nothing)) or "''"
    groups = (
        f"select {token} as token, min(t) as written, count(*) as n, "
        f"sum(case when lower(t) <> t then 1 else 0 end) as upper_case "
        f"from (select cast({column} as string) as t from {table}) as texts group by 1"
    )
    counts = engine.query(
        "select sum(n) as rows_, sum(case when token is not null then n end) as tokens, "
        "count(token) as different, "
        "sum(case when token is not null and n > 1 then n end) as repeated, "
        "max(case when token is not null then n end) as most, "
        f"sum(case when not {matches} then n end) as misformed, sum(upper_case) as upper_case "
        f"from ({groups}) as grouped"
    ).to_pylist()[0]
    found = engine.query(f"select token, n from ({groups}) as grouped where token in ({listed})")
    nothing = {of_nothing[row["token"]]: int(row["n"]) for row in found.to_pylist()}
    rows, tokens = int(counts["rows_"] or 0), int(counts["tokens"] or 0)
    case = int(counts["upper_case"] or 0) if form.encoding == "hex" and form.digests else 0
    return Quality(
        Share(tokens, rows),
        Share(int(counts["different"]), tokens),
        Share(int(counts["repeated"] or 0), tokens),
        int(counts["most"] or 0),
        Share(0 if form is UNKNOWN else int(counts["misformed"] or 0), tokens),
        Share(case, tokens),
        dict(sorted(nothing.items())),
    )


def _hashes_of_nothing(form: Form) -> dict[str, str]:
    """Return the text that each hash of a placeholder comes from, for all digests where none is told."""
    known = [form] if form.digests else [f for f in FORMS if f.digests]
    return {
        hashed(text, digest, f.encoding): text for f in known for digest in f.digests for text in PLACEHOLDERS
    }
