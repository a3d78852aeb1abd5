"""Points come from what leaves: what a release says of itself moves none upwards."""

from dataclasses import replace

import pyarrow as pa
import pytest

from defenses import Consent, DoNotSend, DpHistogram, Hash, Mondrian
from exports import Release, Schema
from reidlab import Material
from reidlab.bench.materials.prepared import prepare
from reidlab.lessons import capstone
from reidlab.lessons.rubric import bare_rates, overclaims


def silent(send):
    """Return the same rows under a schema, guarantee and owner that say nothing."""

    def made(export):
        rows = send(export).rows
        table = rows.rename_columns([f"c{i}" for i in range(rows.num_columns)])
        columns = dict.fromkeys(table.column_names, "insensitive")
        return Release("records", Schema.of(insensitive=list(columns)), table=table)

    return made


def all_of_them(export):
    hashed = Hash().fit_transform(export)
    table = hashed.rows.drop_columns([name for name in hashed.rows.column_names if name == "agreed"])
    return Release("records", export.schema, table=table)


@pytest.mark.parametrize(
    ("send", "points"),
    [
        (Consent(column="agreed").fit_transform, 20),
        (DoNotSend().fit_transform, 20),
        (Hash().fit_transform, 5),
        (all_of_them, 10),
    ],
    ids=["consent", "nobody", "hashed", "all"],
)
def test_a_list_is_graded_by_its_tokens(send, points):
    assert capstone.the_list(send).points == points
    assert capstone.the_list(silent(send)).points == points


def test_a_function_that_fails_costs_its_criteria_and_says_why():
    def misspelt(export):
        return Hsh().fit_transform(export)  # noqa: F821

    grade = capstone.the_list(misspelt)
    assert grade.points == 0
    assert "NameError" in repr(grade)


@pytest.mark.thorough
def test_answers_are_graded_by_their_rows():
    data, others = (
        prepare(Material("intake", people=2_000), 14),
        prepare(Material("intake", people=2_000), 15),
    )
    honest = capstone.the_answers(Mondrian(k=10).fit_transform, data, others)

    def boasting(export):
        rows = pa.table({name: export.table[name] for name in export.table.column_names})
        promised = Mondrian(k=10).fit_transform(export)
        return replace(promised, table=rows)

    assert honest.points == 25
    assert capstone.the_answers(boasting, data, others).points < 15


def test_counts_are_drawn_by_the_grader_from_a_class_of_the_lab():
    quarter = prepare(Material("answers", people=2_000), 14)
    assert capstone.the_counts(DpHistogram("sex,reason_1", epsilon=0.25), quarter).points == 15
    assert capstone.the_counts(DpHistogram("sex,reason_1", epsilon=1), quarter).points == 8

    class Boast(DpHistogram):
        pass

    assert capstone.the_counts(Boast("sex,reason_1", epsilon=0.25), quarter).points == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We do **not** claim that the table is anonymous.", []),
        ("Die Tabelle ist nicht anonym.", []),
        ("No list is safe, but ours is guaranteed.", ["guaranteed"]),
        ("The table is anonymous, not only small.", ["anonymous"]),
    ],
)
def test_a_denied_claim_is_no_claim(text, found):
    assert overclaims(text) == found


def test_counts_are_known_in_two_languages():
    assert bare_rates("57,1 % (4.000.000 von 7.000.000). 35 % stimmten zu.") == ["35 %"]
    assert bare_rates("35 % (700 out of 2,000) agreed.") == []
