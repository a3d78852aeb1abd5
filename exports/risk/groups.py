"""The risk of each group of people on its own: a mean over everybody hides the worst one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exports.classes.classes import Classes
from exports.coding import Floats
from exports.risk.prosecutor import LinkRisk, link_risk


@dataclass(frozen=True, slots=True)
class GroupRisk:
    """The risk of the rows of one group within the classes of the whole table.

    Parameters
    ----------
    value : object
        What the rows of the group share; None where it is missing.
    uniques : int
        Rows alone in their class.
    link : LinkRisk
        One over the size of the class, over the rows of the group.
    """

    value: Any
    uniques: int
    link: LinkRisk


def risk_by_group(classes: Classes, column: str, risk: Floats | None = None) -> tuple[GroupRisk, ...]:
    """Return the groups of a column, the one with the highest mean risk first.

    Parameters
    ----------
    classes : Classes
        With ``column`` among its combinations.
    column : str
        What divides people into groups.
    risk : array of float64, optional
        Risk of each combination; one over the size of its class by default.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.classes.classes import classes_of
    >>> table = pa.table({"zip": ["1", "1", "2", "1"], "brand": ["a", "a", "b", "b"]})
    >>> found = risk_by_group(classes_of(table, ["zip"], ["brand"]), "brand")
    >>> [(one.value, round(one.link.mean, 3), one.link.of) for one in found]
    [('b', 0.667, 2), ('a', 0.333, 2)]
    """
    coding = classes.combinations.columns[column]
    risk = 1.0 / classes.sizes[classes.of] if risk is None else risk
    alone = classes.sizes[classes.of] == 1
    found = []
    for code in np.unique(coding.codes):
        rows = np.where(coding.codes == code, classes.combinations.counts, 0)
        value = coding.values[int(code) - 1].as_py() if code else None
        found.append(GroupRisk(value, int(rows[alone].sum()), link_risk(risk, rows)))
    return tuple(sorted(found, key=lambda group: -(group.link.mean or 0.0)))
