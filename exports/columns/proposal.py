"""A schema proposed for an export nobody has described yet, with the evidence for each guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exports.columns.detection import detections
from exports.columns.names.facts import sensitive_word
from exports.columns.names.words import pattern_of, words_of
from exports.columns.parts import Facts, parts_of
from exports.columns.scanning import Scan, scan
from exports.schema import Column, Role, Schema

if TYPE_CHECKING:
    from exports.engines.protocol import Engine
    from exports.sources.origins import Source

KEYS = pattern_of(
    "id ids key keys nr no num number code uuid guid index ref reference rownames serial seq row record"
)
"""Names of numbers that tell rows from one another rather than measure anything."""

FEWEST_DIGITS = 5
"""Digits that all of different whole numbers must have to look like numbers given to rows."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The proposed role of one column.

    Parameters
    ----------
    role : Role
        What the column is to an adversary, as far as its name and its values tell.
    evidence : str
        What the guess rests on; never a value.
    kind : str or None
        Detected kind, such as ``email`` or ``free_text``, see `exports.columns.detection`.
    kinds : tuple of str
        Every kind that was found in it.
    part : str or None
        ``person``, ``household``, ``weight``, ``time`` or ``consent`` where the column is that to the table.
    part_evidence : str
        What that rests on.
    """

    role: Role
    evidence: str
    kind: str | None = None
    kinds: tuple[str, ...] = ()
    part: str | None = None
    part_evidence: str = ""


def propose(source: Source, engine: Engine) -> Mapping[str, Guess]:
    """Return the proposed role of every column, from all rows.

    What is not understood is ``unassessed``; any other doubt is resolved towards ``quasi_identifier``:
    what an adversary may know counts as known.

    Examples
    --------
    >>> from exports import DuckDBEngine, read
    >>> import pyarrow as pa
    >>> people = pa.table({"id": [7, 8, 9], "age": [31, 31, 58], "diagnosis": ["flu", "flu", None]})
    >>> with DuckDBEngine() as engine:
    ...     {name: str(guess.role) for name, guess in propose(read(people), engine).items()}
    {'id': 'identifier', 'age': 'quasi_identifier', 'diagnosis': 'sensitive'}
    """
    return guesses_of(scan(source, engine))


def guesses_of(scan: Scan) -> Mapping[str, Guess]:
    """Return the proposed role of every column that was scanned."""
    found = {}
    detected = detections(scan)
    facts = {}
    for place, (name, values) in enumerate(scan.values.items()):
        facts[name] = Facts(name, values, scan.tally, place, detected[name])
    parts = parts_of(list(facts.values()))
    for name in scan.values:
        guess = _guess(facts[name])
        part, evidence = parts.get(name, (None, ""))
        guess = replace(guess, part=part, part_evidence=evidence)
        found[name] = replace(guess, role=Role.INSENSITIVE) if _apart(guess) else guess
    return MappingProxyType(found)


def schema_of(guesses: Mapping[str, Guess]) -> Schema:
    """Return the proposal as a schema."""
    columns = {
        name: Column(guess.role, kind=guess.kind) for name, guess in guesses.items() if not _apart(guess)
    }
    parts: dict[str, Any] = {guess.part: name for name, guess in guesses.items() if guess.part is not None}
    return Schema(MappingProxyType(columns), **parts)


def toml_of(guesses: Mapping[str, Guess]) -> str:
    """Return the proposal as the text of a ``schema.toml``, the evidence in comments.

    What the table as a whole needs comes first, then what nobody has assessed.

    Examples
    --------
    >>> print(toml_of({"zip code": Guess(Role.QUASI_IDENTIFIER, "text, 9 different values")}))
    [columns."zip code"]  # text, 9 different values
    role = "quasi_identifier"
    <BLANKLINE>
    """
    parts = {guess.part: (name, guess) for name, guess in guesses.items() if guess.part is not None}
    lines = [
        f"{part} = {_quoted(name)}  # {guess.part_evidence}" for part, (name, guess) in sorted(parts.items())
    ]
    doubtful = [name for name, guess in guesses.items() if guess.role == Role.UNASSESSED]
    if doubtful:
        lines.append(
            f"# {len(doubtful)} column(s) were not understood and come first: read them and give each "
            "a role, or no policy passes."
        )
    if lines:
        lines.append("")
    for name in [*doubtful, *(name for name in guesses if name not in set(doubtful))]:
        guess = guesses[name]
        if _apart(guess):
            continue
        lines.append(f"[columns.{_quoted(name)}]  # {guess.evidence}")
        lines.append(f'role = "{guess.role}"')
        if guess.kind is not None and guess.role in (Role.IDENTIFIER, Role.TOKEN):
            lines.append(f"kind = {_quoted(guess.kind)}")
        lines.append("")
    return "\n".join(lines)


def _apart(guess: Guess) -> bool:
    """Tell whether a column is only named for the table as a whole, since no outsider knows it."""
    return guess.part in ("weight", "consent")


def _quoted(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")


def _guess(facts: Facts) -> Guess:
    """Weigh what was detected against what the name says of sensitive things."""
    found, values = facts.found, facts.values
    if not values.cells:
        return Guess(Role.INSENSITIVE, f"every value missing in all {values.rows:,} rows")
    role, evidence = _weighed(facts)
    seen = f"{evidence}; {_seen(facts)}" if evidence else _seen(facts)
    return Guess(role, seen, found.kind, found.kinds)


def _weighed(facts: Facts) -> tuple[Role, str]:
    found, values = facts.found, facts.values
    if found.role in (Role.IDENTIFIER, Role.TOKEN, Role.UNASSESSED):
        return found.role, found.evidence
    if (word := sensitive_word(facts.name)) is not None:
        return Role.SENSITIVE, f"called like {word!r}"
    if values.different == 1 and not values.missing and values.rows > 1:
        return Role.INSENSITIVE, "constant"
    if found.role is None and _tells_rows_apart(facts):
        return Role.IDENTIFIER, "every value different"
    return Role.QUASI_IDENTIFIER, found.evidence


def _seen(facts: Facts) -> str:
    values = facts.values
    about = "" if values.whole or not values.repeated else "about "
    return (
        f"{facts.form}, {about}{values.different:,} different values in {values.cells:,} rows, "
        f"{values.missing:,} missing; all {values.rows:,} rows looked at"
    )


def _tells_rows_apart(facts: Facts) -> bool:
    """Tell whether different values are given to rows to tell them apart, and measure nothing."""
    values = facts.values
    if not facts.once or facts.decimal or values.cells <= 2 or facts.timed:
        return False
    if not facts.numeric or KEYS.search(words_of(facts.name)):
        return True
    if values.smallest is None or values.largest is None:
        return True
    in_a_row = values.largest - values.smallest + 1 == values.cells
    as_long = len(str(values.smallest)) == len(str(values.largest)) >= FEWEST_DIGITS
    return in_a_row or as_long
