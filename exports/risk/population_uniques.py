"""How many of the population are unique, estimated from the class sizes of a sample of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from exports.coding import Floats, Ints
from exports.errors import LabError

_STEPS = 200

SMALL_SAMPLE = 0.1
"""Share of the population up to which a sample is small, where models differ most."""

VAGUE = 0.25
"""Standard error of the logarithm of a share above which a sample holds too little information on it."""

MISFIT = 0.25
"""Share by which the sampled classes of one or two may differ from a fit that chance does not explain."""

UNLIKELY = 16.0
"""Chi-square of the first four class sizes above which chance does not explain a misfit: one in 3,000."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share of the population, or the reason why there is none.

    Parameters
    ----------
    share : float or None
        Uniques of the population over its size.
    reason : str
        Why ``share`` is None; else which model Dankar's rule chose, and how vague the slide
        negative binomial is.
    low, high : float or None
        Ends of a 95 % interval, where one was asked for.
    """

    share: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None


def population_uniques(sizes: Ints, times: Ints, population: int) -> dict[str, Estimate]:
    """Return the estimates of all models.

    Parameters
    ----------
    sizes, times : array of int64
        Class sizes in the sample, and how many classes have each.
    population : int
        Number of people the sample was drawn from.

    Raises
    ------
    LabError
        When the population is smaller than the sample.

    Examples
    --------
    >>> found = population_uniques(np.array([1, 2, 3]), np.array([40, 20, 10]), 5_000)
    >>> round(found["zayatz"].share, 3)
    0.135
    """
    rows = int((sizes * times).sum())
    if population < rows:
        raise LabError(
            f"The population has {population:,} people but the export {rows:,}: give the whole population."
        )
    found = {
        "pitman": pitman(sizes, times, population),
        "zayatz": zayatz(sizes, times, population),
        "snb": snb(sizes, times, population),
    }
    return found | {"dankar": dankar(found, rows / population)}


def pitman(sizes: Ints, times: Ints, population: int) -> Estimate:
    """Estimate under Pitman's sampling formula, fitted by maximum likelihood.

    References
    ----------
    Hoshino (2001), "Applying Pitman's sampling formula to microdata disclosure risk assessment",
    Journal of Official Statistics 17(4).
    """
    from scipy.special import digamma, gammaln, polygamma

    n, u = float((sizes * times).sum()), float(times.sum())
    if u in (n, 1.0):
        return Estimate(
            None, "did not converge: every class of the sample has one row, or there is one class"
        )

    def likelihood(theta: float, alpha: float) -> float:
        classes = u * np.log(alpha) + gammaln(theta / alpha + u) - gammaln(theta / alpha)
        within = (times * (gammaln(sizes - alpha) - gammaln(1 - alpha))).sum()
        return float(classes - np.log(theta) - gammaln(theta + n) + gammaln(theta + 1) + within)

    def slopes(theta: float, alpha: float) -> tuple[Floats, Floats]:
        x = theta / alpha
        first = (digamma(x + u) - digamma(x + 1)) / alpha
        second = (polygamma(1, x + 1) - polygamma(1, x + u)) / alpha**2
        by_alpha = ((u - 1) - theta * first) / alpha - (
            times * (digamma(sizes - alpha) - digamma(1 - alpha))
        ).sum()
        gradient = np.array([first - digamma(theta + n) + digamma(theta + 1), by_alpha])
        mixed = -(first - theta * second) / alpha
        curved = -((u - 1) - 2 * theta * first + theta**2 * second) / alpha**2
        curved -= (times * (polygamma(1, 1 - alpha) - polygamma(1, sizes - alpha))).sum()
        corner = -second + polygamma(1, theta + 1) - polygamma(1, theta + n)
        return gradient, np.array([[corner, mixed], [mixed, curved]])

    point = np.array([max(u, 1.0), 0.5])
    for _ in range(_STEPS):
        gradient, hessian = slopes(*point)
        step = _ascent(gradient, hessian, point)
        reach, here = 1.0, likelihood(*point)
        while reach > 1e-12:
            moved = point + reach * step
            if moved[0] > 0 and 0 < moved[1] < 1 and likelihood(*moved) >= here - 1e-9 * abs(here):
                break
            reach /= 2
        if reach <= 1e-12:
            break
        point = moved
        if (np.abs(reach * step) <= 1e-13 * (1 + np.abs(point))).all():
            break
    theta, alpha = point
    gradient, _ = slopes(theta, alpha)
    if not (np.abs(gradient * point) < 1e-4 * u).all() or not 1e-9 < alpha < 1 - 1e-9:
        return Estimate(None, "did not converge: the sample does not follow Pitman's formula")
    log_uniques = gammaln(theta + 1) - gammaln(theta + alpha) + alpha * np.log(population)
    return _share(float(np.exp(log_uniques)) / population)


def zayatz(sizes: Ints, times: Ints, population: int) -> Estimate:
    """Estimate from the chance that a unique of the sample is one of the population.

    Class sizes of the population are taken to be distributed as those of the sample.

    References
    ----------
    Zayatz (1991), "Estimation of the percent of unique population elements on a microdata file
    using the sample", Census Bureau SRD Research Report RR-91/08.
    """
    n = int((sizes * times).sum())
    uniques = int(times[sizes == 1].sum())
    if not uniques:
        return Estimate(0.0)
    # chance of one sampled row from a class of i, relative to a class of one
    steps = np.arange(1, int(sizes.max()), dtype=np.float64)
    with np.errstate(divide="ignore"):
        decline = np.append(
            0.0, np.cumsum(np.log((population - n - steps + 1).clip(0) / (population - steps)))
        )
    relative = sizes * np.exp(decline[sizes - 1])
    return _share(uniques * uniques / float((times * relative).sum()) / n)


def snb(sizes: Ints, times: Ints, population: int) -> Estimate:
    """Estimate under the slide negative binomial model, fitted by maximum likelihood.

    A class of the population has one person more than a negative binomial number; each person
    is sampled independently, so a sampled class size is a thinned negative binomial plus the
    sampling of that one person. The number of classes is the population over the mean size.

    There is no estimate where the sample says too little: where the standard error is a factor of
    e^0.25 or more, or where chance does not explain the sampled class sizes and those of one or two
    are a quarter more or fewer than the fit expects. Populations of the model itself come out right
    within that error at any fraction. Others can still be fitted well and come out far too high from
    a tenth or less, where few people are unique: up to eight times the truth on Adult. The estimate
    then says so, and Dankar's rule does not use it.

    References
    ----------
    Chen and Keller-McNulty (1998), "Estimation of identification disclosure risk in microdata",
    Journal of Official Statistics 14(1).
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln

    n, u = float((sizes * times).sum()), float(times.sum())
    fraction = n / population
    j = np.append(0, sizes).astype(np.float64)

    def sampled(shape: float, mean: float, j: Floats = j) -> Floats:
        """Return the chances of sampled sizes; ``mean`` is that of the negative binomial."""
        thinned = mean * fraction
        stay, leave = np.log(shape / (shape + thinned)), np.log(thinned / (shape + thinned))

        def chance(count: Floats) -> Floats:
            held = np.maximum(count, 0)
            log_chance = (
                gammaln(shape + held) - gammaln(shape) - gammaln(held + 1) + shape * stay + held * leave
            )
            return np.where(count < 0, 0.0, np.exp(log_chance))

        return (1 - fraction) * chance(j) + fraction * chance(j - 1)

    def loss(logs: Floats) -> float:
        shape, mean = np.exp(np.clip(logs, -30, 30))
        chances = np.maximum(sampled(shape, mean), 1e-300)
        classes = population / (1 + mean)
        return float(classes * (1 - chances[0]) - (times * np.log(classes * chances[1:])).sum())

    best = min(
        (
            minimize(
                loss,
                np.log([shape, mean]),
                method="Nelder-Mead",
                options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4000, "maxfev": 4000},
            )
            for shape in (0.05, 1.0)
            for mean in (max(population / u - 1, 0.1), 1.0)
        ),
        key=lambda found: float(found.fun),
    )
    shape, mean = np.exp(np.clip(best.x, -30, 30))
    if not best.success or not 1e-6 < shape < 1e6 or not 1e-9 < mean < population:
        return Estimate(None, "did not converge: the sample does not follow a slide negative binomial")
    expected = population / (1 + mean) * (1 - sampled(shape, mean)[0])
    if abs(expected - u) > 0.05 * u:
        return Estimate(
            None, f"did not converge: the fit expects {expected:,.0f} classes in the sample, not {u:,.0f}"
        )
    error = _log_error(loss, _log_share, best.x)
    if not error <= VAGUE:
        return Estimate(None, "the sample holds too little information: very different shares fit it")
    few = np.arange(5.0)
    fitted = (population / (1 + mean) * sampled(shape, mean, few))[1:]
    here = np.array([times[sizes == size].sum() for size in few[1:]], np.float64)
    surprise = ((here - fitted) ** 2 / np.maximum(fitted, 5.0)).sum()
    if surprise > UNLIKELY and (np.abs(here / fitted - 1)[:2] > MISFIT).any():
        return Estimate(
            None,
            "the sample does not follow a slide negative binomial: the fit expects "
            f"{fitted[0]:,.0f} classes of one and {fitted[1]:,.0f} of two in it, not {here[0]:,.0f} "
            f"and {here[1]:,.0f}",
        )
    found = _share(float(np.exp(_log_share(best.x))))
    vague = f"one standard error is a factor of {np.exp(error):.2f}"
    if fraction <= SMALL_SAMPLE:
        vague += (
            f" if the model holds; a sample of {100 * fraction:.2g} % cannot tell, and where it does not the "
            "estimate can be eight times too high"
        )
    return replace(found, reason=found.reason or vague)


def _log_share(logs: Floats) -> float:
    """Return the logarithm of the share of uniques under a slide negative binomial."""
    shape, mean = np.exp(np.clip(logs, -30, 30))
    return float(shape * np.log(shape / (shape + mean)) - np.log1p(mean))


def _log_error(loss: Callable[[Floats], float], of: Callable[[Floats], float], at: Floats) -> float:
    """Return the standard error of a function of two parameters from the curvature of the likelihood."""
    steps = 1e-3 * np.eye(2)
    slope = np.array([of(at + step) - of(at - step) for step in steps]) / 2e-3
    curved = np.array(
        [
            [
                loss(at + one + two) - loss(at + one - two) - loss(at - one + two) + loss(at - one - two)
                for two in steps
            ]
            for one in steps
        ]
    ) / (4e-6)
    if not curved[0, 0] > 0 or not np.linalg.det(curved) > 0:
        return np.inf
    return float(np.sqrt(slope @ np.linalg.solve(curved, slope)))


def dankar(found: Mapping[str, Estimate], fraction: float) -> Estimate:
    """Choose among the models by the fraction of the population that was sampled.

    Up to a tenth, Pitman's; above, the smaller of Zayatz's and the slide negative binomial.
    What did not converge is passed over.

    References
    ----------
    Dankar, El Emam, Neisa and Roffey (2012), doi:10.1186/1472-6947-12-66.
    """
    if fraction <= SMALL_SAMPLE and found["pitman"].share is not None:
        return Estimate(found["pitman"].share, "pitman")
    names = ["zayatz"] if fraction <= SMALL_SAMPLE or found["snb"].share is None else ["zayatz", "snb"]
    share, name = min((found[name].share or 0.0, name) for name in names)
    return Estimate(share, name)


def _ascent(gradient: Floats, hessian: Floats, point: Floats) -> Floats:
    """Return Newton's step where the likelihood is concave, else a step along the gradient."""
    determinant = hessian[0, 0] * hessian[1, 1] - hessian[0, 1] ** 2
    if hessian[0, 0] < 0 < determinant:
        return np.asarray(-np.linalg.solve(hessian, gradient), np.float64)
    scaled = gradient * point**2
    return 0.5 * scaled / max(float(np.abs(scaled / point).max()), 1e-300)


def _share(share: float) -> Estimate:
    if not np.isfinite(share) or not 0 <= share <= 1:
        return Estimate(None, f"did not converge: the fitted share is {share:.3g}")
    return Estimate(share)
