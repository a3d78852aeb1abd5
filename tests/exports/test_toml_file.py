"""Schema, policy, experiment and case answer a misspelt key or choice with one sentence."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.errors import LabError
from exports.schema import Schema
from reidlab.bench.experiment_file import load as load_experiment
from reidlab.gate.policy import load as load_policy
from simulate.case import CASES, load_case

SCHEMA = """
person = "user"
weight = "w"
max_rows_per_person = 3
population_size = 900
[columns."zip code"]
role = "quasi_identifier"
nulls = "wildcard"
prefix = true
domain = ["1", 2]
[columns.age]
role = "quasi_identifier"
intervals = [0, 50, 100]
bounds = [0, 100]
[columns.mail]
role = "token"
kind = "email"
profile = "meta"
"""
POLICY = """
note = "ours"
k = 5
t = 0.2
uniqueness = 0.1
allowed_roles = ["sensitive", "quasi_identifier"]
forbidden_kinds = ["email"]
zip_digits = 3
"""
EXPERIMENT = """
name = "tokens"
question = "Which?"
seeds = [1, 2]
utilities = ["kept-rows"]
status_quo = "buckets"
everybody = true
[material]
kind = "upload"
people = 1000
[[defenses]]
name = "truncate"
label = "buckets"
settings = { population = 4000 }
grid = { k = [2, 8] }
[[attacks]]
name = "account-match"
settings = { accounts = "@accounts" }
later = true
[full]
seeds = [1, 2, 3]
material = { people = 50000 }
"""
FILES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "schema": (SCHEMA, Schema.load),
    "policy": (POLICY, load_policy),
    "experiment": (EXPERIMENT, load_experiment),
    "case": ((CASES / "betterhelp.toml").read_text(), load_case),
}
FREE = {("schema", "columns"), ("case", "by_year"), ("case", "shares")}
"""Tables whose keys are names that somebody gave."""
Where = tuple[str | int, ...]


def places(kind: str, raw: Any, where: Where = ()) -> list[Where]:
    """Return the place of every key that has a meaning."""
    found: list[Where] = []
    for key, value in (
        raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    ):
        named = isinstance(key, str) and not (where and (kind, where[-1]) in FREE)
        found += [(*where, key)] if named else []
        found += places(kind, value, (*where, key))
    return found


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value) if isinstance(value, str | bool | int | float) else str(value)


def written(raw: dict[str, Any]) -> str:
    return "\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in raw.items())


def holder(raw: Any, where: Where) -> Any:
    for key in where[:-1]:
        raw = raw[key]
    return raw


def dotted(where: Where) -> str:
    parts = [str(key) for key in where]
    return ".".join(part if re.fullmatch(r"[\w-]+", part, re.ASCII) else f'"{part}"' for part in parts)


@st.composite
def misspelt(draw: st.DrawFn, word: str) -> str:
    """A word with one letter too many, too few, or another; never equal to it."""
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from("qjZ_"))
    left = [word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]]
    left += [word[:at] + word[at + 1 :]] if len(word) > 4 else []
    return draw(st.sampled_from([one for one in left if one != word]))


@pytest.mark.parametrize("kind", FILES)
def test_the_example_itself_is_read(kind: str, tmp_path: Path) -> None:
    text, load = FILES[kind]
    path = tmp_path / "mine.toml"
    path.write_text(written(tomllib.loads(text)), encoding="utf-8")
    load(str(path))


@pytest.mark.parametrize("kind", FILES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_misspelt_key_is_answered_alike_with_file_key_and_nearest(
    kind: str, tmp_path: Path, data: st.DataObject
) -> None:
    text, load = FILES[kind]
    raw = tomllib.loads(text)
    where = data.draw(st.sampled_from(places(kind, raw)))
    table, key = holder(raw, where), str(where[-1])
    wrong = data.draw(misspelt(key).filter(lambda one: one not in table))
    order = {wrong if name == key else name: value for name, value in table.items()}
    table.clear()
    table.update(order)
    path = tmp_path / "mine.toml"
    path.write_text(written(raw), encoding="utf-8")
    with pytest.raises(LabError) as caught:
        load(str(path))
    place = f"{re.escape(str(path))}: {re.escape(dotted((*where[:-1], wrong)))}"
    sentence = re.fullmatch(
        rf"{place} is not a known key; the nearest is '(\w+)'(, all are .*| of \d+)\.",
        str(caught.value),
    )
    assert sentence is not None, str(caught.value)
    assert len(key) < 4 or sentence[1] == key


@pytest.mark.parametrize(
    ("kind", "where", "wrong", "nearest"),
    [
        ("schema", ("columns", "zip code", "role"), "quasi_identifer", "quasi_identifier"),
        ("schema", ("columns", "zip code", "nulls"), "wildcart", "wildcard"),
        ("policy", ("allowed_roles", 1), "Quasi-identifier", "quasi_identifier"),
        ("experiment", ("material", "kind"), "uplaod", "upload"),
        ("experiment", ("defenses", 0, "name"), "truncat", "truncate"),
        ("experiment", ("attacks", 0, "name"), "acount-match", "account-match"),
        ("experiment", ("utilities", 0), "kept-row", "kept-rows"),
        ("experiment", ("status_quo",), "bucket", "buckets"),
        ("case", ("target", "platform"), "facebok", "facebook"),
        ("case", ("transfers", 1, "platform"), "snapchatt", "snapchat"),
        ("case", ("transfers", 0, "status"), "sen", "seen"),
        ("case", ("purpose",), "advertisng", "advertising"),
    ],
)
def test_every_misspelt_choice_is_answered_alike(
    kind: str, where: Where, wrong: str, nearest: str, tmp_path: Path
) -> None:
    text, load = FILES[kind]
    raw = tomllib.loads(text)
    holder(raw, where)[where[-1]] = wrong
    path = tmp_path / "mine.toml"
    path.write_text(written(raw), encoding="utf-8")
    with pytest.raises(LabError) as caught:
        load(str(path))
    assert str(caught.value).startswith(f"{path}: {dotted(where)} is {wrong!r}; the nearest is {nearest!r}")


@pytest.mark.parametrize(
    ("kind", "old", "new", "sentence"),
    [
        ("schema", "max_rows_per_person = 3", "max_rows_per_person = 0", "max_rows_per_person: it should be"),
        ("schema", 'role = "token"', "", "the key columns.mail.role is missing: add it."),
        ("schema", "intervals = [0, 50, 100]", "intervals = [0]", "columns.age.intervals: "),
        ("policy", "k = 5", "k = 0", "k: it should be greater than or equal to 1"),
        ("policy", "k = 5", 'name = "x"\nk = 5', "name is not a known key"),
        ("experiment", "population = 4000", "population = { a = 1 }", "defenses.0.settings.population: "),
        (
            "experiment",
            "material = { people = 50000 }",
            "material = { people = 5 }",
            "full.material.people: ",
        ),
        (
            "experiment",
            'label = "buckets"',
            'label = "buckets"\nlater = true',
            "defenses.0.later is for attacks",
        ),
        ("experiment", 'label = "buckets"', "later = true", "defenses.0.later is for attacks"),
    ],
)
def test_another_wrong_entry_names_file_and_key(
    kind: str, old: str, new: str, sentence: str, tmp_path: Path
) -> None:
    text, load = FILES[kind]
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LabError) as caught:
        load(str(path))
    assert str(caught.value).startswith(f"{path}: "), str(caught.value)
    assert sentence in str(caught.value)
