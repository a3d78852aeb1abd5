"""What a release is still good for, one number each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from exports.errors import LabError
from exports.release import Release

if TYPE_CHECKING:
    from reidlab.bench.material import Prepared


def measure(name: str, data: Prepared, release: Release) -> tuple[str, float | None]:
    """Return why a utility does not apply, or its value.

    Parameters
    ----------
    name : str
        A key of ``UTILITIES``.
    data : Prepared
        What the defence was given, and the recipient's accounts.
    release : Release
        What it made of it.
    """
    kinds, function = UTILITIES[name]
    if release.kind not in kinds:
        return f"{name} is of {', '.join(sorted(kinds))}, and this release is {release.kind}", None
    return "", function(data, release)


def kept_rows(data: Prepared, release: Release) -> float:
    """Share of the export's rows that left in some form."""
    rows: int = data.export.table.num_rows
    if release.owner is None:
        return min(1.0, float(release.rows.num_rows / rows))
    owners = np.unique(release.owner[release.owner >= 0])
    return len(owners) / rows


def matched_reach(data: Prepared, release: Release) -> float:
    """Share of the export's people whom the platform can show an advertisement, rightly."""
    from attacks.account_match import AccountMatch
    from exports.release import Truth

    attack = AccountMatch(data.tables["accounts"])
    truth = Truth(data.truth.original, data.truth.control, release.owner)
    if release.rows.num_rows == 0:
        return 0.0
    people: int = data.export.table.num_rows
    return attack.run(release, truth, seed=0).attack.count / people


def margin_error(data: Prepared, release: Release) -> float:
    """Mean total variation distance of the columns' distributions from the export's."""
    from defenses.utility import record_utility

    return record_utility(data.export, release).margin_error


def two_way_error(data: Prepared, release: Release) -> float:
    """Mean total variation distance of pairs of columns from the export's."""
    from defenses.utility import record_utility

    return record_utility(data.export, release).two_way_error or 0.0


def synthetic_two_way_error(data: Prepared, release: Release) -> float:
    """Mean total variation distance of pairs of columns, between tables whose rows do not belong together."""
    import itertools

    import pyarrow as pa

    names = release.rows.column_names
    both = pa.concat_tables(
        [data.export.table.select(names).cast(release.rows.schema), release.rows]
    ).combine_chunks()
    rows = data.export.table.num_rows
    coded = [
        both[name].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy() + 1 for name in names
    ]
    distances = []
    for one, other in itertools.combinations(coded, 2):
        cells = one.astype(np.int64) * (int(other.max()) + 1) + other
        size = int(cells.max()) + 1
        parts = [np.bincount(part, minlength=size) / len(part) for part in (cells[:rows], cells[rows:])]
        distances.append(np.abs(parts[0] - parts[1]).sum() / 2)
    return float(np.mean(distances)) if distances else 0.0


def count_error(data: Prepared, release: Release) -> float:
    """Mean distance of the released counts from the true ones, in people."""
    import duckdb

    if release.table is None:
        raise LabError("These counts are answered one by one: there is no table to compare.")
    names = [name for name in release.table.column_names if name != "count"]
    keys = ", ".join(f'"{name}"' for name in names)
    with duckdb.connect() as connection:
        connection.register("released", release.table)
        connection.register("original", data.export.table)
        found = connection.sql(
            f"with truth as (select {keys}, count(*) as people from original group by all) "
            f"select avg(abs(count - coalesce(people, 0))) from released left join truth using ({keys})"
        ).fetchall()
    return float(found[0][0] or 0.0)


UTILITIES: Mapping[str, tuple[frozenset[str], Callable[[Prepared, Release], float]]] = {
    "kept-rows": (frozenset({"records", "tokens"}), kept_rows),
    "matched-reach": (frozenset({"tokens"}), matched_reach),
    "margin-error": (frozenset({"records"}), margin_error),
    "two-way-error": (frozenset({"records"}), two_way_error),
    "count-error": (frozenset({"counts"}), count_error),
    "synthetic-two-way-error": (frozenset({"synthetic"}), synthetic_two_way_error),
}
"""Name -> the kinds of release it is defined on, and how it is measured."""
