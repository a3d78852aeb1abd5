"""A right answer is taken in every usual spelling, a wrong one gets a kind of slip and never the answer."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exports.shares import Share
from reidlab.lessons.checks import TryAgain, check
from reidlab.lessons.questions import Question, written

SHARES = st.fractions(Fraction(1, 50), Fraction(49, 50)).map(float)


def asked(answer):
    return Question("00/x", "Look again.").answered(answer)


@settings(max_examples=40)
@given(SHARES)
def test_a_right_share_is_taken_however_it_is_written(share):
    question = asked(share)
    three = f"{share:.2e}"
    percent = float(f"{share * 100:.2e}")
    assume(percent > 1)
    for spelling in (
        share,
        np.float64(share),
        three,
        float(three),
        f"{percent} %",
        str(float(three)).replace(".", ","),
    ):
        assert question.taken(spelling) is not None, spelling
    assert question.taken(percent) is not None


@settings(max_examples=40)
@given(SHARES, SHARES)
def test_another_number_is_not_taken_and_the_hint_does_not_hold_the_answer(share, other):
    assume(abs(share - other) > 0.02 * share)
    assume(abs(share - other / 100) > 0.02 * share)
    question = asked(share)
    assert question.taken(other) is None
    assert f"{share:.3f}" not in question.slip(other, ())
    text = written([question])
    for digest in (*question.right, question.coarse):
        text = text.replace(digest, "")
    assert f"{share:.2f}" not in text


@settings(max_examples=40)
@given(st.integers(2, 10**7))
def test_a_count_must_be_exact_and_being_off_by_one_is_said(count):
    question = asked(count)
    assert question.taken(count) == question.taken(f"{count:,}") == question.taken(float(count)) == ""
    assert question.taken(count + 1) is None
    assert question.slip(count + 1, ()) == question.slip(count - 1, ()) == "Off by one."


def test_a_slip_is_named_by_its_kind():
    question = asked(0.5473)
    assert question.taken((0, 547)) == question.taken("0,547") == "(Python writes decimals with a point.)"
    assert "complement" in question.slip(1 - 0.5473, ())
    assert "upside down" in question.slip(1 / 0.5473, ())
    assert "thousand" in question.slip(547.3, ())
    assert "three digits" in question.slip(0.55, ())
    assert "list" in question.slip([0.5], ())


def test_a_word_is_taken_in_capitals_and_another_one_gets_the_list():
    question = Question("00/x", "Look.", ("a", "b")).answered("b")
    assert question.taken("B") == question.taken(" b ") == ""
    assert question.slip("c", ("a", "b")) == "Choose one of 'a', 'b'."
    assert question.slip("a", ("a", "b")) == "Not yet."


@pytest.mark.parametrize(
    "answer", [None, [], {}, object(), float("nan"), float("inf"), "", "ln 5", 10**400, Share(1, 3), b"x"]
)
def test_nothing_that_is_given_ends_in_a_traceback(answer):
    for name in ("00/match_rate", "00/seen", "00/receiver"):
        with pytest.raises(TryAgain, match=name):
            check(name, answer)
