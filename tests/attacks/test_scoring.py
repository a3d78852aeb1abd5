"""One result shape for every attack."""

import json

import numpy as np

from attacks.scoring import Guesses, scored
from exports.shares import Share

HALF = np.repeat([True, False], 50)


def test_the_control_is_the_reference_where_there_is_one_and_the_baseline_otherwise():
    assert scored("x", HALF, baseline=HALF, control=~HALF, seed=1).advantage.reference == "control"
    assert scored("x", HALF, baseline=HALF, control=HALF[:0], seed=1).advantage.reference == "baseline"


def test_fewer_guesses_than_asked_are_reported_and_the_share_is_of_those_made():
    found = scored("x", HALF, baseline=HALF, asked=500, seed=1)
    assert (found.asked, found.made, found.attack.of) == (500, 100, 100)


def test_a_failed_attack_says_what_it_could_have_seen():
    assert "no better than the baseline at n=100: the smallest advantage" in repr(
        scored("x", HALF, baseline=HALF, seed=1)
    )
    assert "could not have seen any" in repr(scored("x", HALF[49:51], baseline=HALF[49:51], seed=1))


def test_guesses_about_few_people_see_less_and_more_of_them_are_needed():
    people = np.repeat(np.arange(10), 10)
    alone = scored("x", HALF, baseline=HALF, control=HALF, seed=1)
    crowded = scored("x", Guesses(HALF, people), baseline=HALF, control=Guesses(HALF, people), seed=1)
    assert crowded.attack == alone.attack
    assert crowded.detectable > 2 * alone.detectable
    assert crowded.needed > 5 * alone.needed
    assert crowded.advantage.high - crowded.advantage.low > 2 * (alone.advantage.high - alone.advantage.low)


def test_nobody_attacked_is_a_result_without_numbers_and_no_nan():
    none = np.zeros(0, dtype=bool)
    text = json.dumps(scored("x", none, baseline=none, control=none, seed=1).to_json(), allow_nan=False)
    assert json.loads(text)["advantage"]["reason"] == "nobody was attacked"


def test_groups_are_reported_with_their_n_and_the_worst_is_named():
    groups = np.repeat(["minor", "adult"], 50)
    found = scored("x", Guesses(HALF, groups=groups), baseline=Share(10, 100), seed=1)
    assert found.worst_group == "minor"
    assert found.groups["minor"].attack == Share(50, 50, "estimated")


def test_a_longer_list_of_attacks_changes_no_number():
    again = scored("x", HALF, baseline=np.roll(HALF, 7), seed=3).advantage
    assert scored("x", HALF, baseline=np.roll(HALF, 7), seed=3).advantage == again
