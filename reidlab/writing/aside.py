"""Files that are written under a name nobody can guess, and renamed when they are whole."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from exports.named_files import bounded_bytes

MARK = "made-by-reidlab.json"
"""File in a folder of unfinished work that tells whose it is."""

_PREFIX = ".reidlab-unfinished-"


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a name that another program guessed is never opened.

    Raises
    ------
    OSError
        When it cannot be written there.
    """
    clear(path.parent)
    with workroom(path) as room:
        (room / path.name).write_bytes(content)
        (room / path.name).replace(path)


@contextmanager
def workroom(beside: Path) -> Iterator[Path]:
    """Hold a folder beside a file until that is written; it is locked, closed to others, and removed.

    Yields
    ------
    Path
        Empty but for the mark.

    Raises
    ------
    OSError
        When there is no such folder or it cannot be written.
    """
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=beside.parent))
    try:
        with ExitStack() as held:
            # Where there are no such locks nothing that a killed run left is removed either.
            with suppress(OSError, ImportError):
                held.enter_context(locked(folder))
                (folder / MARK).write_text(json.dumps({"room": folder.name}), encoding="utf-8")
            yield folder
    finally:
        remove(folder)


def left_rooms(folder: Path) -> Iterator[Path]:
    """Yield the rooms that killed runs left in a folder; those that still work hold their locks."""
    for room in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError, ImportError), locked(room):
            bare = {path.name for path in room.iterdir()} <= {MARK}
            if bare or told(room / MARK).get("room") == room.name:
                yield room


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
