import pytest

import defenses
from defenses.audits import AUDITS, audit
from exports.errors import LabError

BARELY = {"noisy-max", "gaussian", "dp-histogram (gaussian)", "dp-margins", "dp-keys"}
"""Where one audit sees little: a choice, or a budget shared among several answers."""


@pytest.mark.parametrize("seed", [3, pytest.param(None, marks=pytest.mark.extra("dp"))])
@pytest.mark.parametrize("name", AUDITS)
def test_no_shipped_mechanism_leaks_more_than_it_claims(name, seed):
    found = audit(name, seed)
    assert not found.caught, found
    assert found.level == 1e-6
    if name not in BARELY:
        assert found.epsilon > 0.3 * found.claimed


def test_every_defence_that_draws_noise_is_audited():
    noisy = {name for name in defenses.available() if name.startswith("dp-")}
    assert noisy <= set(AUDITS)


def test_an_unknown_audit_is_answered_with_the_nearest():
    with pytest.raises(LabError, match="'laplace'"):
        audit("laplac")
