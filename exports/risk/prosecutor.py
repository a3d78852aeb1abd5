"""The chance that a row is linked to its person by an adversary who knows the quasi-identifiers."""

from __future__ import annotations

from dataclasses import dataclass

from exports.coding import Floats, Ints


@dataclass(frozen=True, slots=True)
class LinkRisk:
    """Risk over many rows or persons.

    Parameters
    ----------
    highest, mean : float or None
        Of the one most at risk, and over all; None when there is nobody.
    at_risk : int
        How many have a risk above ``threshold``.
    of : int
        Rows or persons.
    threshold : float
        Above which one counts as at risk.
    """

    highest: float | None
    mean: float | None
    at_risk: int
    of: int
    threshold: float


def prosecutor(sizes: Ints, times: Ints, *, threshold: float = 0.2) -> LinkRisk:
    """Return the risk from an adversary who knows that the person is in the table.

    It is one over the size of the class; for a person with several rows, of the smallest one.

    Parameters
    ----------
    sizes, times : array of int64
        Class sizes, and how many rows or persons are in a class of that size.
    threshold : float, default 0.2
        A row counts as at risk above this; 0.2 means fewer than five look alike.

    References
    ----------
    El Emam and Dankar (2008), doi:10.1197/jamia.M2716.

    Examples
    --------
    >>> import numpy as np
    >>> prosecutor(np.array([1, 3]), np.array([1, 3])).mean
    0.5
    """
    return link_risk(1.0 / sizes, times, threshold=threshold)


def link_risk(risk: Floats, times: Ints, *, threshold: float = 0.2) -> LinkRisk:
    """Return highest, mean and count above a threshold of risks that occur several times each."""
    total = int(times.sum())
    if not total:
        return LinkRisk(None, None, 0, 0, threshold)
    return LinkRisk(
        highest=float(risk[times > 0].max()),
        mean=float((risk * times).sum() / total),
        at_risk=int(times[risk > threshold].sum()),
        of=total,
        threshold=threshold,
    )
