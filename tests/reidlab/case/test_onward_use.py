import pytest

from reidlab.case.onward_use import onward
from simulate.case import load_case
from simulate.upload.collection import site_of

pytestmark = pytest.mark.statistical

CASE = load_case("betterhelp")
SITE = site_of(CASE, {name: entry.value for name, entry in CASE.parameters.items()})


def test_a_look_alike_model_finds_visitors_and_says_something_of_people_never_uploaded():
    found = onward(CASE, SITE, 6_000, seed=4)
    assert found["auc"] > 0.6
    never = found["never_uploaded"]
    assert never["depressed_among_likely"]["low"] > never["depressed"]["share"]
    assert found["membership"]["attack"]["of"] > 0


def test_too_few_people_are_a_reason_and_no_model():
    assert "too few" in onward(CASE, SITE, 50, seed=4)["reason"]
