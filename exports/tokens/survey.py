"""Everything that can be said of the tokens in an export, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exports.identifiers import PROFILES
from exports.reading.distinct_rows import first_rows
from exports.tokens.dictionary import DictionaryOpening, open_with
from exports.tokens.enumeration import LARGEST_LIST, Enumeration, enumerate_spaces
from exports.tokens.forms import Form, form_of
from exports.tokens.opening import NOUNS, Opening, counted_in, opening
from exports.tokens.quality import Quality, quality, text_sql, token_sql

if TYPE_CHECKING:
    from exports.engines.protocol import Engine
    from exports.sources.origins import Source

SAMPLE = 20_000
"""Rows on which every plain column is tried; what opens there is counted in all rows."""

MOST_PLAIN = 30
"""Plain columns that are tried for each column of tokens."""

ENOUGH = 0.01
"""Share of the sample's tokens below which an opening counts as chance."""


@dataclass(frozen=True, slots=True)
class TokenFindings:
    """What one column of tokens gives away.

    Parameters
    ----------
    column : str
        Its name.
    form : str
        What the tokens look like.
    quality : Quality
        Duplicates, hashes of nothing, letters of the wrong case.
    opening : Opening or None
        The plain column that explains most tokens, and what each platform would match.
    keyed : str or None
        Name of a plain column with which the tokens go one to one though no recipe gives them.
    accepted_by : tuple of str
        Profiles whose platform takes tokens of this form.
    enumerations : tuple of Enumeration
        What trying small spaces opens.
    dictionary : DictionaryOpening or None
        What the given dictionary opens.
    """

    column: str
    form: str
    quality: Quality
    opening: Opening | None
    keyed: str | None
    accepted_by: tuple[str, ...]
    enumerations: tuple[Enumeration, ...]
    dictionary: DictionaryOpening | None = None

    @property
    def opens(self) -> str | None:
        """How the tokens open, as one phrase; None where nothing found opens them."""
        if self.opening is not None:
            return repr(self.opening)
        if self.dictionary is not None and self.dictionary.opened.count:
            return repr(self.dictionary)
        for found in sorted(self.enumerations, key=lambda found: -found.expected[0]):
            if found.expected[0] >= max(1, ENOUGH * found.opened.of):
                return f"enumeration of {found!r}"
        return None

    @property
    def _unopened(self) -> str:
        if self.keyed is None:
            return "no"
        return f"no; one to one with {self.keyed!r}: salted, keyed, or made of what is not in the export"

    def __repr__(self) -> str:
        return f"{self.column!r}: {self.form}, {self.opens or 'nothing found opens it'}"

    def row(self) -> dict[str, Any]:
        """Return one flat row of a table for people."""
        return {
            "column": self.column,
            "form": self.form,
            "tokens": self.quality.tokens.count,
            "most_repeated": self.quality.most_repeated,
            "hashes_of_nothing": sum(self.quality.placeholders.values()),
            "opens": self.opens or self._unopened,
            "accepted_by": len(self.accepted_by),
        }

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain objects."""
        return {
            "column": self.column,
            "form": self.form,
            "quality": self.quality.to_json(),
            "opens": self.opens,
            "opening": None if self.opening is None else self.opening.to_json(),
            "keyed": self.keyed,
            "accepted_by": list(self.accepted_by),
            "enumerations": [enumeration.to_json() for enumeration in self.enumerations],
            "dictionary": None if self.dictionary is None else self.dictionary.to_json(),
        }


def survey_tokens(
    source: Source,
    tokens: Iterable[str],
    plain: Mapping[str, str | None],
    engine: Engine,
    *,
    dictionary: Source | None = None,
    budget: int = 300_000,
) -> tuple[TokenFindings, ...]:
    """Examine every column of tokens against every plain column.

    Parameters
    ----------
    source : Source
        The export.
    tokens : iterable of str
        Columns of tokens.
    plain : mapping of str to str or None
        Columns that the tokens may have been made of, with their detected kind; `MOST_PLAIN` are
        tried, those of a known kind first.
    engine : Engine
        Where the queries run.
    dictionary : Source, optional
        Texts of which tokens may have been made, one per row.
    budget : int
        Texts of each large space that are hashed for each column of tokens.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import DuckDBEngine, find_profile, read
    >>> emails = ["Ann@mail.example", "bob@mail.example"]
    >>> rule = find_profile("meta.audience_sdk").rule("email")
    >>> table = pa.table({"email": emails, "em": [rule.apply(email).digest for email in emails]})
    >>> with DuckDBEngine() as engine:
    ...     survey_tokens(read(table), ["em"], {"email": "email"}, engine, budget=1000)
    ('em': SHA-256 in hexadecimal, sha256 of 'email' under meta and 38 more in 100.0 % (2 of 2),)
    """
    listed = list(tokens)
    if not listed:
        return ()
    sample = first_rows(source, SAMPLE, engine)
    table = engine.scan(source)
    plain = dict(sorted(plain.items(), key=lambda item: item[1] not in NOUNS)[:MOST_PLAIN])
    expressions = {
        name: text_sql(f"c{place}", sample[name].type) for place, name in enumerate(source.columns)
    }
    engine.register("token_sample", sample.rename_columns([f"c{i}" for i in range(sample.num_columns)]))
    found = []
    for name in listed:
        form = form_of(sample[name])
        best, keyed = _explained(name, form, plain, expressions, table, engine)
        column = expressions[name]
        found.append(
            TokenFindings(
                name,
                form.name,
                quality(table, column, form, engine),
                best,
                keyed,
                accepting(form),
                () if best else _enumerated(table, column, form, engine, budget),
                None if dictionary is None else open_with(dictionary, table, column, form, engine),
            )
        )
    engine.drop("token_sample")
    return tuple(found)


def _explained(
    token: str,
    form: Form,
    plain: Mapping[str, str | None],
    expressions: Mapping[str, str],
    table: str,
    engine: Engine,
) -> tuple[Opening | None, str | None]:
    """Return the opening that explains most, and a column that goes one to one where there is none."""
    best: Opening | None = None
    keyed = None
    for name, kind in plain.items():
        pair = ((token, expressions[token]), (name, expressions[name]))
        tried = opening("token_sample", *pair, form, kind, engine)
        if tried is None:
            continue
        keyed = name if tried.one_to_one and keyed is None else keyed
        if tried.opened.count >= max(1, ENOUGH * tried.opened.of):
            tried = counted_in(tried, table, expressions[token], expressions[name], form, engine)
        elif tried.elsewhere.count < max(1, ENOUGH * tried.elsewhere.of):
            continue
        best = tried if best is None or _weight(tried) > _weight(best) else best
    if best is None and keyed is not None:
        pair = ((token, expressions[token]), (keyed, expressions[keyed]))
        again = opening("token_sample", *pair, form, plain[keyed], engine, twice=True)
        if again is not None and again.opened.count >= max(1, ENOUGH * again.opened.of):
            return counted_in(again, table, expressions[token], expressions[keyed], form, engine), None
    return best, None if best else keyed


def _weight(found: Opening) -> tuple[int, int]:
    return found.opened.count, found.elsewhere.count


def _enumerated(table: str, column: str, form: Form, engine: Engine, budget: int) -> tuple[Enumeration, ...]:
    if not form.digests:
        return ()
    different = engine.query(
        f"select distinct {token_sql(column, form)} as t from {table} where {column} is not null "
        f"limit {LARGEST_LIST}"
    )
    return enumerate_spaces(different["t"].combine_chunks(), form, budget)


def accepting(form: Form) -> tuple[str, ...]:
    """Return the profiles that send tokens of this form for any identifier.

    Examples
    --------
    >>> from exports.tokens.forms import FORMS
    >>> accepting(FORMS[6])
    ('uid2', 'segment.thetradedesk')
    """
    return tuple(
        profile.name
        for profile in PROFILES
        if profile.name != "plain"
        and any(
            rule.digest in form.digests and rule.encoding == form.encoding for rule in profile.rules.values()
        )
    )
