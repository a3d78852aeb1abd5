"""An assessment as one HTML file: no network, no raw value, no single score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reidlab.assessment.wording import MEASURES, PARTS
from reidlab.gate.answer import Decision
from reidlab.gate.policy import Policy
from reidlab.writing.own_files import REPORT_MARK, put_own

MOST_BARS = 15
"""Bars of one figure; the table below it holds all rows."""


def render(
    name: str,
    found: Mapping[str, Any],
    *,
    policy: Policy | None = None,
    decision: Decision | None = None,
    frontier: Sequence[str] = (),
) -> str:
    """Return the page.

    Parameters
    ----------
    name : str
        The export, without credentials.
    found : mapping
        The JSON of an assessment.
    policy, decision : Policy, Decision, optional
        What it was held against, and the answer.
    frontier : sequence of str
        Figures of the attacks after each defence, as HTML.

    Examples
    --------
    >>> found = {"rows": 3, "persons": 3, "k": 1, "uniques": 1, "reference": "the table itself",
    ...          "columns": {"<zip>": {"role": "quasi_identifier"}}, "class_sizes": {"1": 1, "2": 2}}
    >>> page = render("table", found)
    >>> "&lt;zip&gt;" in page, "<zip>" in page
    (True, False)
    """
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("reidlab"), autoescape=True)
    sizes = list(_class_sizes(found))
    return environment.get_template("assessment.html.j2").render(
        name=name,
        found={"reference": "the table itself", **found},
        policy=policy,
        decision=decision,
        note="" if policy is None else policy.note,
        headline=list(_headline(found)),
        classes=sizes,
        classes_label=_label("Persons by the size of their class", sizes),
        measures=list(_measures(found)),
        sensitive=list(_sensitive(found)),
        parts=[part for part in _parts(found) if part["rows"]],
        figures={PARTS["frontier"][0]: frontier},
    )


def save(page: str, path: Path) -> None:
    """Write the page aside and rename it, so that no half page looks whole.

    Raises
    ------
    LabError
        When it cannot be written there.
    """
    put_own(path, page, "--html", REPORT_MARK)


def _headline(found: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the few numbers that a reader asks for first; they are not added up."""
    yield {"shown": f"{found['rows']:,}", "name": "rows"}
    if found["persons"] != found["rows"]:
        yield {"shown": f"{found['persons']:,}", "name": "persons"}
    yield {"shown": f"{found['k']:,}", "name": "in the smallest class (k)"}
    share = 100 * found["uniques"] / found["persons"] if found["persons"] else 0.0
    yield {"shown": f"{share:.1f} %", "name": f"alone in a class ({found['uniques']:,})"}
    for key, worst, name in (
        ("l_distinct", min, "fewest different sensitive values in a class (l)"),
        ("t_equal", max, "largest distance of a class from the reference (t)"),
    ):
        values = [value for value in (found.get(key) or {}).values() if value is not None]
        if values:
            yield {"shown": _shown(worst(values)), "name": name}


def _class_sizes(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    sizes = found.get("class_sizes") or {}
    total = sum(sizes.values()) or 1
    for size, persons in sizes.items():
        share = persons / total
        shown = f"{100 * share:.1f} % ({persons:,} of {total:,})"
        yield {"name": f"class of {size}", "share": share, "shown": shown}


def _label(title: str, rows: Iterable[Mapping[str, Any]]) -> str:
    return f"{title}. " + "; ".join(f"{row['name']}: {row['shown']}" for row in rows)


def _measures(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    reasons, notes = found.get("reasons", {}), found.get("notes", {})
    for key, (label, meaning) in MEASURES.items():
        value: Any = found
        for step in key.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        note = reasons.get(key, "") if value is None else notes.get(key, "")
        if value is not None or note:
            yield {"name": label, "value": _cell(value), "meaning": meaning, "note": note}


def _sensitive(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    measures = ("l_distinct", "l_entropy", "t_equal", "t_ordered", "t_hierarchical")
    for column in found.get("l_distinct") or {}:
        yield {"column": column, **{name: _cell((found.get(name) or {}).get(column)) for name in measures}}


def _parts(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the optional parts, each a table under its title, with bars where one number leads."""
    tokens = found.get("token_details") or {}
    rows: Mapping[str, Iterable[Mapping[str, Any]]] = {
        "matching": _matching(tokens),
        "enumerations": _enumerations(tokens),
        "contributions": [
            {"column": name, "risk": share}
            for name, share in sorted((found.get("contributions") or {}).items(), key=lambda one: -one[1])
        ],
        "likeness": [{"column": name, **limits} for name, limits in (found.get("likeness") or {}).items()],
    }
    lead = {
        "matching": ("profile", "share"),
        "contributions": ("column", "risk"),
        "drops": ("do", "risk_left"),
        "groups": ("group", "prosecutor_mean"),
    }
    for key, (title, shows, how, hides) in PARTS.items():
        listed = list(rows[key] if key in rows else found.get(key) or ())
        heads = list(dict.fromkeys(name for row in listed for name in row))
        bars = []
        if key in lead and listed:
            name, number = lead[key]
            most = max(float(row[number]) for row in listed) or 1.0
            bars = [
                {"name": str(row[name]), "share": float(row[number]) / most, "shown": _shown(row[number])}
                for row in listed[:MOST_BARS]
            ]
        yield {
            "title": title,
            "head": [name.replace("_", " ").capitalize() for name in heads],
            "rows": [[_cell(row.get(name)) for name in heads] for row in listed],
            "bars": bars,
            "label": _label(title, bars),
            "shows": shows,
            "how": how,
            "hides": hides,
        }


def _matching(tokens: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what each profile would match, of the plain column and of the dictionary."""
    return [
        {"tokens": column, "made_of": source, "profile": profile, "share": share["share"]}
        | {"count": share["count"], "of": share["of"]}
        for column, details in tokens.items()
        for source, told in (
            ("another column", details["opening"]),
            ("the dictionary", details["dictionary"]),
        )
        for profile, share in sorted((told or {"profiles": {}})["profiles"].items(), key=_by_count)
        if share["count"]
    ]


def _by_count(item: tuple[str, Mapping[str, Any]]) -> int:
    return -int(item[1]["count"])


def _enumerations(tokens: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "tokens": column,
            "space": one["space"],
            "tried": one["tried"]["count"],
            "texts": one["tried"]["of"],
            "opened": one["opened"]["count"],
            "expected_at_least": one["expected"][0],
            "expected_at_most": one["expected"][1],
            "seconds_for_all": one["whole_seconds"],
        }
        for column, details in tokens.items()
        for one in details["enumerations"]
    ]


def _cell(value: Any) -> dict[str, Any]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"shown": _shown(value), "number": number, "value": value}


def _shown(value: Any) -> str:
    if value is None:
        return "not measured"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
