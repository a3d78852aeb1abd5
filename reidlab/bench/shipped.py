"""The experiments that come with the lab."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exports.errors import LabError, nearest

FOLDER = Path(__file__).parents[1] / "experiments"


def shipped() -> list[Path]:
    """Return the shipped experiments in the order of their names."""
    return sorted(FOLDER.glob("*.toml"))


def located(files: Sequence[Path]) -> list[Path]:
    """Return each file as given, or the shipped experiment of that name.

    Raises
    ------
    LabError
        When there is neither; names the nearest shipped one.
    """
    known = {path.stem: path for path in shipped()}
    for file in files:
        if not file.exists() and file.stem not in known:
            raise LabError(
                f"There is no experiment {str(file)!r}: give a TOML file, or a shipped name such as "
                f"{nearest(file.stem, known)!r}."
            )
    return [file if file.exists() else known[file.stem] for file in files]
