import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from exports.errors import LabError
from exports.identifiers import find_profile
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


def test_without_a_schema_roles_are_proposed_and_no_policy_passes(export):
    (export / "policy.toml").write_text("k = 1\n")
    run = CliRunner().invoke(
        app, ["assess", str(export / "people.csv"), "--policy", str(export / "policy.toml"), "--json"]
    )
    assert run.exit_code == 1
    found = json.loads(run.stdout)["result"]
    assert found["columns"]["zip"]["role"] == "quasi_identifier"
    assert found["columns"]["illness"]["role"] == "sensitive"
    assert {verdict["rule"]: verdict["pass"] for verdict in found["policy"]} == {"schema": False, "k": True}


def test_an_export_that_keeps_its_policy_exits_with_0_and_one_that_does_not_with_1(export):
    for k, code in ((1, 0), (2, 1)):
        (export / "policy.toml").write_text(f"k = {k}\n")
        arguments = ["--schema", export / "roles.toml", "--policy", export / "policy.toml"]
        run = CliRunner().invoke(app, ["assess", str(export / "people.csv"), *map(str, arguments)])
        assert run.exit_code == code


def test_a_population_gives_journalist_and_marketer_risk_and_k_map(export):
    (export / "everybody.csv").write_text("age,zip\n31,02139\n31,02139\n31,02139\n58,10001\n58,10001\n")
    found = assessed(
        export / "people.csv", "--schema", export / "roles.toml", "--population", export / "everybody.csv"
    )
    assert found["population"]["k_map"] == 2
    assert found["risk"]["journalist_max"] == 0.5
    assert found["risk"]["marketer"] == pytest.approx((2 / 3 + 1 / 2) / 3)
    assert found["population_uniques"]["zayatz"] is not None


def test_a_reference_replaces_the_distribution_of_the_table(export):
    (export / "usual.csv").write_text("illness\nflu\nflu\nflu\ncold\n")
    found = assessed(
        export / "people.csv", "--schema", export / "roles.toml", "--reference", export / "usual.csv"
    )
    assert found["t_equal"] == {"illness": 0.25}
    assert found["reference"].endswith("usual.csv")


def test_missing_values_that_match_everything_leave_no_classes(export):
    (export / "people.csv").write_text("zip,age,illness\n02139,31,flu\n,31,cold\n10001,58,flu\n")
    (export / "roles.toml").write_text(ROLES.replace("[columns.age]", 'nulls = "wildcard"\n[columns.age]'))
    found = assessed(export / "people.csv", "--schema", export / "roles.toml")
    assert (found["k"], found["uniques"], found["classes"]) == (1, 1, None)
    assert found["l_distinct"] == {"illness": None}
    assert "classes" in found["reasons"]
    assert found["risk"]["prosecutor_mean"] == pytest.approx(2 / 3)


def test_persons_with_several_rows_are_counted_once(export):
    (export / "visits.csv").write_text("zip,who\n1,a\n1,a\n1,b\n2,c\n")
    (export / "roles.toml").write_text('person = "who"\n[columns.zip]\nrole = "quasi_identifier"\n')
    found = assessed(export / "visits.csv", "--schema", export / "roles.toml")
    assert (found["rows"], found["persons"], found["k"], found["uniques"]) == (4, 3, 1, 1)
    assert found["linked_k"] == 1


def test_a_full_assessment_names_what_singles_out_and_what_to_drop(export, tmp_path):
    page = tmp_path / "report.html"
    schema = export / "roles.toml"
    schema.write_text("population_size = 1000\n" + ROLES)
    found = assessed(
        export / "people.csv", "--schema", schema, "--full", "--by", "illness", "--html", page,
        "--memory", "2GB", "--encoding", "utf-8",
    )  # fmt: skip
    assert found["minimal_uniques"][0]["columns"] in {"zip", "age"}
    assert found["drops"][0]["do"] in {"drop zip", "drop age"}
    assert sum(found["contributions"].values()) == pytest.approx(1 / 3)
    assert {row["group"] for row in found["groups"]} == {"number 1 by size", "number 2 by size"}
    assert found["loglinear"]["uniques"] == 1
    assert 0 <= found["rocher"]["population_uniqueness"] <= 1
    assert found["likeness"]["illness"]["alpha"] == 1.0
    assert "flu" not in json.dumps(found)
    assert "flu" not in page.read_text()


def test_sampling_weights_give_the_expected_links_of_sdcmicro(shared, tmp_path):
    keys = ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"]
    others = "age hhcivil expend income savings ori_hid household_weights".split()  # noqa: SIM905
    roles = 'weight = "sampling_weight"\n' + "".join(
        f'[columns.{name}]\nrole = "{role}"\n'
        for names, role in ((keys, "quasi_identifier"), (others, "insensitive"))
        for name in names
    )
    (tmp_path / "roles.toml").write_text(roles)
    found = assessed(
        shared / "data/microdata/sdcmicro_testdata.csv.gz", "--schema", tmp_path / "roles.toml", "--full"
    )
    assert found["weighted"]["expected"] == pytest.approx(10.7783, abs=5e-5)


def test_consent_is_counted_by_rows_that_lack_it(export):
    (export / "people.csv").write_text("zip,yes\n1,true\n1,no\n2,\n2,1\n")
    (export / "roles.toml").write_text('consent = "yes"\n[columns.zip]\nrole = "quasi_identifier"\n')
    found = assessed(export / "people.csv", "--schema", export / "roles.toml")
    assert found["consent"] == {"column": "yes", "without": 2}


def test_a_proposed_schema_can_be_read_back_and_shows_no_value(export):
    hostile = '"a ""b"".c","<script>","x\ny",diagnosis'
    (export / "hostile.csv").write_text(f"{hostile}\n1,2,3,secret\n1,2,4,secret\n")
    run = CliRunner().invoke(app, ["schema", str(export / "hostile.csv")])
    assert run.exit_code == 0
    assert "secret" not in run.stdout
    (export / "proposed.toml").write_text(run.stdout)
    found = assessed(export / "hostile.csv", "--schema", export / "proposed.toml")
    assert list(found["columns"]) == ['a "b".c', "<script>", "x\ny", "diagnosis"]
    listed = CliRunner().invoke(app, ["schema", str(export / "hostile.csv"), "--json"])
    assert json.loads(listed.stdout)["result"]["columns"]["diagnosis"]["role"] == "sensitive"


def test_postal_codes_and_ages_are_measured_for_the_policy_that_limits_them(export):
    (export / "people.csv").write_text("zip,age,illness\n02139,31,flu\n02139,93,cold\n")
    arguments = ["--schema", export / "roles.toml", "--policy", "hipaa_safe_harbor", "--json"]
    run = CliRunner().invoke(app, ["assess", str(export / "people.csv"), *map(str, arguments)])
    assert run.exit_code == 1
    found = json.loads(run.stdout)["result"]
    assert found["columns"]["zip"]["zip_digits"] == 5
    assert found["columns"]["age"]["oldest_age"] == 93
    failed = {verdict["rule"] for verdict in found["policy"] if not verdict["pass"]}
    assert {"zip_digits.zip", "oldest_age.age"} <= failed


def test_tokens_that_open_are_said_to_and_fail_a_policy_that_forbids_it(tmp_path):
    emails = [f"p{i}@mail.example" for i in range(40)]
    rule = find_profile("meta.audience_sdk").rule("email")
    table = pa.table({"contact": emails, "em": [rule.apply(email).digest for email in emails]})
    pq.write_table(table, tmp_path / "list.parquet")
    (tmp_path / "policy.toml").write_text("opening_tokens = true\n")
    arguments = ["assess", str(tmp_path / "list.parquet"), "--policy", str(tmp_path / "policy.toml")]
    run = CliRunner().invoke(app, [*arguments, "--html", str(tmp_path / "report.html"), "--json"])
    assert run.exit_code == 1
    found = json.loads(run.stdout)["result"]
    assert found["columns"]["em"]["opens"].startswith("sha256 of 'contact' under meta")
    assert found["token_details"]["em"]["opening"]["profiles"]["meta.audience_sdk"]["count"] == 40
    assert {verdict["rule"]: verdict["pass"] for verdict in found["policy"]}["opening_tokens.em"] is False
    shown = (tmp_path / "report.html").read_text()
    assert "a token that opens is as good as the address" in shown
    assert not [email for email in emails if email in shown or email in run.stdout]
    assert "Tokens" in CliRunner().invoke(app, arguments).stdout


def lists_of_one_sender(folder):
    """Write two exports whose tokens are of the same addresses, half of them in common, and the addresses."""
    emails = [f"p{i}@mail.example" for i in range(60)]
    rule = find_profile("meta").rule("email")
    digests = [rule.apply(email).digest for email in emails]
    for name, part, extra in (("may", slice(40), "zip"), ("june", slice(20, 60), "diagnosis")):
        columns = {"em": digests[part], extra: [f"{extra}{i % 3}" for i in range(40)]}
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    (folder / "dictionary.txt").write_text("\n".join(emails[:10]) + "\n")
    return emails


@pytest.mark.thorough
def test_tokens_shared_with_another_export_of_the_sender_are_counted_with_what_joining_gives(tmp_path):
    emails = lists_of_one_sender(tmp_path)
    page = tmp_path / "report.html"
    arguments = [tmp_path / "may.parquet", "--beside", tmp_path / "june.parquet", "--html", page]
    (pair,) = assessed(*arguments)["shared_tokens"]
    assert (pair["tokens_in_common"], pair["share_of_the_first"], pair["joined_one_to_one"]) == (20, 0.5, 20)
    assert pair["sensitive_columns_joined"] == 1
    assert "Tokens shared with other exports" in page.read_text()
    assert not [email for email in emails if email in page.read_text()]
    said = CliRunner().invoke(app, ["assess", *map(str, arguments)]).stdout
    assert "Tokens shared with other exports" in said


@pytest.mark.thorough
def test_a_given_dictionary_opens_what_it_covers_and_a_policy_hears_of_it(tmp_path):
    emails = lists_of_one_sender(tmp_path)
    (tmp_path / "policy.toml").write_text("opening_tokens = true\n")
    arguments = ["assess", str(tmp_path / "may.parquet"), "--policy", str(tmp_path / "policy.toml"), "--json"]
    for dictionary, passing in (([], True), (["--dictionary", str(tmp_path / "dictionary.txt")], False)):
        run = CliRunner().invoke(app, [*arguments, *dictionary])
        found = json.loads(run.stdout)["result"]
        assert all(v["pass"] for v in found["policy"] if v["rule"].startswith("opening_tokens")) is passing
    opened = found["token_details"]["em"]["dictionary"]
    assert (opened["opened"]["count"], opened["opened"]["of"]) == (10, 40)
    assert (opened["used"]["count"], opened["used"]["of"]) == (10, 10)
    assert opened["profiles"]["meta"]["count"] == 10
    assert not [email for email in emails if email in run.stdout]


@pytest.mark.parametrize("option", ["--beside", "--dictionary"])
def test_a_table_without_tokens_has_none_to_compare(export, option):
    arguments = ["assess", str(export / "people.csv"), option, str(export / "people.csv")]
    run = CliRunner().invoke(app, arguments)
    assert isinstance(run.exception, LabError)
    assert "no column of tokens" in str(run.exception)


def test_a_har_file_is_audited_for_what_it_tells_whom(tmp_path):
    url = "https://www.facebook.com/tr?ev=TherapyBooked&em=jane@mail.example"
    entries = [{"request": {"method": "GET", "url": url, "headers": [], "cookies": []}}]
    (tmp_path / "site.har").write_text(json.dumps({"log": {"entries": entries}}))
    run = CliRunner().invoke(app, ["assess", str(tmp_path / "site.har"), "--json"])
    assert run.exit_code == 0
    found = json.loads(run.stdout)["result"]["beacons"]
    assert found["receivers"][0]["owner"] == "Meta"
    assert {finding["carries"] for finding in found["findings"]} == {"health", "identifier"}
    said = CliRunner().invoke(app, ["assess", str(tmp_path / "site.har")]).stdout
    assert "a protected fact about 1 person of 1" in said
    assert "jane" not in said + run.stdout


def test_a_log_of_events_is_audited_and_a_table_of_people_is_not(tmp_path):
    (tmp_path / "log.jsonl").write_text('{"event": "SignUp", "properties": {"diagnosis": "x"}}\n')
    (tmp_path / "people.jsonl").write_text('{"zip": "02139"}\n{"zip": "02139"}\n')
    assert "diagnosis" in CliRunner().invoke(app, ["assess", str(tmp_path / "log.jsonl")]).stdout
    assert assessed(tmp_path / "people.jsonl")["rows"] == 2


@pytest.mark.parametrize(
    ("policy", "code", "said"),
    [
        ('sender = "health"', 1, "may not leave, since sender is 1"),
        ('sender = "ordinary"', 0, "may leave"),
        ("k = 5", 1, "was not shown to hold"),
        ("most_keys = 1", 1, "sender was not shown to hold"),
    ],
)
def test_a_policy_is_held_against_a_recording(tmp_path, policy, code, said):
    url = "https://www.facebook.com/tr?em=jane@mail.example"
    (tmp_path / "site.har").write_text(json.dumps({"log": {"entries": [{"request": {"url": url}}]}}))
    (tmp_path / "policy.toml").write_text(policy)
    page, sarif = tmp_path / "page.html", tmp_path / "found.sarif"
    run = CliRunner().invoke(
        app,
        ["assess", str(tmp_path / "site.har"), "--policy", str(tmp_path / "policy.toml"), "--html", str(page),
         "--sarif", str(sarif)],
    )  # fmt: skip
    assert run.exit_code == code
    assert said in run.stdout.splitlines()[0]
    assert run.stdout.splitlines()[0] in page.read_text()
    assert "jane" not in run.stdout + page.read_text() + sarif.read_text()
