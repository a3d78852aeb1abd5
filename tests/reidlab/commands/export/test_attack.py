"""``reidlab attack``: files in, one result or one sentence out."""

import hashlib
import json
from functools import cache

import pyarrow as pa
import pytest
from pyarrow import csv
from typer import testing
from typer.testing import CliRunner

import attacks
from attacks.conformance import example_case, hard_cases
from exports.errors import LabError
from reidlab.cli import app
from reidlab.releases import attack as attacking
from reidlab.releases.settings import split, typed

WORDS = [f"user{n}@mail.example" for n in range(100)]


@pytest.fixture
def files(tmp_path):
    tokens = [hashlib.sha256(word.encode()).hexdigest() for word in WORDS]
    for name, header, cells in (
        ("list", "em", tokens),
        ("accounts", "em", tokens[:30] + ["0" * 64] * 5),
        ("words", "word", WORDS[:25]),
        ("people", "email", WORDS),
    ):
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *cells]) + "\n")
    return tmp_path


def _run(*words):
    return CliRunner().invoke(app, ["attack", *map(str, words)])


def test_the_json_has_the_fixed_keys(files):
    done = _run("hash-reversal", files / "list.csv", "--population", files / "words.csv", "--json")
    result = json.loads(done.stdout)["result"]
    for key in ("attack", "control", "baseline"):
        assert {"count", "of", "share", "low", "high"} <= result[key].keys()
    assert {"share", "low", "high"} <= result["advantage"].keys()
    assert (result["attack"]["count"], result["asked"], result["made"]) == (25, 100, 100)


def test_a_setting_names_the_same_table_as_population_and_the_original_gives_the_coverage(files):
    done = _run(
        "hash-reversal",
        files / "list.csv",
        "--set",
        f"dictionary={files / 'words.csv'}",
        "--set",
        "identifier=email",
        "--original",
        files / "people.csv",
        "--json",
    )
    assert json.loads(done.stdout)["result"]["series"]["curve"]["coverage"][-1] == 0.25


def test_account_match_prints_one_sentence(files):
    done = _run("account-match", files / "list.csv", "--population", files / "accounts.csv")
    assert done.stdout.startswith("account-match: 30.0 %")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["hash-reversl", "list.csv"], "hash-reversal"),
        (["hash-reversal", "list.csv"], "dictionary"),
        (["hash-reversal", "list.csv", "--set", "budgt=1"], "budget"),
        (["hash-reversal", "list.csv", "--set", "budget=many"], "int"),
        (["hash-reversal", "list.csv", "--set", "budget"], "key=value"),
        (["hash-reversal", "list.csv", "--set", "guesses=x"], "from Python"),
        (["inference", "list.csv", "--set", "width=nan"], "float"),
        (["linkability", "list.csv", "--set", "halves=a,b"], "halves"),
        (["hash-reversal", "list.csv", "--set", "key=hunter2"], "file"),
        (["hash-reversal", "absent.csv"], "exist"),
    ],
)
def test_bad_input_is_one_sentence(files, words, sentence):
    done = _run(words[0], files / words[1], *words[2:])
    assert isinstance(done.exception, LabError)
    assert sentence in str(done.exception)
    assert "hunter2" not in str(done.exception)


def test_a_key_comes_from_a_file_or_the_environment(tmp_path, monkeypatch):
    (tmp_path / "key").write_bytes(b"from a file\n")
    monkeypatch.setenv("LAB_KEY", "from outside")
    types = {"key": bytes | None}
    assert typed(split([f"key={tmp_path / 'key'}"]), "mine", types) == {"key": b"from a file"}
    assert typed(split(["key=env:LAB_KEY"]), "mine", types) == {"key": b"from outside"}
    with pytest.raises(LabError, match="no variable"):
        typed(split(["key=env:LAB_NO_KEY"]), "mine", types)


@pytest.mark.parametrize(
    ("text", "declared", "value"),
    [
        ("5", int | None, 5),
        ("none", int | None, None),
        ("0.5", int | float, 0.5),
        ("yes", bool, True),
        ("a, b", tuple[str, ...], ("a", "b")),
        ("1,2.5", tuple[float, ...], (1.0, 2.5)),
        ("x", str | None, "x"),
        ("a, b;c", tuple[tuple[str, ...], tuple[str, ...]] | None, (("a", "b"), ("c",))),
    ],
)
def test_a_value_takes_the_type_its_field_is_declared_with(text, declared, value):
    assert typed({"x": text}, "mine", {"x": declared}) == {"x": value}


SITE = """
person = "who"
[columns.who]
role = "insensitive"
[columns.event]
role = "quasi_identifier"
[columns.answer]
role = "sensitive"
"""


@pytest.fixture
def site(tmp_path):
    """Write people who answered three times each, and their events under names of one meaning each."""
    answers = [("calm", "low", "worse")[n * n % 7 % 3] for n in range(90)]
    log = pa.table({"who": [n // 3 for n in range(90)], "answer": answers})
    sent = log.append_column("event", pa.array([f"e{len(answer)}{answer[0]}" for answer in answers]))
    csv.write_csv(sent, tmp_path / "log.csv")
    csv.write_csv(sent.select(["who", "event"]), tmp_path / "sent.csv")
    csv.write_csv(sent.select(["who", "event"]).slice(0, 80), tmp_path / "thinned.csv")
    hidden = sent.select(["event"]).append_column("who", pa.array([f"x{n // 3}" for n in range(90)]))
    csv.write_csv(hidden, tmp_path / "hidden.csv")
    (tmp_path / "site.toml").write_text(SITE)
    return tmp_path


def _decoded(site, *words):
    return _run("event-decoding", *words, "--schema", site / "site.toml", "--json")


def test_each_released_row_of_a_person_is_scored_by_her_own_row(site):
    for words in ([site / "sent.csv", "--original", site / "log.csv"], [site / "log.csv"]):
        result = json.loads(_decoded(site, *words).stdout)["result"]
        assert result["attack"]["share"] == 1.0
        assert not result["notes"]


def test_rows_that_cannot_be_told_apart_are_said_and_strangers_refused(site):
    done = _decoded(site, site / "thinned.csv", "--original", site / "log.csv")
    assert "2 released rows are of persons" in json.loads(done.stdout)["result"]["notes"][-1]
    done = _decoded(site, site / "hidden.csv", "--original", site / "log.csv")
    assert "owner" in str(done.exception)


def test_tokens_that_are_cut_are_scored_by_the_address_beside_them(tmp_path):
    table = pa.table({"em": [hashlib.sha256(word.encode()).hexdigest()[:9] for word in WORDS], "mail": WORDS})
    csv.write_csv(table, tmp_path / "cut.csv")
    csv.write_csv(table.select(["mail"]).slice(0, 25), tmp_path / "words.csv")
    (tmp_path / "cut.toml").write_text("[columns.em]\nrole = 'token'\n[columns.mail]\nrole = 'identifier'\n")
    words = ["--population", tmp_path / "words.csv", "--schema", tmp_path / "cut.toml", "--set", "length=9"]
    result = json.loads(_run("hash-reversal", tmp_path / "cut.csv", *words, "--json").stdout)["result"]
    assert (result["attack"]["count"], result["attack"]["of"]) == (25, 100)


PEOPLE = """
[columns.em]
role = "identifier"
[columns.town]
role = "quasi_identifier"
[columns.age]
role = "quasi_identifier"
[columns.ill]
role = "sensitive"
"""


@pytest.fixture
def town(tmp_path):
    """Write forty people, of whom each is alone, and one town of two who are ill."""
    towns = ["a"] * 20 + ["b"] * 18 + ["c"] * 2
    columns = {"em": WORDS[:40], "town": towns, "age": list(range(20, 60)), "ill": ["no", "yes"] * 20}
    csv.write_csv(pa.table(columns), tmp_path / "people.csv")
    (tmp_path / "people.toml").write_text(PEOPLE)
    return tmp_path


def _behind(town, name, *words):
    return _run(name, town / "people.csv", "--schema", town / "people.toml", *words)


def test_an_attack_is_run_behind_a_defence_with_the_settings_of_both(town):
    bare = json.loads(_behind(town, "uniqueness", "--json").stdout)["result"]
    words = ["--behind", "mondrian", "--set", "mondrian.k=4", "--set", "facts=2", "--json"]
    behind = json.loads(_behind(town, "uniqueness", *words).stdout)["result"]
    assert (bare["attack"]["count"], behind["attack"]["count"]) == (40, 0)
    finer = _behind(town, "downcoding", *words[:4], "--json")
    assert json.loads(finer.stdout)["result"]["attack"]["share"] == 1.0


@pytest.mark.parametrize(
    ("name", "words", "right"),
    [
        ("audience-size", ["--behind", "rounded-size", "--set", "rounded-size.digits=1"], 1.0),
        ("dashboard-differencing", ["--behind", "small-cells", "--set", "small-cells.columns=town,ill"], 0.0),
    ],
    ids=["sizes", "cells"],
)
def test_a_defence_that_answers_questions_is_asked(town, name, words, right):
    own = ["targets=10", "accounts=30"] if name == "audience-size" else ["columns=town,ill"]
    known = [word for text in own for word in ("--set", text)]
    result = json.loads(_behind(town, name, *words, *known, "--json").stdout)["result"]
    assert result["made"] > 0
    assert result["attack"]["share"] >= right


def test_a_defence_without_roles_or_beside_another_original_is_one_sentence(town):
    for words in (["--original", town / "people.csv", "--schema", town / "people.toml"], []):
        done = _run("uniqueness", town / "people.csv", "--behind", "mondrian", *words)
        assert "--schema FILE, and no --original" in str(done.exception)


def test_the_sentence_is_followed_by_what_it_is_held_against_and_by_the_guesses(town):
    told = _behind(town, "uniqueness", "--set", "by=town", "--control", town / "people.csv")
    assert "control are in the original" in str(told.exception)
    lines = _behind(town, "uniqueness", "--set", "by=town").stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == ["uniqueness", "baseline", "guesses", "worst group, a"]
    assert "40 made, 2,000 asked for" in lines[2]
    assert "would show an advantage of 0.05" in lines[2]


SCHEMA = """
person = "id"
time = "on"
[columns.mail]
role = "identifier"
[columns.em]
role = "token"
[columns.'zip "code.5"']
role = "quasi_identifier"
[columns.age]
role = "quasi_identifier"
[columns.page]
role = "quasi_identifier"
[columns.diagnosis]
role = "sensitive"
[columns.on]
role = "insensitive"
"""
KNOWLEDGE = {
    "account-match": ["--population", "others.csv", "--set", "token=em"],
    "composition": ["--population", "people.csv"],
    "cross-list": ["--population", "lists.csv"],
    "event-decoding": ["--set", "code=page", "--set", "meaning=page", "--set", "testers=20"],
    "hash-reversal": ["--population", "words.csv"],
    "ip-household": ["--population", "sightings.csv", "--set", "address=page"],
    "linkage": ["--population", "people.csv"],
    "margin-reconstruction": ["--set", "columns=page,diagnosis"],
    "minimality": ["--population", "people.csv", "--set", "l=2", "--set", "positive=anxiety"],
}
LIMITS = {"audience-size": ["targets=10", "repeats=20", "accounts=50"], "averaging": ["targets=10"]}


def _written(folder, rows):
    """Write every hard case of a records release as files; return their names."""
    names = []
    people = example_case("records", rows)[1].original
    for label, release, truth in hard_cases("records", rows):
        names.append(label)
        for part, table in (("original", truth.original), ("control", truth.control)):
            csv.write_csv(table, folder / f"{label} {part}.csv")
        csv.write_csv(release.rows.select(["em"]), folder / f"{label} tokens.csv")
        csv.write_csv(release.rows, folder / f"{label} records.csv")
    for name, table in (
        ("people", people),
        ("others", people.select(["id", "em"]).slice(rows // 3)),
        ("lists", pa.table({"em": people["em"], "list": [str(n % 3) for n in range(rows)]})),
        ("sightings", people.select(["id", "page", "on"])),
        ("words", people.select(["mail"]).slice(0, rows // 2)),
    ):
        csv.write_csv(table, folder / f"{name}.csv")
    (folder / "schema.toml").write_text(SCHEMA)
    return names


@pytest.fixture(scope="module")
def hard_files(tmp_path_factory):
    """Stand in a folder with the files of every hard case, each read once; return the cases' names."""
    folder = tmp_path_factory.mktemp("hard")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(attacking, "load", cache(attacking.load))
        patch.setattr(testing, "_get_command", cache(testing._get_command))
        yield _written(folder, 60)


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(attacks.available()))
def test_hard_files_are_a_result_or_one_sentence_from_the_shell(hard_files, name):
    accepts = attacks.find(name).accepts
    part = "tokens" if "tokens" in accepts else "original" if "counts" in accepts else "records"
    known = KNOWLEDGE.get(name, []) + [word for text in LIMITS.get(name, []) for word in ("--set", text)]
    results = 0
    for label in hard_files:
        files = [f"{label} {part}.csv", "--original", f"{label} original.csv"]
        schema = ["--control", f"{label} control.csv", "--schema", "schema.toml", "--json"]
        done = _run(name, *files, *known, *schema)
        if done.exit_code:
            assert isinstance(done.exception, LabError), (label, done.exception)
            assert str(done.exception).endswith("."), label
            assert "\n" not in str(done.exception), label
            continue
        results += 1
        told = json.loads(done.stdout, parse_constant=pytest.fail)["result"]
        for key in ("attack", "control", "baseline"):
            assert 0 <= told[key]["count"] <= told[key]["of"], label
        assert told["made"] <= told["asked"], label
        assert (told["advantage"]["share"] is None) <= bool(told["advantage"]["reason"]), label
    # shadow models are trained from Python, and sixty people are too few for a rate of one in ten
    assert results >= 7 or name in ("shadow-models", "membership", "dashboard-differencing", "downcoding")


def test_people_named_anew_by_a_defence_are_not_taken_for_nobody(tmp_path):
    rows = [(f"client-{n}", 10000 + n % 9, "abc"[n % 3]) for n in range(40)]
    (tmp_path / "people.csv").write_text("who,zip,ill\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows))
    (tmp_path / "schema.toml").write_text(
        'person = "who"\n[columns.zip]\nrole = "quasi_identifier"\n[columns.ill]\nrole = "sensitive"\n'
    )
    people, schema, out = (tmp_path / name for name in ("people.csv", "schema.toml", "out.csv"))
    attacking_it = [out, "--original", people, "--schema", f"{out}.schema.toml"]
    made = CliRunner().invoke(
        app, ["defend", "mondrian", str(people), "--schema", str(schema), "--out", str(out), "--set", "k=2"]
    )
    assert made.exit_code == 0
    assert "client-" not in out.read_text()
    linked = _run("linkage", *attacking_it, "--population", people)
    assert isinstance(linked.exception, LabError)
    assert "'who'" in str(linked.exception)
    assert _run("inference", *attacking_it).exit_code == 0
