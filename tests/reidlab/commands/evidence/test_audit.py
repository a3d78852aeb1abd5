import json

import pytest
from typer.testing import CliRunner

import reidlab.audits.mechanisms
from exports.errors import LabError
from reidlab.cli import app


def test_a_sound_mechanism_is_not_caught_and_its_cap_is_shown():
    run = CliRunner().invoke(app, ["audit", "laplace", "--level", "1e-6", "--json"])
    found = json.loads(run.stdout)["result"]["laplace"]
    assert run.exit_code == 0
    assert 0 < found["epsilon"] <= found["claimed"] < found["cap"]


def test_a_mechanism_with_the_wrong_sensitivity_is_caught_and_exits_with_1(monkeypatch):
    from fractions import Fraction

    import numpy as np

    from defenses.dp.noise import discrete_laplace
    from exports.randomness import Stream
    from reidlab.audits.result import audit_worlds

    def broken(name, seed, level):
        noise = [discrete_laplace(Stream(seed, "test", side), 100_000, Fraction(1)) for side in "ab"]
        return audit_worlds(
            name, np.asarray(3 + noise[0], float), np.asarray(noise[1], float), claimed=1, level=level
        )

    monkeypatch.setitem(reidlab.audits.mechanisms.AUDITS, "broken", broken)
    run = CliRunner().invoke(app, ["audit", "broken", "--level", "1e-6"])
    assert run.exit_code == 1
    assert "contradicts" in run.stdout


@pytest.mark.parametrize("arguments", [["audit"], ["audit", "laplace", "--all"], ["audit", "laplac"]])
def test_what_cannot_be_audited_is_one_sentence(arguments):
    run = CliRunner().invoke(app, arguments)
    assert isinstance(run.exception, LabError)
