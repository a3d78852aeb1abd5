"""An attack on files: what is released, what the adversary holds, what is true."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import attacks
from exports.columns.header import require_header
from exports.errors import LabError
from exports.filesystem.rooms import told
from exports.keys import repeats, shared_codes
from exports.queries import exact_counts
from exports.reading.loading import load
from exports.reading.read import read
from exports.release import Export, Kind, Release, Truth
from exports.schema import Column, Role, Schema
from reidlab.releases import settings as texts
from reidlab.releases.defend import set_up

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
    behind: str | None = None,
    settings: Sequence[str] = (),
    missing: Sequence[str] = (),
    seed: int = 0,
    kind: Kind | None = None,
) -> AttackResult:
    """Run the attack of a registered name on a released file.

    Parameters
    ----------
    name : str
        Registered name of the attack.
    file : str
        The release. For an attack on counts: the table behind an oracle, that answers exactly without
        ``behind``.
    original, control : str, optional
        Tables for scoring; the release itself stands for the original where none is given.
    population : str, optional
        The table that the adversary holds: register, accounts, dictionary, as the attack has it.
    schema : Path, optional
        Roles of the columns; without it tokens are recognised and every other column of records
        is a quasi-identifier.
    behind : str, optional
        Defence that the file passes first, several joined by ``+``: what comes out is the release, and
        the file its original.
    settings : sequence of str
        ``key=value`` for the fields of the attack, ``DEFENCE.key=value`` for those of a defence.
    missing : sequence of str
        Texts that stand for a missing value, beside those of the schema.
    seed : int
        Seed of every random choice.
    kind : str, optional
        What kind of release the file is; by default the first that the attack accepts.

    Raises
    ------
    LabError
        When the attack, a setting or a table does not fit.
    """
    found = attacks.find(name)
    if kind is not None and kind not in found.accepts & {*KINDS}:
        raise LabError(f"{name} attacks {', '.join(sorted(found.accepts))}, not {kind}: give another --kind.")
    kind = kind or next((one for one in KINDS if one in found.accepts), None)
    if kind is None:
        raise LabError(
            f"{name} attacks {', '.join(sorted(found.accepts))}, which no file is: run it from Python."
        )
    if behind is not None and (original is not None or schema is None):
        raise LabError(
            "A defence needs the role of every column, and the file before it is the original: give --schema "
            "FILE, and no --original."
        )
    declared = None if schema is None else Schema.load(schema).lacking(missing)
    reading = declared or Schema(missing=tuple(missing))
    require_header(read(file))
    table = load(file, schema=reading)
    if declared is not None:
        declared = declared.with_orders(read(file).orders)
    roles = _proposed(table, kind) if declared is None else _checked(declared, table)
    defences = tuple(f"{one.strip()}." for one in (behind or "").split("+") if one.strip())
    own = [pair for pair in settings if not pair.startswith(defences)]
    values = texts.typed(texts.split(own), found.name, texts.declared(found))
    if population is not None:
        require_header(read(population))
        values[getattr(found, "population", "register")] = load(population, schema=reading)
    people = table if original is None else load(original, schema=reading)
    others = None if control is None else load(control, schema=reading)
    table, notes = as_the_original(table, people)
    if behind is not None:
        theirs = [pair for pair in settings if pair.startswith(defences)]
        release = set_up(behind, theirs).fit_transform(Export(table, roles))
        owner = release.owner
    else:
        release = (
            exact_counts(Export(table, roles)) if kind == "counts" else Release(kind, roles, table=table)
        )
        shuffled = told(Path(f"{file}.manifest.json")).get("row_order") == "random"
        owner, doubts = _owner(table, people, roles, shuffled=shuffled)
        notes += doubts
    result = found(**values).run(release, Truth(people, others, owner), seed=seed)
    if not result.made:
        why = "; ".join((*result.notes, *notes)) or "no guess was made"
        raise LabError(
            f"{file} could not be attacked by {name}, which is no sign of protection ({why}): give tables "
            "that fit, or other settings."
        )
    return dataclasses.replace(result, notes=(*result.notes, *notes))


def as_the_original(table: pa.Table, people: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """Return a release whose codes have the zeros again that a program took from before them, and say so.

    Whoever holds codes of one length knows what another program made of them: an adversary pads them.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    notes = []
    for position, name in enumerate(table.column_names):
        if table is people or name not in people.column_names:
            continue
        shown, known = table.column(position), people[name]
        if not pa.types.is_integer(shown.type) or not pa.types.is_string(known.type):
            continue
        codes = known.drop_null()
        widths = pc.unique(pc.utf8_length(codes)).to_pylist()
        if len(widths) != 1 or not pc.all(pc.match_substring_regex(codes, r"^\d+$")).as_py():
            continue
        padded = pc.utf8_lpad(shown.cast(pa.string()), widths[0], "0")
        table = table.set_column(position, name, padded)
        notes.append(f"{name!r} lost zeros at its front in the release, which were put back to compare it")
    return table, tuple(notes)


def _checked(schema: Schema, table: pa.Table) -> Schema:
    """Return the schema when it declares every released column; a defence may have dropped some."""
    parts = schema.parts
    unknown = [name for name in table.column_names if name not in schema.columns and name not in parts]
    if unknown:
        raise LabError(
            f"The schema does not declare {len(unknown)} column(s) of the release, the first is "
            f"{unknown[0]!r}: add it with a role."
        )
    return schema


def _proposed(table: pa.Table, kind: Kind) -> Schema:
    """Return roles for a release without a schema."""
    from attacks.dictionary.hashing import Hashing

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


def _owner(
    table: pa.Table, people: pa.Table, schema: Schema, *, shuffled: bool
) -> tuple[NDArray[Any] | None, tuple[str, ...]]:
    """Return the original row of each released one, None where nothing tells, and a note on what is doubtful.

    A release that stands for the original is its own. Otherwise both name the person, and the n-th row of
    a person is her n-th.
    """
    if table is people:
        return np.arange(table.num_rows), ()
    person = schema.person
    if person is None or not {person} <= {*table.column_names} & {*people.column_names}:
        return None, ()
    ours, theirs = shared_codes([table[person], people[person]])
    order = np.argsort(theirs, kind="stable")
    first, last = (np.searchsorted(theirs, ours, side, sorter=order) for side in ("left", "right"))
    known = (last > first) & table[person].is_valid().to_numpy()
    if len(known) and not known.any():
        return None, ()
    owner = np.full(len(ours), -1)
    owner[known] = order[np.minimum(first + repeats(ours), last - 1)[known]]
    released = np.bincount(ours, minlength=1)[ours]
    doubtful = int(np.count_nonzero(known & (last - first > 1) & (shuffled | (released != last - first))))
    if not doubtful:
        return owner, ()
    return owner, (
        f"{doubtful:,} released rows are of persons with several rows in a shuffled release: which of these "
        "is which cannot be told, and their order stands for it"
        if shuffled
        else f"{doubtful:,} released rows are of persons with another number of rows in the original: which "
        "of these is which was told by their order",
    )
