"""An assessment as one HTML file: no network, no raw value, no single score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reidlab.policy import Policy, Verdict, passed


def render(
    name: str,
    found: Mapping[str, Any],
    *,
    policy: Policy | None = None,
    verdicts: Sequence[Verdict] = (),
) -> str:
    """Return the page.

    Parameters
    ----------
    name : str
        The export, without credentials.
    found : mapping
        The JSON of an assessment.
    policy, verdicts : Policy, sequence of Verdict
        What it was held against, if anything.

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
        verdicts=verdicts,
        all_passed=passed(tuple(verdicts)),
        classes=sizes,
        classes_label="Persons by the size of their class. "
        + "; ".join(f"{r['name']}: {r['shown']}" for r in sizes),
        measures=list(_measures(found)),
        sensitive=list(_sensitive(found)),
        details=list(_details(found)),
    )


def save(page: str, path: Path) -> None:
    """Write the page aside and rename it, so that no half page looks whole."""
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(page, encoding="utf-8")
    aside.replace(path)


def _class_sizes(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    sizes = found.get("class_sizes") or {}
    total = sum(sizes.values()) or 1
    for size, persons in sizes.items():
        share = persons / total
        shown = f"{100 * share:.1f} % ({persons:,} of {total:,})"
        yield {"name": f"class of {size}", "share": share, "shown": shown}


def _measures(found: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    reasons = found.get("reasons", {})
    flat = {"k, the smallest class": ("k", found.get("k")), "classes": ("classes", found.get("classes"))}
    flat |= {"persons alone in a class": ("uniques", found.get("uniques"))}
    flat |= {"k over all rows of a person": ("linked_k", found.get("linked_k"))}
    for group in ("risk", "population_uniques"):
        for name, value in (found.get(group) or {}).items():
            flat[f"{group.replace('_', ' ')}: {name.replace('_', ' ')}"] = (f"{group}.{name}", value)
    for label, (key, value) in flat.items():
        yield {"name": label, "shown": _shown(value), "reason": reasons.get(key, "") if value is None else ""}


def _sensitive(found: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    measures = ("l_distinct", "l_entropy", "t_equal", "t_ordered")
    for column in found.get("l_distinct") or {}:
        yield {"column": column, **{name: _shown((found.get(name) or {}).get(column)) for name in measures}}


def _details(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the optional parts of a full assessment, each a list of flat objects under its title."""
    captions = {
        "tokens": "A token that opens is as good as the address it was made of. "
        "A dictionary reverses only what is in it.",
        "shared_tokens": "Whoever receives both exports joins these rows without opening a token. Alone: "
        "among those joined, by the quasi-identifiers of the first export, and of both.",
        "minimal_uniques": "Knowing only these columns already singles somebody out.",
        "drops": "Removing or coarsening these columns first leaves the fewest persons alone.",
        "frontier": "An advantage of 0 is no better than guessing, of 1 always right; half of the rows were "
        "held out as the control. It does not show attacks that were not run.",
        "groups": "A mean hides groups: the worst one stands with its size.",
    }
    for key, caption in captions.items():
        rows: Iterable[Mapping[str, Any]] = found.get(key) or ()
        rows = list(rows)
        if rows:
            heads = list(dict.fromkeys(name for row in rows for name in row))
            yield {
                "title": key.replace("_", " ").capitalize(),
                "head": [name.replace("_", " ") for name in heads],
                "rows": [[_shown(row.get(name)) for name in heads] for row in rows],
                "caption": caption,
            }


def _shown(value: Any) -> str:
    if value is None:
        return "not measured"
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
