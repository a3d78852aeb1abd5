"""The shape that every attack has, and why one cannot be run on a release."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

import numpy as np

from attacks.result import AttackResult
from exports.errors import LabError
from exports.release import Kind, Release, Truth


@runtime_checkable
class Attack(Protocol):
    """A frozen dataclass of what the adversary knows, with one verb.

    The fields are the knowledge (a register, auxiliary columns, a dictionary, a known salt,
    a trainer); class attributes say where the attack applies.

    Attributes
    ----------
    name : str
        Registered name in kebab case.
    accepts : frozenset of str
        Kinds of release that the attack understands.
    needs : frozenset of str
        Any of ``control, register, sensitive, person, oracle, retrain``.
    """

    name: ClassVar[str]
    accepts: ClassVar[frozenset[Kind]]
    needs: ClassVar[frozenset[str]]

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Attack ``release``; ``truth`` is read for scoring only."""
        ...

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return the sentence that says why the attack does not apply; None when it does."""
        ...


def inapplicable(attack: Attack, release: Release, truth: Truth) -> str | None:
    """Return why ``attack`` cannot run on ``release``, from its ``accepts`` and ``needs`` alone.

    An attack with further conditions calls this first in its own ``why_not``.
    """
    if release.kind not in attack.accepts:
        kinds = ", ".join(sorted(attack.accepts))
        return f"{attack.name} attacks {kinds}, and this release is {release.kind}"
    if "control" in attack.needs and truth.control is None:
        return f"{attack.name} needs a control table of people who are not in the release"
    if "sensitive" in attack.needs and not release.schema.sensitive:
        return f"{attack.name} needs a column with the role sensitive"
    if "person" in attack.needs and release.schema.person is None:
        return f"{attack.name} needs the schema to name the person column"
    return _misfit(release, truth)


def _misfit(release: Release, truth: Truth) -> str | None:
    """Return why release and truth do not belong together: rows or columns would be taken for others."""
    for place, table in (
        ("release", release.table),
        ("original", truth.original),
        ("control", truth.control),
    ):
        names = [] if table is None else table.column_names
        if len({*names}) < len(names):
            return f"two columns of the {place} have one name: rename one"
    if truth.owner is None or release.table is None or release.kind in ("counts", "model"):
        return None
    rows, people = release.rows.num_rows, truth.original.num_rows
    if len(truth.owner) != rows:
        return (
            f"the truth names the owners of {len(truth.owner):,} rows and the release has {rows:,}: "
            "give one owner per released row"
        )
    last = int(np.max(truth.owner, initial=-1))
    if last >= people:
        return f"the truth names row {last:,} as an owner and the original has {people:,} rows: correct it"
    return None


def require(attack: Attack, release: Release, truth: Truth) -> None:
    """Check that ``attack`` applies before it runs.

    Raises
    ------
    LabError
        With the sentence of ``why_not``.
    """
    reason = attack.why_not(release, truth)
    if reason is not None:
        raise LabError(f"{reason}.")
