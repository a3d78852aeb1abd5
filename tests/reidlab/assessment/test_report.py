import re

import pytest

from reidlab.assessment.report import render, save
from reidlab.gate.decision import decide
from reidlab.gate.policy import load

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
    "drops": [{"do": HOSTILE, "risk_left": 0.2}, {"do": "illness", "risk_left": 0.4}],
}  # fmt: skip


@pytest.fixture
def page(tmp_path):
    policy = load("edpb_pseudonymisation")
    path = tmp_path / "report.html"
    save(render("export.csv", FOUND, policy=policy, decision=decide(policy, FOUND, declared=True)), path)
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
def test_columns_of_numbers_sort_by_value_and_from_the_keyboard(opened, tmp_path, scheme):
    risks = [0.0916, 0.199, 3.3e-05, 0.2]
    steps = [
        {"do": f"step {i}", "risk_left": risk, "uniques_left": uniques}
        for i, (risk, uniques) in enumerate(zip(risks, [1907, 560, 14021, 2], strict=True))
    ]
    save(render("export.csv", {**FOUND, "drops": steps}), tmp_path / "report.html")
    shown, faults = opened(tmp_path / "report.html", scheme)
    table = shown.locator("section", has_text="What to leave out").locator("table")
    for column, order in ((1, "2 0 1 3"), (2, "3 1 0 2")):
        table.locator("th button").nth(column).focus()
        shown.keyboard.press("Enter")
        names = [cell.inner_text() for cell in table.locator("tbody tr td:first-child").all()]
        assert names == [f"step {i}" for i in order.split()]
        assert table.locator("th").nth(column).get_attribute("aria-sort") == "ascending"
    assert faults == []


def test_every_figure_says_what_it_shows_how_to_read_it_and_what_it_does_not_show(page):
    text = page.read_text()
    figures = text.count("<figure>")
    assert figures >= 3
    for words in ("It shows", "How to read it:", "It does not show"):
        assert text.count(f"<strong>{words}</strong>") == figures


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_offline_and_its_tables_sort(opened, page, scheme):
    shown, faults = opened(page, scheme)
    table = shown.locator("section", has_text="What to leave out").locator("table")
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
