# ruff: noqa: ARG002 - every planted mechanism has the same methods, and some need not look
"""Mechanisms that are broken on purpose, each in one way, and the same ones unbroken."""

from __future__ import annotations

from collections import Counter
from math import exp

import numpy as np
import pyarrow as pa

from defenses import Defense
from exports import Column, Guarantee, Release, Role, Schema
from exports.queries import Withheld

RNG = np.random.default_rng()
ABC = ("a", "b", "c", "d")
ONE = Schema({"x": Column(Role.SENSITIVE, domain=ABC)})
PERSONS = Schema({"x": Column(Role.SENSITIVE, domain=ABC)}, person="who")
FREE = Schema({"x": Column(Role.SENSITIVE)})
SIX = Schema({f"c{n}": Column(Role.QUASI_IDENTIFIER, domain=("no", "yes")) for n in range(4)})
AGE = Schema({"age": Column(Role.QUASI_IDENTIFIER, bounds=(0, 90))})


def laplace(scale, size=None):
    chance = 1 - exp(-1 / scale)
    return RNG.geometric(chance, size) - RNG.geometric(chance, size)


def texts(export, name):
    return [None if value is None else str(value) for value in export.table[name].to_pylist()]


class Planted(Defense):
    """A histogram of one column that keeps its promise of epsilon 1, with what others break."""

    name = "planted"
    produces = "counts"
    audit_schema = ONE
    epsilon = 1.0
    unit = "record"
    neighbours = "add-remove"

    def counted(self, export):
        name = next(iter(export.schema.columns))
        found = Counter(texts(export, name))
        return {value: found[value] for value in self.cells(export)}

    def cells(self, export):
        return next(iter(export.schema.columns.values())).domain

    def noisy(self, counts):
        return {key: int(count + laplace(1.0)) for key, count in counts.items()}

    def manifest(self, export):
        return {}

    def released_schema(self, export):
        return export.schema

    def promises(self):
        return {"epsilon": self.epsilon}

    def table(self, export, counts):
        return pa.table({"x": list(counts), "count": pa.array(counts.values(), pa.int64())})

    def transform(self, export):
        counts = self.noisy(self.counted(export))
        return Release(
            "counts",
            self.released_schema(export),
            Guarantee(self.promises(), self.unit, self.neighbours, 1),
            table=self.table(export, counts),
            ask=lambda query: sum(counts.get(v, 0) for one in query.conditions for v in one.values),
            manifest=self.manifest(export),
        )


class HalfScale(Planted):
    def noisy(self, counts):
        return {key: int(count + laplace(0.5)) for key, count in counts.items()}


class HalfSigma(Planted):
    sigma = 2.25

    def promises(self):
        return {"epsilon": 1.0, "delta": 1e-6, "rho": 0.0244}

    def noisy(self, counts):
        return {key: int(count + np.rint(RNG.normal(0, self.sigma))) for key, count in counts.items()}


class WrongDelta(HalfSigma):
    sigma = 2.9


class NoNoise(Planted):
    def noisy(self, counts):
        return counts


class FloatNoise(Planted):
    def noisy(self, counts):
        return {key: float(count) + RNG.laplace(0, 1.0) for key, count in counts.items()}

    def table(self, export, counts):
        return pa.table({"x": list(counts), "count": pa.array(counts.values(), pa.float64())})


class AddRemoveAsReplace(Planted):
    neighbours = "replace"


class ThresholdOne(Planted):
    audit_schema = FREE

    def promises(self):
        return {"epsilon": 1.0, "delta": 1e-6}

    def cells(self, export):
        return sorted({value for value in texts(export, "x") if value})

    def noisy(self, counts):
        return {key: count for key, count in super().noisy(counts).items() if count >= 1}


class RowsForPeople(Planted):
    audit_schema = PERSONS
    unit = "person"


class UnboundedNullPersons(Planted):
    audit_schema = PERSONS
    unit = "person"

    def counted(self, export):
        first = {}
        for row, who in enumerate(export.table["who"].to_pylist()):
            first.setdefault(who if who is not None else f"nobody {row}", row)
        found = Counter(texts(export, "x")[row] for row in first.values())
        return {value: found[value] for value in ABC}


class BoundPerCell(Planted):
    audit_schema = PERSONS
    unit = "person"

    def counted(self, export):
        found = Counter(
            x for _, x in set(zip(export.table["who"].to_pylist(), texts(export, "x"), strict=True))
        )
        return {value: found[value] for value in ABC}


class DomainFromData(Planted):
    def cells(self, export):
        return sorted({value for value in texts(export, "x") if value})


class NoiseAboveZero(Planted):
    def noisy(self, counts):
        return {key: int(count + laplace(1.0)) if count else 0 for key, count in counts.items()}


class ExactInManifest(Planted):
    def manifest(self, export):
        return {"rows_in": export.table.num_rows}


class ExactInText(Planted):
    def manifest(self, export):
        return {"note": f"made from {export.table.num_rows} rows"}


class ExactInSchema(Planted):
    def released_schema(self, export):
        return Schema(export.schema.columns, population_size=max(1, export.table.num_rows))


class HashInManifest(Planted):
    def manifest(self, export):
        return {"input": hash(str(export.table.to_pydict()))}


class TypesFollowRows(Planted):
    audit_schema = AGE

    def cells(self, export):
        return [str(value) for value in range(91)]

    def table(self, export, counts):
        keys = pa.array(list(counts))
        try:
            keys = keys.cast(export.table["age"].type)
        except pa.ArrowInvalid:
            keys = keys.cast(pa.string())
        return pa.table({"age": keys, "count": pa.array(counts.values(), pa.int64())})


class Sum(Planted):
    audit_schema = AGE

    def clamped(self, value):
        return min(max(value, 0), 90)

    def counted(self, export):
        total = 0.0
        for value in export.table["age"].to_pylist():
            try:
                total += self.clamped(float(value))
            except (TypeError, ValueError):
                continue
        return {"sum": int(total)}

    def noisy(self, counts):
        return {key: int(count + laplace(90.0)) for key, count in counts.items()}


class Unclamped(Sum):
    def clamped(self, value):
        return value


class RefusalByValue(Planted):
    def counted(self, export):
        if any(value not in ABC for value in texts(export, "x")):
            raise ValueError("a value is not declared")
        return super().counted(export)


class RefusalWhenEmpty(Planted):
    def counted(self, export):
        if export.table.num_rows < 2:
            raise ValueError("too few rows")
        return super().counted(export)


class QuotedCell(Planted):
    def counted(self, export):
        for value in texts(export, "x"):
            if value is not None and value not in ABC:
                return {**super().counted(export), value: 0}
        return super().counted(export)


class SameNoise(Planted):
    def noisy(self, counts):
        rng = np.random.default_rng(1)
        return {key: int(count + rng.integers(-3, 4)) for key, count in counts.items()}


class DrawnAgain(Planted):
    def transform(self, export):
        release = super().transform(export)
        counts = self.counted(export)

        def ask(query):
            return int(sum(counts.get(v, 0) for one in query.conditions for v in one.values) + laplace(1.0))

        return Release("counts", release.schema, release.guarantee, table=release.table, ask=ask)


class BudgetNeverRefused(Planted):
    def transform(self, export):
        counts, told = self.counted(export), {}

        def ask(query):
            if query.key() not in told:
                exact = sum(counts.get(v, 0) for one in query.conditions for v in one.values)
                told[query.key()] = int(exact + laplace(1.0))
            return told[query.key()]

        return Release("counts", export.schema, Guarantee({"epsilon": 1.0}, "record", "add-remove"), ask=ask)


class BudgetOfOne(Planted):
    def transform(self, export):
        counts, told = self.counted(export), {}

        def ask(query):
            if query.key() not in told:
                if told:
                    raise Withheld("spent")
                exact = sum(counts.get(v, 0) for one in query.conditions for v in one.values)
                told[query.key()] = int(exact + laplace(1.0))
            return told[query.key()]

        return Release("counts", export.schema, Guarantee({"epsilon": 1.0}, "record", "add-remove"), ask=ask)


class Margins(Planted):
    """All tables of two of four columns."""

    audit_schema = SIX
    produces = "counts"
    spared = 0.0

    def counted(self, export):
        columns = {name: texts(export, name) for name in SIX.columns}
        names = list(columns)
        found = {}
        for i, one in enumerate(names):
            for other in names[i + 1 :]:
                seen = Counter(zip(columns[one], columns[other], strict=True))
                for a in ("no", "yes"):
                    for b in ("no", "yes"):
                        found[one, a, other, b] = seen[a, b]
        return found

    def scale(self, key):
        return 6.0

    def noisy(self, counts):
        return {key: int(count + laplace(self.scale(key))) for key, count in counts.items()}

    def table(self, export, counts):
        return pa.table(
            {"cell": [str(key) for key in counts], "count": pa.array(counts.values(), pa.int64())}
        )


class OneTableOfSix(Margins):
    def scale(self, key):
        return 1.0 if (key[0], key[2]) == ("c0", "c1") else 6.0


class TablesForgotten(Margins):
    def scale(self, key):
        return 1.0


class SelectionWithoutNoise(Planted):
    def noisy(self, counts):
        return {max(counts, key=lambda key: counts[key]): 0}


class NoisySelection(Planted):
    def noisy(self, counts):
        keys = list(counts)
        scores = np.array([counts[key] for key in keys]) / 2 + RNG.gumbel(size=len(keys))
        return {keys[int(scores.argmax())]: 0}


class PairWithoutNoise(Planted):
    audit_schema = SIX

    def counted(self, export):
        columns = [texts(export, name) for name in SIX.columns]
        scores = {}
        for i in range(4):
            for j in range(i + 1, 4):
                scores[f"{i}{j}"] = sum(a == b for a, b in zip(columns[i], columns[j], strict=True))
        return {max(scores, key=lambda key: scores[key]): 0}

    def noisy(self, counts):
        return counts


class ColumnInClear(Planted):
    produces = "records"
    audit_schema = Schema({"x": Column(Role.SENSITIVE, domain=ABC), "zip": Column(Role.QUASI_IDENTIFIER)})
    neighbours = "replace"

    def transform(self, export):
        said = [ABC[int(RNG.integers(4))] for _ in range(export.table.num_rows)]
        table = export.table.set_column(
            export.table.column_names.index("x"), "x", pa.array(said, pa.string())
        )
        return Release(
            "records", export.schema, Guarantee({"epsilon": 1.0}, "record", "replace", 1), table=table
        )


class RowsCopied(Planted):
    produces = "synthetic"

    def transform(self, export):
        rows = max(0, 8 + int(laplace(1.0)))
        values = [value for value in texts(export, "x") if value in ABC] or ["a"]
        drawn = [values[int(RNG.integers(len(values)))] for _ in range(rows)]
        return Release(
            "synthetic",
            export.schema,
            Guarantee({"epsilon": 1.0}),
            table=pa.table({"x": pa.array(drawn, pa.string())}),
        )


class HalfResponse(Planted):
    produces = "records"
    neighbours = "replace"
    honest = exp(1) / (exp(1) + 3)

    def chance(self):
        return exp(2) / (exp(2) + 3)

    def transform(self, export):
        said = []
        for value in texts(export, "x"):
            known = value if value in ABC else ABC[int(RNG.integers(4))]
            others = [other for other in ABC if other != known]
            said.append(known if RNG.random() < self.chance() else others[int(RNG.integers(3))])
        table = pa.table({"x": pa.array(said, pa.string())})
        return Release(
            "records", export.schema, Guarantee({"epsilon": 1.0}, "record", "replace", 1), table=table
        )


class Response(HalfResponse):
    def chance(self):
        return self.honest


class GuaranteeFollowsRows(Planted):
    def transform(self, export):
        release = super().transform(export)
        known = set(texts(export, "x")) <= set(ABC)
        promise = release.guarantee if known else Guarantee({"epsilon": 2.0}, "record", "add-remove", 1)
        return Release("counts", release.schema, promise, table=release.table, ask=release.ask)


class SoundPersons(Planted):
    audit_schema = PERSONS
    unit = "person"

    def counted(self, export):
        first = {}
        for row, who in enumerate(export.table["who"].to_pylist()):
            if who is not None:
                first.setdefault(who, row)
        found = Counter(texts(export, "x")[row] for row in first.values())
        return {value: found[value] for value in ABC}


BROKEN = [
    HalfScale, HalfSigma, WrongDelta, NoNoise, FloatNoise, AddRemoveAsReplace, ThresholdOne, RowsForPeople,
    UnboundedNullPersons, BoundPerCell, DomainFromData, NoiseAboveZero, ExactInManifest, ExactInText,
    ExactInSchema, HashInManifest, TypesFollowRows, Unclamped, RefusalByValue, RefusalWhenEmpty, QuotedCell,
    SameNoise, DrawnAgain, BudgetNeverRefused, OneTableOfSix, TablesForgotten, SelectionWithoutNoise,
    PairWithoutNoise, ColumnInClear, RowsCopied, HalfResponse, GuaranteeFollowsRows,
]  # fmt: skip
SOUND = [Planted, Sum, BudgetOfOne, Margins, NoisySelection, Response, SoundPersons]
