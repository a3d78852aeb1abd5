"""Several tables of counts at once, noisy and yet in agreement wherever they overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from defenses.columns import listed
from defenses.dp.budget import Cost, exact, exact_delta, rho_of_epsilon
from defenses.dp.cell_counts import cell_counts, contribution_limit, sum_of_cells
from defenses.dp.consistent_margins import Clique, consistent
from defenses.dp.curator import Curated
from defenses.dp.noise import Gaussian, Laplace, add_noise
from defenses.released import stated
from exports.domain import Domain
from exports.errors import LabError
from exports.queries import CountQuery
from exports.release import Export, Kind, Release

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exports.randomness import Stream


@dataclass(eq=False, repr=False)
class DpMargins(Curated):
    """Publish the counts of several sets of columns, with noise, made consistent afterwards.

    Against the same reader as ``dp-histogram``. A person counts in every table, so the noise grows
    with their number; in return, tables that share columns are averaged where they overlap, and
    sums that should agree do agree. Averaging uses published numbers only and costs nothing.

    Parameters
    ----------
    columns : sequence of str or str
        Columns with declared domains; one text may hold several.
    order : int, default 2
        All sets of so many of the columns are counted.
    epsilon : float or str
        For all tables together.
    delta : float or str, default 0
        Above 0 for Gaussian noise, which suits many tables better.
    max_contributions, neighbours, ledger, dataset, budget, seed
        As for ``dp-histogram``.

    References
    ----------
    Barak, Chaudhuri, Dwork, Kale, McSherry and Talwar (2007), doi:10.1145/1265530.1265569; Qardaji,
    Yang and Li (2014), doi:10.1145/2588555.2588575.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Column, Role, Schema
    >>> yes_no = {name: Column(Role.QUASI_IDENTIFIER, domain=("no", "yes")) for name in "abc"}
    >>> export = Export(pa.table({name: ["yes"] * 80 for name in "abc"}), Schema(yes_no))
    >>> release = DpMargins("a,b,c", epsilon=1, delta=1e-9, seed=1).transform(export)
    >>> release.rows.num_rows
    12
    """

    name: ClassVar[str] = "dp-margins"
    produces: ClassVar[Kind] = "counts"

    columns: Sequence[str] | str
    epsilon: float | str
    _: KW_ONLY
    order: int = 2
    delta: float | str = 0

    def transform(self, export: Export) -> Release:
        """Return the tables below one another, and an oracle that answers from the smallest that can."""
        columns = listed(self.columns)
        if not 1 <= self.order <= len(columns):
            raise LabError(
                f"order is {self.order} but must lie between 1 and {len(columns)}, the columns given."
            )
        domains = {clique: Domain.of(export.schema, clique) for clique in combinations(columns, self.order)}
        limit = contribution_limit(export, self.max_contributions)
        distance = self.distance(limit)
        epsilon, delta = exact(self.epsilon), exact_delta(self.delta)
        promises = {"epsilon": float(epsilon)}
        noise: Laplace | Gaussian
        if delta:
            squared = len(domains) * self.squared(limit)
            noise = Gaussian.of(rho_of_epsilon(epsilon, delta), squared)
            cost = Cost(None, noise.rho(squared), losses=noise.losses(squared))
            promises["delta"] = float(delta)
        else:
            noise, cost = Laplace(len(domains) * distance / epsilon), Cost.pure(epsilon)
        curator = self.curator(export)
        query = {
            "defence": self.name,
            "margins": [[clique, domain.values] for clique, domain in domains.items()],
            "noise": str(noise),
            "rows per person": limit,
        }

        def draw(stream: Stream | None) -> list[list[int]]:
            exact_counts = [cell_counts(export, domain, limit) for domain in domains.values()]
            ends = np.cumsum([len(counts) for counts in exact_counts])[:-1]
            noisy = add_noise(np.concatenate(exact_counts), noise, stream)
            return [part.tolist() for part in np.split(noisy, ends)]

        drawn = curator.answer(query, cost, draw, [domain.stated() for domain in domains.values()])
        tables = consistent(
            {
                clique: np.array(counts, dtype=np.float64).reshape(domain.sizes)
                for (clique, domain), counts in zip(domains.items(), drawn, strict=True)
            }
        )
        return Release(
            "counts",
            export.schema,
            curator.guarantee(promises, limit),
            table=_long_table(domains, tables, columns),
            ask=lambda query: _answer(query, domains, tables),
            private=self.seed is None,
            manifest={"defense": self.name, "parameters": stated(self), "noise": str(noise)},
        )


def _answer(
    query: CountQuery, domains: Mapping[Clique, Domain], tables: Mapping[Clique, NDArray[np.float64]]
) -> int:
    fitting = [clique for clique in domains if set(query.columns) <= set(clique)]
    if not fitting:
        raise LabError(f"No released table has {', '.join(sorted(set(query.columns)))} together.")
    clique = min(fitting, key=lambda clique: prod(domains[clique].sizes))
    return sum_of_cells(query, domains[clique], tables[clique].reshape(-1))


def _long_table(
    domains: Mapping[Clique, Domain], tables: Mapping[Clique, NDArray[np.float64]], columns: Sequence[str]
) -> pa.Table:
    """Return one row per cell of every table; a column that a table lacks is null in its rows."""
    import pyarrow as pa

    parts = []
    for clique, domain in domains.items():
        codes = np.unravel_index(np.arange(prod(domain.sizes)), domain.sizes)
        rows = domain.decode([code.astype(np.int32) for code in codes], as_texts=True)
        rows = rows.append_column("margin", pa.repeat(",".join(clique), rows.num_rows))
        rows = rows.append_column("count", [tables[clique].reshape(-1)])
        missing = pa.nulls(rows.num_rows, pa.string())
        wanted = ["margin", *columns, "count"]
        parts.append(pa.table([rows[n] if n in rows.column_names else missing for n in wanted], names=wanted))
    return pa.concat_tables(parts)
