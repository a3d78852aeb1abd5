"""What several answers cost together: by adding, by concentrated privacy, by privacy loss distributions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isqrt, sqrt
from typing import TYPE_CHECKING, Any

from defenses.dp.budget import Cost, KnownLoss, epsilon_of_rho
from defenses.dp.noise import Laplace, Noise
from exports.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_SIGMA = 2
"""Below it the cost of discrete Gaussian noise depends on how a move is spread over the numbers."""
LARGEST_SIGMA = 1000
"""Above it discrete and continuous Gaussian noise have one privacy loss, to every digit printed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of answer in a plan.

    Parameters
    ----------
    noise : Laplace or Gaussian
        What each answer adds.
    sensitivity : float, default 1
        How much one person changes an answer, in l1 for Laplace and l2 for Gaussian noise.
    times : int, default 1
        How often the plan asks.
    """

    noise: Noise
    sensitivity: float = 1
    times: int = 1

    def loss(self) -> KnownLoss:
        """Return the noise of one answer as an account takes it; what moves is rounded up."""
        if isinstance(self.noise, Laplace):
            return KnownLoss("laplace", self.noise.scale, ceil(self.sensitivity), self.times)
        return KnownLoss("gaussian", self.noise.sigma, ceil(self.sensitivity**2 - 1e-9), self.times)


@dataclass(frozen=True, slots=True)
class Totals:
    """What some answers cost together, in each way of adding up that is valid for them.

    Parameters
    ----------
    delta : float
        At which the second and third hold; the first holds at the sum of the answers' own deltas.
    pure, concentrated, distribution : float or None
        Epsilon by adding epsilons, by adding rho (zCDP), and by composing privacy loss distributions.
        The last holds where no cost was chosen in view of earlier answers.
    tightest : str or None
        Name of the smallest.
    why : str or None
        Why there is no privacy loss distribution.
    """

    delta: float
    pure: float | None
    concentrated: float | None
    distribution: float | None
    tightest: str | None
    why: str | None = None


def totals(costs: Sequence[Cost], delta: Fraction) -> Totals:
    """Return what answers that were given cost together.

    Parameters
    ----------
    costs : sequence of Cost
        One per answer.
    delta : Fraction
        Of the whole, above the sum of the answers' own; 0 leaves adding epsilons alone.

    Examples
    --------
    >>> tenth = Cost.pure(Fraction(1, 10), losses=(KnownLoss("laplace", Fraction(10), 1),))
    >>> found = totals([tenth] * 100, Fraction(1, 10**6))
    >>> found.pure, round(found.concentrated, 3), round(found.distribution, 3), found.tightest
    (10.0, 5.222, 4.775, 'distribution')
    """
    epsilons = [cost.epsilon for cost in costs]
    pure = None if None in epsilons else float(sum(filter(None, epsilons), Fraction(0)))
    own = sum((cost.delta for cost in costs), Fraction(0))
    concentrated = distribution = None
    why: str | None = f"delta is not above {float(own):g}, which the answers have of their own"
    if delta > own:
        concentrated = epsilon_of_rho(
            float(sum((cost.rho for cost in costs), Fraction(0))), float(delta - own)
        )
        distribution, why = _by_distribution(costs, float(delta))
    found = {"pure": pure, "concentrated": concentrated, "distribution": distribution}
    known = {name: value for name, value in found.items() if value is not None}
    tightest = min(known, key=lambda name: known[name]) if known else None
    return Totals(float(delta), pure, concentrated, distribution, tightest, why)


def composed_epsilon(plan: Sequence[Step], delta: float) -> float:
    """Return the epsilon of a whole plan at ``delta``, from its privacy loss distribution.

    It is tighter than adding, but holds only where the plan does not depend on its own answers: a
    ledger, whose questions may, adds. With discrete Gaussian noise of sigma below 2 it is the
    concentrated bound, since there the loss depends on how a move is spread over the numbers.

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
    losses = [step.loss() for step in plan]
    if any(_is_narrow(loss) for loss in losses):
        return added_epsilon(plan, delta)
    composed = _composed(_distribution(loss, delta) for loss in losses)
    return 0.0 if composed is None else float(composed.get_epsilon_for_delta(delta))


def added_epsilon(plan: Sequence[Step], delta: float) -> float:
    """Return what a ledger would charge for the same plan: the better of pure epsilon and zCDP.

    Examples
    --------
    >>> round(added_epsilon([Step(Laplace(Fraction(10)), times=100)], 1e-6), 3)
    5.222
    """
    pure: Fraction | None = Fraction(0)
    rho = Fraction(0)
    for step in plan:
        loss = step.loss()
        if loss.kind == "gaussian":
            pure = None
            rho += loss.times * loss.moved / (2 * loss.scale**2)
        else:
            epsilon = loss.moved / loss.scale
            pure = None if pure is None else pure + loss.times * epsilon
            rho += loss.times * epsilon**2 / 2
    concentrated = epsilon_of_rho(float(rho), delta)
    return concentrated if pure is None else min(float(pure), concentrated)


def _by_distribution(costs: Sequence[Cost], delta: float) -> tuple[float | None, str | None]:
    """Return the epsilon of some answers by privacy loss distributions, or why there is none."""
    if any(not cost.losses and cost.epsilon is None for cost in costs):
        return None, "an answer is known by its concentrated cost alone"
    if any(_is_narrow(loss) for cost in costs for loss in cost.losses):
        return None, f"an answer has Gaussian noise with a sigma below {LEAST_SIGMA}"
    try:
        composed = _composed(one for cost in costs for one in _distributions(cost, delta))
    except MissingExtraError as error:
        return None, str(error)
    return 0.0 if composed is None else float(composed.get_epsilon_for_delta(delta)), None


def _is_narrow(loss: KnownLoss) -> bool:
    return loss.kind == "gaussian" and loss.scale < LEAST_SIGMA


def _composed(distributions: Iterator[Any]) -> Any:
    whole: Any = None
    for one in distributions:
        whole = one if whole is None else whole.compose(one)
    return whole


def _distributions(cost: Cost, delta: float) -> Iterator[Any]:
    """Yield the privacy loss of one answer: of its noise, or of all that its epsilon and delta allow."""
    pld = _library()
    if cost.losses:
        yield from (_distribution(loss, delta) for loss in cost.losses)
    elif cost.epsilon is not None:
        from dp_accounting.pld.common import DifferentialPrivacyParameters

        allowed = DifferentialPrivacyParameters(float(cost.epsilon), float(cost.delta))
        yield pld.from_privacy_parameters(allowed)


def _distribution(loss: KnownLoss, delta: float) -> Any:
    """Return the privacy loss of some noise, for the worst way to spread the move over whole numbers."""
    pld = _library()
    scale = float(loss.scale)
    spread: list[Any] = []
    if loss.kind == "laplace":
        one = pld.from_discrete_laplace_mechanism(1 / scale, sensitivity=1)
        spread = [one.self_compose(loss.moved)]
        if loss.moved > 1:
            spread.append(pld.from_discrete_laplace_mechanism(1 / scale, sensitivity=loss.moved))
    else:
        spread.append(pld.from_gaussian_mechanism(scale, sensitivity=sqrt(loss.moved)))
        if scale <= LARGEST_SIGMA:
            one = pld.from_discrete_gaussian_mechanism(scale, sensitivity=1)
            spread.append(one.self_compose(loss.moved))
            if isqrt(loss.moved) ** 2 == loss.moved > 1:
                spread.append(pld.from_discrete_gaussian_mechanism(scale, sensitivity=isqrt(loss.moved)))
    together = [one.self_compose(loss.times) for one in spread]
    return max(together, key=lambda one: float(one.get_epsilon_for_delta(delta)))


def _library() -> Any:
    try:
        from dp_accounting.pld import privacy_loss_distribution
    except ImportError:
        raise MissingExtraError("Composition by privacy loss distributions", "dp") from None
    return privacy_loss_distribution
