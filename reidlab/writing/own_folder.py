"""Folders of runs: marked, locked, and only what the mark lists is ever replaced."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from exports.errors import LabError
from exports.filesystem.named_files import shown
from exports.filesystem.rooms import clear, locked, told
from reidlab.writing.aside import put

MARK = ".reidlab.json"
"""File that tells that a folder is the lab's own, and which files in it are."""

PARTIAL = ".partial"
"""Folder below it for work that is not finished."""


class OwnFolder:
    """A folder that only one run at a time writes to; see `own_folder`.

    Attributes
    ----------
    path : Path
        The folder.
    partial : Path
        For unfinished work; a later run with the same settings resumes from it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.partial = path / PARTIAL
        self._files = _listed(told(path / MARK))

    def claim(self, names: Iterable[str]) -> None:
        """Add names to what is the run's own, before anything is written there.

        Parameters
        ----------
        names : iterable of str
            Relative to the folder; one that ends in ``/`` stands for all below it.

        Raises
        ------
        LabError
            When something is there that no run of the lab wrote, or a link is on the way.
        """
        wanted = set(names)
        self._require_no_link(wanted | self._files)
        for name in sorted(wanted - self._files):
            here = self.path / name
            if os.path.lexists(here) and not (
                name.endswith("/") and here.is_dir() and not any(here.iterdir())
            ):
                raise self._foreign(here)
        self._files |= wanted
        self._tell()

    def publish(self, aside: Path, parts: Iterable[str], last: str) -> None:
        """Move files from ``aside`` into the folder, in place of those of the run before.

        Parameters
        ----------
        aside : Path
            Holds what is finished.
        parts : iterable of str
            Files in it, and folders with all their files.
        last : str
            The file that says what the others are: the old one goes first, the new one comes last.
        """
        found = (aside / part for part in (*parts, last))
        files = (file for one in found for file in (one.rglob("*") if one.is_dir() else (one,)))
        new = {file.relative_to(aside).as_posix() for file in files if file.is_file()}
        old = {name for name in self._files if not name.endswith("/")}
        self.claim(new)
        (self.path / last).unlink(missing_ok=True)
        for name in sorted(old - new):
            (self.path / name).unlink(missing_ok=True)
        for name in [*sorted(new - {last}), last]:
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).replace(self.path / name)
        for folder in {PurePosixPath(name).parent for name in old - new} - {PurePosixPath()}:
            with suppress(OSError):
                (self.path / folder).rmdir()
        self._files -= old - new
        shutil.rmtree(self.partial, ignore_errors=True)
        self._tell()

    def leave(self) -> None:
        """Remove the mark and the room for unfinished work where nothing came of the run."""
        with suppress(OSError):
            self.partial.rmdir()
        if not self.partial.exists() and not self._files - {f"{PARTIAL}/"}:
            (self.path / MARK).unlink(missing_ok=True)

    def _require_no_link(self, names: Iterable[str]) -> None:
        on_the_way = {
            place for name in names for place in (PurePosixPath(name), *PurePosixPath(name).parents)
        }
        for place in sorted(on_the_way - {PurePosixPath()}):
            if (self.path / place).is_symlink():
                raise self._foreign(self.path / place)

    def _tell(self) -> None:
        held = {"process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        mark = {"made_by": "reidlab", "held": held, "files": sorted(self._files)}
        put(self.path / MARK, json.dumps(mark, indent=1).encode())

    def _foreign(self, path: Path) -> LabError:
        return LabError(
            f"{shown(path)} was not made by a run of reidlab in this folder and would be replaced: move it "
            "away or choose another --out."
        )


@contextmanager
def own_folder(path: Path) -> Iterator[OwnFolder]:
    """Hold a folder for the results of a run: new, empty, or of a former run of the lab.

    Parameters
    ----------
    path : Path
        The folder; made where there is none.

    Raises
    ------
    LabError
        When it holds what no run of the lab made, or another run holds it.
    OSError
        When it cannot be written.
    """
    new = not path.exists()
    path.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(locked(path.resolve()))
        except BlockingIOError:
            raise _in_use(path) from None
        except (OSError, ImportError):
            # A file system without locks: the mark alone has to do.
            pass
        if told(path / MARK).get("made_by") != "reidlab" and any(path.iterdir()):
            raise LabError(
                f"The folder {shown(path)} holds something that no run of reidlab made: choose another "
                "--out, or an empty folder."
            )
        folder = OwnFolder(path)
        clear(path)
        folder.claim([f"{PARTIAL}/"])
        folder.partial.mkdir(exist_ok=True)
        try:
            yield folder
        finally:
            folder.leave()
            if new:
                with suppress(OSError):
                    path.rmdir()


def _in_use(path: Path) -> LabError:
    held = told(path / MARK).get("held")
    who = f" by process {held['process']} since {held['since']}" if isinstance(held, dict) and held else ""
    return LabError(
        f"The folder {shown(path)} is in use{who}: wait until that run ends, or choose another --out."
    )


def _listed(mark: dict[str, object]) -> set[str]:
    """Return the names in a mark that lie in its folder."""
    files = mark.get("files")
    names = {str(name) for name in files} if isinstance(files, list) else set()
    return {name for name in names if not {"..", "/"} & set(PurePosixPath(name).parts)}
