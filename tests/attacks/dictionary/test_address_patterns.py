"""Patterns hold every combination once, the probable ones first."""

import itertools

import numpy as np
import pyarrow as pa
import pytest

from attacks.dictionary.address_patterns import Patterns
from attacks.dictionary.hashing import Hashing
from attacks.dictionary.search import cover
from attacks.tokens.hash_reversal import HashReversal
from attacks.upload_list import connect
from exports.errors import LabError
from exports.release import Release, Truth
from exports.schema import Schema

FIRST = pa.table({"name": ["Ann", "Bo", "Chloé"], "weight": [60.0, 30.0, 10.0]})
LAST = pa.table({"name": ["O'Hara", "Lee"]})
STYLES = {"{first}.{last}": 3, "{f}{last}{yy}": 1, "{last}_{first}{n}": 1}
SMALL = Patterns(FIRST, LAST, {"a.example": 3, "b.example": 1}, STYLES, years=(1998, 2001), numbers=3)


def _batches(patterns, budget=10**9):
    found = []
    with connect() as connection:
        patterns.prepare(connection)
        for batch in patterns.batches(budget):
            connection.register("combo", batch.parts)
            found.append(connection.sql(batch.sql).to_arrow_table()["text"].to_pylist())
            assert len(found[-1]) == batch.size
    return found


def _probabilities():
    first, last = {"ann": 0.6, "bo": 0.3, "chloe": 0.1}, {"ohara": 2 / 3, "lee": 1 / 3}
    years, numbers = {"98": 0.25, "99": 0.25, "00": 0.25, "01": 0.25}, {"1": 6 / 11, "2": 3 / 11, "3": 2 / 11}
    found = {}
    for a, p in first.items():
        for b, q in last.items():
            for domain, share in (("a.example", 0.75), ("b.example", 0.25)):
                found[f"{a}.{b}@{domain}"] = 0.6 * p * q * share
                for year, r in years.items():
                    found[f"{a[0]}{b}{year}@{domain}"] = 0.2 * p * q * share * r
                for number, r in numbers.items():
                    found[f"{b}_{a}{number}@{domain}"] = 0.2 * p * q * share * r
    return found


def test_every_combination_is_tried_once_and_none_else():
    found = [text for batch in _batches(SMALL) for text in batch]
    assert len(found) == len(set(found)) == SMALL.size
    assert set(found) == set(_probabilities())


def test_probable_candidates_come_first_up_to_the_steps_of_probability():
    expected = _probabilities()
    found = [np.log2([expected[text] for text in batch]) for batch in _batches(SMALL)]
    for earlier, later in itertools.pairwise(found):
        assert later.max() <= earlier.min() + 2.5


@pytest.mark.parametrize("budget", [0, 5, 40, 10_000])
def test_a_budget_is_never_passed(budget):
    assert sum(map(len, _batches(SMALL, budget))) <= budget


def test_large_pools_are_cut_so_that_no_batch_outgrows_memory():
    batches = list(Patterns.of_pools().batches(20_000_000))
    assert 15_000_000 < sum(batch.size for batch in batches) <= 20_000_000
    assert max(batch.size for batch in batches) <= 8_000_000


def test_people_named_by_the_pattern_are_opened_and_others_are_not():
    plain = ["ann.ohara@a.example", "blee99@a.example", "zz.top@a.example"]
    release = Release("tokens", Schema.of(token=["em"]), table=pa.table({"em": Hashing().digests(plain)}))
    found = HashReversal(guesses=SMALL).run(release, Truth(release.rows), seed=1)
    assert (found.attack.count, found.attack.of) == (2, 3)


def test_names_at_given_providers_are_a_space_of_the_command_line():
    release = Release(
        "tokens", Schema.of(token=["em"]), table=pa.table({"em": Hashing().digests(["ann.ohara@x.example"])})
    )
    found = HashReversal(space="names:x.example", first_names=FIRST, last_names=LAST).run(
        release, Truth(release.rows), seed=1
    )
    assert found.attack.count == 1


@pytest.mark.parametrize("style", ["{nobody}", "{first}@{last}@", "{first}{word}", "{yy}"])
def test_a_style_that_cannot_be_read_is_one_sentence(style):
    with pytest.raises(LabError):
        cover(pa.array(["x"]), Patterns(FIRST, LAST, styles={style: 1}), 10)
