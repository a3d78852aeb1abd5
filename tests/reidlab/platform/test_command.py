"""The command: one line when it listens, a clean end, and one sentence for what it cannot do."""

import json
import signal
import socket
import subprocess
import sys

import pytest

requests = pytest.importorskip("requests", reason="requests is not installed")
pytestmark = pytest.mark.extra("platform")


@pytest.fixture
def accounts(tmp_path):
    path = tmp_path / "accounts.csv"
    path.write_text("email,phone,facebook\nJane@mail.example,12020550123,true\njoe@mail.example,,false\n")
    return path


def started(*options):
    command = [sys.executable, "-m", "reidlab", "platform", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_ends_with_a_complete_record(accounts, tmp_path, end):
    record = tmp_path / "record"
    running = started("--accounts", str(accounts), "--record", str(record), "--token", "T0", "--grpc")
    told = json.loads(running.stdout.readline())
    assert told["token"] == "T0"
    assert told["pid"] == running.pid
    assert told["grpc"].startswith("127.0.0.1:")
    made = requests.post(
        f"{told['url']}/v26.0/act_1/customaudiences", data={"name": "a", "access_token": "T0"}, timeout=60
    )
    assert made.ok
    running.send_signal(end)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (0, "", "")
    assert len((record / "requests.jsonl").read_text().splitlines()) == 1
    assert (record / "rows.parquet").read_bytes()[-4:] == b"PAR1"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--host", "0.0.0.0"], "must not leave this machine"),
        (["--host", "192.168.0.1"], "must not leave this machine"),
        (["--host", "example.org"], "must not leave this machine"),
        (["--port", "70000"], "between 0 and 65535"),
        (["no-such-case"], "no-such-case"),
        (["--accounts", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_what_it_cannot_do_is_one_sentence_and_exit_2(options, says):
    running = started(*options)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_a_port_in_use_is_one_sentence_and_exit_2(accounts):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        running = started("--accounts", str(accounts), "--port", str(taken.getsockname()[1]))
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (2, "")
    assert "cannot be listened on" in err
