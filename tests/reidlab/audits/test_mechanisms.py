import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

import defenses
from defenses.synthetic.independent_margins import IndependentMargins
from defenses.synthetic.mst import Mst
from defenses.synthetic.privbayes import PrivBayes
from exports.errors import LabError
from exports.release import Export
from exports.schema import Column, Role, Schema
from reidlab.audits.bounds import rho_between
from reidlab.audits.mechanisms import AUDITS, audit, audit_synthesis

pytestmark = pytest.mark.statistical

SHARED = {"dp-histogram (gaussian)", "dp-margins", "dp-keys", "dp-logistic"}
"""Where one audit sees little: the budget is shared among several answers, or bounded loosely."""
SYNTHESISERS = {"aim", "independent-margins", "mst", "privbayes"}
SLOW, DP = pytest.mark.slow, pytest.mark.extra("dp")
SEEDED = {"aim": [SLOW], "psi-size": [SLOW, pytest.mark.extra("psi")]}
CASES = [
    *(pytest.param(name, 3, marks=SEEDED.get(name, [])) for name in AUDITS),
    *(
        pytest.param(name, None, marks=[DP, *SEEDED.get(name, []), *([SLOW] * (name in SYNTHESISERS))])
        for name in AUDITS
    ),
]


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_no_shipped_mechanism_leaks_more_than_it_claims(name, seed):
    found = audit(name, seed)
    assert not found.caught, found
    assert found.level == 1e-6
    if name in SYNTHESISERS:
        assert found.epsilon > 0.05 * found.claimed
        assert 0.1 * found.claimed_rho < found.rho <= found.claimed_rho
    else:
        assert found.cap > found.claimed
    if name not in SHARED | SYNTHESISERS:
        assert found.epsilon > 0.3 * found.claimed


class WithoutNoise(IndependentMargins):
    def measured(self, data, rho, distance, stream):
        return super().measured(data, rho * 10**6, distance, stream)


class TreeWithoutNoise(Mst):
    def measured(self, data, rho, distance, stream):
        return super().measured(data, rho * 10**6, distance, stream)


class Twice(IndependentMargins):
    def measured(self, data, rho, distance, stream):
        return super().measured(data, 2 * rho, distance, stream)


class DomainFromData(PrivBayes):
    def seen(self, export):
        highest = max(export.table["a"].to_pylist())
        bounds = Column(Role.QUASI_IDENTIFIER, bounds=(0, highest))
        return super().seen(Export(export.table, Schema(dict.fromkeys(export.schema.columns, bounds))))


@pytest.mark.parametrize("broken", [WithoutNoise, TreeWithoutNoise, DomainFromData])
def test_a_broken_synthesiser_is_caught(broken):
    assert audit_synthesis(broken(2, 1e-3, seed=1), runs=150).caught
    sound = broken.__bases__[0](2, 1e-3, seed=1)
    assert not audit_synthesis(sound, runs=150).caught


@pytest.mark.slow
def test_a_budget_spent_twice_is_caught():
    assert audit_synthesis(Twice(10, 1e-3, seed=1), runs=5_000).caught


@given(st.floats(0.05, 4), st.floats(-4, 8))
def test_no_event_shows_more_rho_than_gaussian_noise_costs(mean, threshold):
    hits, false_hits = ndtr(mean - threshold), ndtr(-threshold)
    assert rho_between(hits, false_hits) <= mean**2 / 2 + 1e-9
    assert rho_between(false_hits, hits) <= mean**2 / 2 + 1e-9


def test_every_defence_that_draws_noise_is_audited():
    promising = {
        name
        for name, place in defenses.BUILT_IN.items()
        if "epsilon" in defenses.find(name)._get_param_names() and "audience_size" not in place
    }
    assert promising <= set(AUDITS)


def test_an_unknown_audit_is_answered_with_the_nearest():
    with pytest.raises(LabError, match="'laplace'"):
        audit("laplac")
