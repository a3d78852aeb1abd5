"""Reports and releases that a former run of the lab wrote, told from anything else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from exports.errors import LabError
from exports.filesystem.named_files import shown
from exports.filesystem.rooms import MARK, left_rooms, remove, told, workroom
from reidlab.writing.aside import put

REPORT_MARK = b'<meta name="generator" content="reidlab">'

_START = 4096


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_apart(
    written: Iterable[Path],
    read: Iterable[tuple[str, str | Path]],
    what: str = "The release",
    way: str = "--out",
) -> None:
    """Check that no file that is written is one that is read, by whatever path.

    Parameters
    ----------
    written : iterable of Path
        What is about to be written.
    read : iterable of (str, str or Path)
        Who names a file, and its name.
    what, way : str
        What is written, and the option that says where.

    Raises
    ------
    LabError
        Names the file and the option.
    """
    places = list(written)
    for option, name in read:
        file = Path(str(name).rpartition("::")[0] or str(name))
        if any(_same(file, place) for place in places):
            raise LabError(
                f"{what} would overwrite {shown(file)}, which {option} names: choose another {way}."
            )


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(other)


def require_own_report(path: Path, mark: bytes = REPORT_MARK, option: str = "--html") -> None:
    """Check that a report may be written: nothing is there, or a report of the lab.

    Parameters
    ----------
    path : Path
        Where it is written.
    mark : bytes
        What a report of this kind begins with.
    option : str
        What names it.

    Raises
    ------
    LabError
        When anything else is there, a link included, or the folder is missing.
    """
    if path.parent.is_dir() and not os.path.lexists(path):
        return
    try:
        if not path.is_symlink() and path.is_file():
            with path.open("rb") as file:
                if mark in file.read(_START):
                    return
    except OSError as error:
        raise LabError(
            f"The report {shown(path)} cannot be written ({error.strerror}): choose another {option}."
        ) from None
    why = "it is no report of reidlab" if os.path.lexists(path) else "its folder does not exist"
    raise LabError(f"The report {shown(path)} cannot be written ({why}): choose another {option}.")


def put_own(path: Path, text: str, option: str, mark: bytes) -> None:
    """Write a report whole, over nothing but a former report of the same kind.

    Raises
    ------
    LabError
        When something else is there, or it cannot be written.
    """
    try:
        require_own_report(path, mark, option)
        put(path, text.encode())
    except OSError as error:
        raise LabError(
            f"The report {shown(path)} cannot be written ({error.strerror}): choose another {option}."
        ) from None


class OwnRelease:
    """A release with the files beside it, of which the last one tells the digests of the others.

    Parameters
    ----------
    files : sequence of Path
        All of them in one folder, the manifest last.

    Raises
    ------
    LabError
        When one of them is there and no run of the lab wrote it.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self.files = tuple(files)
        self._folder = files[0].parent
        manifest = told(files[-1])
        known = _digests(manifest.get("files"))
        for room in left_rooms(self._folder):
            for name, digests in _digests(told(room / MARK).get("claims")).items():
                known.setdefault(name, set()).update(digests)
        self._known = known
        for file in files:
            own = file == files[-1] and _digests(manifest.get("files"))
            if os.path.lexists(file) and not own and not self._is_own(file):
                raise LabError(
                    f"{shown(file)} would be replaced, and no manifest tells that reidlab wrote it so: move "
                    "it away or choose another --out."
                )

    def _is_own(self, file: Path) -> bool:
        if file.is_symlink() or not file.is_file():
            return False
        return sha256_of(file) in self._known.get(file.name, set())

    @contextmanager
    def room(self) -> Iterator[Path]:
        """Hold a folder beside the release to write its files in."""
        with workroom(self._folder) as aside:
            yield aside

    def publish(self, aside: Path) -> None:
        """Rename what is whole; the old manifest goes first, and the new one comes last."""
        claims = {file.name: {sha256_of(aside / file.name)} for file in self.files}
        for name, digests in self._known.items():
            if name in claims:
                claims[name] |= digests
        manifest = self.files[-1]
        if manifest.exists():
            claims[manifest.name].add(sha256_of(manifest))
        for file in self.files:
            _flush(aside / file.name)
        text = _json({"room": aside.name, "claims": {name: sorted(one) for name, one in claims.items()}})
        (aside / "claims").write_bytes(text)
        (aside / "claims").replace(aside / MARK)
        manifest.unlink(missing_ok=True)
        for file in self.files:
            (aside / file.name).replace(file)
        for room in left_rooms(self._folder):
            if _digests(told(room / MARK).get("claims")).keys() <= claims.keys():
                remove(room)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _json(value: Mapping[str, object]) -> bytes:
    import json

    return json.dumps(value).encode()


def _digests(found: object) -> dict[str, set[str]]:
    """Return digests by the name of the file."""
    if not isinstance(found, dict):
        return {}
    return {
        str(name): {str(one) for one in (given if isinstance(given, list) else [given])}
        for name, given in found.items()
    }
