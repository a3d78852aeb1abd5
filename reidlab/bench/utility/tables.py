"""How far tables and counts are from the export that they stand for."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa

from exports.queries import Condition, CountQuery, exact_counts
from exports.release import Release
from reidlab.bench.materials.prepared import Prepared
from reidlab.bench.utility.distances import joint_shares, total_variation
from reidlab.bench.utility.records import margin_errors, record_utility


def kept_rows(data: Prepared, release: Release) -> float:
    """Share of the export's rows that left in some form."""
    rows: int = data.export.table.num_rows
    if release.owner is None:
        return min(1.0, float(release.rows.num_rows / rows))
    owners = np.unique(release.owner[release.owner >= 0])
    return len(owners) / rows


def margin_error(data: Prepared, release: Release) -> float:
    """Mean total variation distance of the columns' distributions from the export's."""
    return float(np.mean(list(margin_errors(data.export, release).values())))


def two_way_error(data: Prepared, release: Release) -> float:
    """Mean total variation distance of pairs of columns from the export's; a generalised value is spread."""
    if release.kind == "records":
        return record_utility(data.export, release).two_way_error or 0.0
    schema = data.export.schema
    wanted = (*schema.quasi_identifiers, *schema.sensitive)
    names = [name for name in wanted if name in release.rows.column_names]
    both = pa.concat_tables(
        [data.export.table.select(names).cast(release.rows.select(names).schema), release.rows.select(names)]
    ).combine_chunks()
    rows = data.export.table.num_rows
    coded = [
        both[name].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy().astype(np.int64) + 1
        for name in names
    ]
    distances = []
    for one, other in itertools.combinations(coded, 2):
        width = int(other.max()) + 1
        cells = int((one * width + other).max()) + 1
        sides = (slice(None, rows), slice(rows, None))
        before, after = (joint_shares(one[side], other[side], width, cells) for side in sides)
        distances.append(total_variation(before, after))
    return float(np.mean(distances)) if distances else 0.0


def count_error(data: Prepared, release: Release) -> float:
    """Mean distance of the released counts from the true ones, in people."""
    import duckdb

    names = [name for name in release.rows.column_names if name != "count"]
    keys = ", ".join(f'"{name}"' for name in names)
    with duckdb.connect() as connection:
        connection.register("released", release.rows)
        connection.register("original", data.export.table)
        found = connection.sql(
            f"with truth as (select {keys}, count(*) as people from original group by all) "
            f"select avg(abs(count - coalesce(people, 0))) from released left join truth using ({keys})"
        ).fetchall()
    return float(found[0][0] or 0.0)


def size_error(data: Prepared, release: Release) -> float:
    """Mean relative distance of the sizes shown for each sensitive value from the true ones."""
    assert release.ask is not None
    exact = exact_counts(data.export).ask
    assert exact is not None
    name = data.export.schema.sensitive[0]
    queries = [
        CountQuery((Condition(name, [value]),)) for value in data.export.table[name].unique().to_pylist()
    ]
    true = [exact(query) for query in queries]
    shown = [release.ask(query) for query in queries]
    return float(np.mean([abs(told - size) / size for told, size in zip(shown, true, strict=True)]))
