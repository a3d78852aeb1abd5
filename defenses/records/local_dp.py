"""Local differential privacy: each row is randomised before anybody collects it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import exp
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from defenses.columns import chosen, weights_of
from defenses.contributions import within_bound
from defenses.defense import Defense
from defenses.dp.budget import exact
from defenses.dp.random_bits import Bits
from defenses.released import released, stated
from exports.domain import Domain
from exports.errors import LabError
from exports.fingerprint import content_sha256
from exports.randomness import Stream
from exports.release import Export, Guarantee, Kind, Release
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class LocalDefense(Defense):
    """Randomises one column before anybody collects it; what was answered once is answered again.

    The promise is about that column alone: what else leaves of the row leaves as it is.
    """

    produces: ClassVar[Kind] = "records"
    rowwise: ClassVar[bool] = True

    def __init__(self, column: str, epsilon: float | str, seed: int | None = None) -> None:
        self.column = column
        self.epsilon = epsilon
        self.seed = seed

    def _once(self, answers: _Answers, draw: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Return what was drawn the first time: the mean of several draws would tell the truth."""
        if not hasattr(self, "answers_"):
            self.answers_: dict[str, NDArray[Any]] = {}
        asked = (self.column, str(self.epsilon), self.seed, answers.domain.values)
        key = f"{content_sha256(answers.export.table)}/{asked}"
        if key not in self.answers_:
            self.answers_[key] = draw()
        return self.answers_[key]


class RandomisedResponse(LocalDefense):
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
        None draws from the operating system; a seed simulates. One object gives one table the
        same answers again; another one, or another process, draws anew, and the mean of many
        draws tells the truth: keep the release, and count epsilon once per draw.

    References
    ----------
    Warner (1965), doi:10.1080/01621459.1965.10480775; Kairouz, Bonawitz and Ramage (2016),
    arXiv:1602.07387.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"therapy": Column(Role.SENSITIVE, domain=("no", "yes"))})
    >>> export = Export(pa.table({"therapy": ["yes"] * 700 + ["no"] * 300}), schema)
    >>> release = RandomisedResponse("therapy", epsilon=1, seed=1).transform(export)
    >>> estimated_counts(release)
    {'no': 300.9..., 'yes': 699.0...}
    """

    name: ClassVar[str] = "randomised-response"

    def transform(self, export: Export) -> Release:
        """Return the table with randomised answers."""
        answers = _Answers.of(self, export)
        domain, codes, bits = answers.domain, answers.codes, answers.bits
        size = domain.sizes[0]
        if size < 2:
            raise LabError(f"The domain of {self.column!r} has {size} value(s): there is nothing to hide.")
        true = _rounded_down(1 / (1 + (size - 1) * exp(-answers.epsilon)))

        def draw() -> NDArray[Any]:
            other = (codes + 1 + bits.below(size - 1, len(codes))) % size
            said = np.where(bits.happens(true, len(codes)), codes, other)
            return np.where(codes >= 0, said, bits.below(size, len(codes)))

        column = domain.decode([self._once(answers, draw)])[self.column]
        odds = {"true": float(true), "false": float((1 - true) / (size - 1)), "values": domain.values[0]}
        return answers.released(self, column, export.schema.columns, odds)


class UnaryEncoding(LocalDefense):
    """Replace one column by a yes or no for each of its values, each randomised by itself.

    As for randomised response; with many values its counts are more accurate. The bit of the
    true value says yes with probability 1/2, each other bit with ``1 / (exp(epsilon) + 1)``. The
    column then holds texts such as ``0110``, one digit per declared value.

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
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"therapy": Column(Role.SENSITIVE, domain=("no", "yes"))})
    >>> export = Export(pa.table({"therapy": ["yes"] * 700 + ["no"] * 300}), schema)
    >>> release = UnaryEncoding("therapy", epsilon=1, seed=1).transform(export)
    >>> release.rows["therapy"][0].as_py(), estimated_counts(release)
    ('00', {'no': 398.4..., 'yes': 549.8...})
    """

    name: ClassVar[str] = "unary-encoding"

    def transform(self, export: Export) -> Release:
        """Return the table with one randomised digit per value."""
        import pyarrow as pa

        answers = _Answers.of(self, export)
        codes, size = answers.codes, answers.domain.sizes[0]
        false = 1 - _rounded_down(1 / (1 + exp(-answers.epsilon)))

        def draw() -> NDArray[Any]:
            said = answers.bits.happens(false, len(codes) * size).reshape(len(codes), size)
            known = np.flatnonzero(codes >= 0)
            said[known, codes[known]] = answers.bits.happens(Fraction(1, 2), len(known))
            return said

        digits = pa.py_buffer(self._once(answers, draw).astype(np.uint8) + ord("0"))
        texts = pa.FixedSizeBinaryArray.from_buffers(pa.binary(size), len(codes), [None, digits])
        declared = replace(export.schema.columns[self.column], domain=None)
        return answers.released(
            self,
            texts.cast(pa.binary()).cast(pa.string()),
            {**export.schema.columns, self.column: declared},
            {"true": 0.5, "false": float(false), "values": answers.domain.values[0]},
        )


def estimated_counts(release: Release) -> dict[str, float]:
    """Return unbiased estimates of the true counts, or sums of weights, behind a local release.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"sex": Column(Role.SENSITIVE, domain=("f", "m"))})
    >>> export = Export(pa.table({"sex": ["f"] * 1000}), schema)
    >>> estimated_counts(RandomisedResponse("sex", epsilon=20, seed=1).transform(export))
    {'f': 1000.0..., 'm': ...e-0...}
    """
    odds = release.manifest["odds"]
    return dict(zip(odds["values"], _estimated(release, _weights(release)).tolist(), strict=True))


def _weights(release: Release) -> NDArray[np.float64]:
    weight = weights_of(release.as_export())
    return np.ones(release.rows.num_rows) if weight is None else weight


def _estimated(release: Release, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return unbiased estimates of the sum of ``weight`` over the people of each value."""
    odds: Mapping[str, Any] = release.manifest["odds"]
    said = release.rows[release.manifest["parameters"]["column"]].cast("string").fill_null("")
    if release.manifest["defense"] == UnaryEncoding.name:
        digits = np.frombuffer("".join(said.to_pylist()).encode(), dtype=np.uint8) - ord("0")
        counts = weight @ digits.reshape(len(said), -1)
    else:
        answers = said.to_numpy(zero_copy_only=False)
        counts = np.array([weight[answers == value].sum() for value in odds["values"]])
    estimate: NDArray[np.float64] = (counts - weight.sum() * odds["false"]) / (odds["true"] - odds["false"])
    return estimate


def standard_errors(release: Release) -> dict[str, float]:
    """Return how far each estimated count lies from the true one, as a standard deviation.

    It is that of the randomisation alone, for the counts as they are estimated: the people are given.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"sex": Column(Role.SENSITIVE, domain=("f", "m"))})
    >>> export = Export(pa.table({"sex": ["f"] * 1000}), schema)
    >>> standard_errors(RandomisedResponse("sex", epsilon=1, seed=1).transform(export))
    {'f': 30.3..., 'm': 30.3...}
    """
    true, false = (release.manifest["odds"][name] for name in ("true", "false"))
    squares = _weights(release) ** 2
    counts = np.clip(_estimated(release, squares), 0, squares.sum())
    variance = counts * true * (1 - true) + (squares.sum() - counts) * false * (1 - false)
    errors = np.sqrt(variance) / (true - false)
    return dict(zip(release.manifest["odds"]["values"], errors.tolist(), strict=True))


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
    def of(cls, defense: LocalDefense, export: Export) -> _Answers:
        epsilon = float(exact(defense.epsilon))
        domain = Domain.of(export.schema, chosen(export.schema, [defense.column]))
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
        defense: LocalDefense,
        said: pa.Array | pa.ChunkedArray,
        columns: Mapping[str, Column],
        odds: Mapping[str, Any],
    ) -> Release:
        """Return the rows with the answers in place of the column, without who gave them."""
        unit: Literal["record", "person"] = "record" if self.export.schema.person is None else "person"
        table = self.export.table
        table = table.set_column(table.column_names.index(defense.column), defense.column, said)
        schema = replace(self.export.schema, columns=MappingProxyType(dict(columns)))
        leaving = released(table, schema)
        clear = tuple(name for name in leaving.table.column_names if name != defense.column)
        return Release(
            "records",
            leaving.schema,
            Guarantee({"epsilon": self.epsilon}, unit, "replace", 1, (defense.column,), clear),
            table=leaving.table,
            private=defense.seed is None,
            manifest={"defense": defense.name, "parameters": stated(defense), "odds": odds},
            owner=self.owner,
        )


def _rounded_down(probability: float) -> Fraction:
    """Return a probability a little nearer to one half, so that rounding never adds to epsilon."""
    return Fraction(min(int(probability * 2**40), 2**40 - 1), 2**40)
