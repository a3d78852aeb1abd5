"""What a company lets leave: limits on an assessment, each with a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from exports.errors import LabError, nearest
from exports.schema import PARTS, Role
from exports.toml_file import checked, read_toml

PRESETS = Path(__file__).parents[1] / "policies"

COLUMN_RULES = (
    "allowed_roles",
    "forbidden_kinds",
    "forbidden_tokens",
    "opening_tokens",
    "zip_digits",
    "oldest_age",
)
"""Rules that each column keeps or breaks."""

Count = Annotated[int, Ge(1)]
Rate = Annotated[float, Ge(0), Le(1)]


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits that an export must keep; a limit that is None is not checked.

    Parameters
    ----------
    name : str
        Of the file or the preset.
    note : str
        What the policy is and is not, shown beside its verdicts.
    purpose : str or None
        Purpose the data leaves for; printed, and what the consent must be for.
    k, l : int or None
        Smallest class; fewest distinct sensitive values in a class.
    t : float or None
        Largest distance of a class from the reference (equal distance).
    uniqueness : float or None
        Largest share of persons who are alone in a class.
    prosecutor, journalist, marketer : float or None
        Largest risk; the first two of any person, the last on average. Of an estimate, the upper end of
        its interval counts.
    unmatched : int
        Most people who fall into no class of the population, where a table of it is given.
    allowed_roles : tuple of Role or None
        Roles that may leave.
    forbidden_kinds : tuple of str
        Detected kinds of column that may not leave, such as ``email`` or ``phone``.
    forbidden_tokens : bool
        No hashed or keyed identifier may leave.
    opening_tokens : bool
        No token may leave that opens from another column or by enumeration.
    required_consent : str or None
        Column that must be there and true on every row.
    zip_digits : int or None
        Most digits of a postal code.
    oldest_age : int or None
        Largest age given exactly.
    unassessed : bool
        Columns that nobody has assessed may leave. Without it no export passes that has one.
    """

    name: str
    note: str = ""
    purpose: str | None = None
    k: Count | None = None
    l: Count | None = None  # noqa: E741 - the field's own letter
    t: Rate | None = None
    uniqueness: Rate | None = None
    prosecutor: Rate | None = None
    journalist: Rate | None = None
    marketer: Rate | None = None
    unmatched: Annotated[int, Ge(0)] = 0
    allowed_roles: tuple[Role, ...] | None = None
    forbidden_kinds: tuple[str, ...] = ()
    forbidden_tokens: bool = False
    opening_tokens: bool = False
    required_consent: str | None = None
    zip_digits: Annotated[int, Ge(0)] | None = None
    oldest_age: Annotated[int, Ge(0)] | None = None
    unassessed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule of a policy held against one export.

    Examples
    --------
    >>> Verdict("k", 5, 1, False)
    k: found 1, limit 5, fail
    """

    rule: str
    limit: Any
    found: Any
    passed: bool
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys ``rule, limit, found, pass``."""
        return {
            "rule": self.rule,
            "limit": self.limit,
            "found": self.found,
            "pass": self.passed,
            "note": self.note,
        }

    def __repr__(self) -> str:
        verdict = "pass" if self.passed else "fail"
        return f"{self.rule}: found {self.found}, limit {self.limit}, {verdict}" + (
            f" ({self.note})" if self.note else ""
        )


def load(source: Path | str) -> Policy:
    """Read ``policy.toml``, or a preset by its name.

    Raises
    ------
    LabError
        Names the file, the key and what may stand there.

    Examples
    --------
    >>> load("hipaa_safe_harbor").zip_digits
    3
    """
    path = Path(source)
    presets = {preset.stem: preset for preset in PRESETS.glob("*.toml")}
    if not path.exists():
        if str(source) not in presets:
            raise LabError(
                f"There is no policy {str(source)!r}: give a TOML file, or one of the presets "
                f"{', '.join(sorted(presets))} (nearest: {nearest(str(source), presets)})."
            )
        path = presets[str(source)]
    return checked(Policy, read_toml(path), path, filled={"name": path.stem})


def check(policy: Policy, found: Mapping[str, Any], *, declared: bool) -> tuple[Verdict, ...]:
    """Hold an assessment against a policy.

    Parameters
    ----------
    policy : Policy
        The limits.
    found : mapping
        The JSON of an assessment.
    declared : bool
        Whether the roles came from a schema. Proposed roles cannot pass a policy, since the
        data would decide what is looked at.

    Returns
    -------
    tuple of Verdict
        One per rule and column, in the order of the policy; a measure that could not be had fails.
    """
    verdicts = [
        Verdict(
            "schema", "declared", "declared" if declared else "proposed", declared,
            "" if declared else "write the roles down: reidlab schema FILE > schema.toml",
        ),
        *_limits(policy, found),
        *_columns(policy, found["columns"]),
        *_consent(policy, found),
    ]  # fmt: skip
    return tuple(verdicts)


def _limits(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    reasons = found.get("reasons", {})

    def verdict(
        rule: str, limit: float | None, value: Any, side: Literal["least", "most"], key: str = ""
    ) -> Any:
        if limit is None:
            return
        if value is None:
            yield Verdict(rule, limit, None, False, reasons.get(key or rule, "it could not be measured"))
        else:
            yield Verdict(rule, limit, value, value >= limit if side == "least" else value <= limit)

    uniques, persons = found.get("uniques"), found.get("persons")
    alone = None if uniques is None or not persons else uniques / persons
    risk = found.get("risk", {})
    yield from verdict("k", policy.k, found.get("k"), "least")
    yield from verdict("uniqueness", policy.uniqueness, alone, "most", "uniques")
    for rule, limit in (("l", policy.l), ("t", policy.t)):
        if limit is not None and not found.get("l_distinct"):
            yield Verdict(rule, limit, None, True, "no column is declared sensitive")
    for column, value in found.get("l_distinct", {}).items():
        yield from verdict(f"l.{column}", policy.l, value, "least", f"l_distinct.{column}")
    for column, value in found.get("t_equal", {}).items():
        yield from verdict(f"t.{column}", policy.t, value, "most", f"t_equal.{column}")
    for name, key in (
        ("prosecutor", "prosecutor_max"),
        ("journalist", "journalist_max"),
        ("marketer", "marketer"),
    ):
        upper = found.get("intervals", {}).get(f"risk.{key}", [None, risk.get(key)])[1]
        yield from verdict(name, getattr(policy, name), upper, "most", f"risk.{key}")
    unmatched = found.get("population", {}).get("unmatched")
    if unmatched is not None and (policy.journalist is not None or policy.marketer is not None):
        yield from verdict("unmatched", policy.unmatched, unmatched, "most")


def _columns(policy: Policy, columns: Mapping[str, Mapping[str, Any]]) -> Iterator[Verdict]:
    """Yield a verdict per column that a rule speaks of, and one for each rule that speaks of none."""
    verdicts = list(_of_columns(policy, columns))
    yield from verdicts
    spoken = {verdict.rule.partition(".")[0] for verdict in verdicts}
    for rule in COLUMN_RULES:
        limit = getattr(policy, rule)
        if limit not in (None, (), False) and rule not in spoken:
            shown = ", ".join(limit) if isinstance(limit, tuple) else "none" if limit is True else limit
            yield Verdict(rule, shown, f"no column of {len(columns)} breaks it", True)


def _of_columns(policy: Policy, columns: Mapping[str, Mapping[str, Any]]) -> Iterator[Verdict]:
    for name, column in columns.items():
        role, kinds = column["role"], {column.get("kind"), *column.get("kinds", ())}
        if role == Role.UNASSESSED:
            note = "" if policy.unassessed else "nobody has said what it holds: read it, and give it a role"
            yield Verdict(f"unassessed.{name}", policy.unassessed, True, policy.unassessed, note)
        elif policy.allowed_roles is not None and role not in (*policy.allowed_roles, *PARTS):
            yield Verdict(f"allowed_roles.{name}", ", ".join(policy.allowed_roles), role, False)
        for kind in sorted(kinds.intersection(policy.forbidden_kinds)):
            yield Verdict(f"forbidden_kinds.{name}", "none of them", kind, False)
        if policy.forbidden_tokens and role == Role.TOKEN:
            yield Verdict(f"forbidden_tokens.{name}", "no token", "token", False)
        if policy.opening_tokens and column.get("opens"):
            yield Verdict(f"opening_tokens.{name}", "none that opens", column["opens"], False)
        if policy.zip_digits is not None and column.get("zip_digits") is not None:
            digits = column["zip_digits"]
            yield Verdict(f"zip_digits.{name}", policy.zip_digits, digits, digits <= policy.zip_digits)
        if policy.oldest_age is not None and column.get("oldest_age") is not None:
            oldest = column["oldest_age"]
            yield Verdict(f"oldest_age.{name}", policy.oldest_age, oldest, oldest <= policy.oldest_age)


def _consent(policy: Policy, found: Mapping[str, Any]) -> Iterator[Verdict]:
    if policy.required_consent is not None:
        consent = found.get("consent") or {}
        missing = consent.get("without") if consent.get("column") == policy.required_consent else None
        note = (
            "no such column was declared as the schema's consent" if missing is None else policy.purpose or ""
        )
        yield Verdict(f"required_consent.{policy.required_consent}", 0, missing, missing == 0, note)


def passed(verdicts: tuple[Verdict, ...]) -> bool:
    """Tell whether every rule passed."""
    return all(verdict.passed for verdict in verdicts)
