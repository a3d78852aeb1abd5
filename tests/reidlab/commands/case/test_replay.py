"""The command as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reidlab.cli import main

REIDLAB = [sys.executable, "-m", "reidlab", "replay"]


def replay(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*REIDLAB, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.mark.thorough
def test_one_object_goes_to_stdout_and_progress_to_stderr(tmp_path: Path) -> None:
    done = replay("betterhelp", "--people", "3000", "--only", "match", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["command"] == "replay"
    sent = printed["result"]["platforms"]["facebook"]
    assert sent["people"] == 3000
    assert sent["received"] >= 3000, "a list has a row for each person, and rows written twice or as a test"
    assert sent["received"] == sum(sent[part] for part in ("invalid", "duplicates", "matched")) + sum(
        sent["lost"].values()
    )
    assert "matching" in done.stderr
    assert (tmp_path / "replay-betterhelp" / "run.json").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["betterhlep"], "There is no case 'betterhlep'; the nearest is 'betterhelp'."),
        (["betterhelp", "--people", "-5"], "--people is -5 but must lie between 1 and"),
        (["betterhelp", "--memory", "100MB"], "at least 512 MB"),
        (["betterhelp", "--memory", "lots"], "--memory is 'lots' but must be a size"),
        (["betterhelp", "--only", "mach"], "--only is 'mach' but must be 'match'"),
        (["betterhelp", "--out", "/proc/nowhere"], "/proc/nowhere cannot be written"),
        (["betterhelp", "--out", __file__], "choose another --out"),
        (["broken.toml"], "not valid TOML"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    (tmp_path / "broken.toml").write_text("name = [")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["reidlab", "replay", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    printed = capsys.readouterr()
    assert stopped.value.code == 2
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["broken.toml"]


@pytest.mark.slow
def test_an_interrupted_replay_resumes_to_the_same_content(tmp_path: Path) -> None:
    arguments = ["betterhelp", "--people", "1500000", "--json", "--out"]
    running = subprocess.Popen(
        [*REIDLAB, *arguments, str(tmp_path / "stopped")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    finished = tmp_path / "stopped" / ".partial"
    while not list(finished.glob("*/finished/*.json")):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate()
    assert running.returncode == 2
    assert b"the same command resumes" in said
    assert sorted(path.name for path in (tmp_path / "stopped").iterdir()) == [".partial", ".reidlab.json"]
    kept = [(path, path.stat().st_mtime_ns) for path in finished.glob("*/visitors/*.parquet")]
    resumed, whole = (replay(*arguments, tmp_path / name) for name in ("stopped", "whole"))
    assert (tmp_path / "stopped" / "visitors" / kept[0][0].name).stat().st_mtime_ns == kept[0][1]
    tables = [json.loads(done.stdout)["result"]["tables"] for done in (resumed, whole)]
    assert tables[0] == tables[1]
