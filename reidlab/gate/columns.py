"""Rules on single columns: their roles, their kinds, their tokens and what their labels stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from exports.schema import PARTS, Role
from reidlab.gate.answer import Answer, Verdict
from reidlab.gate.policy import Policy
from reidlab.gate.small_areas import SOURCE

Told = Mapping[str, Any]

DROP = "drop the column, or apply a defence that replaces it"


def of_columns(policy: Policy, columns: Mapping[str, Told]) -> Iterator[Verdict]:
    """Yield a verdict per column that breaks a rule or could not be looked at, else one per rule."""
    for rule, judge in JUDGES.items():
        if rule not in policy.asked:
            continue
        found = [one for name, told in columns.items() for one in judge(policy, name, told)]
        yield from found
        if not found:
            limit = getattr(policy, rule)
            shown = ", ".join(limit) if isinstance(limit, tuple) else "none" if limit is True else limit
            yield Verdict(rule, shown, f"no column of {len(columns)} breaks it", Answer.HOLDS)
    for name, told in columns.items():
        if told["role"] == Role.UNASSESSED and not policy.unassessed:
            yield Verdict(
                f"unassessed.{name}", "none", "not assessed", Answer.NOT_SHOWN,
                told.get("evidence", ""), f"read the column {name!r} and give it a role in the schema",
            )  # fmt: skip


def _role(policy: Policy, name: str, told: Told) -> Iterator[Verdict]:
    allowed = policy.allowed_roles or ()
    # Weights, times and consents have no role of their own; persons and households link rows as tokens do.
    linking = told["role"] in ("person", "household")
    role = Role.TOKEN if linking else Role.INSENSITIVE if told["role"] in PARTS else told["role"]
    if role == Role.UNASSESSED and policy.unassessed:
        return
    if role not in allowed:
        yield Verdict(
            f"allowed_roles.{name}", ", ".join(allowed) or "no role", told["role"], Answer.BREAKS, way=DROP
        )


def _kinds(policy: Policy, name: str, told: Told) -> Iterator[Verdict]:
    found = list(dict.fromkeys([*filter(None, [told.get("kind")]), *told.get("kinds", ())]))
    if told["role"] == Role.TOKEN and "keyed_tokens" in policy.asked:
        # The kind of a token is that of what it stands for; whether it may leave its key decides.
        found = [kind for kind in found if kind != told.get("stands_for")]
    if _is_year(policy, told):
        found = [kind for kind in found if kind not in ("date", "date_of_birth")]
    for kind in found:
        if kind in policy.forbidden_kinds:
            evidence = told.get("evidence", "").removeprefix("declared in the schema; ").partition(";")[0]
            yield Verdict(f"forbidden_kinds.{name}", "none of them", kind, Answer.BREAKS, evidence, DROP)

    if told["role"] == Role.TOKEN or set(found) & set(policy.forbidden_kinds):
        return
    for kind in told.get("promised", ()):
        if kind in policy.forbidden_kinds:
            yield Verdict(
                f"forbidden_kinds.{name}", "none of them", kind, Answer.NOT_SHOWN,
                "the column is called so, and its values do not show that it is something else",
                "drop the column, or give it a name that says what it holds",
            )  # fmt: skip
            return


def _is_year(policy: Policy, told: Told) -> bool:
    """Tell whether a column of dates holds years alone, of which another rule judges."""
    unread = told.get("unread", {}).get("finest_date", 0)
    return policy.finest_date == "year" and told.get("finest_date") == "year" and not unread


def _token(_: Policy, name: str, told: Told) -> Iterator[Verdict]:
    if told["role"] == Role.TOKEN or "token" in told.get("kinds", ()):
        yield Verdict(f"forbidden_tokens.{name}", "no token", "token", Answer.BREAKS, way=DROP)


def _opening(_: Policy, name: str, told: Told) -> Iterator[Verdict]:
    if told.get("opens"):
        yield Verdict(
            f"opening_tokens.{name}", "none that opens", told["opens"], Answer.BREAKS,
            way="replace it with a keyed token: reidlab defend hmac",
        )  # fmt: skip


def _keyed(policy: Policy, name: str, told: Told) -> Iterator[Verdict]:
    if told["role"] != Role.TOKEN and "token" not in told.get("kinds", ()):
        return
    custody = told.get("keyed", "")
    rule, way = f"keyed_tokens.{name}", "keep the manifest of the defence beside the file, or say key_custody"
    if custody:
        yield Verdict(rule, "keyed or random", custody, Answer.HOLDS)
    elif told.get("opens"):
        yield Verdict(rule, "keyed or random", told["opens"], Answer.BREAKS, "it opens without any key", way)
    elif policy.key_custody:
        yield Verdict(
            rule, "keyed or random", "declared", Answer.HOLDS,
            f"declared by the curator and not checked: {policy.key_custody}",
        )  # fmt: skip
    else:
        why = "nothing shows a key, and a digest without one opens for whoever holds a list of candidates"
        yield Verdict(rule, "keyed or random", None, Answer.NOT_SHOWN, why, way)


def _codes(_: Policy, name: str, told: Told) -> Iterator[Verdict]:
    if told.get("proposed") == Role.IDENTIFIER and told["role"] not in PARTS:
        yield Verdict(
            f"other_codes.{name}", "none", "tells people apart", Answer.BREAKS, told.get("evidence", ""), DROP
        )


def _content(key: str, why: str) -> Callable[[Policy, str, Told], Iterator[Verdict]]:
    """Return the judge of a rule on what labels stand for: ``key`` is the rule, and what is found."""

    def judge(policy: Policy, name: str, told: Told) -> Iterator[Verdict]:
        found, limit = told.get(key), getattr(policy, key)
        unread = told.get("unread", {}).get(key, 0)
        if found is not None:
            answer = Answer.HOLDS if found <= limit else Answer.BREAKS
            yield Verdict(f"{key}.{name}", limit, found, answer, why if answer is Answer.BREAKS else "")
        if unread:
            yield Verdict(
                f"{key}.{name}", limit, None, Answer.NOT_SHOWN, f"{unread:,} labels could not be read",
                "write them as a value, a range a..b, or a code cut off with *",
            )  # fmt: skip

    return judge


def _dates(policy: Policy, name: str, told: Told) -> Iterator[Verdict]:
    found = told.get("finest_date")
    if found not in (None, "year"):
        yield Verdict(
            f"finest_date.{name}", policy.finest_date, found, Answer.BREAKS,
            "a range finer than a year is an element of a date", "give the year alone",
        )  # fmt: skip
    if told.get("unread", {}).get("finest_date"):
        yield Verdict(
            f"finest_date.{name}", policy.finest_date, None, Answer.NOT_SHOWN,
            f"{told['unread']['finest_date']:,} labels could not be read",
            "write years or ranges of years",
        )  # fmt: skip


def _areas(_: Policy, name: str, told: Told) -> Iterator[Verdict]:
    if told.get("small_areas"):
        yield Verdict(
            f"small_areas.{name}", 0, told["small_areas"], Answer.BREAKS,
            f"codes of areas with 20,000 people or fewer; {SOURCE}", "write 000 for them",
        )  # fmt: skip
    if told.get("unknown_areas"):
        yield Verdict(
            f"small_areas.{name}", 0, None, Answer.NOT_SHOWN,
            f"{told['unknown_areas']:,} codes are of no area with a known number of people",
            "write 000 for them",
        )  # fmt: skip


JUDGES: Mapping[str, Callable[[Policy, str, Told], Iterator[Verdict]]] = {
    "allowed_roles": _role,
    "forbidden_kinds": _kinds,
    "forbidden_tokens": _token,
    "opening_tokens": _opening,
    "keyed_tokens": _keyed,
    "other_codes": _codes,
    "zip_digits": _content("zip_digits", "characters of a postal code"),
    "small_areas": _areas,
    "oldest_age": _content("oldest_age", "the oldest that a label stands for"),
    "finest_date": _dates,
}
"""What judges one column by each rule."""
