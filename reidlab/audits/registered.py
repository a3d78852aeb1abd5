"""Registered private defences, set up for the audit of their whole releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from defenses import find
from exports.schema import Column, Role, Schema

_ABC = Column(Role.SENSITIVE, domain=("a", "b", "c", "d"))
_YES = Column(Role.QUASI_IDENTIFIER, domain=("no", "yes"))
_VISITS = Column(Role.QUASI_IDENTIFIER, bounds=(0, 5))
_SEVERAL = Schema({"x": _ABC, "seen": _YES, "visits": _VISITS}, person="who", max_rows_per_person=2)
_FREE = Schema({"site": Column(Role.INSENSITIVE)}, person="who", max_rows_per_person=2)
_TWO = Schema({"seen": _YES, "visits": _VISITS}, person="who", max_rows_per_person=1)


@dataclass(frozen=True, slots=True)
class SetUp:
    """How a registered defence is set up for its audit.

    Parameters
    ----------
    defence : str
        Registered name.
    schema : Schema
        Of the tables that it takes.
    options : mapping
        Its parameters.
    """

    defence: str
    schema: Schema
    options: Mapping[str, Any] = field(default_factory=dict)

    def maker(self, seed: int | None) -> Callable[[], Any]:
        """Return what makes a new object each time, with another seed each, or none."""
        numbers = count(0 if seed is None else seed * 10**9)
        made = find(self.defence)
        return lambda: made(**self.options, seed=None if seed is None else next(numbers))


SET_UPS: Mapping[str, SetUp] = {
    "aim": SetUp("aim", _TWO, {"epsilon": 4, "delta": 1e-3, "rounds": 1}),
    "dp-histogram": SetUp("dp-histogram", _SEVERAL, {"columns": "x", "epsilon": 1}),
    "dp-histogram (gaussian)": SetUp(
        "dp-histogram",
        _SEVERAL,
        {"columns": "x,visits", "epsilon": 2, "delta": 1e-6, "mechanism": "gaussian"},
    ),
    "dp-histogram (replace)": SetUp(
        "dp-histogram", _SEVERAL, {"columns": "visits", "epsilon": 1, "neighbours": "replace"}
    ),
    "dp-keys": SetUp("dp-keys", _FREE, {"column": "site", "epsilon": 1, "delta": 1e-3}),
    "dp-logistic": SetUp("dp-logistic", _TWO, {"target": "seen", "epsilon": 2, "delta": 1e-6, "steps": 5}),
    "dp-margins": SetUp("dp-margins", _SEVERAL, {"columns": "x,seen,visits", "epsilon": 1}),
    "independent-margins": SetUp("independent-margins", _SEVERAL, {"epsilon": 2, "delta": 1e-3}),
    "mst": SetUp("mst", _SEVERAL, {"epsilon": 4, "delta": 1e-3}),
    "noisy-max": SetUp("noisy-max", _SEVERAL, {"column": "x", "epsilon": 1}),
    "noisy-size": SetUp("noisy-size", _SEVERAL, {"epsilon": 1, "budget": 1}),
    "noisy-size (by)": SetUp("noisy-size", _TWO, {"epsilon": "0.5", "budget": 6, "by": "visits"}),
    "privbayes": SetUp("privbayes", _SEVERAL, {"epsilon": 4, "delta": 1e-3}),
}
"""By name of the audit; decoys need a pool, and local answers leave the other columns in clear."""
