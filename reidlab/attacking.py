"""An attack on files: what is released, what the adversary holds, what is true."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attacks
from exports.errors import LabError
from exports.loading import load
from exports.queries import exact_counts
from exports.release import Export, Kind, Release, Truth
from exports.schema import Column, Role, Schema
from reidlab import settings as texts

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from attacks.result import AttackResult

KINDS: tuple[Kind, ...] = ("records", "synthetic", "tokens", "events", "counts")
"""Kinds of release that a file can be, in the order in which they are tried."""


def attack_file(
    name: str,
    file: str,
    *,
    original: str | None = None,
    control: str | None = None,
    population: str | None = None,
    schema: Path | None = None,
    settings: Sequence[str] = (),
    seed: int = 0,
) -> AttackResult:
    """Run the attack of a registered name on a released file.

    Parameters
    ----------
    name : str
        Registered name of the attack.
    file : str
        The release. For an attack on counts: the table behind an oracle that answers exactly.
    original, control : str, optional
        Tables for scoring; the release itself stands for the original where none is given.
    population : str, optional
        The table that the adversary holds: register, accounts, dictionary, as the attack has it.
    schema : Path, optional
        Roles of the columns; without it tokens are recognised and every other column of records
        is a quasi-identifier.
    settings : sequence of str
        ``key=value`` for the fields of the attack.
    seed : int
        Seed of every random choice.

    Raises
    ------
    LabError
        When the attack, a setting or a table does not fit.
    """
    found = attacks.find(name)
    kind = next((kind for kind in KINDS if kind in found.accepts), None)
    if kind is None:
        raise LabError(
            f"{name} attacks {', '.join(sorted(found.accepts))}, which no file is: run it from Python."
        )
    declared = None if schema is None else Schema.load(schema)
    text = () if declared is None else declared.names(Role.IDENTIFIER, Role.TOKEN)
    table = load(file, text=text)
    roles = _proposed(table, kind) if declared is None else _checked(declared, table)
    values = texts.typed(texts.split(settings), found, fields(found))
    if population is not None:
        values[getattr(found, "population", "register")] = load(population, text=text)
    release = Release(kind, roles, table=table) if kind != "counts" else exact_counts(Export(table, roles))
    people = table if original is None else load(original, text=text)
    others = None if control is None else load(control, text=text)
    return found(**values).run(release, Truth(people, others, _owner(table, people, roles)), seed=seed)


def fields(found: type) -> dict[str, object]:
    """Return the declared type of each field of an attack, by name."""
    return {field.name: field.type for field in dataclasses.fields(found)}


def _checked(schema: Schema, table: pa.Table) -> Schema:
    """Return the schema when it declares every released column; a defence may have dropped some."""
    special = {schema.person, schema.weight, schema.household, schema.time, schema.consent}
    unknown = [name for name in table.column_names if name not in schema.columns and name not in special]
    if unknown:
        raise LabError(
            f"The schema does not declare {len(unknown)} column(s) of the release, the first is "
            f"{unknown[0]!r}: add it with a role."
        )
    return schema


def _proposed(table: pa.Table, kind: Kind) -> Schema:
    """Return roles for a release without a schema."""
    from attacks.digests import Hashing

    roles = {}
    for name in table.column_names:
        role = Role.QUASI_IDENTIFIER
        if kind == "tokens":
            try:
                Hashing.guess(table[name].combine_chunks().cast("string").drop_null())
                role = Role.TOKEN
            except LabError:
                role = Role.INSENSITIVE
        roles[name] = Column(role)
    return Schema(roles)


def _owner(table: pa.Table, people: pa.Table, schema: Schema) -> NDArray[Any] | None:
    """Return the original row of each released one, where both name the person; None otherwise."""
    person = schema.person
    if table is people or person is None or not {person} <= {*table.column_names} & {*people.column_names}:
        return None
    import pyarrow as pa
    import pyarrow.compute as pc

    known = people[person].cast(pa.string()).combine_chunks()
    rows = pc.index_in(table[person].cast(pa.string()), value_set=known).fill_null(-1)
    owner: NDArray[Any] = rows.to_numpy()
    return owner
