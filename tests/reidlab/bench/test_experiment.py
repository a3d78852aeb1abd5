import pytest

import attacks
import defenses
from exports.errors import LabError
from reidlab.bench.cells import cells
from reidlab.bench.experiment import load

TEXT = """
name = "tokens"
question = "Which token defence changes the match?"
seeds = [1, 2]
utilities = ["kept-rows"]
[material]
kind = "upload"
people = 1000
[[defenses]]
name = "truncate"
grid = { bits = [8, 16], keep = [true, false] }
[[attacks]]
name = "account-match"
settings = { accounts = "@accounts" }
[full]
seeds = [1, 2, 3]
material = { people = 50000 }
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(defenses, "available", lambda: {"truncate": "x:Y", "hmac": "x:Z"})
    monkeypatch.setattr(attacks, "available", lambda: {"account-match": "x:Y"})
    path = tmp_path / "tokens.toml"
    path.write_text(TEXT)
    return path


def test_a_grid_becomes_one_defence_per_point_and_every_cell_is_listed(file):
    experiment = load(file)
    assert str(experiment.defenses[0]) == "truncate(bits=8, keep=True)"
    assert len(experiment.defenses) == 4
    assert len(list(cells(experiment))) == 4 * 2 * (1 + 1)


def test_the_full_table_replaces_only_what_it_names(file):
    experiment = load(file, full=True)
    assert experiment.seeds == (1, 2, 3)
    assert (experiment.material.kind, experiment.material.people) == ("upload", 50_000)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("seeds = [1, 2]", "seeds = []", "seeds"),
        ('kind = "upload"', 'kind = "uplaod"', "material.kind"),
        ('name = "truncate"', 'name = "truncat"', "'truncate'"),
        ('name = "account-match"', 'name = "acount-match"', "'account-match'"),
        ("people = 1000", "people = 3", "material.people"),
        ("[material]", "[material", "TOML"),
        ('"kept-rows"', '"kept"', "utilities"),
    ],
)
def test_a_wrong_entry_names_file_and_key_and_what_is_allowed(file, old, new, named):
    file.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(LabError, match=named) as caught:
        load(file)
    assert "tokens.toml" in str(caught.value)


def test_the_key_of_a_cell_changes_with_its_data_and_seed_and_nothing_else(file):
    one, *others = cells(load(file))
    assert one.key("data") == next(cells(load(file))).key("data")
    assert len({one.key("other data"), *(cell.key("data") for cell in [one, *others])}) == len(others) + 2
