"""Optimal full-domain anonymity: the levels that cost least among all that satisfy the conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from defenses.conditions.options import ClassOptions
from defenses.conditions.requirements import Requirements
from defenses.defense import Defense
from defenses.lattice.losses import LOSSES
from defenses.lattice.problem import hierarchies_of, problem_of
from defenses.lattice.search import optimum
from defenses.records.recoded import recoded
from exports.errors import LabError
from exports.release import Export, Kind, Release

LossName = Literal[
    "entropy",
    "entropy_of_rest",
    "loss",
    "loss_geometric",
    "precision",
    "discernibility",
    "average_class_size",
]


@dataclass(eq=False, repr=False)
class OptimalKAnonymity(ClassOptions, Defense):
    """Choose the levels of generalisation that cost least among all that satisfy what is asked.

    An adversary who knows the quasi-identifiers finds at least k candidates for every row that
    leaves, among whom the sensitive value is as diverse or as ordinary as asked. Every node of
    the lattice is searched or excluded by proof, so no other choice of levels costs less. It
    promises nothing about an adversary who knows sensitive values, or about two releases.

    Parameters
    ----------
    k, suppression, sensitive, l, diversity, c, t, distance, alpha, beta, enhanced, delta, k_map, \
significance, presence, population, average_risk, sample_uniques, population_uniques, estimator
        What every class must satisfy: see ``defenses.conditions.options.ClassOptions``.
    loss : str, default "loss"
        What to minimise: ``entropy`` (information lost by all rows; ``entropy_of_rest`` adds that
        of suppressed ones), ``loss`` or ``loss_geometric`` (mean share of the domain that a cell
        covers), ``precision`` (mean height), ``discernibility``, ``average_class_size``.

    References
    ----------
    Samarati (2001), doi:10.1109/69.971193; Kohlmayer et al. (2012),
    doi:10.1109/SocialCom-PASSAT.2012.52.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> schema = Schema({"zip": Column(Role.QUASI_IDENTIFIER, prefix=True)})
    >>> export = Export(pa.table({"zip": ["02139", "02138", "02151", "02152"]}), schema)
    >>> release = OptimalKAnonymity(k=2).fit_transform(export)
    >>> release.rows["zip"].to_pylist(), release.manifest["levels"], release.guarantee
    (['0213*', '0213*', '0215*', '0215*'], {'zip': 1}, k=2)
    """

    name: ClassVar[str] = "optimal-k-anonymity"
    produces: ClassVar[Kind] = "records"

    k: int = 5
    suppression: float = 0.0
    loss: LossName = "loss"

    def fit(self, export: Export) -> Self:
        """Search the lattice of ``export``; learns ``levels_``, ``loss_`` and ``hierarchies_``."""
        if self.loss not in LOSSES:
            raise LabError(f"loss is {self.loss!r} but must be one of {', '.join(LOSSES)}.")
        self.hierarchies_ = hierarchies_of(export, self.population)
        problem = problem_of(export, self._asked(), self.hierarchies_, narrow_first=self._narrow_first)
        lattice = problem.lattice()
        found = optimum(lattice, problem.judge(lattice), LOSSES[self.loss])
        if found is None:
            asked = ", ".join(f"{name}={value:g}" for name, value in self._asked().promises.items())
            raise LabError(
                f"None of the {lattice.nodes:,} nodes of the lattice satisfies {asked} with at most "
                f"{self.suppression:g} of the rows suppressed: ask for less or allow more."
            )
        self.levels_ = dict(zip(self.hierarchies_, found.node, strict=True))
        self.loss_ = found.loss
        return self

    def transform(self, export: Export) -> Release:
        """Return the rows at the levels found, every class checked on this very data."""
        return recoded(
            self,
            export,
            self._asked(),
            self.hierarchies_,
            self.levels_,
            narrow_first=self._narrow_first,
        )

    @property
    def _narrow_first(self) -> bool:
        return self.loss in {"loss", "loss_geometric"}

    def _asked(self) -> Requirements:
        return Requirements.of(self)
