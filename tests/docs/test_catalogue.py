"""The page of all attacks is the registry's own word."""

from pathlib import Path

import pytest
from catalogue import page

import attacks
from exports.errors import LabError

ROOT = Path(__file__).parents[2]


def test_the_page_in_the_documentation_is_up_to_date():
    assert (ROOT / "docs" / "attacks.md").read_text() == page()


def test_every_attack_is_listed_with_its_kinds_and_its_story():
    lines = page().splitlines()
    for name in attacks.BUILT_IN:
        found = attacks.find(name)
        line = next(line for line in lines if line.startswith(f"| [`{name}`]"))
        assert all(kind in line for kind in found.accepts)
        assert found.name == name
        assert len((found.__doc__ or "").split("\n\n")) > 2


def test_an_unknown_attack_is_one_sentence_with_the_nearest_name():
    with pytest.raises(LabError, match="hash-reversal"):
        attacks.find("hash-reversl")
