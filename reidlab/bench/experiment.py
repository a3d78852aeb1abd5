"""An experiment: which defences stand against which attacks, on whose data, at which seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le, MinLen

Scalar = str | int | float | bool
Kind = Literal["upload", "intake", "answers", "twice", "file"]


@dataclass(frozen=True, slots=True)
class Part:
    """A defence or an attack with the values of its parameters.

    Parameters
    ----------
    name : str
        Registered name.
    settings : mapping of str to scalar
        Constructor arguments; ``"@accounts"`` stands for that table of the material, and
        ``"@release:salt"`` for what the release's own recipe tells, left out where it tells nothing.
        ``"@key"`` for a file with a key that nobody else has, and ``"@again"`` for what the same
        defence makes of the material's second export.
    label : str
        Name of the family in tables and figures.
    grid : mapping of str to tuple of scalar
        Settings that differ within the family, with their values: one part of the experiment for each
        combination. Tables show these settings; without a label all.
    later : bool
        The adversary comes when lists that are deleted after use are gone.
    """

    name: str
    settings: Mapping[str, Scalar | list[Scalar]] = field(default_factory=dict)
    label: str = ""
    grid: Mapping[str, Annotated[tuple[Scalar, ...], MinLen(1)]] = field(default_factory=dict)
    later: bool = False

    @property
    def family(self) -> str:
        """Name of the family in tables and figures."""
        return self.label or self.name

    def __str__(self) -> str:
        named = tuple(self.grid) or (() if self.label else tuple(self.settings))
        shown = ", ".join(f"{key}={self.settings[key]}" for key in named)
        return f"{self.family}({shown})" if shown else self.family


@dataclass(frozen=True, slots=True)
class Material:
    """Whose data it is.

    Parameters
    ----------
    kind : {"upload", "intake", "answers", "twice", "file"}
        The simulated upload list; simulated intake answers with what an acquaintance knows; answers
        alone, with their domains; answers that leave twice; or a real export.
    people : int
        Simulated people in the export; as many others are the control.
    case : str
        Case whose people they are.
    file, schema : Path or None
        For ``file``: the export and its schema.
    """

    kind: Kind
    people: Annotated[int, Ge(10), Le(10_000_000)] = 5000
    case: str = "betterhelp"
    file: Path | None = None
    schema: Path | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """One question, answered by every defence at every parameter against every attack.

    Parameters
    ----------
    name, question : str
        What it is called and what it asks.
    material : Material
        Whose data.
    defenses, attacks : tuple of Part
        One part per point of each parameter grid.
    utilities : tuple of str
        What the release is still good for.
    seeds : tuple of int
        One complete run each.
    everybody : bool
        Of a list, count the people who are not on it too: from it nobody learns about them.
    status_quo : str
        Family that stands for what is done today, one end of the frontier; the other is not to send.
    """

    name: str
    question: str
    material: Material
    defenses: Annotated[tuple[Part, ...], MinLen(1)]
    attacks: Annotated[tuple[Part, ...], MinLen(1)]
    utilities: tuple[str, ...]
    seeds: Annotated[tuple[Annotated[int, Ge(0)], ...], MinLen(1)]
    everybody: bool = False
    status_quo: str = ""
