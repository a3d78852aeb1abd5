"""The file named is the file read: no pattern, no device, no endless file.

Every door of the lab that takes the name of a file goes through here: other layers expand patterns
(``data[1].csv``), know spellings of their own, or wait for ever on a pipe.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from exports.errors import LabError

LARGEST_TEXT = 64 << 20
"""Bytes of the largest key, policy, schema, case, experiment or hierarchy that is read."""

_SPECIAL = "*?["

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def shown(path: Path | str) -> str:
    r"""Return the name of a file as a message shows it: on one line, whatever it holds.

    Examples
    --------
    >>> shown("a.csv"), shown("a\nb.csv")
    ('a.csv', "'a\\nb.csv'")
    """
    text = str(path)
    return text if text.isprintable() else ascii(text)


_COMPONENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]*(?<![. ])")


def require_component(name: str, path: Path) -> None:
    """Check that a name that a TOML file gives can be that of a file or folder, and of nothing above it.

    Raises
    ------
    LabError
        When it holds anything but letters, digits, spaces, dots, ``-`` and ``_``.

    Examples
    --------
    >>> require_component("my case 2.1", Path("case.toml"))
    >>> require_component("/../../x", Path("case.toml"))
    Traceback (most recent call last):
    exports.errors.LabError: case.toml: name must start with a letter or digit, hold only these, spaces,
    dots, - and _, and be no longer than 100 characters.
    """
    if len(name) > 100 or not _COMPONENT.fullmatch(name):
        raise LabError(
            f"{shown(path)}: name must start with a letter or digit, hold only these, spaces, dots, - and _, "
            "and be no longer than 100 characters."
        )


def require_regular(path: Path, *, folder: bool = False) -> Path:
    """Return the path when a regular file stands there, through links too.

    Parameters
    ----------
    path : Path
        As the user wrote it.
    folder : bool, default False
        Whether a folder will do.

    Raises
    ------
    LabError
        When there is nothing, or a pipe, a device or a folder, or the name is no Unicode.

    Examples
    --------
    >>> require_regular(Path("/dev/zero"))
    Traceback (most recent call last):
    exports.errors.LabError: /dev/zero is a device: give a regular file, for example a copy of what it tells.
    """
    try:
        os.fspath(path).encode()
        mode = path.stat().st_mode
    except (UnicodeEncodeError, ValueError):
        raise LabError(f"The name {shown(path)} is not valid Unicode text: rename the file.") from None
    except FileNotFoundError:
        raise LabError(f"{shown(path)} does not exist: check the path.") from None
    except OSError as error:
        raise LabError(f"{shown(path)} cannot be read ({error.strerror}): check the path.") from None
    if stat.S_ISREG(mode) or (folder and stat.S_ISDIR(mode)):
        return path
    kind = next((name for test, name in _KINDS if test(mode)), "no file")
    raise LabError(f"{shown(path)} is {kind}: give a regular file, for example a copy of what it tells.")


def bounded_bytes(path: Path, limit: int = LARGEST_TEXT) -> bytes:
    """Return the content of a regular file that is no larger than ``limit``.

    Raises
    ------
    LabError
        When it is larger, or is no regular file.
    OSError
        When it cannot be read.
    """
    with require_regular(path).open("rb") as file:
        found = file.read(limit + 1)
    if len(found) > limit:
        raise LabError(f"{shown(path)} is larger than {limit >> 20} MB: shorten it.")
    return found


def pattern(path: Path | str) -> str:
    r"""Return the pattern that a database engine matches with this one file and with no other.

    The path is made absolute, so that no beginning of a name (``file:``, ``s3:``, ``~``) means more
    than its letters.

    Raises
    ------
    LabError
        Where a name holds a backslash that separates nothing.

    Examples
    --------
    >>> pattern("/data/export[1].csv"), pattern("/data/a*.csv")
    ('/data/export[[]1].csv', '/data/a[*].csv')
    """
    return "".join(f"[{c}]" if c in _SPECIAL else c for c in plain(path))


def plain(path: Path | str) -> str:
    """Return the absolute path, where an engine takes a name for a name.

    Raises
    ------
    LabError
        Where a name holds a backslash that separates nothing.

    Examples
    --------
    >>> plain("/data/export[1].duckdb")
    '/data/export[1].duckdb'
    """
    whole = str(Path(path).absolute())
    if os.sep == "/" and "\\" in whole:
        raise LabError(
            f"The name {shown(path)} holds a backslash, which engines take for /: rename the file."
        )
    return whole


def pattern_literal(path: Path | str) -> str:
    """Return `pattern` as a string literal of SQL.

    Examples
    --------
    >>> pattern_literal("/data/it's.csv")
    "'/data/it''s.csv'"
    """
    return "'" + pattern(path).replace("'", "''") + "'"
