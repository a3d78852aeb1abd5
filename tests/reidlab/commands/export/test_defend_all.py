"""Every defence on a file, from the shell: what it writes, what it refuses, and that it tells no secret."""

from __future__ import annotations

import json
import resource
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import defenses
from defenses.dp.budget import Budget
from defenses.dp.ledger import Ledger
from exports.reading.loading import load
from exports.release import Export
from exports.schema import Schema
from reidlab.cli import main

SCHEMA = """
[columns.mail]
role = "identifier"
kind = "email"
[columns.zip]
role = "quasi_identifier"
prefix = true
[columns.age]
role = "quasi_identifier"
bounds = [20, 29]
[columns.income]
role = "quasi_identifier"
bounds = [1000, 1040]
[columns.illness]
role = "sensitive"
domain = ["a", "b", "c"]
[columns.client]
role = "sensitive"
domain = ["no", "yes"]
[columns.agreed]
role = "insensitive"
[columns.seen]
role = "insensitive"
"""
DP = ["epsilon=1", "seed=1"]
SYNTHESIS = ["epsilon=5", "delta=1e-6", "columns=age,illness", "seed=1"]
SETTINGS = {
    "aim": [*SYNTHESIS, "rounds=1"],
    "alias": ["share=0.5", "seed=1"],
    "bloom": ["key_env=REIDLAB_TEST_KEY"],
    "cell-key": ["columns=illness", "key_file=key"],
    "consent": ["purpose=advertising", "on=2018-06-01", "column=agreed"],
    "decoys": ["pool=pool.csv", "rate=0.25", "keep=0.75", "seed=1"],
    "dp-histogram": ["columns=illness", *DP],
    "dp-keys": ["column=zip", "delta=1e-3", *DP],
    "dp-logistic": ["target=client", "delta=1e-6", "columns=age,illness", *DP],
    "dp-margins": ["columns=age,illness", *DP],
    "gaussian-copula": ["columns=age,income", "seed=1"],
    "global-recoding": ["levels=zip:1"],
    "hmac": ["key_env=REIDLAB_TEST_KEY"],
    "independent-margins": SYNTHESIS,
    "local-suppression": ["k=2"],
    "microaggregation": ["k=3", "columns=age,income"],
    "minimise": ["drop=illness,income"],
    "minimum-size": ["least=30", "by=illness"],
    "mondrian": ["k=4"],
    "mst": SYNTHESIS,
    "neutral-events": ["columns=illness"],
    "noise": ["columns=income", "seed=1"],
    "noisy-max": ["column=illness", *DP],
    "noisy-size": ["budget=3", "by=illness", *DP],
    "optimal-k-anonymity": ["k=4", "suppression=0.04", "loss=discernibility", "l=2"],
    "pram": ["columns=zip,illness", "seed=1"],
    "privbayes": SYNTHESIS,
    "psi-size": ["theirs=pool.csv"],
    "randomised-response": ["column=illness", *DP],
    "rank-swapping": ["columns=income", "seed=1"],
    "retain-less": ["on=2018-12-31", "days=180", "column=seen"],
    "rounded-size": ["by=illness"],
    "salt": ["salt=platform-a"],
    "salt-buckets": ["on=2018-06-01", "key_file=key"],
    "sequential-trees": ["columns=age,income,illness", "seed=1"],
    "shuffling": ["seed=1"],
    "small-cells": ["columns=illness,client", "threshold=3", "totals=true"],
    "subsample": ["keep=0.5", "seed=1"],
    "top-bottom-coding": ["columns=income", "share=0.1"],
    "top-down": ["k=4"],
    "truncate": ["k=5", "population=1000"],
    "unary-encoding": ["column=illness", *DP],
    "undeduplicated-size": ["by=illness"],
}
EXTRAS = {"aim": "synth", "mst": "synth", "psi-size": "psi"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    consent = ["advertising:2018-01-02/", "advertising:2018-01-02/2018-05-31", "research:2017-05-01/", ""]
    rows = [
        (
            *(f"p{n}@mail.example", f"021{3 + n % 2}{n % 3}", 20 + n * 7 % 10, 1000 + n * 11 % 41),
            *("abc"[n % 3], ("no", "yes")[n % 2], consent[n % 4], f"2018-{1 + n % 12:02}-10"),
        )
        for n in range(96)
    ]
    lines = ["mail,zip,age,income,illness,client,agreed,seen", *(",".join(map(str, row)) for row in rows)]
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "pool.csv").write_text("mail\n" + "".join(f"p{n}@mail.example\n" for n in range(80, 200)))
    (tmp_path / "schema.toml").write_text(SCHEMA)
    key = secrets.token_hex(32)
    (tmp_path / "key").write_text(key)
    monkeypatch.setenv("REIDLAB_TEST_KEY", key)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, name: str, *settings: str, out: str = "out/safe.csv") -> int:
    flags = [part for setting in settings for part in ("--set", setting)]
    arguments = ["defend", name, "people.csv", "--schema", "schema.toml", "--out", out, "--json", *flags]
    monkeypatch.setattr(sys, "argv", ["reidlab", *arguments])
    Path("out").mkdir(exist_ok=True)
    with pytest.raises(SystemExit) as stop:
        main()
    assert isinstance(stop.value.code, int)
    return stop.value.code


@pytest.mark.thorough
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.extra(EXTRAS[name])] + [pytest.mark.slow] * (name == "aim"))
        if name in EXTRAS
        else name
        for name in defenses.BUILT_IN
    ],
)
def test_every_defence_writes_its_release_schema_and_manifest_and_no_secret(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, name, *SETTINGS.get(name, [])) == 0
    printed = capfd.readouterr()
    told = json.loads(printed.out)["result"]
    written = {path.name: path.read_text() for path in (folder / "out").iterdir()}
    assert set(written) == {"safe.csv", "safe.csv.schema.toml", "safe.csv.manifest.json"}
    manifest = json.loads(written["safe.csv.manifest.json"])
    assert manifest["defense"] == name
    assert manifest["guarantee"] == told["guarantee"]
    assert manifest["versions"]["reidlab"]
    assert "seed" not in manifest["parameters"]
    for setting in SETTINGS.get(name, []):
        key = setting.partition("=")[0]
        assert (key in manifest["parameters"]) is (key not in ("seed", "salt"))
    rows = load(folder / "out/safe.csv", text=set())
    assert rows.num_rows == told["rows_out"]
    released = Schema.load(folder / "out/safe.csv.schema.toml")
    if defenses.find(name).produces in {"records", "tokens", "events", "synthetic"}:
        Export(rows, released)
    secret = (folder / "key").read_text()
    for text in (*written.values(), printed.out, printed.err):
        assert secret not in text
        assert secret[:16] not in text


BAD = [
    ("dp-histogram", ["columns=illness", f"epsilon={epsilon}"], "must be a positive finite number")
    for epsilon in ("0", "-1", "inf", "nan", "-inf", "1e999", "x")
] + [
    ("dp-histogram", ["columns=illness", "epsilon=0.9"], "needed epsilon 0.9, left 0.5"),
    ("dp-histogram", ["columns=zip", "epsilon=0.1"], "may not be read from the data"),
    ("dp-histogram", ["columns=illness", "epsilon=0.1", "max_contributions=0"], "max_contributions is 0"),
    ("dp-keys", ["column=zip", "epsilon=0.1", "delta=0"], "delta above 0"),
    ("dp-keys", ["column=zip", "epsilon=0.1", "delta=1"], "delta is 1.0 but must be below 1"),
    ("noisy-size", ["by=illness", "epsilon=0.2", "budget=1"], "needed epsilon 0.6, left 0.5"),
]


@pytest.mark.parametrize(("name", "settings", "sentence"), BAD)
def test_a_refused_answer_leaves_the_ledger_as_it_was(
    name: str,
    settings: list[str],
    sentence: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    spend(folder)
    before = (folder / "ledger").read_bytes()
    assert run(monkeypatch, name, "ledger=ledger", "dataset=intake", "seed=1", *settings) == 2
    printed = capfd.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out
    assert not list((folder / "out").iterdir())
    assert (folder / "ledger").read_bytes() == before


def spend(folder: Path) -> None:
    """Open a ledger for the file and spend half of its budget."""
    from defenses.dp.budget import Cost, exact

    book = Ledger(folder / "ledger")
    book.open("intake", Budget(exact("1"), unit="record", simulated=True))
    book.answer("intake", {"spent": "half"}, Cost.pure(exact("0.5")), lambda: 1)


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        ("microaggregation", ["columns=illness"], "is string and not numeric"),
        ("microaggregation", ["k=97", "columns=age"], "k is 97"),
        ("optimal-k-anonymity", ["k=97"], "k is 97 but the table has 96 rows"),
        ("local-suppression", ["k=97"], "k is 97"),
        ("global-recoding", ["k=96", "suppression=1"], "All 96 rows would be suppressed"),
        ("hmac", ["key_file=weak"], "has 8 bytes but needs at least 32"),
        ("hmac", ["key_env=NOWHERE"], "is not set or empty"),
        ("hmac", ["key=secret-on-the-command-line"], "is no setting here"),
        (
            "dp-histogram",
            ["columns=illness", "epsilon=1", "ledger=noise", "dataset=intake"],
            "nothing charged",
        ),
        ("noisy-size", ["epsilon=1", "budget=1"], "give --set by=COLUMN"),
        ("mondrian", ["k=x"], "but must be int"),
        ("subsample", ["keep=2"], "keep is 2"),
        ("decoys", ["rate=0.1"], "give pool=FILE"),
        ("consent", ["column=agreed", "purpose=advertising", "on=31.12.2018"], "must be a day"),
        ("truncate", ["k=1", "population=10"], "k is 1"),
        ("small-cells", ["threshold=1"], "threshold is 1"),
        ("nonesuch", [], "nonesuch"),
    ],
)
def test_what_cannot_be_done_exits_2_and_writes_nothing(
    name: str,
    settings: list[str],
    sentence: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (folder / "weak").write_text("password")
    (folder / "noise").write_text("no ledger at all" * 100)
    assert run(monkeypatch, name, *settings) == 2
    printed = capfd.readouterr()
    assert sentence in printed.err
    assert "password" not in printed.err
    assert not list((folder / "out").iterdir())


def test_without_room_nothing_is_drawn_and_the_ledger_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    spend(folder)
    before = (folder / "ledger").read_bytes()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, usual[1]))
    try:
        code = run(
            monkeypatch,
            "dp-histogram",
            "columns=illness",
            "epsilon=0.1",
            "seed=1",
            "ledger=ledger",
            "dataset=intake",
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert code == 2
    assert "cannot be written (File too large)" in capfd.readouterr().err
    assert not list((folder / "out").iterdir())
    assert (folder / "ledger").read_bytes() == before


RECODING = ["optimal-k-anonymity", "mondrian", "microaggregation", "top-down"]
TABLE = "who,zip,age,illness\n" + "".join(
    f"u{n // 2},0213{n % 3},{20 + n % 7},{'abc'[n % 3]}\n" for n in range(24)
)
DECLARED = """
{person}[columns.who]
role = "insensitive"
[columns.zip]
role = "{zip}"
{tree}
[columns.age]
role = "quasi_identifier"
[columns.illness]
role = "sensitive"
"""
TREES = {
    "missing": ("02130;0213*\n02131;0213*\n", "misses 1 of the column's 3 values, in 8 of 24 rows"),
    "torn": ("02130;a;x\n02131;a;y\n02132;b;y\n", "not monotone: line 1 shares its label of level 1"),
}


@pytest.fixture
def refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., None]:
    def check(name: str, sentence: str, *settings: str) -> None:
        assert run(monkeypatch, name, *settings) == 2
        printed = capfd.readouterr()
        assert sentence in printed.err
        assert printed.err.count("\n") == 1
        assert not printed.out
        assert not list((folder / "out").iterdir())

    return check


def declare(person: bool = False, zip_: str = "insensitive", tree: str = "") -> None:
    Path("people.csv").write_text(TABLE)
    text = DECLARED.format(person='person = "who"\n' if person else "", zip=zip_, tree=tree)
    Path("schema.toml").write_text(text)


@pytest.mark.parametrize(("person", "size"), [(False, "24 rows"), (True, "12 persons")])
@pytest.mark.parametrize("name", RECODING)
def test_a_k_beyond_the_table_is_refused_with_both_numbers(
    name: str, person: bool, size: str, refused: Callable[..., None]
) -> None:
    declare(person)
    sentence = f"k is 25 but must be from 1 to the table's {size}"
    if name != "microaggregation":
        sentence = f"k is 25 but the table has {size}"
    refused(name, sentence, "k=25")


@pytest.mark.parametrize("fault", TREES)
@pytest.mark.parametrize("name", ["optimal-k-anonymity", "mondrian", "top-down"])
def test_a_faulty_hierarchy_is_refused(name: str, fault: str, refused: Callable[..., None]) -> None:
    text, sentence = TREES[fault]
    Path("zip.csv").write_text(text)
    declare(zip_="quasi_identifier", tree='hierarchy = "zip.csv"')
    refused(name, sentence, "k=2")


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        ("mondrian", ["k=2", "l=4"], "l is 4 but 'illness' has 3 different values"),
        ("top-down", ["k=2", "l=4"], "l is 4 but 'illness' has 3 different values"),
        ("microaggregation", ["k=0"], "k is 0 but must be from 1 to the table's 24 rows"),
    ],
)
def test_what_no_release_can_hold_is_refused(
    name: str, settings: list[str], sentence: str, refused: Callable[..., None]
) -> None:
    declare()
    refused(name, sentence, *settings)


def test_columns_that_are_no_numbers_are_named_by_microaggregation(refused: Callable[..., None]) -> None:
    declare()
    sentence = "'illness' is string and not numeric"
    refused("microaggregation", sentence, "columns=illness")
    Path("people.csv").write_text(TABLE + "u99,02130,,a\n")
    refused("microaggregation", "1 of 25 rows lack a number", "k=2")


def test_a_search_that_would_suppress_everything_is_refused(refused: Callable[..., None]) -> None:
    Path("zip.csv").write_text("02130;02130\n02131;02131\n02132;02132\n")
    Path("age.csv").write_text("".join(f"{age};{age}\n" for age in range(20, 27)))
    declare(zip_="quasi_identifier", tree='hierarchy = "zip.csv"')
    text = Path("schema.toml").read_text()
    text = text.replace("[columns.age]\n", '[columns.age]\nhierarchy = "age.csv"\n')
    Path("schema.toml").write_text(text)
    sentence = "All 24 rows would be suppressed, so nothing would leave"
    name = "optimal-k-anonymity"
    refused(name, sentence, "k=24", "suppression=1")
    sentence = "None of the 4 nodes of the lattice satisfies k=24 with at most 0.1 of the rows suppressed"
    refused(name, sentence, "k=24", "suppression=0.1")


@pytest.mark.parametrize("name", RECODING)
def test_without_room_nothing_of_a_recoding_is_written(name: str, refused: Callable[..., None]) -> None:
    declare()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, usual[1]))
    try:
        refused(name, "cannot be written (File too large)", "k=2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", RECODING)
def test_persons_with_several_rows_are_protected_from_the_shell(
    name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    declare(person=True)
    assert run(monkeypatch, name, "k=4") == 0
    told = json.loads(capfd.readouterr().out)["result"]
    assert told["guarantee"]["k"] == 4
    assert told["guarantee"]["unit"] == "person"
