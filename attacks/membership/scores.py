"""Scores of how much a release looks as if a given person's record went into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.closest import TIE
from attacks.comparison.gower import PEOPLE, ROWS, Compared, compare, distances
from attacks.comparison.neighbours import nearest
from attacks.comparison.predicates import Coded
from exports.coding import Floats
from exports.randomness import Stream
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa


WIDTHS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Kernel widths tried: the difference over which a record's weight falls to 1/e."""

SHARP = 0.005
"""Width for a release that copies: whoever was copied has a record of hers at no distance."""

LEAST = 0.1
"""Records added to either side, so that an empty neighbourhood alone is no evidence."""

TRIED = 400
"""Held-out records on which a kernel width is chosen."""

FITTED = 50_000
"""Rows of either kind that a classifier is fitted to."""

MARGINALS = 320
"""Marginals that shadow models may weigh."""

BINS = 16
"""Most values of a column in a marginal: numbers by quantile, rare categories together."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the adversary looks at: the targets' records, the release, and people like them.

    Parameters
    ----------
    targets : pyarrow.Table
        One row per target, whole.
    released : pyarrow.Table
        The release.
    reference : pyarrow.Table
        Records of people known not to be in the data, from the same population.
    names : tuple of str
        Columns that all three have.
    declared : mapping of str to Column
        The schema's columns.
    stream : Stream
        For whatever a score draws.
    """

    targets: pa.Table
    released: pa.Table
    reference: pa.Table
    names: tuple[str, ...]
    declared: Mapping[str, Column]
    stream: Stream

    def against(self, table: pa.Table) -> list[Compared]:
        """Return the targets' columns beside those of ``table``."""
        return compare(self.targets, table, self.names, self.declared)[0]

    def coded(self) -> Coded:
        """Return the columns of release, reference and targets as codes on one scale each."""
        columns = [(name, self.declared.get(name)) for name in self.names]
        return Coded.of([self.released, self.reference, self.targets], columns)


def distance(evidence: Evidence) -> Floats:
    """Return how much nearer the nearest released record is than the nearest reference record.

    The log ratio of the two Gower distances: an unusual person is far from everybody, in the data
    or not, so the plain distance to the closest record says little. An exact copy is at no distance.

    References
    ----------
    Chen, Yu, Zhang, Fritz (2020), GAN-Leaks, doi:10.1145/3372297.3417238, section 5.3.
    """
    people = evidence.targets.num_rows
    near, usual = (
        nearest(evidence.against(table), people, table.num_rows).distance.astype(np.float64)
        for table in (evidence.released, evidence.reference)
    )
    ratio: Floats = np.log(usual + TIE) - np.log(near + TIE)
    return ratio


def density(evidence: Evidence) -> Floats:
    """Return the log ratio of the release's density at the target to the population's (DOMIAS).

    Kernel estimates over Gower's distance, each as wide as makes held-out records of its own table
    likeliest: a generator that overfits puts too much around its members.

    References
    ----------
    van Breugel, Sun, Qian, van der Schaar (2023), Membership inference attacks against synthetic
    data through overfitting detection, https://proceedings.mlr.press/v206/breugel23a.html
    """
    return _density_ratio(evidence, _width(evidence, evidence.released))


def sharp_density(evidence: Evidence) -> Floats:
    """Return the same ratio with the release's density as sharp as finds exact copies.

    Stronger than ``density`` where records were copied as they are, weaker where they were changed.
    """
    return _density_ratio(evidence, SHARP)


def classifier(evidence: Evidence) -> Floats:
    """Return how surely a classifier takes the target for a released record and not a reference one.

    Gradient boosted trees on all columns, fitted to the release against the reference.

    References
    ----------
    Hayes, Melis, Danezis, De Cristofaro (2019), LOGAN, doi:10.2478/popets-2019-0008.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    released, reference, targets = (np.column_stack(table) for table in evidence.coded().tables)
    parts = [
        part[evidence.stream.at(name=name).sample(len(part), FITTED)]
        for name, part in (("released", released), ("reference", reference))
    ]
    kind = np.repeat([1, 0], [len(part) for part in parts])
    weight = len(kind) / (2 * np.bincount(kind, minlength=2)[kind])
    model = HistGradientBoostingClassifier(random_state=0, early_stopping=False)
    model.fit(np.concatenate(parts), kind, sample_weight=weight)
    surely: Floats = model.predict_proba(targets)[:, 1]
    return surely


def marginals(evidence: Evidence) -> Floats:
    """Return the log ratio of release to population in the marginals that a tree synthesiser keeps.

    MST keeps the two-way marginals along a tree of dependent columns, PrivBayes those and more, so what
    a record leaves behind is there: the tree of greatest mutual information is found in the release, and
    the density along it is compared with the reference's. Larger marginals are left to ``shadow-models``
    with ``judge="focal-points"``.

    References
    ----------
    Allard et al. (2024), SNAKE challenge: sanitization algorithms under attack,
    doi:10.1145/3583780.3614754. Golob, Pentyala, Maratkhan, De Cock (2024), Privacy
    vulnerabilities in marginals-based synthetic data, arXiv:2410.05506.
    """
    released, reference, targets = binned(evidence.coded())
    score = np.zeros(len(targets))
    degree = np.zeros(len(released.T), dtype=np.int64)
    for one, other in tree(released):
        degree[[one, other]] += 1
        score += _log_ratio(*(_joined(table, one, other) for table in (released, reference, targets)))
    for column, edges in enumerate(degree):
        if edges != 1:
            own = (table[:, column] for table in (released, reference, targets))
            score -= (edges - 1) * _log_ratio(*own)
    return score


def marginal_ratios(evidence: Evidence) -> Floats:
    """Return the log ratio of release to population in every marginal of up to three columns.

    Which of them a synthesiser keeps depends on its recipe, and shadow models tell.

    Returns
    -------
    array, shape (targets, marginals)
        At most ``MARGINALS`` of them: of many columns no three together.
    """
    tables = binned(evidence.coded())
    columns = tables[0].shape[1]
    sizes = [size for size in (1, 2, 3) if sum(comb(columns, at) for at in range(1, size + 1)) <= MARGINALS]
    kept = [list(one) for size in sizes or [1] for one in combinations(range(columns), size)]
    radix = BINS ** np.arange(max(map(len, kept)))
    ratios = [_log_ratio(*(table[:, one] @ radix[: len(one)] for table in tables)) for one in kept]
    return np.column_stack(ratios)


SCORES: dict[str, Callable[[Evidence], Floats]] = {
    "density": density,
    "sharp-density": sharp_density,
    "distance": distance,
    "classifier": classifier,
    "marginals": marginals,
}
"""Every score by name."""


def kernel_mass(columns: Sequence[Compared], people: int, rows: int, width: float) -> Floats:
    """Return the number of records near each person, each weighing exp(-distance / width).

    Examples
    --------
    >>> age = Compared(np.float32([0.1]), np.float32([0.1, 0.2]))
    >>> kernel_mass([age], 1, 2, 0.1).round(3)
    array([1.368])
    """
    mass = np.zeros(people)
    for start in range(0, people, PEOPLE):
        some = np.arange(start, min(start + PEOPLE, people))
        for first in range(0, rows, ROWS):
            apart = distances(columns, some, slice(first, min(first + ROWS, rows)))
            mass[some] += np.exp(apart * np.float32(-1 / width)).sum(axis=1, dtype=np.float64)
    return mass


def _density_ratio(evidence: Evidence, width: float) -> Floats:
    """Return the log ratio of densities with a kernel of ``width`` in the release."""
    people, released, reference = evidence.targets.num_rows, evidence.released, evidence.reference
    beside, usual = evidence.against(released), evidence.against(reference)
    usual_width = _width(evidence, reference)
    volumes = sum(_volume(column, width) - _volume(column, usual_width) for column in usual)
    expected = kernel_mass(usual, people, reference.num_rows, usual_width) * np.exp(volumes)
    expected *= released.num_rows / reference.num_rows
    found = kernel_mass(beside, people, released.num_rows, width)
    ratio: Floats = np.log(found + LEAST) - np.log(expected + LEAST)
    return ratio


def _width(evidence: Evidence, table: pa.Table) -> float:
    """Return the width under which held-out records of a table are likeliest.

    Half a record is spread evenly over all values: as so much mass near each, it would be the denser
    the narrower the kernel, and the narrowest would always win.
    """
    import pyarrow as pa

    rows = table.num_rows
    if rows < 2:
        return WIDTHS[0]
    held = evidence.stream.at(name="held out").sample(rows, min(TRIED, rows // 2))
    rest = np.ones(rows, dtype=bool)
    rest[held] = False
    kept = table.filter(pa.array(rest))
    columns, _ = compare(table.take(held), kept, evidence.names, evidence.declared)
    even = 0.5 * np.exp(-sum(_volume(column, np.inf) for column in columns))
    likely = []
    for width in WIDTHS:
        mass = kernel_mass(columns, len(held), kept.num_rows, width)
        volume = np.exp(sum(_volume(column, width) for column in columns))
        likely.append(np.log(mass / volume + even).mean())
    return WIDTHS[int(np.argmax(likely))]


def _volume(column: Compared, width: float) -> float:
    """Return the log of what one record's weight sums to over all values of a column."""
    if column.is_number and np.isinf(width):
        return 0.0
    if column.is_number:
        return float(np.log(2 * width - 2 * width**2 * (1 - np.exp(-1 / width))))
    values = max(int(column.known.max(initial=0)), int(column.released.max(initial=0))) + 1
    return float(np.log1p((values - 1) * np.exp(-1 / width)))


def binned(coded: Coded) -> list[NDArray[np.int64]]:
    """Return each table as codes below ``BINS``, one column per column, bins taken from the second table."""
    tables: list[list[NDArray[np.int64]]] = [[] for _ in coded.tables]
    for column, ordered in enumerate(coded.ordered):
        usual = coded.tables[1][column]
        place = np.zeros(coded.largest[column] + 1, dtype=np.int64)
        if ordered:
            known = usual[usual > 0]
            edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS)[1:-1])) if len(known) else known
            place[1:] = 1 + np.searchsorted(edges, np.arange(1, len(place)), side="right")
        else:
            counts = np.bincount(usual, minlength=len(place))
            common = np.argsort(-counts, kind="stable")[: BINS - 1]
            place[common] = np.arange(1, len(common) + 1)
        for table, into in zip(coded.tables, tables, strict=True):
            into.append(place[table[column]])
    return [np.column_stack(into) for into in tables]


def tree(table: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the pairs of columns that a tree of greatest mutual information joins.

    References
    ----------
    Chow and Liu (1968), doi:10.1109/TIT.1968.1054142.

    Examples
    --------
    >>> tree(np.array([[0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]]))
    [(0, 1), (0, 2)]
    """
    columns = table.shape[1]
    joined, pairs = {0}, []
    shared = {
        (one, other): _mutual_information(table[:, one], table[:, other])
        for one, other in combinations(range(columns), 2)
    }
    while len(joined) < columns:
        best = max(
            (pair for pair in shared if len(joined & set(pair)) == 1),
            key=lambda pair: (shared[pair], -sum(pair)),
        )
        joined.update(best)
        pairs.append(best)
    return pairs


def _mutual_information(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    both = np.bincount(one * BINS + other, minlength=BINS * BINS).reshape(BINS, BINS) / max(len(one), 1)
    apart = np.outer(both.sum(axis=1), both.sum(axis=0))
    held = both > 0
    return float((both[held] * np.log(both[held] / apart[held])).sum())


def _joined(table: NDArray[np.int64], one: int, other: int) -> NDArray[np.int64]:
    pair: NDArray[np.int64] = table[:, one] * BINS + table[:, other]
    return pair


def _log_ratio(
    released: NDArray[np.int64], reference: NDArray[np.int64], targets: NDArray[np.int64]
) -> Floats:
    """Return the log ratio of frequencies at each target, half a record added to either."""
    size = 1 + max(int(codes.max(initial=0)) for codes in (released, reference, targets))
    here = np.bincount(released, minlength=size)[targets] + 0.5
    usual = np.bincount(reference, minlength=size)[targets] * (len(released) / len(reference)) + 0.5
    ratio: Floats = np.log(here / usual)
    return ratio
