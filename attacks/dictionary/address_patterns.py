"""How people choose addresses: names, marks, years and providers, the most probable combinations first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from attacks.dictionary.guesses import CHUNK, Batch
from exports.errors import LabError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

STEPS = 2
"""Steps of probability per bit: candidates within one step count as equally probable."""

SLICE = 1_024
"""Texts of equal probability that are combined at a time, so that no batch is too large."""

STYLES: Mapping[str, float] = MappingProxyType(
    {
        "{first}.{last}": 19,
        "{first}{last}": 17,
        "{f}{last}": 12,
        "{first}_{last}": 5,
        "{f}.{last}": 2,
        "{last}.{first}": 2,
        "{last}{first}": 2,
        "{first}{l}": 4,
        "{first}{yy}": 4,
        "{first}{last}{yy}": 9,
        "{f}{last}{yy}": 6,
        "{first}.{last}{yy}": 5,
        "{first}{last}{yyyy}": 3,
        "{first}{last}{n}": 4,
        "{first}.{last}{n}": 3,
        "{first}{n}": 3,
    }
)
"""Styles of local parts and their weights: assumed."""

PROVIDERS: Mapping[str, float] = MappingProxyType(
    {
        "gmail.example": 45,
        "yahoo.example": 26,
        "outlook.example": 10,
        "aol.example": 7,
        "icloud.example": 4,
        "mail.example": 2,
    }
)
"""Providers and their weights: assumed; the names are reserved and stand for the real ones."""

_TEMPLATE = re.compile(r"\{(first|last|f|l|word)\}([^{}]*)(?:\{(first|last|f|l|word)\})?(?:\{(yy|yyyy|n)\})?")


@dataclass(frozen=True, slots=True)
class Patterns:
    """Addresses made of names, in order of their probability under independence.

    Parameters
    ----------
    first, last : pyarrow.Table
        Names in the first column and how often they occur in the second, where there is one;
        otherwise the n-th name weighs 1 / n.
    providers : mapping of str to float
        Domain -> weight.
    styles : mapping of str to float
        Template of a local part -> weight. A template is one or two of ``{first} {last} {f} {l}
        {word}`` with any mark between them, then at most one of ``{yy} {yyyy} {n}``.
    years : (int, int)
        First and last year of birth, all as likely.
    numbers : int
        ``{n}`` runs from 1 to this, the n-th with weight 1 / n.
    words : pyarrow.Table, optional
        As the names, for ``{word}``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> first, last = pa.table({"name": ["Ann", "Bo"]}), pa.table({"name": ["Ek"]})
    >>> guesses = Patterns(first, last, {"mail.example": 1}, {"{first}.{last}": 1, "{f}{last}{yy}": 1})
    >>> guesses.size
    154
    """

    first: pa.Table
    last: pa.Table
    providers: Mapping[str, float] = field(default_factory=lambda: PROVIDERS)
    styles: Mapping[str, float] = field(default_factory=lambda: STYLES)
    years: tuple[int, int] = (1930, 2005)
    numbers: int = 99
    words: pa.Table | None = None

    @classmethod
    def of_pools(cls, providers: Mapping[str, float] | None = None) -> Patterns:
        """Return patterns of the names that Faker has for the United States, with its weights."""
        import pyarrow as pa
        from faker.providers.person.en_US import Provider

        def pool(names: Mapping[str, float]) -> pa.Table:
            return pa.table({"name": list(names), "weight": list(names.values())})

        return cls(pool(Provider.first_names), pool(Provider.last_names), providers or PROVIDERS)

    @property
    def size(self) -> int:
        """Number of candidates; different combinations that spell the same address count each."""
        pools = self._pools()
        return sum(
            len(pools[left].texts) * len(pools[right].texts) * len(pools[ending].texts)
            for left, _, right, ending, _ in self._templates()
        )

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Create ``part``: the texts of each key, a key being a slice of one pool."""
        import pyarrow as pa

        pools = self._pools().values()
        part = pa.table(
            {
                "key": np.concatenate([pool.start + pool.slice for pool in pools]),
                "text": pa.concat_arrays([pool.texts for pool in pools]),
            }
        )
        connection.register("part_source", part)
        connection.execute("create table part as select * from part_source")
        connection.unregister("part_source")

    def batches(self, budget: int) -> Iterator[Batch]:
        """Yield combinations of slices, the most probable first; whole ones within the budget."""
        import pyarrow as pa

        pools = self._pools()
        marks, found = [], []
        cutoff = self._cutoff(pools, budget)
        for style, (left, mark, right, ending, level) in enumerate(self._templates()):
            a, b, e = pools[left], pools[right], pools[ending]
            total = level + a.level[:, None, None] + b.level[:, None] + e.level
            at = np.nonzero(total <= cutoff)
            size = a.size[at[0]] * b.size[at[1]] * e.size[at[2]]
            marks.append(mark)
            places = (a.start + at[0], b.start + at[1], e.start + at[2])
            found.append(np.column_stack([total[at], np.full(len(size), style), *places, size]))
        combos = np.concatenate(found)
        combos = combos[np.argsort(combos[:, 0], kind="stable")]
        reached = np.cumsum(combos[:, 5])
        combos, reached = combos[reached <= budget], reached[reached <= budget]
        row = 0
        while row < len(combos):
            done = int(reached[row - 1]) if row else 0
            stop = max(row + 1, int(np.searchsorted(reached, done + min(CHUNK, 9 * done or 1), side="right")))
            part = combos[row:stop]
            table = pa.table(
                {
                    "a": part[:, 2],
                    "mark": pa.array(marks).take(pa.array(part[:, 1])),
                    "b": part[:, 3],
                    "e": part[:, 4],
                }
            )
            yield Batch(_SQL, int(reached[stop - 1]) - done, parts=table)
            row = stop

    def _templates(self) -> Iterator[tuple[str, str, str, str, int]]:
        """Yield pool, mark, pool, pool of endings and step of probability of each style."""
        whole = sum(self.styles.values())
        for style, weight in self.styles.items():
            match = _TEMPLATE.fullmatch(style)
            if match is None:
                raise LabError(f"The style {style!r} is not such as '{{first}}.{{last}}{{yy}}': mend it.")
            left, mark, right, tail = match.groups(default="")
            yield left, mark, right, f"end{tail}", int(np.rint(-np.log2(weight / whole) * STEPS))

    def _pools(self) -> dict[str, _Pool]:
        """Return the pools that the styles use, their keys numbered one after the other."""
        first, last = _weighted(self.first), _weighted(self.last)
        tails: dict[str, dict[str, float]] = {
            "": {"": 1.0},
            "yy": {f"{year % 100:02}": 1.0 for year in range(self.years[0], self.years[1] + 1)},
            "yyyy": {str(year): 1.0 for year in range(self.years[0], self.years[1] + 1)},
            "n": {str(number): 1 / number for number in range(1, self.numbers + 1)},
        }
        weights: dict[str, dict[str, float]] = {"": {"": 1.0}, "first": first, "last": last}
        weights |= {"f": _initials(first), "l": _initials(last)}
        if self.words is not None:
            weights["word"] = _weighted(self.words)
        for tail, numbers in tails.items():
            weights[f"end{tail}"] = {
                f"{number}@{domain}": weight * share
                for number, weight in numbers.items()
                for domain, share in self.providers.items()
            }
        used = {pool for left, _, right, ending, _ in self._templates() for pool in (left, right, ending)}
        if "word" in used and self.words is None:
            raise LabError("A style uses {word} and there are no words: give a table of words.")
        pools, start = {}, 0
        for name in sorted(used):
            pools[name] = _Pool.of(weights[name], start)
            start += len(pools[name].level)
        return pools

    def _cutoff(self, pools: Mapping[str, _Pool], budget: int) -> int:
        """Return the step of probability at which the budget is spent."""
        counts = np.zeros(1)
        for left, _, right, ending, level in self._templates():
            ways = np.convolve(
                np.convolve(pools[left].counts(), pools[right].counts()), pools[ending].counts()
            )
            longer = np.zeros(max(len(counts), level + len(ways)))
            longer[: len(counts)] += counts
            longer[level : level + len(ways)] += ways
            counts = longer
        return int(np.searchsorted(np.cumsum(counts), budget))


_SQL = (
    "select concat(a.text, combo.mark, b.text, e.text) as text from combo "
    "join part e on e.key = combo.e join part a on a.key = combo.a join part b on b.key = combo.b"
)


@dataclass(frozen=True, slots=True)
class _Pool:
    """Texts by falling probability, cut into slices of equal step; arrays per text and per slice."""

    texts: pa.Array
    slice: NDArray[np.int64]
    level: NDArray[np.int64]
    size: NDArray[np.int64]
    start: int

    @classmethod
    def of(cls, weights: Mapping[str, float], start: int) -> _Pool:
        import pyarrow as pa

        texts = np.array(list(weights), dtype=object)
        weight = np.fromiter(weights.values(), dtype=float)
        steps = np.rint(-np.log2(weight / weight.sum()) * STEPS).astype(np.int64)
        order = np.argsort(steps, kind="stable")
        steps = steps[order]
        rank = np.arange(len(steps)) - np.searchsorted(steps, steps)
        new = np.diff(steps, prepend=-1).astype(bool) | (rank % SLICE == 0)
        piece = np.cumsum(new) - 1
        return cls(pa.array(texts[order], pa.string()), piece, steps[new], np.bincount(piece), start)

    def counts(self) -> NDArray[np.float64]:
        """Return the number of texts at each step."""
        return np.bincount(self.level, weights=self.size).astype(np.float64)


def _weighted(table: pa.Table) -> dict[str, float]:
    """Return lower-case ASCII letters of each name with its weight; equal spellings add up."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = pc.utf8_lower(pc.utf8_normalize(table.column(0).cast(pa.string()), form="NFKD"))
    plain = pc.replace_substring_regex(names, r"[^a-z0-9]", "")
    weights = table.column(1) if table.num_columns > 1 else pa.array(1 / np.arange(1, len(names) + 1))
    sums = pa.table({"name": plain, "weight": weights}).group_by("name").aggregate([("weight", "sum")])
    found = dict(zip(sums["name"].to_pylist(), sums["weight_sum"].to_pylist(), strict=True))
    return {name: weight for name, weight in found.items() if name and weight and weight > 0}


def _initials(weights: Mapping[str, float]) -> dict[str, float]:
    initials: dict[str, float] = {}
    for name, weight in weights.items():
        initials[name[0]] = initials.get(name[0], 0.0) + weight
    return initials
