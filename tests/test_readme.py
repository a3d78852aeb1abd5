"""What the README promises, tried."""

import re
from pathlib import Path

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
    assert "(2 of 3)" in capsys.readouterr().out


def test_every_link_inside_the_repository_leads_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target


def test_the_table_holds_the_numbers_of_the_text():
    row = next(line for line in TEXT.splitlines() if line.startswith("| Facebook"))
    numbers = [int(text.replace(",", "")) for text in re.findall(r"\d{1,3}(?:,\d{3})+", row)]
    sent, *parts = numbers
    assert sum(parts) == sent
