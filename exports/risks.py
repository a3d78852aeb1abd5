"""The chance that a row is linked to its person: prosecutor, journalist and marketer risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exports.classes import Classes
from exports.diversity import Floats


@dataclass(frozen=True, slots=True)
class ProsecutorRisk:
    """Risk from an adversary who knows that the person is in the table.

    Parameters
    ----------
    highest, mean : float or None
        One over the class size: of the row most at risk, and the mean over rows.
    at_risk : int
        Rows whose risk exceeds ``threshold``.
    rows : int
        Rows of the table, or of the group.
    threshold : float
        Risk above which a row counts as at risk.

    References
    ----------
    El Emam and Dankar (2008), doi:10.1197/jamia.M2716.
    """

    highest: float | None
    mean: float | None
    at_risk: int
    rows: int
    threshold: float

    def to_json(self) -> dict[str, Any]:
        """Return the fields as one object."""
        return {
            "prosecutor_max": self.highest,
            "prosecutor_mean": self.mean,
            "at_risk": self.at_risk,
            "rows": self.rows,
            "threshold": self.threshold,
        }


def prosecutor(classes: Classes, *, threshold: float = 0.2, within: Floats | None = None) -> ProsecutorRisk:
    """Return the risk over all rows, or over the rows of a group.

    Parameters
    ----------
    classes : Classes
        Classes of the whole table; a group's rows keep the classes they have in it.
    threshold : float, default 0.2
        A row counts as at risk above this; 0.2 means fewer than five look alike.
    within : array of bool, optional
        Combinations that belong to the group.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes import classes_of
    >>> prosecutor(classes_of(pa.table({"zip": ["1", "1", "1", "2"]}), ["zip"])).mean
    0.5
    """
    rows = classes.combinations.counts if within is None else classes.combinations.counts * within
    risk = 1.0 / classes.sizes[classes.of]
    total = int(rows.sum())
    if not total:
        return ProsecutorRisk(None, None, 0, 0, threshold)
    return ProsecutorRisk(
        highest=float(risk[rows > 0].max()),
        mean=float((risk * rows).sum() / total),
        at_risk=int(rows[risk > threshold].sum()),
        rows=total,
        threshold=threshold,
    )
