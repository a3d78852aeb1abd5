"""What each column of an export is: its role, and what a measure or a defence must know of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from annotated_types import Ge, MinLen

from exports.errors import LabError
from exports.toml_file import checked, read_toml


class Role(StrEnum):
    """What a column is to an adversary; unassessed as long as nobody has read what was not understood."""

    IDENTIFIER = "identifier"
    TOKEN = "token"
    QUASI_IDENTIFIER = "quasi_identifier"
    SENSITIVE = "sensitive"
    INSENSITIVE = "insensitive"
    UNASSESSED = "unassessed"


PARTS = ("person", "weight", "household", "time", "consent")
"""What a column can be to the table as a whole, whatever it is to an adversary."""


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    Parameters
    ----------
    role : Role
        What the column is to an adversary.
    nulls : {"value", "wildcard"}, default "value"
        Whether a missing value is a value of its own or compatible with every value.
    hierarchy : Path or None
        ARX-style file ``value;level1;level2``, relative to the schema file.
    intervals : tuple of float or None
        Inner and outer bounds from which a hierarchy of intervals is built.
    prefix : bool, default False
        Generalise by cutting characters from the right.
    domain : tuple of str or None
        All values that can occur; an input for differential privacy, never read from the data.
    bounds : tuple of float or None
        Smallest and largest value; as ``domain`` for numbers.
    order : tuple of str or None
        Values from low to high.
    format : str or None
        How its dates are written, as in ``%d.%m.%Y``; ``,`` for numbers with a decimal comma.
    groups : mapping of str to tuple of str, or None
        Names of groups of values, the level above the values themselves.
    missing : tuple of str
        Texts that stand for a missing value, beside those of the whole table.
    kind, profile : str or None
        For identifiers and tokens: ``"email"``, ``"phone"``, ...; the normalisation profile.
    """

    role: Role
    nulls: Literal["value", "wildcard"] = "value"
    hierarchy: Path | None = None
    intervals: Annotated[tuple[float, ...], MinLen(2)] | None = None
    prefix: bool = False
    domain: tuple[str, ...] | None = None
    bounds: tuple[float, float] | None = None
    order: tuple[str, ...] | None = None
    format: str | None = None
    groups: Mapping[str, tuple[str, ...]] | None = None
    missing: tuple[str, ...] = ()
    kind: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The declared columns of an export, in order, and what holds for the table as a whole.

    Parameters
    ----------
    columns : mapping of str to Column
        Every column of the table, but those that are named below.
    person : str or None
        Column that tells whose row it is, where a person can have several: the unit of privacy.
    weight : str or None
        Column of how many people of the population a row stands for.
    household : str or None
        Column that tells who lives together.
    time : str or None
        Column of the time of an event.
    consent : str or None
        Column that says whether the person agreed to the purpose.
    max_rows_per_person : int or None
        Rows of one person that a differentially private release takes into account.
    population_size : int or None
        People from whom the rows were drawn; needed for risks that refer to the population.
    missing : tuple of str
        Texts that stand for a missing value in every column.

    Examples
    --------
    >>> schema = Schema.of(quasi_identifier=["zip", "age"], sensitive=["diagnosis"])
    >>> schema.quasi_identifiers
    ('zip', 'age')
    >>> schema.role("diagnosis")
    <Role.SENSITIVE: 'sensitive'>
    """

    columns: Mapping[str, Column] = field(default_factory=lambda: MappingProxyType({}))
    person: str | None = None
    weight: str | None = None
    household: str | None = None
    time: str | None = None
    consent: str | None = None
    max_rows_per_person: Annotated[int, Ge(1)] | None = None
    population_size: Annotated[int, Ge(1)] | None = None
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, person: str | None = None, **names_by_role: Iterable[str]) -> Schema:
        """Return a schema from lists of names, one list per role.

        Raises
        ------
        ValueError
            When a keyword is no role.
        """
        return cls(
            {name: Column(Role(role)) for role, names in names_by_role.items() for name in names},
            person=person,
        )

    @classmethod
    def load(cls, path: Path | str) -> Schema:
        """Read ``schema.toml``; hierarchy files are found relative to it.

        Raises
        ------
        LabError
            When the file cannot be read or a key or value is not one of those documented.
        """
        path = Path(path)
        schema = checked(cls, _with_texts(read_toml(path)), path)
        columns = {
            name: replace(column, hierarchy=path.parent / column.hierarchy) if column.hierarchy else column
            for name, column in schema.columns.items()
        }
        _require_single(schema, path)
        return replace(schema, columns=MappingProxyType(columns))

    def to_toml(self) -> str:
        """Return the text of a ``schema.toml`` that ``load`` reads as this schema.

        Examples
        --------
        >>> print(Schema.of(person="user", quasi_identifier=["zip code"]).to_toml())
        person = "user"
        <BLANKLINE>
        [columns."zip code"]
        role = "quasi_identifier"
        <BLANKLINE>
        """
        top = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "columns"}
        lines = _toml_lines(top, missing=())
        for name, column in self.columns.items():
            values = {field.name: getattr(column, field.name) for field in fields(column)}
            lines += [
                "",
                f"[columns.{_toml(name)}]",
                *_toml_lines(values, nulls="value", prefix=False, missing=()),
            ]
        return "\n".join(lines) + "\n"

    def __hash__(self) -> int:
        """Return a hash of what is declared, so that what was read under a schema can be remembered."""
        return hash(self.to_toml())

    def names(self, *roles: Role) -> tuple[str, ...]:
        """Return the columns with any of ``roles``, in schema order."""
        return tuple(name for name, column in self.columns.items() if column.role in roles)

    @property
    def quasi_identifiers(self) -> tuple[str, ...]:
        """Columns that an adversary can know and that are no direct identifier."""
        return self.names(Role.QUASI_IDENTIFIER)

    @property
    def sensitive(self) -> tuple[str, ...]:
        """Columns whose value must not be learnt."""
        return self.names(Role.SENSITIVE)

    @property
    def naming(self) -> frozenset[str]:
        """Columns that name somebody, or may: identifiers, tokens, persons and households, the unassessed."""
        units = [name for name in (self.person, self.household) if name]
        return frozenset([*self.names(Role.IDENTIFIER, Role.TOKEN, Role.UNASSESSED), *units])

    def missing_in(self, name: str) -> tuple[str, ...]:
        """Return the texts that stand for a missing value in one column."""
        own = self.columns[name].missing if name in self.columns else ()
        return tuple(dict.fromkeys([*self.missing, *own]))

    def lacking(self, missing: Iterable[str]) -> Schema:
        """Return this schema with further texts that stand for a missing value in every column."""
        return replace(self, missing=tuple(dict.fromkeys([*self.missing, *missing])))

    def with_orders(self, orders: Mapping[str, tuple[str, ...]]) -> Schema:
        """Return this schema with the orders that columns bring along, where it declares none itself."""
        known = {
            name: replace(column, order=orders[name])
            if name in orders and column.order is None and not (column.hierarchy or column.format)
            else column
            for name, column in self.columns.items()
        }
        return replace(self, columns=MappingProxyType(known)) if orders else self

    def role(self, name: str) -> Role:
        """Return the role of one column."""
        return self.columns[name].role

    @property
    def parts(self) -> dict[str, str]:
        """What columns are to the table as a whole: ``person``, ``weight``, ... by name of the column."""
        named = {part: getattr(self, part) for part in PARTS}
        return {name: part for part, name in named.items() if name}

    def without(self, dropped: Iterable[str]) -> Schema:
        """Return the schema of the table without some columns.

        Examples
        --------
        >>> Schema.of(person="user", unassessed=["user", "note"], sensitive=["ill"]).without(["user"])
        Schema(columns=mappingproxy({'note': ...}), person=None, ...)
        """
        gone = set(dropped)
        columns = {name: column for name, column in self.columns.items() if name not in gone}
        parts: dict[str, Any] = {part: None for name, part in self.parts.items() if name in gone}
        return replace(self, columns=MappingProxyType(columns), **parts)

    def require(self, table_names: Iterable[str]) -> None:
        """Check that schema and table declare the same columns.

        Raises
        ------
        LabError
            When the table has a column that is not declared, or the schema one that is absent.
        """
        present = dict.fromkeys(table_names)
        special = dict.fromkeys(self.parts)
        undeclared = [name for name in present if name not in self.columns and name not in special]
        if undeclared:
            raise LabError(
                f"The schema does not declare {len(undeclared)} column(s) of the table, the first is "
                f"{undeclared[0]!r}: add [columns.{undeclared[0]!r}] with a role."
            )
        wanted = [*self.columns, *special]
        absent = [name for name in wanted if name not in present]
        if absent:
            raise LabError(
                f"The schema names {absent[0]!r}, which the table does not have "
                f"({len(absent)} absent of {len(wanted)}): correct the name or remove it."
            )


def _toml_lines(values: Mapping[str, Any], **defaults: Any) -> list[str]:
    return [
        f"{name} = {_toml(value)}"
        for name, value in values.items()
        if value is not None and value != defaults.get(name)
    ]


def _toml(value: Any) -> str:
    """Return one value as TOML; JSON's strings, numbers and arrays are TOML's as well."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False).replace(
        "\x7f", "\\u007f"
    )


def _with_texts(raw: dict[str, Any]) -> dict[str, Any]:
    """Return parsed TOML with the listed values of each column as text, which may stand there as numbers."""
    columns = raw.get("columns")
    found = dict(raw)
    if isinstance(columns, dict):
        found["columns"] = {name: _listed_as_text(column) for name, column in columns.items()}
    if "missing" in raw:
        found["missing"] = _texts(raw["missing"])
    return found


def _listed_as_text(column: Any) -> Any:
    if not isinstance(column, dict):
        return column
    found = {
        key: _texts(value) if key in ("domain", "order", "missing") else value
        for key, value in column.items()
    }
    if isinstance(found.get("groups"), dict):
        found["groups"] = {group: _texts(members) for group, members in found["groups"].items()}
    return found


def _texts(listed: Any) -> Any:
    return [_text(one) for one in listed] if isinstance(listed, list) else listed


def _text(value: Any) -> Any:
    """Return a value of TOML as the text of a cell; truth values as TOML writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _require_single(schema: Schema, path: Path) -> None:
    """Check that no value has two places in an order or in groups.

    Raises
    ------
    LabError
        When one has.
    """
    for name, column in schema.columns.items():
        if column.order is not None and len(set(column.order)) < len(column.order):
            raise LabError(f"{path} lists a value of the order of {name!r} twice: keep one of them.")
        place: dict[str, str] = {}
        for group, members in (column.groups or {}).items():
            for member in members:
                if place.setdefault(member, group) != group:
                    raise LabError(
                        f"{path}: the groups {place[member]!r} and {group!r} of {name!r} overlap: a value "
                        "belongs to one of them."
                    )
