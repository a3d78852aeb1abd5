"""Counts by keys that nobody declared: a key shows only when enough people have it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, log
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from defenses.contributions import person_codes, within_bound
from defenses.dp.budget import Cost, exact, exact_delta
from defenses.dp.cell_counts import contribution_limit
from defenses.dp.curator import Curated
from defenses.dp.noise import Laplace, discrete_laplace
from defenses.released import stated
from exports.errors import LabError, MissingExtraError
from exports.queries import CountQuery
from exports.release import Export, Kind, Release

if TYPE_CHECKING:
    from exports.randomness import Stream


@dataclass(eq=False, repr=False)
class DpKeys(Curated):
    """Publish the values of a column that enough people have, with noisy numbers of people.

    The values come from the data, as with free text or referring sites, so that a value which
    only one person has would give that person away. A value shows when its noisy count reaches a
    threshold; with probability below ``delta`` a person's own value reaches it.

    Parameters
    ----------
    column : str
        Column of text whose values are counted.
    epsilon : float or str
        Of the counts.
    delta : float or str
        Chance that a value of a single person shows.
    max_contributions : int or None
        Rows of one person that count; default is the schema's, else 1.
    neighbours, ledger, dataset, budget, seed
        As for ``dp-histogram``; the budget names a delta.

    References
    ----------
    Korolova, Kenthapadi, Mishra and Ntoulas (2009), doi:10.1145/1526709.1526733.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"from": ["search"] * 90 + ["a rare site"]})
    >>> export = Export(table, Schema.of(insensitive=["from"]))
    >>> release = DpKeys("from", epsilon=1, delta=1e-6, seed=1).transform(export)
    >>> release.rows["from"].to_pylist(), release.manifest["threshold"]
    (['search'], 15)
    """

    name: ClassVar[str] = "dp-keys"
    produces: ClassVar[Kind] = "counts"

    column: str
    epsilon: float | str
    delta: float | str

    def transform(self, export: Export) -> Release:
        """Return the values that passed, their noisy counts, and an oracle for sums of them."""
        import pyarrow as pa

        if self.column not in export.table.column_names:
            raise LabError(f"There is no column {self.column!r} to count: correct the name.")
        epsilon, delta = exact(self.epsilon), exact_delta(self.delta)
        limit = contribution_limit(export, self.max_contributions)
        keys = self.distance(limit)
        noise = Laplace(keys / epsilon)
        threshold = release_threshold(noise, keys, delta)
        curator = self.curator(export)
        query = {
            "defence": self.name,
            "column": self.column,
            "noise": str(noise),
            "threshold": threshold,
            "rows per person": limit,
        }
        shown: dict[str, int] = curator.answer(
            query,
            Cost.pure(epsilon, delta),
            lambda stream: _passing(people_per_key(export, self.column, limit), noise, threshold, stream),
        )
        promises = {"epsilon": float(epsilon), "delta": float(delta)}

        def ask(query: CountQuery) -> int:
            if len(query.conditions) != 1 or query.columns != (self.column,):
                raise LabError(f"Only conditions on {self.column!r} can be answered.")
            condition = query.conditions[0]
            return sum(
                count for key, count in shown.items() if (key in condition.values) != condition.negated
            )

        return Release(
            "counts",
            export.schema,
            curator.guarantee(promises, limit),
            table=pa.table({self.column: list(shown), "count": pa.array(shown.values(), pa.int64())}),
            ask=ask,
            private=self.seed is None,
            manifest={"defense": self.name, "parameters": stated(self), "threshold": threshold},
        )


def release_threshold(noise: Laplace, keys: int, delta: Fraction) -> int:
    """Return the least noisy count that is shown, so that single keys stay hidden.

    A person adds at most ``keys`` keys that nobody else has, with one person each.

    Raises
    ------
    LabError
        When ``delta`` is 0.

    Examples
    --------
    >>> release_threshold(Laplace(Fraction(2)), 1, Fraction(1, 10**9))
    42
    """
    if delta <= 0:
        raise LabError(
            "Unknown keys need a delta above 0: give for instance delta=1e-9, or declare a domain."
        )
    scale = float(noise.scale)
    return 1 + max(1, ceil(scale * (log(keys / float(delta)) - log(1 + exp(-1 / scale))) + 1e-9))


def people_per_key(export: Export, column: str, limit: int) -> dict[str, int]:
    """Return how many people have each value, each person counting with at most ``limit`` rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = export.table[column].cast(pa.string())
    person = export.schema.person
    if person is None:
        pairs = texts.drop_null()
    else:
        kept = within_bound(export.table[person], limit)
        who = pa.chunked_array([pa.array(person_codes(export.table[person]))])
        both = pa.table({"who": who, "key": texts})
        both = (both if kept is None else both.filter(pa.array(kept))).drop_null()
        pairs = both.group_by(["who", "key"]).aggregate([])["key"]
    counted = pc.value_counts(pairs)
    return dict(sorted(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)))


def _passing(exact_counts: dict[str, int], noise: Laplace, threshold: int, stream: Stream | None) -> Any:
    if stream is not None:
        noisy = np.array(list(exact_counts.values()), dtype=np.int64)
        noisy = noisy + discrete_laplace(stream, len(noisy), noise.scale)
        return {
            key: count for key, count in zip(exact_counts, noisy.tolist(), strict=True) if count >= threshold
        }
    try:
        from opendp.domains import atom_domain, map_domain
        from opendp.measurements import make_laplace_threshold
        from opendp.metrics import absolute_distance, l01inf_distance
        from opendp.mod import enable_features
    except ImportError:
        raise MissingExtraError("A differentially private release", "dp") from None
    enable_features("contrib")
    space = map_domain(atom_domain(T=str), atom_domain(T="i64")), l01inf_distance(absolute_distance(T="i64"))
    scale = float(np.nextafter(float(noise.scale), np.inf))
    return dict(
        sorted(make_laplace_threshold(*space, scale=scale, threshold=threshold)(exact_counts).items())
    )
