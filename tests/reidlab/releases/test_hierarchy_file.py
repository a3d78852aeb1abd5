"""A hierarchy is proposed as a file that can be edited and declared as it is."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from exports.errors import LabError
from exports.hierarchies.hierarchy import Hierarchy, hierarchy_of
from exports.reading.loading import load
from exports.schema import Column, Role, Schema
from reidlab.cli import app
from reidlab.releases.hierarchy_file import proposed_hierarchy, write_hierarchy

COLUMNS = {
    "age": ["31", "44", "58", "7", "90"],
    "born": ["01.12.1950", "02.01.1990", "27.07.1989", "30.09.1988", "03.06.1955"],
    "zip": ["02139", "02140", "10115", "10117", "02139"],
    "icd": ["F32.1", "F32.0", "F33.1", "G35", "F40"],
    "job": ["clerk", "smith", "nurse", "baker", "clerk"],
}
LEVELS = {
    "born": ["01.12.1950", "1950-12", "1950-Q4", "1950", "1950s", "*"],
    "zip": ["02139", "0213*", "021**"],
}


def people(folder) -> str:
    path = folder / "people.csv"
    rows = [list(COLUMNS), *zip(*COLUMNS.values(), strict=True)]
    path.write_text("\n".join(",".join(row) for row in rows) + "\n")
    return str(path)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_proposal_is_a_hierarchy_of_the_column_as_it_stands(tmp_path, column) -> None:
    path, out = people(tmp_path), tmp_path / "h.csv"
    done = CliRunner().invoke(app, ["hierarchy", path, column, "--out", str(out)])
    assert done.exit_code == 0
    table = load(path)
    declared = Column(Role.QUASI_IDENTIFIER, hierarchy=out)
    found = hierarchy_of(table[column], column, declared)
    assert len(found.encode(table[column], column)) == 5
    assert found.labels[-1] == ("*",)
    if column in LEVELS:
        first = [found.label(level)[0] for level in range(found.height + 1)]
        assert first[: len(LEVELS[column])] == LEVELS[column]


def test_a_taxonomy_names_the_groups_and_what_it_lacks_is_other(tmp_path) -> None:
    (tmp_path / "jobs.csv").write_text("clerk; office ;*\nsmith;trade;*\nnurse;care;*\npilot;air;*\n")
    found = proposed_hierarchy(people(tmp_path), "job", Schema(), taxonomy=tmp_path / "jobs.csv")
    written = write_hierarchy(found.hierarchy).splitlines()
    assert written == ["clerk;office;*", "smith;trade;*", "nurse;care;*", "baker;other;*"]


def test_rare_categories_become_one_group(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("job\n" + "clerk\n" * 60 + "nurse\n" * 38 + "abbot\n" + "acrobat\n")
    lines = write_hierarchy(proposed_hierarchy(str(path), "job", Schema()).hierarchy).splitlines()
    assert lines == ["clerk;clerk;*", "nurse;nurse;*", "abbot;other;*", "acrobat;other;*"]


def test_equal_lines_are_accepted_and_contradicting_ones_refused_with_both(tmp_path) -> None:
    path = tmp_path / "h.csv"
    path.write_text("34; 30-39; *\n36;30-39;*\n34;30-39;*\n")
    assert Hierarchy.from_csv(path).labels == (("34", "36"), ("30-39",), ("*",))
    path.write_text("34;30-39;*\n36;30-39;*\n34;40-49;*\n")
    with pytest.raises(LabError, match="lines 1 and 3 with other labels"):
        Hierarchy.from_csv(path)


def test_groups_of_the_schema_are_a_level_and_may_not_overlap(tmp_path) -> None:
    table = load(people(tmp_path))
    groups = {"indoors": ("clerk", "nurse", "baker"), "outdoors": ("smith",)}
    found = hierarchy_of(table["job"], "job", Column(Role.QUASI_IDENTIFIER, groups=groups))
    assert found.label(1) == ["indoors", "outdoors", "indoors", "indoors"]
    with pytest.raises(LabError, match="lack 1 of its 4 values"):
        hierarchy_of(
            table["job"],
            "job",
            Column(Role.QUASI_IDENTIFIER, groups={"indoors": ("clerk", "nurse", "baker")}),
        )
    (tmp_path / "s.toml").write_text(
        '[columns.job]\nrole = "quasi_identifier"\ngroups = { a = ["clerk"], b = ["clerk", "smith"] }\n'
    )
    with pytest.raises(LabError, match="'a' and 'b' of 'job' overlap"):
        Schema.load(tmp_path / "s.toml")
