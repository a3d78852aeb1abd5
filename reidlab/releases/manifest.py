"""The manifest beside a release: what was done, the digests of what left, and whether they still hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exports.errors import LabError
from reidlab.writing.own_files import sha256_of

LARGEST = 16 << 20
"""Bytes of a manifest above which it is none of ours."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One file that a manifest names, and whether it is still the one that left.

    Parameters
    ----------
    name : str
        ``release`` or ``schema``.
    file : str
        Its name beside the manifest.
    answer : str
        ``unchanged``, ``changed``, ``missing`` or ``no digest in the manifest``.
    """

    name: str
    file: str
    answer: str

    def to_json(self) -> dict[str, str]:
        """Return name, file and answer."""
        return {"name": self.name, "file": self.file, "answer": self.answer}


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the bytes of a file.

    Raises
    ------
    LabError
        When it cannot be read.
    """
    try:
        return sha256_of(path)
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}): check the path.") from None


def beside(release: Path) -> tuple[Path, Path]:
    """Return the schema and the manifest that stand beside a release."""
    return (
        release.with_name(f"{release.name}.schema.toml"),
        release.with_name(f"{release.name}.manifest.json"),
    )


def read(path: Path) -> dict[str, Any]:
    """Read a manifest.

    Raises
    ------
    LabError
        When it cannot be read, or is none.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise LabError(f"{path} is larger than a manifest can be: give the one that defend wrote.")
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}): check the path.") from None
    except (ValueError, RecursionError):
        raise LabError(f"{path} is not whole JSON: give the manifest that defend wrote.") from None
    if not isinstance(found, dict):
        raise LabError(f"{path} holds no JSON object: give the manifest that defend wrote.")
    return found


def verify(release: Path) -> tuple[Checked, ...]:
    """Hold a release and its schema against the manifest beside them.

    Parameters
    ----------
    release : Path
        The release, or its manifest.

    Raises
    ------
    LabError
        When there is no manifest, or one that cannot be read.
    """
    suffix = ".manifest.json"
    if release.name.endswith(suffix):
        release = release.with_name(release.name.removesuffix(suffix))
    schema, manifest = beside(release)
    digests = read(manifest).get("files")
    known: Mapping[str, Any] = digests if isinstance(digests, dict) else {}
    return tuple(
        _checked(name, path, known.get(path.name))
        for name, path in (("release", release), ("schema", schema))
    )


def _checked(name: str, path: Path, digest: Any) -> Checked:
    if not isinstance(digest, str):
        return Checked(name, path.name, "no digest in the manifest")
    if not path.is_file():
        return Checked(name, path.name, "missing")
    return Checked(name, path.name, "unchanged" if digest_of(path) == digest else "changed")


def keyed_columns(file: Path) -> dict[str, str]:
    """Return the columns whose tokens the manifest beside a file shows to be keyed or random, and by what.

    Empty where there is no manifest, or where it is of another file than this.
    """
    _, manifest = beside(file)
    if not manifest.is_file() or not file.is_file():
        return {}
    found = read(manifest)
    digests = found.get("files")
    if not isinstance(digests, dict) or digests.get(file.name) != digest_of(file):
        return {}
    steps = found.get("steps")
    keyed: dict[str, str] = {}
    for step in steps if isinstance(steps, list) else [found]:
        if isinstance(step, dict) and isinstance(step.get("keyed"), list):
            keyed |= {str(name): f"by the manifest of {step.get('defense')}" for name in step["keyed"]}
    return keyed
