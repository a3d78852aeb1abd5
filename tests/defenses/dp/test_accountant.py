from fractions import Fraction

import pytest

from defenses.dp.accountant import Step, added_epsilon, composed_epsilon
from defenses.dp.budget import epsilon_of_rho, rho_of_epsilon
from defenses.dp.noise import Gaussian, Laplace

pytestmark = pytest.mark.extra("dp")
LAPLACE = Step(Laplace(Fraction(10)), times=100)
GAUSSIAN = Step(Gaussian(Fraction(10)), times=100)


def test_composition_gives_the_values_of_the_accountant():
    assert composed_epsilon([LAPLACE], 1e-6) == pytest.approx(4.775, abs=2e-3)
    assert composed_epsilon([GAUSSIAN], 1e-6) == pytest.approx(4.887, abs=2e-3)


@pytest.mark.parametrize("plan", [[LAPLACE], [GAUSSIAN], [LAPLACE, GAUSSIAN], [Step(Laplace(Fraction(2)))]])
def test_a_plan_never_costs_more_than_what_a_ledger_would_charge(plan):
    assert composed_epsilon(plan, 1e-6) <= added_epsilon(plan, 1e-6) + 1e-3


def test_an_empty_plan_costs_nothing():
    assert composed_epsilon([], 1e-6) == added_epsilon([], 1e-6) == 0


@pytest.mark.parametrize("delta", ["1e-12", "1e-6", "0.01"])
@pytest.mark.parametrize("epsilon", ["0.05", "1", "10"])
def test_rho_is_the_most_that_an_epsilon_allows(epsilon, delta):
    rho = rho_of_epsilon(Fraction(epsilon), Fraction(delta))
    assert epsilon_of_rho(float(rho), float(Fraction(delta))) <= float(Fraction(epsilon))
    more = float(rho) * 1.001 + 1e-9
    assert epsilon_of_rho(more, float(Fraction(delta))) > float(Fraction(epsilon))
