import tomllib
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from exports.schema import Schema
from reidlab.pytest_plugin import check_release

SCHEMA = Schema.of(quasi_identifier=["zip"], sensitive=["illness"])


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("k = 5\nl = 2\n")
    return path


def _frame(rows):
    return pd.DataFrame({"zip": ["021"] * rows, "illness": ["flu", "cold"] * (rows // 2)})


def test_an_export_that_keeps_the_policy_passes(policy):
    check_release(_frame(10), policy, SCHEMA)


def test_one_that_does_not_fails_with_the_rule_and_no_value(policy):
    with pytest.raises(AssertionError, match="k: found 4, limit 5") as caught:
        check_release(_frame(4), policy, SCHEMA)
    assert "flu" not in str(caught.value)


def test_without_a_schema_nothing_passes(policy):
    with pytest.raises(AssertionError, match="schema"):
        check_release(_frame(10), policy)


def test_pytest_finds_the_fixture_by_the_entry_point():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    plugin = import_module(project["entry-points"]["pytest11"]["reidlab"])
    assert hasattr(plugin, "assert_release_ok")
