"""Whether a defence keeps the rules that the bench and the command line rely on."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

from defenses.defense import Defense
from exports.coding import as_text, encode
from exports.release import Export, Guarantee, Kind, Release
from exports.schema import Column, Role, Schema

if TYPE_CHECKING:
    import pyarrow as pa


def example_export() -> Export:
    """Return the small export that ``check_defense`` uses: an address, quasi-identifiers, a diagnosis.

    Examples
    --------
    >>> example_export().table.num_rows
    120
    """
    import pyarrow as pa

    rows = range(120)
    table = pa.table(
        {
            "mail": [f"person{row}@mail.example" for row in rows],
            "zip": [f"{10000 + row % 7 * 11}" for row in rows],
            "age": [20 + row * 7 % 50 for row in rows],
            "income": [1000.0 + row * 37 % 900 for row in rows],
            "diagnosis": [("none", "anxiety", "depression")[row % 3] for row in rows],
        }
    )
    return Export(
        table,
        Schema(
            {
                "mail": Column(Role.IDENTIFIER, kind="email"),
                "zip": Column(Role.QUASI_IDENTIFIER, prefix=True),
                "age": Column(Role.QUASI_IDENTIFIER, bounds=(0, 120)),
                "income": Column(Role.INSENSITIVE, bounds=(0, 5000)),
                "diagnosis": Column(Role.SENSITIVE, domain=("none", "anxiety", "depression")),
            }
        ),
    )


def check_defense(defense: Defense | type[Defense], export: Export | None = None) -> Release:
    """Check that a defence keeps the rules, and return the release it made.

    Parameters
    ----------
    defense : Defense or class
        A class is set up with its default parameters.
    export : Export, optional
        Data that it can work on; by default ``example_export``.

    Raises
    ------
    AssertionError
        Says which rule is broken.

    Examples
    --------
    >>> from defenses import OptimalKAnonymity
    >>> check_defense(OptimalKAnonymity(k=3)).guarantee
    k=3
    """
    from sklearn.base import clone

    one = defense() if isinstance(defense, type) else defense
    kind = type(one)
    label = kind.__name__
    _hold(
        bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", getattr(kind, "name", ""))), label, "name is kebab-case"
    )
    _hold(one.produces in get_args(Kind), label, "produces is a kind of release")
    _hold(bool(re.search(r"\w", kind.__doc__ or "")), label, "its docstring says what it promises")
    given = one.get_params(deep=False)
    _hold(set(vars(one)) == set(given), label, "the constructor stores its parameters and nothing else")
    _hold(all(vars(one)[name] is value for name, value in given.items()), label, "and stores them unchanged")
    one = clone(one)
    data = example_export() if export is None else export
    before = data.table.slice(0)
    _hold(one.fit(data) is one, label, "fit returns the defence itself")
    learned = set(vars(one)) - set(given)
    _hold(all(name.endswith("_") for name in learned), label, "what fit learns ends in an underscore")
    release: Release = one.transform(data)
    _hold(data.table.equals(before), label, "transform leaves its input alone")
    _hold(release.kind == one.produces, label, "transform returns that kind")
    _hold(isinstance(release.guarantee, Guarantee), label, "a release carries its guarantee")
    _hold(given.get("seed") is None or not release.private, label, "a seeded release is not private")
    _hold(bool(release.manifest), label, "a release has a manifest")
    json.dumps(release.manifest, default=str)
    if release.table is not None:
        _hold(not _told(data, release), label, "no value leaves that names a person or household")
    if release.kind == "records":
        _hold(set(release.rows.column_names) <= set(data.table.column_names), label, "no column is invented")
    if release.owner is not None:
        _hold(len(release.owner) == release.rows.num_rows, label, "every released row has an owner")
    return release


def _told(export: Export, release: Release) -> set[str]:
    """Return the values that name somebody and leave in their column; the tokens of a list may."""
    meant = export.schema.names(Role.TOKEN) if release.kind in {"tokens", "events"} else ()
    there = export.schema.naming.intersection(release.rows.column_names) - set(meant)
    return {value for name in there for value in _texts(export.table[name]) & _texts(release.rows[name])}


def _texts(column: pa.ChunkedArray) -> set[str]:
    return set(as_text(encode(column).values).to_pylist())


def _hold(holds: Any, label: str, rule: str) -> None:
    if not holds:
        raise AssertionError(f"{label} breaks a rule: {rule}.")
