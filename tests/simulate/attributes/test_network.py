from __future__ import annotations

from ipaddress import ip_address, ip_network

import numpy as np
import pyarrow.compute as pc
import pytest

from simulate.attributes.network import home_addresses, spell_ipv4
from simulate.people.tables import people_block

RESERVED_4, RESERVED_6 = ip_network("240.0.0.0/4"), ip_network("2001:db8::/32")


@pytest.mark.parametrize("population", ["visitors", "residents"])
def test_every_address_and_telephone_is_reserved(population: str) -> None:
    people = people_block(13, 1, 4000, population=population, groups=["network", "phone"])  # type: ignore[arg-type]
    for name in ("ip", "home_ip"):
        assert all(ip_address(found) in RESERVED_4 for found in people[name].to_pylist())
    assert all(ip_address(found) in RESERVED_6 for found in people["home_ipv6"].to_pylist())
    # Exchanges of the North American plan begin with 2 to 9.
    assert pc.all(pc.match_substring_regex(people["phone"], r"^\+1[2-9]\d\d[01]\d{6}$")).as_py()


def test_most_connections_keep_their_address_for_a_month_and_few_for_a_year() -> None:
    household, zcta = np.arange(50_000), np.arange(50_000) % 30_000
    today, in_a_month, in_a_year = (
        home_addresses(3, household, zcta, 17_897 + later) for later in (0, 30, 365)
    )
    assert 0.57 < np.mean(today == in_a_month) < 0.68
    assert np.mean(today == in_a_year) < 0.05


def test_mobile_visitors_share_addresses_and_homes_hardly_do() -> None:
    people = people_block(13, 0, groups=["network"]).to_pandas()
    at_home, mobile = (people.loc[people["connection"] == kind, "ip"] for kind in ("home", "mobile"))
    assert 1 - at_home.nunique() / len(at_home) < 0.15
    assert 1 - mobile.nunique() / len(mobile) > 0.2


def test_advertising_identifiers_are_well_formed_and_belong_to_one_device() -> None:
    people = people_block(13, 0, groups=["network"])
    given = people["ad_id"].drop_null()
    assert pc.all(pc.match_substring_regex(given, r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")).as_py()
    assert len(given.unique()) == len(given)
    computer = pc.equal(people["device"], "computer")
    assert pc.equal(people["ad_id"].is_null(), computer).to_pandas().all()


def test_addresses_are_spelt_as_the_standard_library_does() -> None:
    numbers = np.array([240 << 24, (1 << 32) - 1, (250 << 24) + 65_537])
    assert spell_ipv4(numbers).to_pylist() == [str(ip_address(int(number))) for number in numbers]
