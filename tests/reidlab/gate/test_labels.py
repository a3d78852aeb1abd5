"""A label is judged by the worst value that it may stand for."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.schema import Schema
from reidlab.assessment.judgement import judge
from reidlab.gate.labels import finest_date, oldest_age, postal_characters

TODAY = date(2024, 1, 1)
WRITTEN = ["{0}..{1}", "[{0}, {1}]", "{0} - {1}", "{{{0}, {1}}}", "{0} to {1}"]


@given(st.sampled_from(WRITTEN), st.integers(0, 3_000), st.integers(1, 3_000))
def test_a_range_of_days_is_a_date_however_it_is_written(form, start, length):
    low = TODAY + timedelta(days=start)
    high = low + timedelta(days=length)
    label = form.format(low.isoformat(), high.isoformat())
    whole = (low.month, low.day, high.month, high.day) == (1, 1, 12, 31) and not label.startswith("{")
    assert finest_date(label) == ("year" if whole else "day")


@given(st.sampled_from(WRITTEN), st.integers(1_000, 99_999), st.integers(1, 500))
def test_a_range_of_codes_gives_away_their_characters(form, low, length):
    assert postal_characters(form.format(f"{low:05d}", f"{low + length:05d}")) >= 5


@given(st.sampled_from(WRITTEN), st.integers(0, 110), st.integers(1, 30))
def test_a_band_of_ages_is_as_old_as_its_oldest(form, low, width):
    assert oldest_age(form.format(low, low + width)) == low + width


@pytest.mark.parametrize(
    ("label", "age"), [("90+", 0), ("85+", 0), (">=90", 0), ("90..", 0), (">89", 0), ("95+", 95), (">90", 91)]
)
def test_what_is_open_upwards_from_90_or_lower_gives_no_older_age(label, age):
    assert oldest_age(label) == age


KEEPS = {
    "visit": ["2020", "2021"], "visit_year": ["2020..2024", "2015..2019"], "zip": ["021**", "100**"],
    "age": ["60-64", "85-89", "90+"], "band": ["60..89", "90.."], "state": ["MA", "NY"], "dx": ["F32.1", "F33.0"],
    "zip3": ["021", "100", "000"], "birth_year": ["1950", "1979", "1961"], "gender": ["m", "f"],
    "admission_year": ["2019", "2024"], "race": ["white", "black", "asian"], "days_in_hospital": ["1", "2", "9"],
}  # fmt: skip
"""What 164.514(b)(2)(i) leaves."""

BREAKS = {
    "admitted": ["2024-01-05..2024-01-09", "2024-03-01..2024-03-08"], "zip": ["02139..02141", "10001..10002"],
    "age": ["60..72", "91..97"], "visit": ["2024-0****", "2023-1****"], "postcode": ["SW12 3AB", "C2G 2K8"],
    "AGEP": ["97", "60"], "birth_year": ["1925.0", "1944.0"], "zip_code": ["036", "821", "893"], "fips": ["06037", "06001"],
    "discharge": ["2024-05", "2024-06"], "chart_no": ["100007", "100008"], "selfie": ["scan_7.png", "scan_8.png"],
}  # fmt: skip
"""What one of the eighteen identifiers names."""


def passes(name, values):
    table = pa.table({name: (values * 60)[:60], "group": ["a", "b"] * 30})
    schema = Schema.of(quasi_identifier=[name, "group"])
    return judge(table, schema, "hipaa_safe_harbor").decision.passed


@pytest.mark.parametrize("name", KEEPS)
def test_safe_harbor_passes_what_it_leaves(name):
    assert passes(name, KEEPS[name])


@pytest.mark.parametrize("name", BREAKS)
def test_safe_harbor_refuses_what_it_names_whatever_role_was_declared(name):
    assert not passes(name, BREAKS[name])


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(sorted(KEEPS)), min_size=2, max_size=5, unique=True))
def test_tables_that_keep_the_rule_raise_no_false_alarm(names):
    table = pa.table({name: (KEEPS[name] * 60)[:60] for name in names})
    decision = judge(table, Schema.of(quasi_identifier=names), "hipaa_safe_harbor").decision
    assert decision.passed, decision.failed
