from __future__ import annotations

from pathlib import Path

import pytest

from exports.errors import LabError
from simulate.case import CASES, known_cases, load_case

TEXT = (CASES / "betterhelp.toml").read_text()


@pytest.mark.parametrize("name", known_cases())
def test_every_case_of_the_lab_loads_and_cites_its_sources(name: str) -> None:
    case = load_case(name)
    assert case.name == name
    assert all(entry.source for entry in [*case.facts, *case.transfers, *case.parameters.values()])
    lists = {one.platform for one in case.transfers if one.identifier == "email"}
    assert set(case.widest()) == lists


def test_the_years_to_the_collection_date_sum_to_the_size() -> None:
    case = load_case("betterhelp")
    assert case.size == sum(n for year, n in case.signups.by_year.items() if year <= case.collected_by.year)


def test_the_widest_transfer_to_facebook_is_the_seven_million() -> None:
    assert load_case("betterhelp").widest()["facebook"].count == 7_000_000


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "count = 7_000_000",
            "cuont = 7_000_000",
            "transfers.0.cuont is not a known key; the nearest is 'count', all are platform,",
        ),
        (
            'platform = "facebook"',
            'platform = "facebok"',
            "platform is 'facebok'; the nearest is 'facebook'",
        ),
        ("size = 7_000_000", "size = 0", "size must be at least 1"),
        ("size = 7_000_000", "size = [", "not valid TOML"),
        ("size = 7_000_000\n", "", "the key size is missing"),
        ('status = "seen"', 'status = "true"', "all are seen, secondary, believed, measured, assumed"),
        (
            '[target]\nplatform = "facebook"',
            '[target]\nplatform = "x"',
            "target.platform is 'x'; the nearest",
        ),
        ("matched = 4_000_000", "matched = 8_000_000", "target: matched must be at least 1"),
        ("count = 70_000", "count = 0", "transfers.3: count must be at least 1"),
    ],
)
def test_a_malformed_case_is_refused_with_file_key_and_way_out(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(LabError) as caught:
        load_case(str(path))
    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_case_may_override_a_parameter_but_not_invent_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    entry = 'value = 0.02\nlow = 0.01\nhigh = 0.03\nstatus = "assumed"\nsource = "x"\nmeaning = "y"\n'
    path.write_text(f"{TEXT}\n[parameters.typo]\n{entry}")
    assert load_case(str(path)).value("typo") == 0.02
    path.write_text(f"{TEXT}\n[parameters.tpyo]\n{entry}")
    with pytest.raises(LabError, match=r"parameters\.tpyo is not a known key; the nearest is 'typo'"):
        load_case(str(path))


def test_an_unknown_profile_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        TEXT.replace('audience = "visitors"', 'audience = "visitors"\nprofile = "segment.mete"', 1)
    )
    with pytest.raises(LabError, match=r"mine\.toml: .*segment\.meta"):
        load_case(str(path))


def test_an_absent_file_is_named() -> None:
    with pytest.raises(LabError, match=r"nowhere\.toml does not exist"):
        load_case("nowhere.toml")
