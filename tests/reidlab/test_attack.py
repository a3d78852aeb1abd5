"""``reidlab attack``: files in, one result or one sentence out."""

import hashlib
import json

import pytest
from typer.testing import CliRunner

from exports.errors import LabError
from reidlab.cli import app
from reidlab.settings import split, typed

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
    types = {"key": "bytes | None"}
    assert typed(split([f"key={tmp_path / 'key'}"]), object, types) == {"key": b"from a file"}
    assert typed(split(["key=env:LAB_KEY"]), object, types) == {"key": b"from outside"}
    with pytest.raises(LabError, match="no variable"):
        typed(split(["key=env:LAB_NO_KEY"]), object, types)


@pytest.mark.parametrize(
    ("text", "declared", "value"),
    [
        ("5", "int | None", 5),
        ("none", "int | None", None),
        ("0.5", "int | float", 0.5),
        ("yes", "bool", True),
        ("a, b", "tuple[str, ...]", ("a", "b")),
        ("1,2.5", "tuple[float, ...]", (1.0, 2.5)),
        ("x", "str | None", "x"),
    ],
)
def test_a_value_takes_the_type_its_field_is_declared_with(text, declared, value):
    assert typed({"x": text}, object, {"x": declared}) == {"x": value}


PEOPLE = [(f"p{n}", n % 40, "abc"[n % 3], "yn"[n % 2]) for n in range(120)]
HARD = {
    "empty": [],
    "one row": PEOPLE[:1],
    "identical": [("p", 5, "a", "y")] * 60,
    "missing": [(f"p{n}", "", "", "") for n in range(60)],
}


@pytest.mark.parametrize(
    "name", ["singling-out", "linkability", "inference", "uniqueness", "copies", "downcoding"]
)
def test_hard_files_are_a_result_or_one_sentence_from_the_shell(tmp_path, name):
    schema = tmp_path / "schema.toml"
    schema.write_text(
        'person = "who"\n[columns."age.in \'years\'"]\nrole = "quasi_identifier"\n'
        '[columns.town]\nrole = "quasi_identifier"\n[columns.ill]\nrole = "sensitive"\n'
    )
    for label, rows in {**HARD, "others": [(f"q{n}", *rest) for n, (_, *rest) in enumerate(PEOPLE)]}.items():
        lines = ["who,age.in 'years',town,ill", *(",".join(map(str, row)) for row in rows)]
        (tmp_path / f"{label}.csv").write_text("\n".join(lines) + "\n")
    for label in HARD:
        for control in ("others", label):
            file, other = tmp_path / f"{label}.csv", tmp_path / f"{control}.csv"
            done = _run(name, file, "--control", other, "--schema", schema, "--json")
            if done.exit_code:
                assert isinstance(done.exception, LabError)
                assert str(done.exception).endswith(".")
            else:
                assert "NaN" not in done.stdout
                assert {"attack", "baseline", "advantage"} <= json.loads(done.stdout)["result"].keys()
