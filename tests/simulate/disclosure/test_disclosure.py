"""What must hold of every part of a case, whatever its numbers are."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import LabError
from simulate.attributes.network import CONNECTIONS, behind_carrier_nat, terms
from simulate.case import known_cases, load_case
from simulate.disclosure import consent, events, retargeting, sub_brands, years
from simulate.disclosure.events import belief
from simulate.disclosure.retargeting import ASSUMED, DAYS_SINCE
from simulate.disclosure.tally import Tally, report, tally
from simulate.disclosure.visitors import MATCHED, NEVER, SENT, add, tabulate
from simulate.execution.workers import Workers
from simulate.upload.collection import site_of
from simulate.upload.history import Meetings
from simulate.upload.match import OUTCOMES

CASE = load_case("betterhelp")
SITE = site_of(CASE, {name: entry.value for name, entry in CASE.parameters.items()})
PEOPLE = 4_000


def _outcomes(people=PEOPLE, case=CASE):
    random = np.random.default_rng(5)
    shares = [0.1, 0.0, 0.5, 0.01, 0.2, 0.13, 0.02, 0.02, 0.02]
    return {name: random.choice(len(OUTCOMES), people, p=shares).astype(np.uint8) for name in case.widest()}


def _accounts(people=PEOPLE, case=CASE):
    random = np.random.default_rng(6)
    return {name: random.random(people) < 0.7 for name in case.widest()}


def _met(people=PEOPLE):
    random = np.random.default_rng(7)
    person = np.flatnonzero(random.random(people) < 0.6)
    start = random.integers(15_700, 18_000, len(person)).astype(np.int32)
    end = (start + random.integers(1, 2_000, len(person))).astype(np.int32)
    return Meetings(person, start, end, random.random(people) < 0.98)


@pytest.fixture(scope="module")
def visitors():
    return Tally(CASE, 9, SITE).visitors(0, PEOPLE, _outcomes(), _accounts(), _met())


@pytest.mark.parametrize("since", [1, 30, 365])
def test_an_address_of_a_household_of_one_reaches_the_visitor_alone_or_nobody_within_its_term(
    visitors, since
):
    reached = retargeting.reached(visitors, CASE, since, ASSUMED["central"])
    household, day = visitors.numbers("household_id"), visitors.days("visited_on").astype(np.int64)
    leased = terms(9, household, day) == terms(9, household, day + since)
    home = np.asarray(visitors.table["connection"].combine_chunks().indices) == CONNECTIONS.index("home")
    alone = (visitors.numbers("household_size") == 1) & leased & home & ~behind_carrier_nat(9, household)
    assert alone.sum() > 3
    assert (reached[1:, alone] == 0).all()
    assert not reached[0, alone & ~visitors.accounts[CASE.address_platform]].any()


def test_the_visitor_is_reached_less_and_less_but_for_some_after_a_year(visitors):
    counts = retargeting.count(visitors, CASE)
    for name in ASSUMED:
        found = counts[f"retargeting/{name}"][:, 1]
        assert (np.diff(found) <= 0).all()
        assert found[-1] > 0
    assert list(DAYS_SINCE) == sorted(DAYS_SINCE)


def test_e_mail_and_address_together_account_for_everybody_the_list_matched(visitors):
    found = retargeting.report(retargeting.count(visitors, CASE), CASE)
    codes = visitors.outcomes[CASE.address_platform]
    assert found["platform"] == "snapchat"
    assert found["by_email_and_address"] + found["by_email_only"] == MATCHED[codes].sum()
    for day in found["days_since_visit"].values():
        for told in day.values():
            for one in told.values():
                assert one["range"][0] <= one["share"] <= one["range"][1]


@given(st.lists(st.integers(0, 500), min_size=4, max_size=4))
def test_the_posterior_averages_back_to_the_prior(counts):
    table = np.array(counts).reshape(2, 2)
    found = belief(table)
    parts = [(found[key]["share"] or 0.0) * found[key]["of"] for key in ("with_event", "without_event")]
    assert sum(parts) == pytest.approx((found["prior"]["share"] or 0.0) * table.sum())


def test_an_event_says_more_than_no_event_for_people_known_either_way(visitors):
    for event in events.report(events.count(visitors, CASE), CASE)["events"].values():
        for level in events.LEVELS:
            found = event[level]
            assert found["with_event"]["share"] > found["prior"]["share"] > found["without_event"]["share"]
            ratio = found["likelihood_ratio_with"]
            assert ratio is None or ratio > 1 > found["likelihood_ratio_without"]


def test_a_segment_made_of_events_holds_more_depressed_people_than_there_are(visitors):
    found = events.segment(events.count(visitors, CASE))
    assert found["with_event"]["share"] > found["prior"]["share"]
    assert events.segment({}) == {}


def test_without_a_beacon_nothing_is_learnt(visitors):
    blocked = replace(
        CASE,
        parameters={
            **CASE.parameters,
            "beacon_blocked": replace(CASE.parameters["typo"], value=1.0, high=1.0),
        },
    )
    assert events.report(events.count(visitors, blocked), blocked)["sent"] == 0


def test_nobody_without_consent_is_sent_after_the_consent_remedy(visitors):
    counts = consent.count(visitors, CASE)
    for platform, transfer in CASE.widest().items():
        agreed = visitors.days("consent_advertising_on") <= consent.days(transfer.date)
        sent = SENT[visitors.outcomes[platform]]
        row = counts[f"remedies/{platform}"][consent.REMEDIES.index("consent")]
        assert row[0] == (sent & agreed).sum()
        assert counts[f"consent/{platform}"].tolist() == [(sent & ~agreed).sum(), sent.sum()]


def test_every_remedy_sends_at_most_what_was_sent_and_stopping_sends_nothing():
    found = report(_total(), CASE, PEOPLE / CASE.size)["remedies"]
    for remedies in found.values():
        for one in remedies.values():
            assert one["matched"] <= one["received"] <= remedies["none"]["received"]
        assert remedies["stop"]["received"] == 0


def test_the_refund_class_is_of_people_who_paid_in_time(visitors):
    paid, people = consent.count(visitors, CASE)["refund"]
    start, end = consent.days(CASE.refund.start), consent.days(CASE.refund.end)
    expected = (visitors.days("paid_from") != NEVER) & (visitors.days("paid_from") <= end)
    expected &= visitors.days("paid_to") >= start
    assert (paid, people) == (expected.sum(), PEOPLE)


def test_the_share_ever_matched_never_falls_below_the_share_matched_at_once():
    found = report(_total(), CASE, PEOPLE / CASE.size)["years"]["by_year"]
    for year in found.values():
        assert year["matched_ever"]["count"] >= year["matched_at_once"]["count"] > 0
    ever = [year["matched_ever"]["count"] for year in found.values()]
    assert ever == sorted(ever)
    assert list(found) == [str(year) for year in CASE.signups.by_year]


def test_people_who_came_later_count_from_their_year_on():
    counts = Tally(CASE, 9, SITE, "later")(0, 500, {})["years"]
    assert (counts[: list(CASE.signups.by_year).index(2018) + 1, 0] == 0).all()
    assert counts[-1, 0] == 500


def test_sub_brand_lists_add_up_to_everybody(visitors):
    found = sub_brands.report(sub_brands.count(visitors))
    assert sum(brand["visitors"] for brand in found.values()) == PEOPLE
    assert found["pride_counseling"]["discloses"]["lgbt"]["lift"] > 2
    assert found["teen_counseling"]["discloses"]["minor"]["share"] == 1.0


def _total(workers=1, people=PEOPLE):
    with Workers(workers) as pool:
        outcomes, accounts, met = _outcomes(people), _accounts(people), _met(people)
        return tally(CASE, SITE, people, outcomes, pool, seed=9, accounts=accounts, met=met)


@pytest.mark.thorough
def test_counts_do_not_depend_on_workers_or_on_how_people_are_cut_into_blocks():
    alone, together = _total(1), _total(2)
    assert alone.keys() == together.keys()
    for name, counts in alone.items():
        np.testing.assert_array_equal(counts, together[name])


def test_counts_of_blocks_add_up():
    total = {}
    for _ in range(3):
        add(total, {"a": np.array([1, 2])})
    assert total["a"].tolist() == [3, 6]


def test_a_table_counts_every_combination_once():
    flags = [np.array([True, False, True]), np.array([False, False, True])]
    assert tabulate(*flags).tolist() == [[1, 0], [1, 1]]
    assert MATCHED.sum() == 2


@pytest.mark.parametrize("name", known_cases())
def test_every_case_of_the_lab_runs_from_its_file_alone(name):
    case = load_case(name)
    site = site_of(case, {key: entry.value for key, entry in case.parameters.items()})
    with Workers(1) as pool:
        outcomes, accounts = _outcomes(1_000, case), _accounts(1_000, case)
        total = tally(case, site, 1_000, outcomes, pool, seed=3, accounts=accounts, met=_met(1_000))
    found = report(total, case, 1_000 / case.size)
    assert found["consent"]["without"].keys() == case.widest().keys()
    assert bool(found["events"]) == bool(case.events)
    assert bool(found["devices"]) == any(one.identifier == "ad_id" for one in case.transfers)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('column = "medicine"', 'column = "medicin"', "medicin"),
        ("blood_pressure = 0.30", "blood_pressure = 0.50", "add up to 1"),
        ('identifier = "ad_id"', 'identifier = "phone"', "identifier"),
    ],
)
def test_a_wrong_entry_of_a_case_names_file_and_key(tmp_path, old, new, named):
    from simulate.case import CASES

    path = tmp_path / "own.toml"
    path.write_text((CASES / "goodrx.toml").read_text().replace(old, new))
    with pytest.raises(LabError, match=named) as caught:
        load_case(str(path))
    assert "own.toml" in str(caught.value)


def test_own_attributes_are_drawn_at_their_shares():
    case = load_case("goodrx")
    people = Tally(case, 1, SITE).visitors(0, 20_000, {})
    found = pa.compute.value_counts(people.table["medicine"].combine_chunks()).to_pylist()
    for entry in found:
        share = case.attributes[0].shares[entry["values"]]
        assert abs(entry["counts"] / 20_000 - share) < 5 * (share / 20_000) ** 0.5
    assert years.count(people, case)["years"].shape == (len(case.signups.by_year), 4)
