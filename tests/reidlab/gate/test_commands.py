"""The gate from the shell: what is written, verified and signed, and what it refuses to touch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exports.errors import LabError
from reidlab.cli import app
from reidlab.pytest_plugin import check_release

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
ROLES = '[columns.contact]\nrole = "identifier"\nkind = "email"\n[columns.band]\nrole = "quasi_identifier"\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    rows = "".join(f"u{i}@mail.example,{'ab'[i % 2]}\n" for i in range(60))
    (tmp_path / "mail.csv").write_text("contact,band\n" + rows)
    (tmp_path / "roles.toml").write_text(ROLES)
    (tmp_path / "policy.toml").write_text("k = 5\n")
    (tmp_path / "key").write_text("4f1c9a7be25d80361bb0c8f7a9e2d4563c7f8e1a90b2d4c6e8f1a3b5c7d9e0f2")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def defended(name, *settings):
    done = run("defend", name, "mail.csv", "--schema", "roles.toml", "--out", f"{name}.csv", *settings)
    assert done.exit_code == 0, done.exception
    return f"{name}.csv"


@pytest.mark.parametrize(
    ("name", "settings", "code"),
    [("hmac", ["--set", "key_file=key"], 0), ("alias", [], 0), ("hash", [], 1), ("alias", ["--set", "share=0.5"], 1),
     ("alias", ["--set", "seed=1"], 1), ("salt", ["--set", "salt=platformA"], 1)],
)  # fmt: skip
def test_a_token_passes_only_where_our_manifest_shows_it_keyed(folder, name, settings, code):
    out = defended(name, *settings)
    held = ["--schema", f"{out}.schema.toml", "--policy", "edpb_pseudonymisation"]
    assert run("assess", out, *held).exit_code == code
    assert "platformA" not in (folder / f"{out}.manifest.json").read_text()
    if code == 0:
        with (folder / out).open("a") as stream:
            stream.write((folder / out).read_text().splitlines()[1] + "\n")
        assert run("assess", out, *held).exit_code == 1


def test_a_declared_custody_passes_and_is_printed_as_such(folder):
    out = defended("hash")
    (folder / "policy.toml").write_text('keyed_tokens = true\nkey_custody = "the trust centre"\n')
    done = run("assess", out, "--schema", f"{out}.schema.toml", "--policy", "policy.toml")
    assert done.exit_code == 0
    assert "declared by the curator and not checked: the trust centre" in done.stdout


def test_a_release_is_verified_against_its_manifest(folder):
    out = defended("hmac", "--set", "key_file=key")
    digests = json.loads((folder / f"{out}.manifest.json").read_text())["files"]
    assert sorted(digests) == [out, f"{out}.schema.toml"]
    assert run("verify", out).exit_code == 0
    (folder / f"{out}.schema.toml").write_text(ROLES)
    done = run("verify", out, "--json")
    assert done.exit_code == 1
    answers = {one["name"]: one["answer"] for one in json.loads(done.stdout)["result"]["files"]}
    assert answers == {"release": "unchanged", "schema": "changed"}
    (folder / out).unlink()
    assert "missing" in run("verify", out).stdout


def test_a_verdict_names_what_it_stood_on_and_who_declared_what(folder):
    (folder / "roles.toml").write_text(ROLES.replace('"identifier"', '"insensitive"'))
    done = run("assess", "mail.csv", "--schema", "roles.toml", "--policy", "policy.toml", "--json")
    stood = json.loads(done.stdout)["result"]["stood_on"]
    assert sorted(stood["sha256"]) == ["input", "policy", "schema"]
    assert stood["by_hand"] == {"contact": {"declared": "insensitive", "proposed": "identifier"}}
    assert "never looked at" in run("assess", "mail.csv", "--policy", "hipaa_safe_harbor").stdout


@pytest.mark.parametrize("option", ["--html", "--sarif", "--record"])
@pytest.mark.parametrize("victim", ["mail.csv", "roles.toml", "policy.toml"])
def test_nothing_is_written_over_an_input(folder, option, victim):
    before = (folder / victim).read_bytes()
    more = ["--sign", "key"] if option == "--record" else []
    done = run(
        "assess", "mail.csv", "--schema", "roles.toml", "--policy", "policy.toml", option, victim, *more
    )
    assert isinstance(done.exception, LabError)
    assert (folder / victim).read_bytes() == before


def test_a_planted_link_is_not_written_through(folder):
    (folder / "victim").write_text("kept")
    (folder / ".o.html.part").symlink_to("victim")
    run("assess", "mail.csv", "--schema", "roles.toml", "--html", "o.html")
    assert (folder / "victim").read_text() == "kept"
    assert "What" in (folder / "o.html").read_text()


def test_a_signed_record_is_verified_by_the_public_key_alone(folder):
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    for name in ("ours", "others"):
        private = Ed25519PrivateKey.generate()
        (folder / f"{name}.pem").write_bytes(
            private.private_bytes(pem, serialization.PrivateFormat.PKCS8, none)
        )
        public = private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pub").write_bytes(public)
    held = ["assess", "mail.csv", "--schema", "roles.toml", "--policy", "policy.toml"]
    assert run(*held, "--sign", "ours.pem", "--record", "record.json").exit_code == 0
    assert run("verify", "record.json", "--key", "ours.pub").exit_code == 0
    assert run("verify", "record.json", "--key", "others.pub").exit_code == 1
    text = (folder / "record.json").read_text()
    assert "mail.example" not in text
    (folder / "record.json").write_text(text.replace('"k": 30', '"k": 31'))
    assert run("verify", "record.json", "--key", "ours.pub").exit_code == 1
    assert isinstance(run(*held, "--sign", "key", "--record", "r.json").exception, LabError)


def test_findings_are_sarif(folder):
    """Held against what the specification asks by hand: its schema is in no package that we found."""
    (folder / "policy.toml").write_text('k = 50\nforbidden_kinds = ["email"]\nsingling_out = 0.1\n')
    run("assess", "mail.csv", "--schema", "roles.toml", "--policy", "policy.toml", "--sarif", "found.sarif")
    found = json.loads((folder / "found.sarif").read_text())
    assert (found["version"], len(found["runs"])) == ("2.1.0", 1)
    driver, results = found["runs"][0]["tool"]["driver"], found["runs"][0]["results"]
    assert driver["name"]
    ids = [one["id"] for one in driver["rules"]]
    assert len(ids) == len(set(ids))
    assert {one["ruleId"] for one in results} == {"k", "forbidden_kinds", "singling_out"}
    for one in results:
        assert ids[one["ruleIndex"]] == one["ruleId"]
        assert one["level"] in {"none", "note", "warning", "error"}
        assert one["message"]["text"]
        place = one["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "mail.csv"
        assert place["region"]["startLine"] >= 1


def test_a_difference_says_what_leaves_now_that_did_not(folder):
    (folder / "after.csv").write_text("contact,band,phone\n" + "u1@mail.example,a,202-555-0101\n" * 70)
    done = run("assess", "after.csv", "--diff", "mail.csv", "--html", "diff.html")
    assert done.exit_code == 1
    assert "column phone: nothing before" in done.stdout
    assert "rows: 60 before, 70 after" in done.stdout
    assert "What leaves now that did not before" in (folder / "diff.html").read_text()
    assert run("assess", "mail.csv", "--diff", "mail.csv").exit_code == 0


def test_groups_are_told_apart_and_named_where_their_names_are_declared(folder):
    one = json.loads(run("assess", "mail.csv", "--schema", "roles.toml", "--by", "band", "--json").stdout)
    assert {row["group"] for row in one["result"]["groups"]} == {"number 1 by size", "number 2 by size"}
    (folder / "roles.toml").write_text(ROLES + 'domain = ["a", "b"]\n')
    two = json.loads(run("assess", "mail.csv", "--schema", "roles.toml", "--by", "band", "--json").stdout)
    assert {row["group"] for row in two["result"]["groups"]} == {"a", "b"}


def test_an_attack_that_could_make_no_guess_could_not_be_done(folder):
    (folder / "ng.csv").write_text("a,b\n1,2\n1,2\n3,4\n3,4\n")
    done = run("attack", "singling-out", "ng.csv", "--original", "ng.csv", "--control", "ng.csv")
    assert isinstance(done.exception, LabError)
    assert "could not attack" in str(done.exception)


def test_the_plug_in_fails_short_and_reads_recordings(folder):
    with pytest.raises(AssertionError) as caught:
        check_release("mail.csv", "hipaa_safe_harbor", "roles.toml")
    assert "u1@" not in str(caught.value)
    (folder / "log.jsonl").write_text('{"event": "x", "user_data": {"em": "u1@mail.example"}}\n')
    with pytest.raises(AssertionError, match="may not leave"):
        check_release("log.jsonl", "ad_upload")


def test_the_action_and_the_hook_run_what_there_is(folder):
    yaml = pytest.importorskip("yaml")
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    script = action["runs"]["steps"][-1]["run"].replace("$GITHUB_STEP_SUMMARY", "summary")
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "reidlab assess"
    shown = {
        "FILE": "mail.csv",
        "POLICY": "policy.toml",
        "SCHEMA": "roles.toml",
        "BEFORE": "",
        "SARIF": "f.sarif",
    }
    import os

    for k, code in ((5, 0), (50, 1)):
        (folder / "policy.toml").write_text(f"k = {k}\n")
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            env={**os.environ, **shown},
            capture_output=True,
            check=False,
            cwd=folder,
        )
        assert done.returncode == code, done.stderr
        assert (folder / "f.sarif").exists()


@pytest.mark.parametrize("name", ["mondrian", "top-down", "optimal-k-anonymity"])
def test_a_promise_about_a_person_is_about_all_rows_of_the_person(folder, name):
    import random

    from exports.classes.classes import classes_of
    from exports.reading.loading import load
    from exports.schema import Schema

    draw = random.Random(3)
    rows = [
        f"P{p:04d},{band},{draw.choice(['north', 'south'])},{draw.choice(['flu', 'cold', 'anxiety'])}"
        for p in range(300)
        for band in [draw.choice(["18-39", "40-64"])]
        for _ in range(draw.randint(1, 8))
    ]
    (folder / "visits.csv").write_text("\n".join(["patient_id,band,clinic,dx", *rows]) + "\n")
    (folder / "v.toml").write_text(
        'person = "patient_id"\n[columns.band]\nrole = "quasi_identifier"\n[columns.clinic]\n'
        'role = "quasi_identifier"\n[columns.dx]\nrole = "sensitive"\n'
    )
    done = run(
        "defend", name, "visits.csv", "--schema", "v.toml", "--out", "safe.csv", "--set", "k=5", "--json"
    )
    assert done.exit_code == 0
    promised = json.loads(done.stdout)["result"]["guarantee"]
    table, schema = load("safe.csv"), Schema.load(folder / "safe.csv.schema.toml")
    if promised.get("unit") != "person" or schema.person not in table.column_names:
        return
    linked = classes_of(table, schema.quasi_identifiers, person=schema.person).linked_k
    manifest = json.loads((folder / "safe.csv.manifest.json").read_text())
    assert linked >= 5 or "anew in every class" in manifest["person"]
    if linked < 5:
        whole = table.to_pandas()
        assert (whole.groupby(schema.person)[list(schema.quasi_identifiers)].nunique() == 1).all().all()
