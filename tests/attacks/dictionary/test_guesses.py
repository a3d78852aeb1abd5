"""Candidates come complete, once each, in order, within the budget."""

import ipaddress
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attacks.dictionary.guesses import Dictionary, Enumeration, HashedDictionary, bounds
from attacks.dictionary.hashing import Hashing
from attacks.upload_list import connect
from exports.errors import LabError


def _texts(guesses, budget=10**9):
    with connect() as connection:
        guesses.prepare(connection)
        found = [
            connection.sql(batch.sql).to_arrow_table()["text"].to_pylist()
            for batch in guesses.batches(budget)
        ]
        assert [len(part) for part in found] == [batch.size for batch in guesses.batches(budget)]
    return [text for part in found for text in part]


@given(st.integers(0, 10**6), st.integers(1, 10**5))
def test_ranges_cover_every_guess_once_and_start_with_one(size, chunk):
    found = list(bounds(size, chunk))
    assert [start for start, _ in found] == [0, *(stop for _, stop in found)][: len(found)]
    assert sum(stop - start for start, stop in found) == size
    assert all(stop - start <= chunk for start, stop in found)


@pytest.mark.parametrize("budget", [0, 1, 7, 100, 999, 10**6])
def test_a_budget_is_kept_to_the_guess(budget):
    dictionary = Dictionary(pa.array([f"w{n}" for n in range(500)]))
    for guesses in (dictionary, HashedDictionary.of(dictionary, Hashing()), Enumeration.phones("+1", 3)):
        found = _texts(guesses, budget)
        assert len(found) == len(set(found)) == min(budget, guesses.size)
    assert set(_texts(dictionary, budget)) == {f"w{n}" for n in range(min(budget, 500))}


def test_every_phone_date_address_and_short_id_is_there():
    assert set(_texts(Enumeration.phones("+1617", 3))) == {f"+1617{n:03}" for n in range(1000)}
    days = _texts(Enumeration.dates(date(1899, 12, 31), date(1901, 1, 1), "%d/%m/%Y"))
    assert len(days) == 367
    assert "29/02/1900" not in days
    for network in ("240.1.2.0/23", "240.16.0.0/15"):
        known = {str(address) for address in ipaddress.IPv4Network(network)}
        assert set(_texts(Enumeration.ipv4(network))) == known
    assert set(_texts(Enumeration.identifiers("ab", 3, "x-"))) == {
        f"x-{a}{b}{c}" for a in "ab" for b in "ab" for c in "ab"
    }


@pytest.mark.parametrize(
    "text", ["phones:+1", "ipv4:999.0.0.0/8", "dates:1990-02-30:1990-03-01", "ids::ab:99", "x", ""]
)
def test_a_space_that_is_none_is_one_sentence(text):
    with pytest.raises(LabError):
        Enumeration.parse(text)


def test_a_dictionary_column_that_is_absent_is_one_sentence():
    with pytest.raises(LabError, match="'mail'"):
        Dictionary.of(pa.table({"email": ["a"]}), "mail")


def test_a_last_day_before_the_first_is_one_sentence():
    with pytest.raises(LabError, match="swap them"):
        Enumeration.parse("dates:2020-01-02:2020-01-01")
