"""What a company lets leave: limits on an export, read from TOML or taken from a preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from exports.errors import LabError, nearest
from exports.schema import Role
from exports.toml_file import checked, read_toml, unknown_value

PRESETS = Path(__file__).parents[1] / "policies"

BESIDE = frozenset(
    {"name", "note", "purpose", "cites", "not_looked_at", "unmatched", "unassessed", "key_custody"}
    | {"declared_consent"}
)
"""Fields of a policy that ask nothing: what is printed, and what other rules take into account."""

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
    cites : mapping of str to str
        The paragraph that a rule follows, by the rule.
    not_looked_at : tuple of str
        What no rule of this policy looks at; printed with every answer.
    k, l, linked_k : int or None
        Smallest class; fewest distinct sensitive values in a class; smallest number of persons who
        share all rows of a person.
    t : float or None
        Largest distance of a class from the reference (equal distance).
    uniqueness : float or None
        Largest share of persons who are alone in a class.
    prosecutor, journalist, marketer : float or None
        Largest risk; the first two of any person, the last on average. Of an estimate, the upper end of
        its interval counts.
    unmatched : int, default 0
        Most people who fall into no class of the population, where a table of it is given.
    singling_out, linkability, inference : float or None
        Largest advantage that the upper end of an attack's interval may show.
    allowed_roles : tuple of Role or None
        Roles that may leave.
    forbidden_kinds : tuple of str
        Detected kinds of column that may not leave, such as ``email`` or ``phone``.
    forbidden_tokens : bool
        No hashed or keyed identifier may leave.
    opening_tokens : bool
        No token may leave that opens from another column or by enumeration.
    keyed_tokens : bool
        Every token must be shown to be keyed or random: by the manifest of our own release, or by
        ``key_custody``.
    key_custody : str or None
        Declaration of the curator of who holds the key of the tokens; printed as a declaration.
    other_codes : bool
        No column may leave that tells all people apart, whatever role it was given.
    required_consent : str or None
        Column that must be there and true on every row.
    zip_digits : int or None
        Most characters of a postal code, in generalised codes too.
    small_areas : bool
        Three-digit ZIP areas of 20,000 people or fewer may not leave; 000 stands for them.
    oldest_age : int or None
        Largest age given exactly, in bands and years of birth too.
    finest_date : {"year"} or None
        Finest part of a date, in ranges too.
    unassessed : bool
        Columns that nobody has assessed may leave. Without it no export passes that has one.
    sender : {"health", "ordinary"} or None
        Who sends an upload: for a sender of health services being on the list is the health fact.
    consent_signals : bool
        Everybody in an upload must be shown to have consented, by a signal or ``declared_consent``.
    declared_consent : str or None
        Declaration of the curator of how consent was had; printed as a declaration.
    most_keys : int or None
        Most identifiers of one person in one row of an upload.
    """

    name: str
    note: str = ""
    purpose: str | None = None
    cites: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    not_looked_at: tuple[str, ...] = ()
    k: Count | None = None
    l: Count | None = None  # noqa: E741 - the field's own letter
    linked_k: Count | None = None
    t: Rate | None = None
    uniqueness: Rate | None = None
    prosecutor: Rate | None = None
    journalist: Rate | None = None
    marketer: Rate | None = None
    unmatched: Annotated[int, Ge(0)] = 0
    singling_out: Rate | None = None
    linkability: Rate | None = None
    inference: Rate | None = None
    allowed_roles: tuple[Role, ...] | None = None
    forbidden_kinds: tuple[str, ...] = ()
    forbidden_tokens: bool = False
    opening_tokens: bool = False
    keyed_tokens: bool = False
    key_custody: str | None = None
    other_codes: bool = False
    required_consent: str | None = None
    zip_digits: Annotated[int, Ge(0)] | None = None
    small_areas: bool = False
    oldest_age: Annotated[int, Ge(0)] | None = None
    finest_date: Literal["year"] | None = None
    unassessed: bool = False
    sender: Literal["health", "ordinary"] | None = None
    consent_signals: bool = False
    declared_consent: str | None = None
    most_keys: Count | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The rules that this policy asks."""
        return tuple(name for name in rules() if self._says(name))

    @property
    def not_asked(self) -> tuple[str, ...]:
        """The rules that a policy can have and this one has not."""
        asked = set(self.asked)
        return tuple(name for name in rules() if name not in asked)

    def _says(self, name: str) -> bool:
        """Tell whether a rule forbids anything: a limit of 0 does, an empty list of kinds does not."""
        limit = getattr(self, name)
        return limit is not None and limit is not False and (name != "forbidden_kinds" or bool(limit))

    def cited(self, rule: str) -> str:
        """Return the paragraph that a rule, or the rule of a column, follows."""
        return self.cites.get(rule.partition(".")[0], "")


@cache
def rules() -> tuple[str, ...]:
    """Return the names of all rules that a policy can have."""
    return tuple(one.name for one in fields(Policy) if one.name not in BESIDE)


@cache
def kinds() -> tuple[str, ...]:
    """Return the kinds that the detector of columns knows, and no other word can be forbidden.

    Examples
    --------
    >>> "email" in kinds(), "e-mail" in kinds()
    (True, False)
    """
    from exports.columns.names.identities import WORDS
    from exports.columns.shapes import SHAPES
    from exports.columns.tally import INSIDE
    from reidlab.gate.eighteen import WORDS as MORE

    known = {shape.kind for shape in SHAPES} | {one.kind for one in INSIDE} | set(WORDS) | set(MORE)
    return tuple(sorted(known | {"free_text", "nested", "binary", "token"}))


def load(source: Path | str) -> Policy:
    """Read ``policy.toml``, or a preset by its name.

    Raises
    ------
    LabError
        Names the file, the key and what may stand there; when the policy asks nothing.

    Examples
    --------
    >>> load("hipaa_safe_harbor").zip_digits
    3
    """
    path = path_of(source)
    raw = read_toml(path)
    for key, value in raw.items():
        _require_type(key, value, path)
    policy = checked(Policy, raw, path, filled={"name": path.stem})
    for kind in policy.forbidden_kinds:
        if kind not in kinds():
            raise LabError(f"{path}: {unknown_value(('forbidden_kinds',), kind, kinds())}")
    for rule in policy.cites:
        if rule not in rules():
            raise LabError(f"{path}: {unknown_value(('cites',), rule, rules())}")
    if not policy.asked:
        raise LabError(
            f"{path} asks nothing, so that everything would leave: give at least one rule, such as k = 5."
        )
    return policy


def path_of(source: Path | str) -> Path:
    """Return the file of a policy, or of a preset by its name.

    Raises
    ------
    LabError
        When there is neither.
    """
    path = Path(source)
    presets = {preset.stem: preset for preset in PRESETS.glob("*.toml")}
    if path.exists():
        return path
    if str(source) not in presets:
        raise LabError(
            f"There is no policy {str(source)!r}: give a TOML file, or one of the presets "
            f"{', '.join(sorted(presets))} (nearest: {nearest(str(source), presets)})."
        )
    return presets[str(source)]


def _require_type(key: str, value: Any, path: Path) -> None:
    """Refuse what would be read as something else: a number in quotes, yes or no as a number."""
    declared = {one.name: str(one.type) for one in fields(Policy)}.get(key, "")
    wants = next((word for word in ("Count", "Rate", "int", "bool") if word in declared), None)
    right = {
        None: True,
        "bool": isinstance(value, bool),
        "Rate": isinstance(value, int | float) and not isinstance(value, bool),
    }.get(wants, isinstance(value, int) and not isinstance(value, bool))
    if not right:
        kind = {"bool": "true or false", "Rate": "a number between 0 and 1"}.get(str(wants), "a whole number")
        raise LabError(f"{path}: {key} must be {kind}, written without quotes: correct it.")
