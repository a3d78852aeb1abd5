from dataclasses import replace

import pytest

from reidlab.bench.cells import cells, read
from reidlab.bench.experiment import Experiment, Material, Part
from reidlab.bench.page import render
from reidlab.bench.runner import run
from reidlab.bench.table import tidy
from reidlab.bench.trial import make
from reidlab.bench.workers import Workers
from reidlab.plots import PALETTE

MATCH = Part("account-match", {"accounts": "@accounts"})
REVERSAL = Part("hash-reversal", {"dictionary": "@dictionary", "salt": "@release:salt"})
EXPERIMENT = Experiment(
    "small",
    "Does a salt help?",
    Material("upload", people=300),
    (Part("hash"), Part("salt", {"salt": "a"})),
    (MATCH,),
    ("kept-rows", "matched-reach"),
    (1, 2),
)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cells")
    return run(EXPERIMENT, folder, workers=1), folder


@pytest.mark.thorough
def test_every_cell_has_one_row_and_the_numbers_do_not_depend_on_the_workers(done, tmp_path):
    table = tidy(done[0])
    assert table.num_rows == len(list(cells(EXPERIMENT)))
    assert table == tidy(run(EXPERIMENT, tmp_path, workers=2))


def test_a_killed_run_is_resumed_and_ends_in_the_same_table(done, tmp_path):
    whole, folder = done
    kept = sorted(folder.glob("*.json"))[::2]
    for path in kept:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "half.json").write_text("{")
    told = []
    resumed = run(EXPERIMENT, tmp_path, workers=1, report=lambda *counts: told.append(counts))
    assert told[0] == (len(kept), len(whole.outcomes))
    assert tidy(resumed) == tidy(whole)


def test_adding_an_attack_changes_no_other_cell(done, tmp_path):
    more = tidy(run(replace(EXPERIMENT, attacks=(MATCH, REVERSAL)), tmp_path, workers=1))
    old = [row for row in more.to_pylist() if row["probe"] != "hash-reversal"]
    assert old == tidy(done[0]).to_pylist()


def test_a_failed_or_senseless_cell_says_why_and_loses_no_other(tmp_path):
    attacks = (MATCH, Part("account-match", {"accounts": "@nothing"}), Part("linkability"))
    experiment = replace(EXPERIMENT, defenses=(Part("hash"),), attacks=attacks, seeds=(1,))
    table = tidy(run(experiment, tmp_path, workers=1))
    found = {
        (row["probe"], row["probe_settings"]): row for row in table.to_pylist() if row["role"] == "attack"
    }
    statuses = [row["status"] for row in found.values()]
    assert statuses == ["done", "failed", "not_applicable"]
    assert all(row["reason"] for row in found.values() if row["status"] != "done")


def test_a_refused_release_fails_its_own_cells_only(tmp_path):
    experiment = replace(EXPERIMENT, defenses=(Part("salt", {"salt": ""}), Part("hash")), seeds=(1,))
    table = tidy(run(experiment, tmp_path, workers=1)).to_pylist()
    assert {row["status"] for row in table if row["family"] == "salt"} == {"failed"}
    assert {row["status"] for row in table if row["family"] == "hash"} == {"done"}


DEADLY = """
import os
from dataclasses import dataclass
from attacks.tokens.account_match import AccountMatch

class Deadly(AccountMatch):
    name = "deadly"
    def run(self, release, truth, *, seed):
        os._exit(1)
"""


@pytest.mark.thorough
def test_an_attack_that_brings_its_process_down_loses_no_other_cell(tmp_path, monkeypatch):
    house = tmp_path / "plugins"
    (house / "deadly-1.0.dist-info").mkdir(parents=True)
    (house / "deadly.py").write_text(DEADLY)
    (house / "deadly-1.0.dist-info" / "METADATA").write_text("Name: deadly\nVersion: 1.0\n")
    (house / "deadly-1.0.dist-info" / "entry_points.txt").write_text(
        "[reidlab.attacks]\ndeadly = deadly:Deadly\n"
    )
    monkeypatch.syspath_prepend(house)
    parts = (Part("deadly", {"accounts": "@accounts"}), MATCH)
    experiment = replace(EXPERIMENT, attacks=parts, utilities=(), seeds=(1,))
    others = replace(experiment, attacks=(MATCH,))
    with Workers(2) as shared:
        table = tidy(run(experiment, tmp_path / "cells", workers=shared)).to_pylist()
        later = tidy(run(others, tmp_path / "later", workers=shared)).to_pylist()
    assert [row["status"] for row in later] == ["done"] * 2
    assert [row["status"] for row in table] == ["failed", "done"] * 2
    assert "died" in table[0]["reason"]


def test_what_failed_is_tried_again_and_what_is_done_is_not(tmp_path):
    broken = replace(EXPERIMENT, attacks=(Part("account-match", {"accounts": "@nothing"}),), seeds=(1,))
    told = []
    for _ in range(2):
        run(broken, tmp_path, workers=1, report=lambda *counts: told.append(counts))
    assert [done for done, _ in told] == [0, 3, 6, 4, 5, 6]


def test_a_question_to_an_oracle_changes_no_answer_to_another_attack(tmp_path):
    alone = Part("averaging", {"columns": ["sex", "religion"], "targets": 20, "repeats": 20})
    other = Part("differencing", {"known": ["sex", "religion"], "secret": "therapy_before", "targets": 20})
    settings = {"columns": "sex,religion,therapy_before", "epsilon": 1.0}
    experiment = replace(
        EXPERIMENT,
        material=Material("answers", people=300),
        defenses=(Part("dp-histogram", settings),),
        utilities=(),
        seeds=(1,),
    )
    tables = [
        tidy(run(replace(experiment, attacks=attacks), tmp_path / str(len(attacks)), workers=1)).to_pylist()
        for attacks in ((alone,), (other, alone))
    ]
    assert tables[0][0] == tables[1][1]


@pytest.mark.parametrize(("defense", "times"), [("dp-histogram", 1), ("noisy-size", 2)])
def test_only_an_oracle_that_remembers_is_made_anew_for_each_cell(defense, times, tmp_path, monkeypatch):
    settings = {
        "dp-histogram": {"columns": "sex,therapy_before", "epsilon": 1.0},
        "noisy-size": {"epsilon": 1.0, "budget": 1000},
    }
    asked = Part("averaging", {"columns": ["sex"], "targets": 2, "repeats": 2})
    experiment = replace(
        EXPERIMENT,
        material=Material("answers", people=100),
        defenses=(Part(defense, settings[defense]),),
        attacks=(asked, replace(asked, settings={**asked.settings, "repeats": 3})),
        utilities=(),
        seeds=(1,),
    )
    made = []
    monkeypatch.setattr("reidlab.bench.runner.make", lambda *parts: made.append(parts) or make(*parts))
    run(experiment, tmp_path, workers=1)
    assert len(made) == times


def test_everybody_counts_those_who_are_not_on_a_list_as_not_recognised(tmp_path):
    experiment = replace(
        EXPERIMENT,
        defenses=(Part("do-not-send"), Part("subsample", {"keep": 0.5})),
        seeds=(1,),
        everybody=True,
    )
    rows = [row for row in tidy(run(experiment, tmp_path, workers=1)).to_pylist() if row["role"] == "attack"]
    assert [row["attack_of"] for row in rows] == [300, 300]
    assert (rows[0]["attack_count"], rows[0]["advantage"]) == (0, 0.0)


def test_a_list_that_is_deleted_after_use_is_gone_for_whoever_comes_later(tmp_path):
    match = {"accounts": "@accounts"}
    experiment = replace(
        EXPERIMENT,
        defenses=(Part("hash"), Part("delete-afterwards")),
        attacks=(
            Part("account-match", match, "at the transfer"),
            Part("account-match", match, "later", later=True),
        ),
        utilities=(),
        seeds=(1,),
        everybody=True,
    )
    found = {
        (row["defense"], row["probe"]): row["attack_count"]
        for row in tidy(run(experiment, tmp_path, workers=1)).to_pylist()
    }
    assert found["delete-afterwards", "at the transfer"] == found["hash", "later"] > 0
    assert found["delete-afterwards", "later"] == 0


def test_a_second_release_has_noise_of_its_own_and_people_of_both(tmp_path):
    experiment = replace(
        EXPERIMENT,
        material=Material("twice", people=200),
        defenses=(Part("global-recoding"),),
        attacks=(Part("composition", {"other": "@again"}), Part("composition", {"other": "@release"})),
        utilities=(),
        seeds=(1,),
    )
    rows = tidy(run(experiment, tmp_path, workers=1)).to_pylist()
    assert [row["attack_of"] for row in rows] == [50, 50]
    assert rows[0]["attack_count"] != rows[1]["attack_count"]
    wrong = replace(experiment, material=Material("upload", people=200), attacks=experiment.attacks[:1])
    (row,) = tidy(run(wrong, tmp_path, workers=1)).to_pylist()
    assert "leaves only once" in row["reason"]


def test_a_broken_file_is_no_outcome(tmp_path):
    (tmp_path / "a.json").write_text('{"status": "done", "surprise": 1}')
    assert read(tmp_path, "a") is None
    assert read(tmp_path, "b") is None


def test_the_page_works_offline_and_can_be_filtered(opened, done, tmp_path):
    path = tmp_path / "frontier.html"
    path.write_text(render(EXPERIMENT, tidy(done[0]), PALETTE))
    page, faults = opened(path)
    marks = page.locator("path.point")
    assert marks.count() == 2
    page.select_option("#utility", "matched-reach")
    marks.first.focus()
    first = page.locator("#told").inner_text()
    assert "advantage" in first
    page.keyboard.press("ArrowRight")
    assert page.locator("#told").inner_text() != first
    page.locator("#legend button").first.press("Enter")
    assert marks.count() == 1
    assert page.locator("table.heat tbody tr").count() == 2
    assert faults == []
