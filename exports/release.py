"""What is about to leave, what leaves after a defence, and the truth that only scoring reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from exports.schema import Schema
from exports.values.missing import without_missing
from exports.values.order import category_order

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Kind = Literal["records", "synthetic", "tokens", "events", "counts", "model"]


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What a defence promises about one release, and for which unit.

    Parameters
    ----------
    promises : mapping of str to float
        ``{"k": 5, "l": 2}`` or ``{"epsilon": 1.0, "delta": 1e-6}``; empty for none.
    unit : {"record", "person"}
        Who is protected.
    neighbours : {"add-remove", "replace"} or None
        Neighbouring relation of a differentially private release.
    max_contributions : int or None
        Rows of one person that the promise covers; None for all of them.
    columns : tuple of str, default ()
        Columns whose values the promise is about, where it is not about the whole release.
    in_clear : tuple of str, default ()
        Columns that leave beside them as they are, and of which nothing is promised.

    Examples
    --------
    >>> Guarantee({"epsilon": 1.0, "delta": 1e-6}, unit="person", neighbours="add-remove")
    epsilon=1.0, delta=1e-06, unit="person"
    >>> Guarantee({"epsilon": 1.0}, columns=("therapy",), in_clear=("zip",))
    epsilon=1.0 for therapy alone, while zip leaves in clear
    >>> Guarantee()
    none
    """

    promises: Mapping[str, float] = field(default_factory=dict)
    unit: Literal["record", "person"] = "record"
    neighbours: Literal["add-remove", "replace"] | None = None
    max_contributions: int | None = None
    columns: tuple[str, ...] = ()
    in_clear: tuple[str, ...] = ()

    def __repr__(self) -> str:
        if not self.promises:
            return "none"
        parts = [f"{name}={value}" for name, value in self.promises.items()]
        told = ", ".join(parts) + (f', unit="{self.unit}"' if self.unit == "person" else "")
        return told + self.scope

    @property
    def scope(self) -> str:
        """What the promise is about, in words; empty for the whole release."""
        if not self.columns:
            return ""
        clear = ""
        if self.in_clear:
            verb = "leaves" if len(self.in_clear) == 1 else "leave"
            clear = f", while {', '.join(self.in_clear)} {verb} in clear"
        return f" for {', '.join(self.columns)} alone{clear}"

    def to_json(self) -> dict[str, Any]:
        """Return the promise with its unit as one flat object; ``{}`` is no promise."""
        if not self.promises:
            return {}
        scope = {"columns": list(self.columns), "in_clear": list(self.in_clear)} if self.columns else {}
        return {
            **self.promises,
            "unit": self.unit,
            "neighbours": self.neighbours,
            "max_contributions": self.max_contributions,
            **scope,
        }


@dataclass(frozen=True, slots=True)
class Export:
    """A table about to leave, in memory, with the role of each column.

    Parameters
    ----------
    table : pyarrow.Table
        One row per record; what the schema declares missing becomes so.
    schema : Schema
        Declares every column of ``table``; ordered categories bring their order along.
    """

    table: pa.Table
    schema: Schema

    def __post_init__(self) -> None:
        self.schema.require(self.table.column_names)
        ordered = {name: category_order(self.table[name]) for name in self.schema.columns}
        orders = {name: order for name, order in ordered.items() if order is not None}
        object.__setattr__(self, "schema", self.schema.with_orders(orders))
        object.__setattr__(self, "table", without_missing(self.table, self.schema.missing_in))


@dataclass(frozen=True, slots=True)
class Release:
    """What actually leaves after a defence.

    What is set depends on ``kind``: a table for records, synthetic, tokens and events; an oracle
    for counts; a scorer for a model. The last two may carry a table as well, their written form.

    Parameters
    ----------
    kind : {"records", "synthetic", "tokens", "events", "counts", "model"}
        Decides which attacks apply.
    schema : Schema
        Roles of the released columns (of the underlying columns for counts and models).
    guarantee : Guarantee
        What is promised about this release.
    table : pyarrow.Table or None
        The released rows; the published counts or coefficients of an oracle or a model.
    ask : callable or None
        ``ask(query) -> int``; stateful, draws on its budget.
    score : callable or None
        ``score(table) -> array of float``, one per row.
    private : bool, default False
        True when the randomness came from the operating system. A seeded release is never
        private: whoever holds the seed subtracts the noise.
    manifest : mapping
        What was done: parameters, versions, the reference distribution; never a secret.
    owner : array of int or None
        Row of the export that each released row comes from, -1 for an invented one. The bench
        hands it to ``Truth`` for scoring; it is never written out with the release.
    """

    kind: Kind
    schema: Schema
    guarantee: Guarantee = field(default_factory=Guarantee)
    table: pa.Table | None = None
    ask: Callable[[Any], int] | None = None
    score: Callable[[pa.Table], NDArray[Any]] | None = None
    private: bool = False
    manifest: Mapping[str, Any] = field(default_factory=dict)
    owner: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        wanted = {"counts": "ask", "model": "score"}.get(self.kind, "table")
        given = [name for name in ("table", "ask", "score") if getattr(self, name) is not None]
        if wanted not in given or not {wanted, "table"}.issuperset(given):
            raise ValueError(f"a release of {self.kind} carries {wanted}, not {given}")

    @property
    def rows(self) -> pa.Table:
        """The released table.

        Raises
        ------
        ValueError
            When the release is an oracle or a model.
        """
        if self.table is None:
            raise ValueError(f"a release of {self.kind} has no rows")
        return self.table

    def as_export(self) -> Export:
        """Return the released rows as the export that the next defence takes.

        Raises
        ------
        ValueError
            When the release is an oracle or a model.
        """
        if self.kind in {"counts", "model"}:
            raise ValueError(f"a release of {self.kind} has no rows")
        return Export(self.rows, self.schema)


@dataclass(frozen=True, slots=True)
class Truth:
    """What only scoring reads; no attack may look at it to make a guess.

    Parameters
    ----------
    original : pyarrow.Table
        The people whose data was released, before the defence.
    control : pyarrow.Table or None
        People like them who are not in the release.
    owner : array of int or None
        Row of ``original`` that each released row belongs to; -1 for an invented row.
    """

    original: pa.Table
    control: pa.Table | None = None
    owner: NDArray[Any] | None = None
