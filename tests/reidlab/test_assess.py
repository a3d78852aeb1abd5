import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reidlab.cli import app

PEOPLE = "zip,age,illness\n02139,31,flu\n02139,31,cold\n10001,58,flu\n"
ROLES = """
[columns.zip]
role = "quasi_identifier"
[columns.age]
role = "quasi_identifier"
[columns.illness]
role = "sensitive"
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "roles.toml").write_text(ROLES)
    return tmp_path


def assessed(*arguments: object) -> dict:
    run = CliRunner().invoke(app, ["assess", *map(str, arguments), "--json"], catch_exceptions=False)
    assert run.exit_code == 0
    return json.loads(run.stdout)["result"]


def test_the_measures_of_a_small_table_can_be_checked_by_hand(export):
    found = assessed(export / "people.csv", "--schema", export / "roles.toml")
    assert {name: found[name] for name in ("rows", "persons", "classes", "k", "uniques")} == {
        "rows": 3,
        "persons": 3,
        "classes": 2,
        "k": 1,
        "uniques": 1,
    }
    assert found["l_distinct"] == {"illness": 1}
    assert found["t_equal"] == {"illness": pytest.approx(1 / 3)}
    assert found["risk"]["prosecutor_max"] == 1.0
    assert found["risk"]["prosecutor_mean"] == pytest.approx(2 / 3)
