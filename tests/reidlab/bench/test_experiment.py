import pytest

from exports.errors import LabError
from reidlab.bench.cells import cells, keys
from reidlab.bench.experiment import Material
from reidlab.bench.experiment_file import load

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
settings = { population = 4000 }
grid = { k = [2, 8], columns = ["email", "person_id"] }
[[attacks]]
name = "account-match"
settings = { accounts = "@accounts" }
[full]
seeds = [1, 2, 3]
material = { people = 50000 }
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "tokens.toml"
    path.write_text(TEXT)
    return path


def test_a_grid_becomes_one_defence_per_point_and_every_cell_is_listed(file):
    experiment = load(file)
    assert str(experiment.defenses[0]) == "truncate(k=2, columns=email)"
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
        ('kind = "upload"', 'kind = "uplaod"', "material.kind is 'uplaod'; the nearest is 'upload', .*twice"),
        ("seeds = [1, 2]", "sedes = [1, 2]", "sedes is not a known key; the nearest is 'seeds'"),
        ("seeds = [1, 2]", "seeds = [1, 1]", "seeds: one stands there twice"),
        ('name = "truncate"', 'name = "truncat"', "'truncate'"),
        ('name = "account-match"', 'name = "acount-match"', "'account-match'"),
        ("people = 1000", "people = 3", "material.people"),
        ("[material]", "[material", "TOML"),
        ('"kept-rows"', '"kept"', "utilities"),
        ("people = 1000", "persons = 1000", "material.persons is not a known key; the nearest is 'people'"),
        ("seeds = [1, 2]", "seeds = [1, 2]\nseed = 1", "seed is not a known key; the nearest is 'seeds'"),
        ("grid = { k", "grid = { kk", "defenses.0.grid.kk is not a known key; the nearest is 'k'"),
        (
            "accounts = ",
            "acounts = ",
            "settings.acounts is not a known key; the nearest is 'accounts'",
        ),
        ("k = [2, 8]", "k = []", "defenses.0.grid.k"),
        ("k = [2, 8]", "k = [2, 2]", "different labels"),
        ("people = 1000", 'people = 1000\nfile = "a.csv"', "material.file: only the kind 'file'"),
        ('kind = "upload"', 'kind = "file"', "key material.file is missing"),
        ('name = "tokens"', 'name = "../tokens"', "name must start"),
        ("seeds = [1, 2]", 'seeds = [1]\nstatus_quo = "truncat"', "'truncate'"),
    ],
)
def test_a_wrong_entry_names_file_and_key_and_what_is_allowed(file, old, new, named):
    file.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(LabError, match=named) as caught:
        load(file)
    assert "tokens.toml" in str(caught.value)


def test_a_label_shows_only_what_differs_within_its_family(file):
    file.write_text(TEXT.replace('name = "truncate"', 'name = "truncate"\nlabel = "buckets"', 1))
    assert str(load(file).defenses[-1]) == "buckets(k=8, columns=person_id)"
    plain = TEXT.replace('grid = { k = [2, 8], columns = ["email", "person_id"] }', 'label = "one bucket"')
    file.write_text(plain.replace("population = 4000", "population = 4000, k = 2"))
    assert str(load(file).defenses[0]) == "one bucket"


def test_the_name_of_an_outcome_changes_with_data_code_and_seed_and_not_with_labels(file):
    def names(experiment, material=None):
        return [key for _, key in keys(list(cells(experiment)), material or experiment.material)]

    found = names(load(file))
    assert len(set(found)) == len(found)
    assert not set(found) & set(names(load(file), Material("upload", people=2000)))
    file.write_text(TEXT.replace('name = "truncate"', 'name = "truncate"\nlabel = "buckets"', 1))
    assert names(load(file)) == found
