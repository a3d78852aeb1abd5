"""What leaves after a change that did not leave before: columns, kinds, receivers, people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that leaves now and did not before, or more of it.

    Parameters
    ----------
    what : str
        ``column``, ``kind``, ``role``, ``rows``, ``people``, ``k``, ``receiver``, ``protected fact``, ...
    where : str
        The column, the receiver, or nothing.
    before, after : str or int or None
        What there was and is.
    """

    what: str
    where: str
    before: str | int | None
    after: str | int | None

    def __repr__(self) -> str:
        where = f" {self.where}" if self.where else ""
        before = "nothing" if self.before is None else self.before
        return f"{self.what}{where}: {before} before, {self.after} after"

    def to_json(self) -> dict[str, Any]:
        """Return all fields."""
        return {name: getattr(self, name) for name in self.__slots__}


def of_tables(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what of a table leaves now that did not before, from two assessments.

    Examples
    --------
    >>> old = {"rows": 9, "persons": 9, "k": 3, "columns": {"zip": {"role": "quasi_identifier", "kinds": []}}}
    >>> new = old | {"k": 1, "columns": old["columns"] | {"mail": {"role": "identifier", "kinds": ["email"]}}}
    >>> of_tables(old, new)
    (column mail: nothing before, identifier after, kind mail: nothing before, email after,
     k: 3 before, 1 after)
    """
    return tuple(_of_columns(before["columns"], after["columns"])) + tuple(_of_counts(before, after))


def _of_columns(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, told in after.items():
        old = before.get(name)
        if old is None:
            yield Change("column", name, None, told["role"])
        elif old["role"] != told["role"]:
            yield Change("role", name, old["role"], told["role"])
        for kind in told.get("kinds", ()):
            if old is None or kind not in old.get("kinds", ()):
                yield Change("kind", name, None, kind)
        for key in ("finest_date", "zip_digits", "oldest_age"):
            if old is not None and told.get(key) not in (None, old.get(key)):
                yield Change(key, name, old.get(key), told[key])


def _of_counts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key, name in (("rows", "rows"), ("persons", "people"), ("uniques", "people alone")):
        if (after.get(key) or 0) > (before.get(key) or 0):
            yield Change(name, "", before.get(key), after.get(key))
    for key in ("k", "linked_k"):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None and new < old:
            yield Change(key, "", old, new)


def of_recordings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what of a recording goes out now that did not before, from two audits."""
    return (*_of_receivers(before, after), *_of_fields(before, after), *_of_totals(before, after))


def _of_receivers(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old = {one["host"]: one for one in before["receivers"]}
    for one in after["receivers"]:
        known = old.get(one["host"])
        host = one["host"] or "unknown host"
        if known is None:
            yield Change("receiver", host, None, f"{one['persons']:,} people")
            continue
        if one["persons"] > known["persons"]:
            yield Change("people", host, known["persons"], one["persons"])
        if one["both"]["count"] > known["both"]["count"]:
            yield Change("people with a protected fact", host, known["both"]["count"], one["both"]["count"])


def _of_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    keys = ("host", "place", "field", "carries", "what")
    known = {tuple(one[key] for key in keys) for one in before["findings"]}
    for one in after["findings"]:
        if tuple(one[key] for key in keys) not in known:
            yield Change("field", f"{one['field']} to {one['host'] or 'unknown host'}", None, one["what"])


def _of_totals(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key, name in (
        ("unread", "messages not understood"),
        ("without_consent", "people without a signal of consent"),
        ("most_keys", "keys per row"),
    ):
        if after[key] > before[key]:
            yield Change(name, "", before[key], after[key])
