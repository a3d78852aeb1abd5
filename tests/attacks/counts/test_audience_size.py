"""A rounded, floored size tells about one person exactly; noise makes it cost, and then fail."""

import numpy as np
import pyarrow as pa
import pytest

from attacks.counts.audience_size import AudienceSize
from exports.errors import LabError
from exports.queries import Withheld, exact_counts
from exports.randomness import Stream
from exports.release import Export, Release, Truth
from exports.schema import Schema

pytestmark = pytest.mark.statistical

ROLES = Schema.of(token=["em"], sensitive=["client"])


def _accounts(n=3_000):
    has = Stream(1, "test", "client").uniforms(n) < 0.4
    return pa.table({"em": [f"t{i}" for i in range(n)], "client": np.where(has, "yes", "no")})


def _platform(table, report, roles=ROLES):
    exact = exact_counts(Export(table, roles)).ask
    return Release("counts", roles, ask=lambda query: report(exact(query)))


def _two_digits(size):
    if size < 1000:
        return 0
    step = 10 ** (len(str(size)) - 2)
    return (size + step // 2) // step * step


def _floor(size):
    if size < 100:
        raise Withheld("fewer than 100.")
    return size // 50 * 50


@pytest.mark.parametrize(
    "report",
    [int, lambda size: max(size, 20), _floor, lambda size: round(size, -2)],
    ids=["exact", "at least 20", "50s from 100", "hundreds"],
)
def test_without_noise_every_guess_is_right_whatever_rounding_and_floor(report):
    found = AudienceSize(accounts=600).run(_platform(_accounts(), report), Truth(_accounts()), seed=1)
    assert (found.attack.count, found.attack.of) == (100, 100)
    assert found.advantage.value == 1.0


def test_two_digits_above_a_thousand_take_a_thousand_decoys_and_two_questions_a_person():
    people = _accounts(6_000)
    found = AudienceSize(accounts=1_100).run(_platform(people, _two_digits), Truth(people), seed=1)
    questions = found.series["questions"]
    assert found.attack.share == 1.0
    assert questions["decoys"] == 999
    assert questions["for_each_target"] == 2
    assert questions["to_find_the_threshold"] < 60


def test_too_few_decoys_for_the_floor_make_no_guess():
    found = AudienceSize(accounts=300).run(_platform(_accounts(), _two_digits), Truth(_accounts()), seed=1)
    assert (found.asked, found.made) == (100, 0)
    assert "give more decoys" in found.notes[0]


def test_a_platform_that_stops_answering_leaves_targets_without_a_guess_and_none_without_the_secret():
    asked = 0

    def until_spent(size):
        nonlocal asked
        asked += 1
        if asked > 100:
            raise Withheld("The budget of this data set is spent.")
        return _floor(size)

    found = AudienceSize(accounts=600).run(_platform(_accounts(), until_spent), Truth(_accounts()), seed=1)
    assert 0 < found.attack.of < 100
    assert found.attack.count == found.attack.of


@pytest.mark.parametrize(("width", "low", "high"), [(3, 0.95, 1.0), (200, 0.0, 0.75)])
def test_noise_is_averaged_away_while_it_is_small_and_stops_it_when_large(width, low, high):
    draws = iter((width * Stream(7, "test", "noise").normals(100_000)).round().astype(int).tolist())
    people = _accounts(800)
    platform = _platform(people, lambda size: size + next(draws))
    found = AudienceSize(accounts=100, targets=60).run(platform, Truth(people), seed=1)
    assert low <= found.attack.share <= high
    assert found.series["questions"]["noisy"]


def test_own_accounts_as_decoys_and_another_value_are_taken():
    people, own = _accounts(200), pa.table({"em": [f"own{i}" for i in range(30)], "client": ["no"] * 30})
    table = pa.concat_tables([people, own])
    platform = _platform(table, lambda size: size // 10 * 10)
    found = AudienceSize(decoys=own, value="no").run(platform, Truth(people), seed=1)
    assert found.attack.share == 1.0
    assert found.attack.of == 100


def test_two_identifiers_of_one_account_are_told_from_those_of_two():
    rows = [(f"p{i}", f"{kind}{i}") for i in range(400) for kind in ("em", "ph")]
    table = pa.table({"person": [person for person, _ in rows], "token": [token for _, token in rows]})
    roles = Schema.of(person="person", token=["token"])
    attack = AudienceSize("same-account", accounts=300)
    found = attack.run(_platform(table, lambda size: size // 20 * 20, roles), Truth(table), seed=1)
    assert found.attack.share == 1.0
    assert found.attack.of > 20
    assert (found.control.count, found.control.of > 20) == (0, True)
    brands = table.append_column("brand", pa.array(["teen", "pride", "pride", "pride"] * 200))
    divided = AudienceSize("same-account", accounts=300, by="brand").run(
        _platform(table, lambda size: size // 20 * 20, roles), Truth(brands), seed=1
    )
    assert divided.attack == found.attack
    for kind in ("attack", "control"):
        counted = [getattr(group, kind).of for group in divided.groups.values()]
        assert (len(counted), sum(counted)) == (2, getattr(found, kind).of)


def test_counting_without_removing_duplicates_breaks_the_pairing():
    rows = [(f"p{i}", f"{kind}{i}") for i in range(400) for kind in ("em", "ph")]
    table = pa.table({"person": [person for person, _ in rows], "token": [token for _, token in rows]})
    roles = Schema.of(person="person", token=["token"])
    counted = exact_counts(Export(table, Schema.of(token=["token"], insensitive=["person"]))).ask
    found = AudienceSize("same-account", accounts=300).run(
        Release("counts", roles, ask=counted), Truth(table), seed=1
    )
    assert found.attack.count == found.control.count == 0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"token": "x"}, "'x'"),
        ({"secret": "y"}, "'y'"),
        ({"targets": 0}, "targets"),
        ({"accounts": 0}, "decoy"),
        ({"value": "maybe"}, "'client'"),
        ({"question": "same-account"}, "person"),
        ({"decoys": pa.table({"x": ["a"]})}, "decoys"),
    ],
)
def test_knowledge_that_does_not_fit_is_one_sentence(fields, sentence):
    with pytest.raises(LabError, match=sentence):
        AudienceSize(**fields).run(_platform(_accounts(50), int), Truth(_accounts(50)), seed=1)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_nobody_or_one_account_is_a_result(n):
    found = AudienceSize().run(_platform(_accounts(n), int), Truth(_accounts(n)), seed=1)
    assert found.made <= found.asked <= n
