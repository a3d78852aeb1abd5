"""The audit of anybody's mechanism finds what was broken on purpose, and nothing in sound ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import planted
import pytest

from exports import Schema
from exports.errors import LabError
from reidlab.audits.own_mechanism import audit_releases, smallest_factor

pytestmark = pytest.mark.statistical
SOONEST = {planted.HalfScale, planted.ExactInManifest, planted.RefusalByValue, planted.RowsForPeople}
"""A kind each: too little noise, a count in clear, a refusal, a person's many rows."""


@pytest.mark.parametrize(
    "broken",
    [pytest.param(one, marks=[pytest.mark.slow] * (one not in SOONEST)) for one in planted.BROKEN],
)
def test_every_planted_fault_is_found_at_the_default_level(broken):
    found = audit_releases(broken.__name__, broken, broken.audit_schema)
    assert found.refuted, found
    assert found.seconds < 14


@pytest.mark.parametrize(
    "sound", [pytest.param(one, marks=[pytest.mark.slow] * place) for place, one in enumerate(planted.SOUND)]
)
def test_no_sound_mechanism_is_refuted(sound):
    found = audit_releases(sound.__name__, sound, sound.audit_schema, level=1e-4, seconds=1)
    assert not found.refuted, found
    assert found.claim.epsilon == 1.0


@pytest.mark.slow
def test_sound_mechanisms_are_refuted_no_oftener_than_the_level():
    refuted = [
        audit_releases("sound", one, one.audit_schema, level=0.05, seconds=0.5, seed=run).refuted
        for run in range(50)
        for one in (planted.Planted, planted.NoisySelection, planted.Response, planted.BudgetOfOne)
    ]
    assert sum(refuted) <= 20


def test_more_runs_see_smaller_faults():
    factors = [smallest_factor(1.0, runs, 0.01) for runs in (200, 2000, 20_000)]
    assert factors == sorted(factors, reverse=True)


def test_what_promises_no_epsilon_or_always_fails_has_nothing_to_audit():
    class Silent(planted.Planted):
        def promises(self):
            return {}

    class Failing(planted.Planted):
        def counted(self, export):  # noqa: ARG002 - it fails whatever it is given
            raise ValueError("never")

    for made in (Silent, Failing):
        with pytest.raises(LabError, match="nothing to audit"):
            audit_releases("mine", made, planted.ONE, seconds=1)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from reidlab.cli import main; main()"
    command = [sys.executable, "-c", code, "audit", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_audits_a_class_of_the_current_folder(tmp_path):
    source = Path(planted.__file__).read_text(encoding="utf-8")
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    done = run(tmp_path, "mine:ExactInManifest", "--json")
    assert done.returncode == 1, done.stderr
    result = json.loads(done.stdout)["result"]
    assert result["refuted"]
    assert result["lower_bound"] > 1
    assert result["claim"] == {
        "epsilon": 1.0,
        "delta": 0.0,
        "rho": None,
        "unit": "record",
        "neighbours": "add-remove",
    }
    for absent in ("mine:Nobody", "nowhere:Planted", "mine:Schema"):
        refused = run(tmp_path, absent)
        assert refused.returncode == 2
        assert refused.stderr.count("\n") == 1


def test_a_schema_is_what_tells_which_columns_a_class_takes():
    assert isinstance(planted.Planted.audit_schema, Schema)
