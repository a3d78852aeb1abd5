"""What an answer costs and what may be spent: exact rationals in pure epsilon or in zCDP."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from fractions import Fraction
from math import exp, log, log1p
from typing import Literal

from exports.errors import LabError
from exports.queries import Withheld

LARGEST_EPSILON = 10**6
LONGEST_NUMBER = 1000
"""Characters of a number, and its largest exponent."""
LARGE_DELTA = Fraction(1, 1000)

Neighbours = Literal["add-remove", "replace"]
Unit = Literal["record", "person"]


def exact(value: float | str | Fraction, name: str = "epsilon") -> Fraction:
    """Return the rational that the user wrote: 0.1 means one tenth, not the nearest float.

    Raises
    ------
    LabError
        When the value is not a positive finite number.

    Examples
    --------
    >>> exact(0.1) * 3 == exact("0.3")
    True
    """
    number = _read(value)
    if number is None or number <= 0:
        raise LabError(
            f"{name} is {str(value)[:40]} but must be a positive finite number: give for instance 1.0."
        )
    if number > LARGEST_EPSILON:
        raise LabError(f"{name} is above {LARGEST_EPSILON:,}, which protects nobody: give for instance 1.0.")
    return number


def _read(value: float | str | Fraction) -> Fraction | None:
    """Return the number that some text is, or None; an exponent is looked at before it is raised to."""
    text = str(value).strip()
    _, _, exponent = text.lower().partition("e")
    digits = exponent.lstrip("+-")
    if len(text) > LONGEST_NUMBER or (digits.isdigit() and int(digits) > LONGEST_NUMBER):
        return None
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def exact_delta(value: float | str | Fraction) -> Fraction:
    """Return delta as a rational in [0, 1), with a warning above one in a thousand.

    It is the chance that the promise does not hold at all, and a mechanism that publishes one person
    in full keeps a delta of one in all people: it belongs far below that.

    Raises
    ------
    LabError
        When it lies outside.
    """
    delta = Fraction(0) if _read(value) == 0 else exact(value, "delta")
    if delta >= 1:
        raise LabError(f"delta is {str(value)[:40]} but must be below 1: give less than one in all people.")
    if delta > LARGE_DELTA:
        warnings.warn(
            f"delta is {float(delta):g}: publishing so large a share of all people in full would keep this "
            "promise; a delta belongs far below one in all people.",
            stacklevel=2,
        )
    return delta


@dataclass(frozen=True, slots=True)
class KnownLoss:
    """What is known of the noise behind a cost, for a tighter account than by adding.

    Parameters
    ----------
    kind : {"laplace", "gaussian"}
        Discrete noise of this kind, independent on each number.
    scale : Fraction
        Scale of Laplace noise, sigma of Gaussian.
    moved : int
        How far one person moves the numbers: in l1 for Laplace, squared l2 for Gaussian noise.
    times : int, default 1
        Such answers.
    """

    kind: Literal["laplace", "gaussian"]
    scale: Fraction
    moved: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Cost:
    """What one answer costs, in both currencies.

    Parameters
    ----------
    epsilon : Fraction or None
        Pure (or with ``delta`` approximate) epsilon; None for noise that has none, as Gaussian.
    rho : Fraction
        Zero-concentrated cost.
    delta : Fraction, default 0
        Probability left over, as of a threshold for unknown keys.
    losses : tuple of KnownLoss, default ()
        The noise, where it is all that the answer was made with.

    Examples
    --------
    >>> Cost.pure(Fraction(1, 2)).rho
    Fraction(1, 8)
    """

    epsilon: Fraction | None
    rho: Fraction
    delta: Fraction = Fraction(0)
    losses: tuple[KnownLoss, ...] = ()

    @classmethod
    def pure(
        cls, epsilon: Fraction, delta: Fraction = Fraction(0), losses: tuple[KnownLoss, ...] = ()
    ) -> Cost:
        """Return the cost of a mechanism with pure epsilon; it is ``epsilon**2 / 2`` in zCDP.

        References
        ----------
        Bun and Steinke (2016), doi:10.1007/978-3-662-53641-4_24, proposition 1.4.
        """
        return cls(epsilon, epsilon**2 / 2, delta, losses)

    def __add__(self, other: Cost) -> Cost:
        """Return the cost of both answers together."""
        pure = None if self.epsilon is None or other.epsilon is None else self.epsilon + other.epsilon
        return Cost(pure, self.rho + other.rho, self.delta + other.delta)


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent on one data set, for whom and against which neighbours.

    Parameters
    ----------
    total : Fraction
        In the currency.
    currency : {"epsilon", "rho"}
        Both add up over answers that are chosen one after another.
    delta : Fraction, default 0
        Sum of the probabilities left over that may be spent.
    neighbours : {"add-remove", "replace"}
        Neighbouring relation.
    unit : {"record", "person"} or None
        Who is protected; None for the unit of the first answer.
    simulated : bool, default False
        Answers come from a seed; never mixed with releases.
    """

    total: Fraction
    currency: Literal["epsilon", "rho"] = "epsilon"
    delta: Fraction = Fraction(0)
    neighbours: Neighbours = "add-remove"
    unit: Unit | None = "person"
    simulated: bool = False

    @classmethod
    def read(cls, text: float | str, *, neighbours: Neighbours, unit: Unit | None, simulated: bool) -> Budget:
        """Return the budget that a text names: ``1.5``, ``epsilon=1, delta=1e-6`` or ``rho=0.1``.

        Raises
        ------
        LabError
            When it names anything else.

        Examples
        --------
        >>> Budget.read("rho=0.1, delta=1e-9", neighbours="replace", unit="person", simulated=False)
        rho 0.1, delta 1e-09, replace, per person, released
        """
        amounts: dict[str, str] = {}
        for part in str(text).split(","):
            name, equals, amount = part.partition("=")
            amounts[name.strip() if equals else "epsilon"] = (amount if equals else part).strip()
        delta = exact_delta(amounts.pop("delta", 0))
        if set(amounts) == {"epsilon"}:
            total = exact(amounts["epsilon"], "budget")
            return cls(total, "epsilon", delta, neighbours, unit, simulated)
        if set(amounts) == {"rho"}:
            return cls(exact(amounts["rho"], "the budget in rho"), "rho", delta, neighbours, unit, simulated)
        raise LabError(f"budget is {text!r} but must read like 1.5, epsilon=1,delta=1e-6 or rho=0.1.")

    def __repr__(self) -> str:
        kept = "simulated" if self.simulated else "released"
        amount = f"{self.currency} {float(self.total):g}, delta {float(self.delta):g}"
        return f"{amount}, {self.neighbours}, per {self.unit or 'record or person'}, {kept}"

    def agrees(self, other: Budget) -> bool:
        """Return whether two budgets are one, or one leaves open only whose it is."""
        open_unit = None in {self.unit, other.unit}
        return self == other or (open_unit and replace(self, unit=None) == replace(other, unit=None))

    def refusal(self, cost: Cost, spent: Fraction, spent_delta: Fraction) -> LabError | None:
        """Return why an answer cannot be paid from what is left, or None."""
        for name, needed, left in (
            (self.currency, self.price(cost), self.total - spent),
            ("delta", cost.delta, self.delta - spent_delta),
        ):
            if needed > left:
                numbers = f"needed {name} {float(needed):g}, left {float(left):g}"
                return Withheld(f"The budget of this data set is spent: {numbers}.")
        return None

    def price(self, cost: Cost) -> Fraction:
        """Return a cost in this budget's currency.

        Raises
        ------
        LabError
            When the mechanism has no pure epsilon and the budget is in epsilon.
        """
        if self.currency == "rho":
            return cost.rho
        if cost.epsilon is None:
            raise LabError(
                "The budget is in pure epsilon, which Gaussian noise does not have: use Laplace noise "
                "or open the budget in rho."
            )
        return cost.epsilon


def epsilon_of_rho(rho: float, delta: float) -> float:
    """Return the least epsilon that ``rho``-zCDP implies at ``delta``.

    References
    ----------
    Canonne, Kamath and Steinke (2020), arXiv:2004.00010, proposition 7.

    Examples
    --------
    >>> round(epsilon_of_rho(0.5, 1e-6), 3)
    5.222
    """
    if rho == 0:
        return 0.0
    from scipy.optimize import minimize_scalar

    def epsilon(log_excess: float) -> float:
        excess = exp(log_excess)
        order = 1 + excess
        return rho * order + (log(1 / delta) - log(order)) / excess + log1p(-1 / order)

    best = minimize_scalar(epsilon, bounds=(-15, 15), method="bounded", options={"xatol": 1e-10})
    return max(0.0, float(best.fun))


def rho_of_epsilon(epsilon: Fraction, delta: Fraction) -> Fraction:
    """Return the largest rho, rounded down, whose zCDP implies (epsilon, delta).

    Raises
    ------
    LabError
        When ``delta`` is 0.

    Examples
    --------
    >>> round(float(rho_of_epsilon(Fraction(1), Fraction(1, 10**6))), 4)
    0.0244
    """
    if delta <= 0:
        raise LabError("Gaussian noise needs a delta above 0: give for instance delta=1e-9.")
    low, high = 0.0, float(epsilon) ** 2 + float(epsilon)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if epsilon_of_rho(middle, float(delta)) <= epsilon else (low, middle)
    rho = Fraction(int(low * 2**40), 2**40)
    if rho <= 0:
        raise LabError(
            f"epsilon {float(epsilon):g} at delta {float(delta):g} is too small for Gaussian noise: raise it."
        )
    return rho
