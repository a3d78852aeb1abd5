"""The record: every row and request, nothing of a credential, and what ``assess`` makes of it."""

import hashlib
import json

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from reidlab.cli import app
from reidlab.platform.hub import Hub
from reidlab.platform.observed import seeded
from reidlab.platform.recorder import Recorder
from reidlab.platform.server import loopback, running

requests = pytest.importorskip("requests", reason="requests is not installed")
pytestmark = pytest.mark.extra("platform")
CANARIES = [f"canary{n}x7f3" for n in range(12)]
TOKENS = [hashlib.sha256(f"person{n}@mail.example".encode()).hexdigest() for n in range(30)]


@pytest.fixture
def folder(tmp_path):
    """A record of one upload, one refused upload, and requests with credentials in every place."""
    folder = tmp_path / "record"
    with seeded(accounts={"email": ["person1@mail.example"]}) as accounts:
        recorder = Recorder.into(folder, (CANARIES[0],))
        with (
            loopback("127.0.0.1", 0) as listening,
            running(Hub(accounts, CANARIES[0]), listening, recorder) as here,
        ):
            upload(here.url)
        recorder.close()
    return folder


def upload(url):
    c = CANARIES
    post = lambda path, **more: requests.post(url + path, timeout=60, **more)  # noqa: E731
    name = post("/v26.0/act_1/customaudiences", data={"name": "visitors", "access_token": c[0]}).json()["id"]
    payload = json.dumps({"schema": "EMAIL_SHA256", "data": TOKENS, "access_token": c[1]})
    users = f"/v26.0/{name}/users"
    signed = f"?access_token={c[0]}&appsecret_proof={c[2]}"
    assert post(users + signed, data={"payload": payload, "app_secret": c[3]}).ok
    headers = {"Authorization": f"Bearer {c[0]}", "developer-token": c[4], "X-Key": c[5]}
    body = {"payload": {"schema": ["EMAIL", "EXTERN_ID"], "data": [[TOKENS[0], c[0]]]}, "client_secret": c[6]}
    assert post(users, json=body, headers=headers, cookies={"session": c[7]}).ok
    assert post(users, json=body, headers={"Authorization": f"Bearer {c[8]}"}).status_code == 400
    post(
        users + f"?access_token={c[0]}",
        data=f'{{"token": "{c[9]}", ',
        headers={"content-type": "application/json"},
    )
    post("/nowhere", json={"deep": [{"refreshToken": c[10]}], "note": f"Bearer {c[11]}"})


def test_no_credential_is_kept_in_any_file(folder):
    kept = b"".join(file.read_bytes() for file in folder.iterdir())
    kept += "".join(map(str, pq.ParquetFile(folder / "rows.parquet").read().to_pylist())).encode()
    assert [canary for canary in CANARIES if canary.encode() in kept] == []


def test_every_row_that_arrived_is_a_line_of_the_table(folder):
    rows = pq.ParquetFile(folder / "rows.parquet").read().to_pylist()
    emails = [row for row in rows if row["kind"] == "EMAIL_SHA256"]
    assert [row["token"] for row in emails] == TOKENS
    assert [row["row"] for row in emails] == list(range(30))
    assert {(row["platform"], row["operation"], row["accepted"]) for row in emails} == {("meta", "add", True)}
    assert [row["accepted"] for row in rows if row["kind"] == "EMAIL"] == [True]


def test_every_request_is_a_line_that_assess_audits(folder):
    lines = [json.loads(line) for line in (folder / "requests.jsonl").read_text().splitlines()]
    assert [line["status"] for line in lines] == [200, 200, 200, 400, 400, 404]
    assert lines[1]["url"].startswith("https://graph.facebook.com/v26.0/")
    assert lines[1]["audience_name"] == "visitors"
    done = CliRunner().invoke(app, ["assess", str(folder / "requests.jsonl"), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["result"]["beacons"]["messages"] == 6


def test_assess_gives_the_record_by_person(folder):
    done = CliRunner().invoke(app, ["assess", str(folder), "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)["result"]
    assert {"platform": "meta", "key": "EMAIL_SHA256", "persons": 30} in result["receivers"]
    assert result["persons"] == 30
    plain = CliRunner().invoke(app, ["assess", str(folder)])
    assert "EMAIL_SHA256" in plain.output


def test_a_folder_that_holds_a_record_is_not_written_over(folder):
    done = CliRunner().invoke(
        app, ["platform", "--record", str(folder), "--accounts", str(folder / "rows.parquet")]
    )
    assert done.exit_code != 0
    assert (folder / "rows.parquet").stat().st_size > 0
