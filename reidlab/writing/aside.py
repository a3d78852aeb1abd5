"""Files that are written under a name nobody can guess, and renamed when they are whole."""

from __future__ import annotations

from pathlib import Path

from exports.filesystem.rooms import clear, workroom


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a name that another program guessed is never opened.

    Raises
    ------
    OSError
        When it cannot be written there.
    """
    clear(path.parent)
    with workroom(path.parent) as room:
        (room / path.name).write_bytes(content)
        (room / path.name).replace(path)
