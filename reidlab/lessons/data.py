"""Tables that lessons need and the bench does not prepare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exports.randomness import Stream
from exports.release import Export, Truth
from reidlab.bench.materials.answers import INTAKE

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Town:
    """Intake answers without names, and a register with names of the same people and of others.

    Parameters
    ----------
    export : Export
        What the site is about to hand on.
    truth : Truth
        Its rows, and as many people who are not among them.
    register : pyarrow.Table
        Name, place, sex and age of all of them, as a voter list has it.
    """

    export: Export
    truth: Truth
    register: pa.Table


def intake_and_register(people: int, *, seed: int) -> Town:
    """Return answers of simulated visitors beside a register of twice as many people.

    Examples
    --------
    >>> town = intake_and_register(50, seed=1)
    >>> town.export.table.num_rows, town.register.num_rows
    (50, 100)
    """
    from simulate.people.tables import simulate_people

    groups = ("name", "core", "home", "identity", "health", "intake")
    drawn = simulate_people(2 * people, seed=seed, groups=groups)
    answers = drawn.select(["person_id", *INTAKE.columns])
    export = Export(answers.slice(0, people), replace(INTAKE, person="person_id"))
    named = ["person_id", "given_name", "surname", "zcta", "sex", "age"]
    return Town(export, Truth(export.table, answers.slice(people)), drawn.select(named))


def with_slips(register: pa.Table, share: float, *, seed: int) -> pa.Table:
    """Return a register with two digits swapped in some places, and some ages one too low.

    Parameters
    ----------
    register : pyarrow.Table
        With ``zcta`` and ``age``.
    share : float
        Share of the places, and of the ages, that are wrong.
    seed : int
        Of the run.

    Examples
    --------
    >>> import pyarrow as pa
    >>> with_slips(pa.table({"zcta": ["02139"], "age": [30]}), 1.0, seed=1).to_pylist()
    [{'zcta': '20139', 'age': 29}]
    """
    import numpy as np
    import pyarrow as pa

    stream, rows = Stream(seed, "lesson", "slips"), register.num_rows
    places = register["zcta"].to_pylist()
    digit = stream.at(name="digits").integers(rows, 4)
    for row in np.flatnonzero(stream.at(name="places").uniforms(rows) < share):
        at, text = digit[row], places[row]
        places[row] = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    older = np.asarray(register["age"]) - (stream.at(name="ages").uniforms(rows) < share)
    for name, values in (("zcta", pa.array(places)), ("age", pa.array(older))):
        register = register.set_column(register.column_names.index(name), name, values)
    return register
