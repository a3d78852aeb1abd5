"""A schema proposed for an export nobody has described yet, with the evidence for each guess."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from exports.columns.detection import Detection, detect_all, words_of
from exports.reading.distinct_rows import first_rows
from exports.schema import Column, Role, Schema

if TYPE_CHECKING:
    import pyarrow as pa

    from exports.engines.protocol import Engine
    from exports.sources.origins import Source

SAMPLE = 20_000
"""Rows that a proposal looks at, the first ones of the export."""

SENSITIVE_WORDS = """
abuse addict alcohol anxiety bmi belief cancer condition crime criminal debt depress diagnos disab
disease disorder drug earning ethnic faith gad genetic health hiv hlth illness income insur loan medic
medication mental orient party patient phq politic povert pregnan religio salary score sexual smok suicid
symptom therap treat union wage
"""
"""Beginnings of words in the names of columns whose values nobody should learn."""


SAMPLING_WEIGHT = re.compile(
    r"\b(?:(?:sampl\w*|survey|design|person|per|household|hh|final) ?(?:weights?|wgts?|wts?)|p?wgtp|wgt)\b"
)
"""Names of weights that a survey gives its rows; a weight alone may be a body's."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The proposed role of one column.

    Parameters
    ----------
    role : Role
        What the column is to an adversary, as far as its name and shape tell.
    evidence : str
        What the guess rests on; never a value.
    kind : str or None
        Detected kind, such as ``email`` or ``free_text``, see `exports.columns.detection`.
    """

    role: Role
    evidence: str
    kind: str | None = None


def propose(source: Source, engine: Engine) -> Mapping[str, Guess]:
    """Return the proposed role of every column.

    Doubt is resolved towards ``quasi_identifier``: what an adversary may know counts as known.

    Examples
    --------
    >>> from exports import DuckDBEngine, read
    >>> import pyarrow as pa
    >>> people = pa.table({"id": [7, 8, 9], "age": [31, 31, 58], "diagnosis": ["flu", "flu", None]})
    >>> with DuckDBEngine() as engine:
    ...     {name: str(guess.role) for name, guess in propose(read(people), engine).items()}
    {'id': 'identifier', 'age': 'quasi_identifier', 'diagnosis': 'sensitive'}
    """
    rows = first_rows(source, SAMPLE, engine)
    columns = {name: rows.column(name) for name in source.columns}
    detected = detect_all(columns)
    return MappingProxyType({name: _guess(name, columns[name], detected[name]) for name in columns})


def schema_of(guesses: Mapping[str, Guess]) -> Schema:
    """Return the proposal as a schema."""
    return Schema(
        MappingProxyType({name: Column(guess.role, kind=guess.kind) for name, guess in guesses.items()})
    )


def toml_of(guesses: Mapping[str, Guess]) -> str:
    """Return the proposal as the text of a ``schema.toml``, the evidence in comments.

    Examples
    --------
    >>> print(toml_of({"zip code": Guess(Role.QUASI_IDENTIFIER, "text, 9 different values")}))
    [columns."zip code"]  # text, 9 different values
    role = "quasi_identifier"
    <BLANKLINE>
    """
    lines = []
    for name, guess in guesses.items():
        lines.append(f"[columns.{_quoted(name)}]  # {guess.evidence}")
        lines.append(f'role = "{guess.role}"')
        if guess.kind is not None and guess.role in (Role.IDENTIFIER, Role.TOKEN):
            lines.append(f"kind = {_quoted(guess.kind)}")
        lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")


def _guess(name: str, column: pa.ChunkedArray, detected: Detection) -> Guess:
    import pyarrow as pa
    import pyarrow.compute as pc

    there = len(column) - column.null_count
    if pa.types.is_nested(column.type) or not there:
        return Guess(Role.INSENSITIVE, "nested values, not assessed" if there else "every value missing")
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    distinct = pc.count_distinct(column).as_py()
    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    seen = (
        f"{'text' if text else column.type}, {distinct:,} different values in {there:,} rows, "
        f"{column.null_count:,} missing"
    )
    if SAMPLING_WEIGHT.search(words_of(name)):
        return Guess(Role.INSENSITIVE, f"called like a sampling weight, which no outsider knows; {seen}")
    unique = distinct == there and there > 2 and not pa.types.is_floating(column.type)
    return _judged(name, detected, seen, unique=unique, varied=distinct > there / 2)


def _judged(name: str, found: Detection, seen: str, *, unique: bool, varied: bool) -> Guess:
    """Weigh what was detected against what the name says of sensitive things."""
    if found.role in (Role.IDENTIFIER, Role.TOKEN):
        return Guess(found.role, f"{found.evidence}; {seen}", found.kind)
    words = " " + re.sub(r"(?<=[a-z]) (?=[0-9])", "", words_of(name))
    hit = next((stem for stem in SENSITIVE_WORDS.split() if f" {stem}" in words), None)
    if hit is not None:
        return Guess(Role.SENSITIVE, f"called like {hit!r}; {seen}", found.kind)
    if found.kind == "free_text" and varied:
        return Guess(
            Role.INSENSITIVE, f"free text, not assessed: a person has to read it; {seen}", found.kind
        )
    if found.role == Role.QUASI_IDENTIFIER:
        return Guess(found.role, f"{found.evidence}; {seen}", found.kind)
    if unique:
        return Guess(Role.IDENTIFIER, f"every value different; {seen}")
    return Guess(Role.QUASI_IDENTIFIER, seen)
