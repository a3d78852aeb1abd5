"""Minimality: that a class was generalised at all says that a part of it would have broken the rule."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from exports.coding import as_text
from exports.keys import row_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa


CASES = 300
"""Cases of a class above which its placements are not counted."""


@dataclass(frozen=True, slots=True)
class Minimality:
    """Somebody knows the defence's recipe: it generalises only where a group has too many cases.

    She holds a register of who is in the release, hence the groups that one step less of generalisation
    would have left, and the rule (a secret is shared by at most one in ``l``). Where a class was
    formed, one of its groups broke the rule; she says "yes" of everybody whose chance is now above
    1/l, and succeeds when that is so: the promise was that no chance would be above 1/l.

    Parameters
    ----------
    finer : pyarrow.Table
        The quasi-identifiers of the released people one step less generalised: one row per released
        record, in its order (the register tells who they are, not whose secret is which).
    secret : str, optional
        Column of the secret; by default the schema's first sensitive one.
    positive : str, optional
        Value of it that must not be inferred; by default the rarest.
    l : int, optional
        The rule: at most one in ``l``; by default the release's promise ``l``.
    by : str, optional
        Column of the original by which groups are reported; needs the truth's owner.

    Notes
    -----
    Placements of a class's cases on its people are equally likely beforehand; those in which no group
    breaks the rule are ruled out. ``baseline``: the same people, each called a case with the
    class's own share. ``series["chances"]``: people by their chance in excess of the promise.

    References
    ----------
    Wong, Fu, Wang, Pei (2007), Minimality attack in privacy preserving data publishing,
    https://www.vldb.org/conf/2007/papers/research/p543-wong.pdf

    Examples
    --------
    >>> posteriors([2, 4], 2, 2)
    [1.0, 0.0]
    """

    name: ClassVar[str] = "minimality"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"records"})
    needs: ClassVar[frozenset[str]] = frozenset({"register", "sensitive"})
    population: ClassVar[str] = "finer"

    finer: pa.Table | None = None
    secret: str | None = None
    positive: str | None = None
    l: int | None = None  # noqa: E741 - the literature's name
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why the groups within a class, or the rule, are not known."""
        reason = inapplicable(self, release, truth)
        if reason and not (self.secret and "sensitive" in reason):
            return reason
        if self.finer is None or self.finer.num_rows != release.rows.num_rows:
            return f"{self.name} needs the finer quasi-identifiers of each released record: give one row each"
        if not self._columns(release):
            return f"{self.name} needs a quasi-identifier that the release and the finer table share"
        if (self._l(release) or 0) < 2:
            return f"{self.name} needs the rule: give l of at least 2"
        return None

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Call people cases whose chance is above the promise.

        Raises
        ------
        LabError
            When the finer table or the rule is not given.
        """
        require(self, release, truth)
        assert self.finer is not None
        limit = self._l(release) or 2
        names = self._columns(release)
        (classes,) = row_codes(release.rows.select(names))
        (groups,) = row_codes(self.finer.select(names))
        column = release.rows[self._secret(release)]
        secret = as_text(column).to_numpy(zero_copy_only=False)
        case = secret == (self.positive or _rarest(secret))
        pairs, group_of = np.unique(np.column_stack([classes, groups]), axis=0, return_inverse=True)
        sizes = np.bincount(group_of, minlength=len(pairs))
        cases = np.bincount(classes, weights=case, minlength=int(classes.max(initial=-1)) + 1)
        share = cases / np.maximum(np.bincount(classes), 1)
        chance = share[pairs[:, 0]]
        for mine in np.split(np.arange(len(pairs)), np.flatnonzero(np.diff(pairs[:, 0])) + 1):
            one = int(cases[pairs[mine[0], 0]]) if len(mine) else 0
            if len(mine) > 1 and one <= CASES:
                chance[mine] = posteriors(sizes[mine].tolist(), one, limit)
        large = int(np.count_nonzero(cases > CASES))
        own = chance[group_of]
        called = own > 1 / limit + 1e-9
        lots = Stream(seed, "attack", f"{self.name}/baseline").uniforms(int(called.sum()))
        return scored(
            self.name,
            Guesses(
                case[called],
                people=classes[called],
                groups=labels(
                    truth, None if truth.owner is None else np.asarray(truth.owner)[called], self.by
                ),
            ),
            baseline=lots < share[classes[called]],
            asked=release.rows.num_rows,
            seed=seed,
            series={
                "chances": {
                    "promised": 1 / limit,
                    "above": int(called.sum()),
                    "of": len(own),
                    "greatest": float(own.max(initial=0.0)),
                }
            },
            notes=(f"{large:,} classes with more than {CASES} cases were left at their share",)
            if large
            else (),
        )

    def _secret(self, release: Release) -> str:
        return self.secret or release.schema.sensitive[0]

    def _columns(self, release: Release) -> list[str]:
        """Return the columns by which classes were formed: what she holds beside them is no group's."""
        assert self.finer is not None
        shared = [name for name in self.finer.column_names if name in release.rows.column_names]
        facts = [name for name in shared if name in release.schema.quasi_identifiers]
        return facts or [
            name for name in shared if name not in (self._secret(release), release.schema.person)
        ]

    def _l(self, release: Release) -> int | None:
        promised = release.guarantee.promises.get("l")
        return self.l if self.l is not None or promised is None else int(promised)


def posteriors(groups: list[int], cases: int, limit: int) -> list[float]:
    """Return each group's expected share of cases, given that a group broke the rule.

    Parameters
    ----------
    groups : list of int
        Sizes of the groups that a class was formed of.
    cases : int
        Cases in the class.
    limit : int
        At most one in so many may be a case.

    Returns
    -------
    list of float
        One share per group; the class's own where it has one group, or where no placement breaks
        the rule (then the recipe was another one).

    Examples
    --------
    >>> posteriors([5, 5], 1, 2)
    [0.1, 0.1]
    """
    people = sum(groups)
    every = comb(people, cases)
    kept = [[comb(size, j) if j * limit <= size else 0 for j in range(size + 1)] for size in groups]
    broken = every - _placements(kept, cases)
    if len(groups) == 1 or not broken:
        return [cases / people] * len(groups)
    found = []
    for at, size in enumerate(groups):
        others = _polynomial([one for place, one in enumerate(kept) if place != at], cases)
        obeying = sum(j * kept[at][j] * others[cases - j] for j in range(min(size, cases) + 1))
        # the mean over all placements of j cases in this group is size * cases / people
        found.append((every * size * cases / people - obeying) / (broken * size))
    return found


def _placements(groups: list[list[int]], cases: int) -> int:
    return _polynomial(groups, cases)[cases]


def _polynomial(factors: list[list[int]], degree: int) -> list[int]:
    """Return the coefficients of a product of polynomials up to a degree, as exact integers."""
    product = [1] + [0] * degree
    for factor in factors:
        product = [
            sum(factor[j] * product[total - j] for j in range(min(len(factor) - 1, total) + 1))
            for total in range(degree + 1)
        ]
    return product


def _rarest(values: NDArray[Any]) -> str | None:
    found, counts = np.unique(values.astype(str), return_counts=True)
    return str(found[int(np.argmin(counts))]) if len(found) else None
