import pytest

import defenses
from defenses.audits import AUDITS, audit
from exports.errors import LabError

SHARED = {
    "dp-histogram (gaussian)",
    "dp-margins",
    "dp-keys",
    "aim",
    "independent-margins",
    "mst",
    "privbayes",
    "dp-logistic",
}
"""Where one audit sees little: the budget is shared among several answers, or bounded loosely."""


@pytest.mark.parametrize("seed", [3, pytest.param(None, marks=pytest.mark.extra("dp"))])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.extra("synth")) if name in {"aim", "mst"} else name
        for name in AUDITS
    ],
)
def test_no_shipped_mechanism_leaks_more_than_it_claims(name, seed):
    found = audit(name, seed)
    assert not found.caught, found
    assert found.level == 1e-6
    assert found.cap > found.claimed
    if name not in SHARED:
        assert found.epsilon > 0.3 * found.claimed


def test_every_defence_that_draws_noise_is_audited():
    promising = {
        name
        for name, place in defenses.BUILT_IN.items()
        if "epsilon" in defenses.find(name)._get_param_names() and "audience_size" not in place
    }
    assert promising - {"psi-size"} <= set(AUDITS)


def test_an_unknown_audit_is_answered_with_the_nearest():
    with pytest.raises(LabError, match="'laplace'"):
        audit("laplac")
