import pytest

from exports.errors import LabError
from reidlab.following import CONTENT_NOTE, follow
from simulate.case import load_case

CASE = load_case("betterhelp")


@pytest.fixture(scope="module")
def way():
    return follow(CASE, 17, seed=3)


def test_a_person_is_followed_from_the_intake_page_to_every_platform(way):
    titles = [step.title for step in way.steps]
    assert titles[:3] == ["Somebody", "The visit", "The intake page"]
    assert sum(title.startswith("Sent to") for title in titles) == len(CASE.widest())


def test_a_content_note_stands_before_items_on_self_harm(way):
    text = next(step.text for step in way.steps if step.title == "The intake page")
    assert text.startswith(CONTENT_NOTE)
    assert text.index("better off dead:") > len(CONTENT_NOTE)


def test_the_same_seed_is_the_same_person_and_another_is_not(way):
    assert follow(CASE, 17, seed=3) == way
    assert follow(CASE, 17, seed=4) != way


def test_markup_shows_every_step_once(way):
    assert way._repr_html_().count("<li>") == len(way.steps)


@pytest.mark.parametrize("person", [-1, 7_000_000])
def test_nobody_outside_the_case_can_be_followed(person):
    with pytest.raises(LabError, match="between 0 and"):
        follow(CASE, person, seed=3)
