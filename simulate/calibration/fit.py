"""Address reuse fitted alone to a published match, and how far each assumption moves the fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exports.errors import LabError
from simulate.calibration.expectation import Cells, Values, expected_match
from simulate.case import Case, Target
from simulate.platforms.reach import reach_table
from simulate.world import Parameter, World

FITTED = "address_reuse"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The fitted value when one assumed parameter stands at either end of its range."""

    parameter: str
    at_low: float | None
    at_high: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Address reuse fitted to a published match with all else at its central value.

    Parameters
    ----------
    address_reuse : float
        The fitted value.
    surveyed : float
        The value that a survey gives, which the fit does not use.
    expected_at_surveyed : float
        Match expected with the surveyed value and nothing fitted.
    target : float
        Match aimed at.
    sensitivity : tuple of Sensitivity
        One entry per assumed parameter; None where no reuse between 0 and 1 reaches the target.
    """

    platform: str
    address_reuse: float
    surveyed: float
    expected_at_surveyed: float
    target: float
    sensitivity: tuple[Sensitivity, ...]

    def __repr__(self) -> str:
        return (
            f"address reuse {self.address_reuse:.3f} fits the match of {100 * self.target:.1f} % at "
            f"{self.platform}; the surveyed {self.surveyed:.2f} gives {100 * self.expected_at_surveyed:.1f} %"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys ``address_reuse, target`` and what surrounds them."""
        return {
            "address_reuse": self.address_reuse,
            "target": self.target,
            "platform": self.platform,
            "surveyed": self.surveyed,
            "expected_at_surveyed": self.expected_at_surveyed,
            "sensitivity": {
                entry.parameter: {
                    "range": [entry.low, entry.high],
                    "address_reuse": [entry.at_low, entry.at_high],
                }
                for entry in self.sensitivity
            },
        }


def calibrate(case: Case, world: World, cells: Cells) -> Calibration | None:
    """Fit address reuse to the published match of a case; None when none is published.

    Parameters
    ----------
    case : Case
        Its target and parameters.
    world : World
        Platforms and residents.
    cells : Cells
        The visitors of the case, counted for the target's platform.

    Raises
    ------
    LabError
        When no reuse between 0 and 1 reaches the target.
    """
    if case.target is None:
        return None
    target, values = case.target, {name: entry.value for name, entry in case.parameters.items()}
    fitted = _fit(target, world, cells, values)
    if fitted is None:
        raise LabError(
            f"No address reuse between 0 and 1 gives the match of {100 * target.share:.1f} % at "
            f"{target.platform}: correct the target or the parameters of case {case.name}."
        )
    assumed = {name: entry for name, entry in case.parameters.items() if name != FITTED}
    return Calibration(
        platform=target.platform,
        address_reuse=fitted,
        surveyed=values[FITTED],
        expected_at_surveyed=_expected(target, world, cells, values),
        target=target.share,
        sensitivity=tuple(
            _sensitivity(name, entry, target, world, cells, values) for name, entry in assumed.items()
        ),
    )


def _sensitivity(
    name: str, entry: Parameter, target: Target, world: World, cells: Cells, values: Mapping[str, float]
) -> Sensitivity:
    at_low, at_high = (_fit(target, world, cells, {**values, name: end}) for end in (entry.low, entry.high))
    return Sensitivity(name, at_low, at_high, entry.low, entry.high)


def _fit(target: Target, world: World, cells: Cells, values: Mapping[str, float]) -> float | None:
    """Solve for the reuse, in which the expected match is linear; None when none reaches the target."""
    none, all_ = (_expected(target, world, cells, {**values, FITTED: reuse}) for reuse in (0.0, 1.0))
    if not none <= target.share <= all_ or none == all_:
        return None
    return (target.share - none) / (all_ - none)


def _expected(target: Target, world: World, cells: Cells, values: Values) -> float:
    platform = world.platforms[target.platform]
    return float(expected_match(platform, reach_table(platform, world.residents), cells, values))
