import pytest

from exports.errors import LabError
from reidlab.case.follow import follow
from reidlab.case.journey import CONTENT_NOTE
from simulate.case import load_case

CASE = load_case("betterhelp")


@pytest.fixture(scope="module")
def way():
    return follow(CASE, 17, seed=3)


def test_a_person_is_followed_from_the_intake_page_to_every_platform(way):
    titles = [step.title for step in way.steps]
    assert titles[:3] == ["Somebody", "The visit", "The intake page"]
    assert sum(title.startswith("Sent to") for title in titles) == len(CASE.widest())


def test_a_person_is_followed_back_through_each_attack(way):
    attacks = [step.title for step in way.steps if step.title.startswith("Attack: ")]
    assert len(attacks) == len(set(attacks)) == 7
    assert [step.title for step in way.steps][-1] == "What would have helped"


def test_a_content_note_stands_before_every_step_that_names_self_harm(way):
    assert {step.title for step in way.steps if "better" in step.text} <= {
        step.title for step in way.steps if step.sensitive
    }
    lines = way.lines()
    for step in way.steps:
        place = next(i for i, line in enumerate(lines) if f". {step.title}. " in line)
        assert (lines[place - 1] == CONTENT_NOTE) == step.sensitive


def test_the_tokens_that_were_sent_are_opened_by_the_list_of_accounts(way):
    matched = any(step.text.endswith("matched.") and "hash of" in step.text for step in way.steps)
    undone = next(step.text for step in way.steps if step.title == "Attack: undoing the hash")
    assert ("opens 0 of" not in undone) == matched


def test_a_number_beyond_the_list_is_not_sent():
    late = {step.title: step.text for step in follow(CASE, 70_000, seed=3).steps}
    assert "holds 70,000 others" in late["Sent to Criteo"]
    assert "Token" in late["Sent to Facebook"]
    assert "Criteo" not in late["Attack: joining lists"]


def test_the_same_seed_is_the_same_person_and_another_is_not(way):
    assert follow(CASE, 17, seed=3) == way
    assert follow(CASE, 17, seed=4) != way


def test_markup_shows_every_step_once_and_sensitive_ones_closed(way):
    markup = way._repr_html_()
    assert markup.count("<li>") == len(way.steps)
    assert markup.count("<details>") == sum(step.sensitive for step in way.steps) > 0


def test_the_widget_walks_by_slider_and_by_button_and_stops_at_both_ends(way):
    pytest.importorskip("ipywidgets")
    row, text = way.widget().children
    slider, back, onward = row.children
    assert (slider.value, back.disabled, onward.disabled) == (1, True, False)
    onward.click()
    assert slider.value == 2
    assert way.steps[1].title in text.value
    assert 'aria-live="polite"' in text.value
    slider.value = len(way.steps)
    assert (back.disabled, onward.disabled) == (False, True)
    slider.value = 3
    assert "<details>" in text.value
    assert all(part.description for part in (slider, back, onward))


@pytest.mark.parametrize("person", [-1, 7_000_000])
def test_nobody_outside_the_case_can_be_followed(person):
    with pytest.raises(LabError, match="between 0 and"):
        follow(CASE, person, seed=3)
