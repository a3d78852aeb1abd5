"""The tests of `sync_audience`: who is on the list, who is not, and what else leaves."""

import pytest

pytest.importorskip(
    "facebook_business", reason="the example uses Meta's client: pip install facebook-business"
)

from sync_audience import sync

CUSTOMERS = """email,phone,agreed_to_ads
Ann@mail.example,12020550101,yes
ben@mail.example,12020550102,no
 cleo@mail.example,12020550103,yes
dora@mail.example,12020550104,yes
"""
ACCOUNTS = {"email": ["ann@mail.example", "ben@mail.example", "cleo@mail.example"]}
pytestmark = pytest.mark.ad_platform(accounts=ACCOUNTS)


@pytest.fixture
def customers(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS)
    return path


def test_those_who_agreed_are_matched_and_nobody_else_is_on_the_list(ad_platform, customers):
    audience = ad_platform.audience(sync(customers, "42", ad_platform.token))
    assert audience.matched == 2
    assert len(audience.rows) == 3


def test_nothing_but_addresses_leaves(ad_platform, customers):
    sync(customers, "42", ad_platform.token)
    ad_platform.assert_nothing_leaves("phone", "first_name", "zip", "health", "ip")


def test_a_name_that_tells_of_an_illness_is_noticed(ad_platform, customers):
    with pytest.raises(Exception, match=r"1713230|Audience Upload Blocked"):
        sync(customers, "42", ad_platform.token, name="anxiety newsletter")
    with pytest.raises(AssertionError, match="health in the name of an audience"):
        ad_platform.assert_nothing_leaves("health")
