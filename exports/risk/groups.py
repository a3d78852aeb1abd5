"""The risk of each group of people on its own: a mean over everybody hides the worst one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exports.classes.classes import Classes
from exports.classes.persons import best_of
from exports.coding import Floats
from exports.risk.prosecutor import LinkRisk, link_risk


@dataclass(frozen=True, slots=True)
class GroupRisk:
    """The risk of the people of one group within the classes of the whole table.

    Parameters
    ----------
    value : object
        What the people of the group share; None where it is missing.
    uniques : int
        People alone in one of their classes.
    link : LinkRisk
        One over the size of the class, over the people of the group: of several classes the smallest.
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
    whose = None if classes.person is None else classes.combinations.columns[classes.person].codes
    for code in np.unique(coding.codes):
        mine = coding.codes == code
        value = coding.values[int(code) - 1].as_py() if code else None
        if whose is None:
            rows = np.where(mine, classes.combinations.counts, 0)
            found.append(GroupRisk(value, int(rows[alone].sum()), link_risk(risk, rows)))
        else:
            most = best_of(whose[mine], risk[mine])
            lone = best_of(whose[mine], alone[mine].astype(np.float64))
            found.append(GroupRisk(value, int(lone.sum()), link_risk(most, np.ones(len(most), np.int64))))
    return tuple(sorted(found, key=lambda group: -(group.link.mean or 0.0)))
