"""Sequential trees: each column drawn from people whose other columns look alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from defenses.defense import Defense
from defenses.synthetic.plain_synthesis import once_each, ranks, synthesised_columns, wanted_rows
from defenses.synthetic.private_synthesis import synthetic
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export, Guarantee, Kind, Release

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SequentialTrees(Defense):
    """Publish rows made column by column: a tree finds similar people, one of them lends the value.

    The usual way of statistical offices (synthpop). Relations are kept well, whole rows of rare
    people too now and then: a leaf with few people lends exactly their values. With a person
    column each person's first ``max_rows_per_person`` rows count. It promises nothing.

    Parameters
    ----------
    columns : sequence of str, str or None
        Columns in the order in which they are drawn; default all but identifiers and tokens.
    min_leaf : int, default 5
        Fewest people in a leaf.
    rows : int or None
        Rows to publish; default as many as there are.
    seed : int or None
        Of the draw.

    References
    ----------
    Nowok, Raab and Dibben (2016), doi:10.18637/jss.v074.i11; Reiter (2005), Using CART to generate
    partially synthetic public use microdata, Journal of Official Statistics 21.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> age = np.arange(18, 90)
    >>> table = pa.table({"age": age, "old": age > 60})
    >>> export = Export(table, Schema.of(quasi_identifier=["age", "old"]))
    >>> rows = SequentialTrees(seed=1).transform(export).rows
    >>> sum((age > 60) == old for age, old in zip(*rows.to_pydict().values(), strict=True))
    72
    """

    name: ClassVar[str] = "sequential-trees"
    produces: ClassVar[Kind] = "synthetic"

    def __init__(
        self,
        columns: Sequence[str] | str | None = None,
        min_leaf: int = 5,
        rows: int | None = None,
        seed: int | None = None,
    ) -> None:
        self.columns = columns
        self.min_leaf = min_leaf
        self.rows = rows
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the synthetic rows."""
        import pyarrow as pa

        export = once_each(export, self)
        names = synthesised_columns(export, self.columns)
        if self.min_leaf < 1:
            raise LabError(f"min_leaf is {self.min_leaf} but must be at least 1.")
        rows = wanted_rows(export, self.rows)
        stream = Stream(self.seed or 0, "defence", self.name)
        ranked = [ranks(export.table[name]) for name in names]
        first = stream.at(name=names[0]).integers(rows, export.table.num_rows)
        known, made = [ranked[0][0]], [ranked[0][0][first]]
        for name, (rank, _, distinct) in zip(names[1:], ranked[1:], strict=True):
            nominal = pa.types.is_string(distinct.type) or pa.types.is_boolean(distinct.type)
            made.append(self._column(known, made, rank, nominal, stream.at(name=name)))
            known.append(rank)
        columns = [one[2].take(pa.array(code)) for one, code in zip(ranked, made, strict=True)]
        return synthetic(self, pa.table(columns, names=names), export.schema, Guarantee())

    def _column(
        self,
        known: Sequence[NDArray[np.int64]],
        made: Sequence[NDArray[np.int64]],
        rank: NDArray[np.int64],
        nominal: bool,
        stream: Stream,
    ) -> NDArray[np.int64]:
        """Return ranks for the synthetic rows, each lent by a random person of the row's leaf."""
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        kind = DecisionTreeClassifier if nominal else DecisionTreeRegressor
        tree = kind(min_samples_leaf=self.min_leaf, random_state=0)
        features = np.column_stack(known).astype(np.float32)
        leaves = tree.fit(features, rank).apply(features)
        order = np.argsort(leaves, kind="stable")
        sizes = np.bincount(leaves)
        starts = np.cumsum(sizes) - sizes
        leaf = tree.apply(np.column_stack(made).astype(np.float32))
        lender = order[starts[leaf] + stream.integers(len(leaf), sizes[leaf])]
        lent: NDArray[np.int64] = rank[lender]
        return lent
