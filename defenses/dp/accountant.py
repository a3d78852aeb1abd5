"""A plan of releases declared whole in advance, and the tight epsilon that it costs together."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from defenses.dp.noise import Gaussian, Laplace, Noise
from exports.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of answer in a plan.

    Parameters
    ----------
    noise : Laplace or Gaussian
        What each answer adds.
    sensitivity : int, default 1
        How much one person changes an answer, in l1 for Laplace and l2 for Gaussian noise.
    times : int, default 1
        How often the plan asks.
    """

    noise: Noise
    sensitivity: int = 1
    times: int = 1


def composed_epsilon(plan: Sequence[Step], delta: float) -> float:
    """Return the epsilon of a whole plan at ``delta``, from its privacy loss distribution.

    It is tighter than adding, but holds only where the plan does not depend on its own answers: a
    ledger, whose questions may, adds.

    Parameters
    ----------
    plan : sequence of Step
        Everything that will ever be asked.
    delta : float
        Above 0.

    Raises
    ------
    MissingExtraError
        Without the extra ``dp``.

    References
    ----------
    Koskela, Jälkö and Honkela (2020), arXiv:1906.03049.

    Examples
    --------
    >>> round(composed_epsilon([Step(Laplace(Fraction(10)), times=100)], 1e-6), 3)
    4.775
    """
    try:
        from dp_accounting.pld import privacy_loss_distribution as pld
    except ImportError:
        raise MissingExtraError("Composition by privacy loss distributions", "dp") from None
    whole: Any = None
    for step in plan:
        if isinstance(step.noise, Laplace):
            one = pld.from_discrete_laplace_mechanism(
                float(1 / step.noise.scale), sensitivity=step.sensitivity
            )
        else:
            one = pld.from_discrete_gaussian_mechanism(float(step.noise.sigma), sensitivity=step.sensitivity)
        many = one.self_compose(step.times)
        whole = many if whole is None else whole.compose(many)
    return 0.0 if whole is None else float(whole.get_epsilon_for_delta(delta))


def added_epsilon(plan: Sequence[Step], delta: float) -> float:
    """Return what a ledger would charge for the same plan: the better of pure epsilon and zCDP.

    Examples
    --------
    >>> round(added_epsilon([Step(Laplace(Fraction(10)), times=100)], 1e-6), 3)
    5.222
    """
    from defenses.dp.budget import epsilon_of_rho

    pure: Fraction | None = Fraction(0)
    rho = Fraction(0)
    for step in plan:
        if isinstance(step.noise, Gaussian):
            pure = None
            rho += step.times * step.noise.rho(step.sensitivity**2)
        else:
            epsilon = step.noise.epsilon(step.sensitivity)
            pure = None if pure is None else pure + step.times * epsilon
            rho += step.times * epsilon**2 / 2
    concentrated = epsilon_of_rho(float(rho), delta)
    return concentrated if pure is None else min(float(pure), concentrated)
