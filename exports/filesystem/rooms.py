"""Rooms for unfinished work: closed to others, locked while in use, and removed after any end.

A room is a folder that its owner locks and marks. What a killed process leaves is told by the mark
and by the lock that nobody holds, and removed by the next run.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from exports.filesystem.named_files import bounded_bytes

MARK = "made-by-reidlab.json"
"""File in a room that tells whose it is."""

_PREFIX = ".reidlab-unfinished-"


class Room:
    """A new folder of this process, in a folder that others may use too.

    Parameters
    ----------
    parent : Path, optional
        Where; the system's folder for temporary files by default.

    Attributes
    ----------
    path : Path
        Empty but for the mark; closed to other users.

    Raises
    ------
    OSError
        When there is no such folder or it cannot be written.

    Examples
    --------
    >>> room = Room()
    >>> (room.path / "rows").write_text("02139") and room.path.stat().st_mode & 0o777 == 0o700
    True
    >>> room.close()
    >>> room.path.exists()
    False
    """

    def __init__(self, parent: Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
        self._held = ExitStack()
        # Where there are no such locks nothing that a killed run left is removed either.
        with suppress(OSError, ImportError):
            self._held.enter_context(locked(self.path))
            (self.path / MARK).write_text(json.dumps({"room": self.path.name}), encoding="utf-8")
        self._end = weakref.finalize(self, _end, self.path, self._held)

    def close(self) -> None:
        """Remove the room with all that is in it."""
        self._end()


def _end(path: Path, held: ExitStack) -> None:
    remove(path)
    held.close()


@contextmanager
def workroom(parent: Path | None = None) -> Iterator[Path]:
    """Hold a `Room` and yield its path."""
    room = Room(parent)
    try:
        yield room.path
    finally:
        room.close()


def own_leftovers() -> None:
    """Remove what killed runs left in the system's folder for temporary files."""
    with suppress(OSError):
        clear(Path(tempfile.gettempdir()))


def left_rooms(folder: Path) -> Iterator[Path]:
    """Yield the rooms that killed runs left in a folder; those that still work hold their locks."""
    for room in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError, ImportError), locked(room):
            if room.stat().st_uid != os.geteuid():
                continue
            bare = {path.name for path in room.iterdir()} <= {MARK} and not _being_made(room)
            if bare or told(room / MARK).get("room") == room.name:
                yield room


def _being_made(room: Path) -> bool:
    """Tell whether the process that a room is named after lives: it may not hold the lock yet."""
    process = room.name.removeprefix(_PREFIX).partition("-")[0]
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return True


def remove(room: Path) -> None:
    """Remove a room, its mark last, so that a kill in between leaves it known."""
    with suppress(OSError):
        for path in room.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != MARK:
                path.unlink(missing_ok=True)
        (room / MARK).unlink(missing_ok=True)
        room.rmdir()


def clear(folder: Path) -> None:
    """Remove what killed runs left in a folder, but for claims on what they had begun to replace."""
    for room in left_rooms(folder):
        if "claims" not in told(room / MARK):
            remove(room)


def told(path: Path) -> dict[str, object]:
    """Return what one of the lab's own JSON files tells; nothing where there is none."""
    with suppress(Exception):
        found = json.loads(bounded_bytes(path)) if not path.is_symlink() else None
        return found if isinstance(found, dict) else {}
    return {}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which ends with the process.

    Raises
    ------
    OSError
        When another process holds it, or the file system has no locks.
    ImportError
        Where the operating system has none.
    """
    import fcntl

    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(opened)
