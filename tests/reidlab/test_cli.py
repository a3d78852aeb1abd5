import json
import subprocess
import sys
from importlib.util import find_spec

import pytest
import typer
from typer.testing import CliRunner

from exports.errors import LabError
from reidlab import cli, installation


def test_doctor_prints_one_json_object_with_the_fixed_envelope():
    run = CliRunner().invoke(cli.app, ["doctor", "--json"])
    found = json.loads(run.stdout)
    assert run.exit_code == 0
    assert (found["schema_version"], found["command"]) == (1, "doctor")
    assert set(found["result"]["extras"]) == set(installation.EXTRAS)


def test_a_wrong_option_exits_with_2_and_no_traceback():
    run = subprocess.run(
        [sys.executable, "-m", "reidlab", "doctor", "--nope"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (LabError("the value is 3 but must be 4."), "the value is 3"),
        (ZeroDivisionError("cell value"), "ZeroDivisionError"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_every_fault_is_one_sentence_and_exit_code_2(monkeypatch, capsys, error, shown):
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "app", app)
    monkeypatch.setattr(sys, "argv", ["reidlab"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    message = capsys.readouterr().err
    assert stop.value.code == 2
    assert shown in message
    assert "cell value" not in message
    assert message.strip().count("\n") == 0


def test_a_shadowed_package_is_named_with_both_folders(monkeypatch, tmp_path):
    folders = installation.package_folders()
    monkeypatch.setattr(
        installation, "package_folders", lambda: {**folders, "simulate": tmp_path / "simulate"}
    )
    with pytest.raises(LabError, match=str(tmp_path)):
        installation.require_one_distribution()


def test_versions_name_every_base_dependency_and_of_the_extras_what_is_installed():
    named = installation.versions()
    assert {"reidlab", "numpy", "matplotlib", "typer", "pytest"} <= set(named)
    assert "not installed" not in named.values()
    assert ("mbi" in named) == (find_spec("mbi") is not None)
