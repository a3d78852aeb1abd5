import re

import pytest

from reidlab.policy import check, load
from reidlab.report import render, save

HOSTILE = '"; drop table x -- <script>alert(1)</script>'
FOUND = {
    "rows": 5, "persons": 5, "classes": 3, "k": 1, "uniques": 1, "reference": "the table itself",
    "class_sizes": {"1": 1, "2 to 4": 4}, "reasons": {"risk.marketer": "no population was given"},
    "columns": {
        HOSTILE: {"role": "quasi_identifier", "evidence": "few distinct values"},
        "illness": {"role": "sensitive"}},
    "l_distinct": {"illness": 1.0}, "l_entropy": {"illness": 1.0}, "t_equal": {"illness": 0.6},
    "t_ordered": {"illness": None},
    "risk": {"prosecutor_max": 1.0, "marketer": None},
    "drops": [{"column": HOSTILE, "uniques": 0}, {"column": "illness", "uniques": 1}],
}  # fmt: skip


@pytest.fixture
def page(tmp_path):
    policy = load("edpb_pseudonymisation")
    path = tmp_path / "report.html"
    save(render("export.csv", FOUND, policy=policy, verdicts=check(policy, FOUND, declared=True)), path)
    return path


def test_the_page_names_no_other_host_and_escapes_every_name(page):
    text = page.read_text()
    assert not re.search(r"(src|href)=\"(?!data:)", text)
    assert "<script>alert" not in text
    assert "not legal advice" in text


def test_a_missing_measure_stands_with_its_reason(page):
    assert "no population was given" in page.read_text()


def test_nothing_is_left_beside_the_page(page):
    assert [path.name for path in page.parent.iterdir()] == ["report.html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_offline_and_its_tables_sort(opened, page, scheme):
    shown, faults = opened(page, scheme)
    table = shown.locator("section", has_text="Drops").locator("table")
    first = table.locator("tbody tr td").first.inner_text()
    button = table.locator("th button").nth(1)
    button.click()
    button.click()
    assert table.locator("tbody tr td").first.inner_text() != first
    for picture in shown.locator("svg").all():
        assert picture.get_attribute("aria-label")
    shown.emulate_media(media="print")
    assert shown.pdf()
    assert faults == []
