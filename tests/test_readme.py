"""What the README promises, tried."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reidlab.cli import COMMANDS, app

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_in_the_readme_exists_and_shows_its_help():
    named = set(re.findall(r"`(?:[^`]*\| )?reidlab (\w+)", TEXT))
    assert named
    assert named <= set(COMMANDS)
    for name in named:
        assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0


def test_the_python_example_runs(capsys):
    (code,) = re.findall(r"^```python\n(.*?)^```", TEXT, flags=re.M | re.S)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert printed == re.findall(r"^# (.*%.*)$", code, flags=re.M)


def test_every_link_inside_the_repository_leads_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target


def test_the_table_holds_the_numbers_of_the_text():
    row = next(line for line in TEXT.splitlines() if line.startswith("| Facebook"))
    numbers = [int(text.replace(",", "")) for text in re.findall(r"\d{1,3}(?:,\d{3})+", row)]
    sent, *parts = numbers
    assert sum(parts) == sent


STANDS_FOR = {
    "FILE": "export.csv",
    "--schema S": "--schema schema.toml",
    "--policy P": "--policy edpb_pseudonymisation",
    "--html REPORT": "--html report.html",
    "--original F": "--original export.csv",
    "--control F": "--control others.csv",
    "--out F": "--out release.csv",
}
SMALLER = {"reidlab replay betterhelp": " --people 20000", "reidlab calibration": " --people 200000"}
IN_THE_TABLE = [
    command.replace("\\|", "|")
    for line in TEXT.splitlines()
    if line.startswith("| ")
    for command in re.findall(r"`((?:echo [^`]*)?reidlab [^`]*)`", line)
]


@pytest.mark.slow
@pytest.mark.parametrize("command", IN_THE_TABLE)
def test_a_command_of_the_table_does_what_it_says(command, tmp_path):
    for name, first in (("export.csv", 20), ("others.csv", 60)):
        rows = [f"{first + i % 40},{'flu' if i % 3 else 'cold'}" for i in range(400)]
        (tmp_path / name).write_text("\n".join(["age,illness", *rows]) + "\n")
    alone = [f"{i},{'flu' if i % 3 else 'cold'}" for i in range(400)]
    (tmp_path / "alone.csv").write_text("\n".join(["age,illness", *alone]) + "\n")
    roles = {"age": "quasi_identifier", "illness": "sensitive"}
    schema = "".join(f'[columns.{name}]\nrole = "{role}"\n' for name, role in roles.items())
    (tmp_path / "schema.toml").write_text(schema)
    done = command + SMALLER.get(command, "")
    for word, real in STANDS_FOR.items():
        done = re.sub(rf"{word}(?= |$)", real, done)
    if " attack " in done:
        # Where nobody is alone there is nothing to claim, and that is no answer.
        done = done.replace("export.csv", "alone.csv")
    assert not re.search(r" [A-Z]( |$)", done)
    assert run(done, tmp_path).returncode == 0, done


def run(command, folder):
    """Run a command as a reader would, with this installation's reidlab first on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_first_command_prints_the_numbers_of_the_table(tmp_path):
    (command,) = re.findall(r"\.venv/bin/(reidlab replay .*)", TEXT)
    platforms = json.loads(run(f"{command} --json", tmp_path).stdout)["result"]["platforms"]
    rows = re.findall(r"^\| (Facebook|Snapchat|Pinterest) \|(.*)\|$", TEXT, flags=re.M)
    assert len(rows) == 3
    for name, cells in rows:
        found = platforms[name.lower()]
        lost = (found["lost"][cause] for cause in ("no_account", "other_address", "typo", "normalisation"))
        told = [f"{found['received']:,}", f"{100 * found['share']:.1f} % ({found['matched']:,})"]
        assert [cell.strip() for cell in cells.split("|")] == [*told, *(f"{count:,}" for count in lost)]
