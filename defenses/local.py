"""Local differential privacy: each row is randomised before anybody collects it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import exp
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from defenses.bits import Bits
from defenses.budget import exact
from defenses.contributions import within_bound
from defenses.defense import Defense
from exports.domain import Domain
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export, Guarantee, Kind, Release
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class RandomisedResponse(Defense):
    """Replace one column by the true value with some probability and else by another value.

    Nobody, the collector included, learns a row's value for certain: whatever it is, each answer
    was at most ``exp(epsilon)`` times as likely as under any other value. Shares over many rows
    can still be estimated. For two values it is Warner's coin, for k values k-ary response.

    Parameters
    ----------
    column : str
        Column with a declared domain; a value outside it is answered at random.
    epsilon : float or str
        Of one row. With a person column the first row of each person stays and the promise is
        per person.
    seed : int or None
        None draws from the operating system; a seed simulates.

    References
    ----------
    Warner (1965), doi:10.1080/01621459.1965.10480775; Kairouz, Bonawitz and Ramage (2016),
    arXiv:1602.07387.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Role, Schema
    >>> schema = Schema({"therapy": Column(Role.SENSITIVE, domain=("no", "yes"))})
    >>> export = Export(pa.table({"therapy": ["yes"] * 700 + ["no"] * 300}), schema)
    >>> release = RandomisedResponse("therapy", epsilon=1, seed=1).transform(export)
    >>> estimated_counts(release)
    {'no': 300.9..., 'yes': 699.0...}
    """

    name: ClassVar[str] = "randomised-response"
    produces: ClassVar[Kind] = "records"

    def __init__(self, column: str, epsilon: float | str, seed: int | None = None) -> None:
        self.column = column
        self.epsilon = epsilon
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the table with randomised answers."""
        answers = _Answers.of(self, export)
        domain, codes, bits, table = answers.domain, answers.codes, answers.bits, answers.export.table
        size = domain.sizes[0]
        if size < 2:
            raise LabError(f"The domain of {self.column!r} has {size} value(s): there is nothing to hide.")
        true = _rounded_down(1 / (1 + (size - 1) * exp(-answers.epsilon)))
        other = (codes + 1 + bits.below(size - 1, len(codes))) % size
        said = np.where(bits.happens(true, len(codes)), codes, other)
        said = np.where(codes >= 0, said, bits.below(size, len(codes)))
        column = domain.decode([said], table.schema)[self.column]
        table = table.set_column(table.column_names.index(self.column), self.column, column)
        odds = {"true": float(true), "false": float((1 - true) / (size - 1))}
        return answers.released(self, table, export.schema.columns, odds)


class UnaryEncoding(Defense):
    """Replace one column by a yes or no for each of its values, each randomised by itself.

    As for randomised response; with many values its counts are more accurate. The bit of the
    true value says yes with probability 1/2, each other bit with ``1 / (exp(epsilon) + 1)``.

    Parameters
    ----------
    column, epsilon, seed
        As for randomised response. A value outside the domain answers as none of the values.

    References
    ----------
    Wang, Blocki, Li and Jha (2017), Locally Differentially Private Protocols for Frequency
    Estimation, USENIX Security.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Role, Schema
    >>> schema = Schema({"therapy": Column(Role.SENSITIVE, domain=("no", "yes"))})
    >>> export = Export(pa.table({"therapy": ["yes"] * 700 + ["no"] * 300}), schema)
    >>> UnaryEncoding("therapy", epsilon=1, seed=1).transform(export).rows.column_names
    ['therapy=no', 'therapy=yes']
    """

    name: ClassVar[str] = "unary-encoding"
    produces: ClassVar[Kind] = "records"

    def __init__(self, column: str, epsilon: float | str, seed: int | None = None) -> None:
        self.column = column
        self.epsilon = epsilon
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the table with one randomised column per value."""
        import pyarrow as pa

        answers = _Answers.of(self, export)
        codes, bits = answers.codes, answers.bits
        false = 1 - _rounded_down(1 / (1 + exp(-answers.epsilon)))
        table, columns = answers.export.table.drop([self.column]), dict(export.schema.columns)
        declared = columns.pop(self.column)
        for code, value in enumerate(answers.domain.values[0]):
            bit = np.where(
                codes == code, bits.happens(Fraction(1, 2), len(codes)), bits.happens(false, len(codes))
            )
            table = table.append_column(f"{self.column}={value}", pa.array(bit))
            columns[f"{self.column}={value}"] = Column(declared.role, domain=("false", "true"))
        return answers.released(self, table, columns, {"true": 0.5, "false": float(false)})


def estimated_counts(release: Release) -> dict[str, float]:
    """Return unbiased estimates of the true counts behind a locally randomised release.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.schema import Role, Schema
    >>> schema = Schema({"sex": Column(Role.SENSITIVE, domain=("f", "m"))})
    >>> export = Export(pa.table({"sex": ["f"] * 1000}), schema)
    >>> estimated_counts(UnaryEncoding("sex", epsilon=20, seed=1).transform(export))
    {'f': 1012.0..., 'm': -4.12...e-06}
    """
    column = release.manifest["parameters"]["column"]
    odds: Mapping[str, float] = release.manifest["odds"]
    rows = release.rows
    if column in rows.column_names:
        domain = Domain.of(release.schema, [column])
        said = np.bincount(domain.encode(rows)[0], minlength=domain.sizes[0])
        names = domain.values[0]
    else:
        marks = [name for name in rows.column_names if name.startswith(f"{column}=")]
        names = tuple(name.removeprefix(f"{column}=") for name in marks)
        said = np.array([rows[name].to_numpy().sum() for name in marks])
    estimate = (said - rows.num_rows * odds["false"]) / (odds["true"] - odds["false"])
    return dict(zip(names, estimate.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a local defence works on: one row per person, its domain and codes, and random bits."""

    epsilon: float
    export: Export
    owner: NDArray[np.int64]
    domain: Domain
    codes: NDArray[np.int32]
    bits: Bits

    @classmethod
    def of(cls, defense: RandomisedResponse | UnaryEncoding, export: Export) -> _Answers:
        epsilon = float(exact(defense.epsilon))
        domain = Domain.of(export.schema, [defense.column])
        owner = np.arange(export.table.num_rows)
        if export.schema.person is not None:
            first = within_bound(export.table[export.schema.person], 1)
            owner = owner if first is None else owner[first]
        kept = Export(export.table.take(owner), export.schema)
        stream = None
        if defense.seed is not None:
            stream = Stream(defense.seed, "defence", f"{defense.name}/{defense.column}")
        return cls(epsilon, kept, owner, domain, domain.encode(kept.table)[0], Bits(stream))

    def released(
        self,
        defense: RandomisedResponse | UnaryEncoding,
        table: pa.Table,
        columns: Mapping[str, Column],
        odds: Mapping[str, float],
    ) -> Release:
        unit: Literal["record", "person"] = "record" if self.export.schema.person is None else "person"
        return Release(
            "records",
            replace(self.export.schema, columns=MappingProxyType(dict(columns))),
            Guarantee({"epsilon": self.epsilon}, unit, "replace", 1),
            table=table,
            private=defense.seed is None,
            manifest={"defense": defense.name, "parameters": defense.get_params(), "odds": odds},
            owner=self.owner,
        )


def _rounded_down(probability: float) -> Fraction:
    """Return a probability a little nearer to one half, so that rounding never adds to epsilon."""
    return Fraction(min(int(probability * 2**40), 2**40 - 1), 2**40)
