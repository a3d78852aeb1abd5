"""What a class gives away about a sensitive value: distinct, entropy and recursive l-diversity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exports.classes.classes import Classes
from exports.coding import Floats, Ints
from exports.keys import sums

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Cells:
    """How often each value of a sensitive column occurs in each class.

    Only values that occur have a cell; the cells of a class lie side by side.

    Parameters
    ----------
    of : array of int64
        Class of each cell, in increasing order.
    codes : array of int64
        Code of the value; 0 is the missing value, a value of its own.
    weights : array of int64 or float64
        Rows, or mass of persons.
    starts : array of int64
        First cell of each class.
    totals : array
        Weight of each class.
    values : pyarrow.Array
        The value of code i + 1.
    """

    of: Ints
    codes: Ints
    weights: NDArray[Any]
    starts: Ints
    totals: NDArray[Any]
    values: pa.Array

    def shares(self) -> Floats:
        """Return the share of each cell in its class."""
        shares: Floats = self.weights / self.totals[self.of]
        return shares

    def summed(self, terms: NDArray[Any]) -> Floats:
        """Return the sum over the cells of each class of one term per cell."""
        total: Floats = np.add.reduceat(terms, self.starts) if len(terms) else np.zeros(0)
        return total

    def greatest(self, terms: NDArray[Any]) -> Floats:
        """Return the greatest over the cells of each class of one term per cell."""
        greatest: Floats = np.maximum.reduceat(terms, self.starts) if len(terms) else np.zeros(0)
        return greatest


def cells_of(classes: Classes, sensitive: str) -> Cells:
    """Count the values of one sensitive column in every class."""
    column = classes.combinations.columns[sensitive]
    keys, weights = sums(classes.of * column.radix + column.codes, classes.weights)
    of = keys // column.radix
    starts = np.searchsorted(of, np.arange(len(classes)))
    totals = np.add.reduceat(weights, starts) if len(of) else weights
    return Cells(of, keys % column.radix, weights, starts, totals, column.values)


def distinct_l(cells: Cells) -> Ints:
    """Return the number of different sensitive values in each class.

    References
    ----------
    Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.classes import classes_of
    >>> table = pa.table({"zip": ["1", "1", "1", "2"], "illness": ["flu", "flu", "cold", "flu"]})
    >>> distinct_l(cells_of(classes_of(table, ["zip"], ["illness"]), "illness"))
    array([2, 1])
    """
    return np.diff(cells.starts, append=len(cells.of))


def entropy_l(cells: Cells) -> Floats:
    """Return, per class, the number of equally frequent values that has the same entropy.

    A table is entropy l-diverse when this is at least l in every class.

    References
    ----------
    Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302.
    """
    shares = cells.shares()
    return np.exp(-cells.summed(shares * np.log(shares)))


def recursive_c(cells: Cells, l: int) -> Floats:  # noqa: E741
    """Return, per class, how many times the commonest value outweighs the tail from the l-th on.

    A table is recursively (c, l)-diverse when this is below c in every class; a class with
    fewer than l values has infinity.

    References
    ----------
    Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302.
    """
    order = np.lexsort((-cells.weights, cells.of))
    weights = cells.weights[order]
    position = np.arange(len(weights)) - cells.starts[cells.of]
    tail = cells.summed(np.where(position >= l - 1, weights, 0))
    first = weights[cells.starts].astype(np.float64)
    ratios: Floats = np.divide(first, tail, out=np.full(len(first), np.inf), where=tail > 0)
    return ratios


def alpha(cells: Cells) -> Floats:
    """Return the share of the commonest sensitive value in each class, alpha of (alpha, k).

    References
    ----------
    Wong et al. (2006), doi:10.1145/1150402.1150499.
    """
    return cells.greatest(cells.shares())
