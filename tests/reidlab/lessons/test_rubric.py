import pytest

from exports.errors import LabError
from reidlab.lessons.checks import TryAgain
from reidlab.lessons.rubric import Criterion, bare_rates, check_own, check_part, overclaims, total

EVEN = Criterion("it is even", 2, lambda number: number % 2 == 0)


def _refuses(_answer):
    raise LabError("The table has no rows: give some.")


@pytest.mark.parametrize("answer", [..., {"k": 5, "alone": ...}])
def test_an_open_answer_is_asked_for_and_not_graded(answer):
    with pytest.raises(TryAgain, match="replace it by your answer"):
        check_part("Sums", answer, [EVEN])


def test_a_criterion_that_is_not_met_costs_its_points_and_no_others():
    grade = check_part("Sums", 4, [EVEN, Criterion("it is large", 5, lambda number: number > 100)])
    assert (grade.points, grade.of) == (2, 7)


def test_an_error_of_the_lab_counts_as_no_and_is_shown():
    grade = check_part("Table", 4, [Criterion("it has rows", 3, _refuses)])
    assert grade.points == 0
    assert "The table has no rows" in repr(grade)


def test_own_points_stay_within_what_the_criterion_gives():
    assert check_own("Memo", {"clear": 2}, {"clear": 2}).points == 2
    for points in ({}, {"clear": ...}, {"clear": 3}, {"clear": -1}, {"clear": "all"}):
        with pytest.raises(TryAgain, match="clear"):
            check_own("Memo", points, {"clear": 2})


def test_the_total_is_the_sum_of_its_parts():
    parts = [check_part("A", 4, [EVEN]), check_part("B", 3, [EVEN])]
    assert (total(parts).points, total(parts).of) == (2, 4)


def test_markup_of_a_learner_is_escaped():
    grade = check_own("Memo", {"<b>": 1}, {"<b>": 1})
    assert "<b>" not in grade._repr_html_()


def test_words_are_matched_whole_and_rates_by_sentence():
    assert overclaims("Unsafe at any speed; the safety is solved at last.") == ["solved"]
    assert bare_rates("About 57.1 % matched, 4 of 7. Of the rest 12 % (3 of 25) did, too.") == []
    assert bare_rates("35% agreed.") == ["35%"]
