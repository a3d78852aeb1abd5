"""What one attack achieved: always the attack, the control, the baseline and the advantage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from attacks.advantage import Advantage
from exports.shares import Share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class AttackResult:
    """The outcome of one attack on one release.

    Parameters
    ----------
    name : str
        Registered name of the attack.
    attack : Share
        Successes among the guesses made about people in the release.
    control : Share or None
        The same about people who are not in it; None where that makes no sense.
    baseline : Share
        The best guess without the release.
    advantage : Advantage
        The headline.
    asked, made : int
        Guesses asked for and guesses really made.
    needed : int or None
        Targets that would be needed to see an advantage of 0.05.
    detectable : float or None
        Smallest advantage that this run could have seen; None when it could have seen none.
    seed : int or None
        Seed of the run.
    series : mapping
        Curves and tables beside the headline, by name: plain lists.
    timings : mapping
        What was measured by the clock on this machine; never part of a comparison of two runs.
    groups : mapping
        Results of each group of ``by=``; the worst one is ``worst_group``.
    secret : str or None
        The column that was to be learnt, where it is one.
    notes : tuple of str
        What a reader must know to read the numbers.

    Examples
    --------
    >>> from attacks.advantage import advantage
    >>> hit, miss = Share(30, 40, "estimated"), Share(20, 40, "estimated")
    >>> AttackResult("inference", hit, miss, miss, advantage(hit, miss, "control"), 40, 40)
    inference: 75.0 % [59.8, 85.8] (30 of 40); advantage 0.50 [0.09, 0.73] over control
    """

    name: str
    attack: Share
    control: Share | None
    baseline: Share
    advantage: Advantage
    asked: int
    made: int
    needed: int | None = None
    detectable: float | None = None
    seed: int | None = None
    series: Mapping[str, Any] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)
    groups: Mapping[str, AttackResult] = field(default_factory=dict)
    secret: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def worst_group(self) -> str | None:
        """The group with the largest advantage; None without groups."""
        known = {name: one.advantage.value for name, one in self.groups.items()}
        return max(
            (name for name, value in known.items() if value is not None),
            key=lambda name: known[name] or 0.0,
            default=None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return a plain object with the keys that pipelines rely on."""
        return {
            "name": self.name,
            "attack": self.attack.to_json(),
            "control": (self.control or Share(0, 0)).to_json(),
            "baseline": self.baseline.to_json(),
            "advantage": self.advantage.to_json(),
            "asked": self.asked,
            "made": self.made,
            "needed": self.needed,
            "detectable": self.detectable,
            "seed": self.seed,
            "series": dict(self.series),
            "timings": dict(self.timings),
            "groups": {name: group.to_json() for name, group in self.groups.items()},
            "worst_group": self.worst_group,
            "secret": self.secret,
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per number: attack, control, baseline."""
        import pandas as pd

        shares = {"attack": self.attack, "control": self.control, "baseline": self.baseline}
        return pd.DataFrame({name: one.to_json() for name, one in shares.items() if one is not None}).T

    def _repr_html_(self) -> str:
        table = self.to_frame().to_html()
        return f"<p>{escape(repr(self))}</p>{table}"

    def __repr__(self) -> str:
        about = "" if self.secret is None else f" of {self.secret!r}"
        if not self.made:
            return f"{self.name}{about}: could not be attacked, no guess was made"
        return f"{self.name}{about}: {self.attack}; {self.advantage}{self._failure()}"

    def _failure(self) -> str:
        """Say what a failed attack shows: nothing below the smallest advantage it could have seen."""
        if self.advantage.low is None or self.advantage.low > 0:
            return ""
        seen = (
            "it could not have seen any advantage"
            if self.detectable is None
            else f"the smallest advantage it could have seen is {self.detectable:.2f}"
        )
        return f"; no better than the {self.advantage.reference} at n={self.made:,}: {seen}"
