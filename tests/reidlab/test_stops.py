"""What a stop leaves: no row outside the user's own files, and after a kill only until the next run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exports.filesystem.rooms import own_leftovers

CANARY = "Qanary"


def _rows_in(folder: Path) -> list[Path]:
    """Return the files below a folder that hold a part of a row."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if CANARY.encode() in path.read_bytes()]


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_stop_leaves_no_row_behind(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, aside = tmp_path / "big.csv", tmp_path / "aside"
    aside.mkdir()
    rows = (f"{CANARY} Person{row},{row % 977:05d},{row % 90}\n" for row in range(400_000))
    export.write_text("name,zip,age\n" + "".join(rows), encoding="utf-16")
    running = subprocess.Popen(
        [sys.executable, "-m", "reidlab", "assess", str(export)],
        env={**os.environ, "TMPDIR": str(aside)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while not _rows_in(aside):
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(number)
    _, said = running.communicate(timeout=60)
    if number == signal.SIGKILL:
        assert _rows_in(aside)
        monkeypatch.setattr("tempfile.tempdir", str(aside))
        own_leftovers()
    else:
        assert running.returncode == 2
        assert said.startswith(b"reidlab: interrupted")
    assert not list(aside.iterdir())
