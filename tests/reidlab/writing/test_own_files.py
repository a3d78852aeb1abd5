"""Nothing that is not ours is touched, and what is ours appears together, under a kill at any call."""

# ruff: noqa: ARG001, PTH100, PTH109
from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from exports.errors import LabError
from reidlab.assessment.report import save
from reidlab.case.run_folder import run_folder
from reidlab.releases.defend import defend_file
from reidlab.writing.aside import put
from reidlab.writing.own_files import REPORT_MARK
from reidlab.writing.own_folder import MARK, own_folder

SCHEMA = """
[columns.zip]
role = "quasi_identifier"
hierarchy = "zip.csv"
[columns.dx]
role = "sensitive"
"""
FILES = ("r.csv", "r.csv.schema.toml", "r.csv.manifest.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = [f"{place % 4},{'abc'[place % 3]}" for place in range(24)]
    (tmp_path / "e.csv").write_text("\n".join(["zip,dx", *rows]) + "\n")
    (tmp_path / "zip.csv").write_text("0;x;*\n1;x;*\n2;y;*\n3;y;*\n")
    (tmp_path / "s.toml").write_text(SCHEMA)
    (tmp_path / "notes.csv").write_text("mine")
    (tmp_path / "notes.md").write_text("mine")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def defend(out: str = "r.csv", k: int = 2) -> None:
    defend_file("optimal-k-anonymity", "e.csv", Path(out), schema=Path("s.toml"), settings=[f"k={k}"])


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


CALLS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate"}


def killed_at(call: int, act: Callable[[], None]) -> bool:
    """Run in a process that is killed before its n-th call that touches a file; False when it ends before."""
    child = os.fork()
    if child == 0:
        seen = 0

        here = os.getcwd()

        def count(event: str, given: tuple[object, ...]) -> None:
            nonlocal seen
            if event not in CALLS or not isinstance(given[0], str | os.PathLike):
                return
            path = os.path.abspath(os.fspath(given[0]))  # type: ignore[type-var]
            seen += str(path).startswith(here)
            if seen == call:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def described(folder: Path) -> bool:
    """Return whether a manifest is there; it must describe exactly what stands beside it."""
    if not (folder / FILES[2]).exists():
        return False
    told = json.loads((folder / FILES[2]).read_text())["files"]
    assert set(told) == set(FILES[:2])
    for name, digest in told.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    return True


def test_a_manifest_stands_beside_what_it_describes_under_a_kill_at_any_call(folder: Path) -> None:
    defend(k=6)
    assert described(folder)
    users = {name: content for name, content in tree(folder).items() if name not in FILES}
    call, states = 0, set()
    while killed_at(call := call + 1, lambda: defend(k=2)):
        states.add(described(folder))
        # The next run ends as if nothing had been.
        if call % 4 == 0:
            defend(k=6 if call % 2 else 3)
            assert described(folder)
            assert {name: one for name, one in tree(folder).items() if name not in FILES} == users
            assert not list(folder.glob(".*"))
    assert states == {True, False}
    assert call > 20


def test_two_kills_in_a_row_leave_a_release_that_is_still_known_as_own(folder: Path) -> None:
    defend(k=6)
    calls = iter(range(1, 99))
    while killed_at(next(calls), lambda: defend(k=2)) and described(folder):
        defend(k=6)
    assert not described(folder)
    assert killed_at(12, lambda: defend(k=3))
    defend(k=2)
    assert described(folder)
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("out", ["notes.csv", "e.csv", "hard.csv", "link.csv", "dangling.csv", "r.csv"])
def test_a_release_replaces_nothing_that_no_run_wrote(folder: Path, out: str) -> None:
    os.link("e.csv", "hard.csv")
    Path("link.csv").symlink_to("notes.csv")
    Path("dangling.csv").symlink_to("nowhere.csv")
    Path("r.csv.manifest.json").write_text('{"mine": 1}')
    before = tree(folder)
    with pytest.raises(LabError, match="choose another --out"):
        defend(out)
    assert tree(folder) == before


def test_a_release_that_somebody_changed_is_not_replaced(folder: Path) -> None:
    defend()
    Path("r.csv").write_text("my own notes on it")
    with pytest.raises(LabError, match="choose another --out"):
        defend(k=3)
    assert Path("r.csv").read_text() == "my own notes on it"


def test_a_hierarchy_that_a_schema_names_is_not_replaced(folder: Path) -> None:
    with pytest.raises(LabError, match=r"overwrite .*zip.csv"):
        defend("zip.csv")


@pytest.mark.parametrize("name", ["e.csv", "s.toml", "notes.md", "link.html", "folder", "nowhere/o.html"])
def test_a_report_replaces_nothing_but_a_report(folder: Path, name: str) -> None:
    Path("folder").mkdir()
    Path("link.html").symlink_to("notes.md")
    before = tree(folder)
    with pytest.raises(LabError, match="choose another --html"):
        save("<html>", Path(name))
    assert tree(folder) == before


def test_a_report_replaces_a_report_and_follows_no_name_that_was_laid_out_for_it(folder: Path) -> None:
    page = f"<html><head>{REPORT_MARK.decode()}</head>"
    for name in (".o.html.part", ".o.html.tmp", f".{os.getpid()}.o.html"):
        Path(name).symlink_to("notes.md")
    save(page, Path("o.html"))
    save(page + "2", Path("o.html"))
    assert Path("o.html").read_text() == page + "2"
    assert Path("notes.md").read_text() == "mine"


def run_once(out: Path, word: str, parts: int) -> None:
    with run_folder(out, 1, 1) as own:
        aside = own.partial / "key"
        (aside / "visitors").mkdir(parents=True, exist_ok=True)
        for part in range(parts):
            (aside / "visitors" / f"part-{part}").write_text(word)
        (aside / "figure").write_text(word)
        (aside / "run.json").write_text(json.dumps({"word": word, "parts": parts}))
        own.publish(aside, ["visitors", "figure"], "run.json")


def test_a_folder_of_results_is_whole_under_a_kill_at_any_call(folder: Path) -> None:
    out = folder / "out"
    run_once(out, "first", 3)
    (out / "visitors" / "mine").write_text("mine")
    call, missing = 0, 0
    while killed_at(call := call + 1, lambda: run_once(out, "second", 2)):
        if (out / "run.json").exists():
            told = json.loads((out / "run.json").read_text())
            parts = sorted((out / "visitors").glob("part-*"))
            assert [part.read_text() for part in parts] == [told["word"]] * told["parts"]
            assert (out / "figure").read_text() == told["word"]
        else:
            missing += 1
        assert (out / "visitors" / "mine").read_text() == "mine"
        if call % 5 == 0:
            run_once(out, "first", 3)
            assert {path.name for path in out.iterdir()} == {MARK, "run.json", "figure", "visitors"}
    assert missing
    assert call > 30


def test_a_folder_that_no_run_made_is_left_as_it_is(folder: Path) -> None:
    (folder / "accounts").mkdir()
    (folder / "accounts" / "models.py").write_text("precious")
    (folder / "run.json").write_text('{"mine": 1}')
    before = tree(folder)
    with pytest.raises(LabError, match="choose another --out"):
        run_once(folder, "x", 1)
    assert tree(folder) == before


@pytest.mark.parametrize("place", ["visitors", "visitors/part-0", "figure", ".partial", MARK])
def test_no_link_in_a_folder_of_results_is_followed(folder: Path, place: str) -> None:
    out = folder / "out"
    run_once(out, "first", 1)
    victim = folder / "victim"
    victim.mkdir()
    (victim / "part-0").write_text("precious")
    here = out / place
    if here.is_dir():
        for inner in here.iterdir():
            inner.unlink()
        here.rmdir()
    else:
        here.unlink(missing_ok=True)
    here.symlink_to(victim if place in ("visitors", ".partial") else victim / "part-0")
    with pytest.raises(LabError, match="choose another --out"):
        run_once(out, "second", 1)
    assert tree(victim) == {"part-0": b"precious"}


def test_a_second_run_in_a_folder_is_told_who_holds_it(folder: Path) -> None:
    with own_folder(folder / "out"):
        child = os.fork()
        if child == 0:
            try:
                run_once(folder / "out", "x", 1)
            except LabError as refused:
                os._exit(7 if f"in use by process {os.getppid()}" in str(refused) else 8)
            os._exit(9)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert not (folder / "out").exists()


def test_a_mark_cannot_point_out_of_its_folder(folder: Path) -> None:
    run_once(folder / "out", "first", 1)
    mark = folder / "out" / MARK
    mark.write_text(
        json.dumps({**json.loads(mark.read_text()), "files": ["../notes.md", "/etc/x", "figure"]})
    )
    with pytest.raises(LabError, match="choose another --out"):
        run_once(folder / "out", "second", 1)
    assert Path("notes.md").read_text() == "mine"


def test_a_file_is_put_with_the_rights_of_new_files(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        put(folder / "x", b"1")
    finally:
        os.umask(before)
    assert (folder / "x").stat().st_mode & 0o777 == 0o640
