import pytest

from exports import plugins
from exports.errors import LabError


def test_an_unknown_name_is_answered_with_the_nearest_known_one():
    with pytest.raises(LabError, match="'linkability'"):
        plugins.load("linkabilty", {"linkability": "x:y", "inference": "x:z"}, "attack")


def test_a_known_name_is_imported():
    assert plugins.load("error", {"error": "exports.errors:LabError"}, "attack") is LabError


def test_built_in_names_are_listed_in_order():
    assert list(plugins.available("reidlab.nothing", {"b": "x:b", "a": "x:a"})) == ["a", "b"]
