"""What the labels of each column stand for, and which identifiers its name promises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from exports.columns.tally import spoken_for
from exports.engines.protocol import Engine
from exports.errors import LabError
from exports.reading.distinct_rows import combinations_within
from exports.schema import Role
from exports.sources.origins import Source
from reidlab.gate.eighteen import promised
from reidlab.gate.labels import Content

MOST_LABELS = 1 << 18
"""Different values of a column that are read as labels; a column with more of them holds values."""

SMALL_NUMBER = 1000
"""Below it a whole number under a name such as ``visit`` counts or sorts, and names nobody."""

FLAGS = frozenset(["yes", "no", "true", "false", "y", "n", "t", "f", "0", "1", "x"])
"""Values of which a column says that something is there or is not."""

BY_NAME = ("date", "date_of_birth", "postal_code", "age")


def contents(
    name: str,
    told: Mapping[str, Any],
    source: Source,
    engine: Engine,
    limit: int,
    *,
    every: bool,
    today: date | None = None,
) -> dict[str, Any]:
    """Return what the labels of one column stand for at worst.

    Parameters
    ----------
    name, told : str, mapping
        The column, and what is known of it: role, kind, kinds.
    source, engine, limit : Source, Engine, int
        Where its values are, and how many may be held.
    every : bool
        Whether columns are read too whose name and kind speak of no date, place or age.
    today : date, optional
        Day that ages are counted on.

    Returns
    -------
    dict
        ``finest_date``, ``zip_digits``, ``small_areas``, ``oldest_age``, ... where the column holds such
        labels; ``promised``, the identifiers of which its name speaks and that its values do not refute.
    """
    kinds = {told.get("kind"), *told.get("kinds", ()), *({*spoken_for(name), *promised(name)} & set(BY_NAME))}
    if not (every or kinds & {"postal_code", "age"}) or told["role"] == Role.TOKEN:
        return {}
    found = combinations_within(source, [name], engine, limit)
    if found is None:
        if told.get("kind") in ("postal_code", "age"):
            raise LabError(
                f"The column {name!r} has too many values for a postal code or an age: see its kind."
            )
        return {"promised": list(promised(name))} if every else {}
    texts = [str(value) for value in found.columns[name].values.to_pylist() if value is not None]
    born = bool(kinds & {"date_of_birth"})
    content = Content(
        dates="date" in kinds or born,
        postal="postal_code" in kinds,
        ages="age" in kinds and not born,
        births=born,
        today=today or date.today(),
    )
    read = content.read(texts) if len(texts) <= MOST_LABELS or kinds & set(BY_NAME) else {}
    return read | ({"promised": _unrefuted(name, texts, read)} if every else {})


def _unrefuted(name: str, texts: list[str], read: Mapping[str, Any]) -> list[str]:
    """Return the identifiers that a name promises, but for those that the values speak against."""
    kinds = promised(name)
    numbers = [text.removesuffix(".0").lstrip("-") for text in texts]
    small = all(text.isdigit() and len(text) < len(str(SMALL_NUMBER)) for text in numbers)
    flags = all(text.lower() in FLAGS for text in texts)
    dated = read.get("finest_date") == "year" and not read.get("unread", {}).get("finest_date")
    return [
        kind
        for kind in kinds
        if not flags
        and not (small and kind != "county")
        and not (dated and kind in ("date", "date_of_birth"))
    ]
