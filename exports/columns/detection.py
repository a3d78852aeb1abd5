"""What kind of personal data a column holds, with evidence that shows no value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exports.columns.names.words import words_of
from exports.columns.recognisers.persons import LOCALES
from exports.columns.scanning import Scan, scanned
from exports.columns.shapes import SHAPES, Shape
from exports.columns.tally import DATE_FORMS, INSIDE, spoken_for
from exports.schema import Role
from exports.shares import Share

if TYPE_CHECKING:
    import pyarrow as pa

NEARLY_ALL = 0.9
"""Share of the cells that must look alike where the name has to help, or the form alone says little."""

ANYWHERE = frozenset(one.kind for one in INSIDE)
"""Kinds of which one cell is enough: nothing else looks so."""

FULL_NAMES = 0.3
"""Share of cells with a given name and a surname of one locale above which a column holds names."""

FEW_NAMES = 0.5
"""The same among the cells of several words, where most cells of a column are no words; places stay below."""

SINGLE_NAMES = 0.5
"""Share of the different values found among the given names or the surnames of one locale."""

MANY_DRAWN = 20
"""Different values below which a column is not taken for one of tokens by how they look."""

FEWEST_NAMES = 10
"""Different values below which single names may be there by chance."""

PLACES = frozenset({"city", "county", "state", "country"})
"""Kinds whose values are common names of people as well."""

LIFETIME = 40
"""Years that dates must span to look like dates of birth."""

DOUBTED = {
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "date_of_birth": "dates of birth",
    "date": "dates",
    "ip": "addresses of the internet",
    "account": "bank accounts",
    "card": "payment cards",
}
"""Kinds that a name promises, and that its values must look like."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What a column seems to hold.

    Parameters
    ----------
    kind : str or None
        ``"email"``, ``"token"``, ``"free_text"``, ...; None where nothing fits.
    role : Role or None
        What a column of this kind is to an adversary; unassessed where it was not understood.
    evidence : str
        What the kind rests on: the name of the column, or what its cells look like.
    share : Share
        Cells that look so, of those that hold a value.
    kinds : tuple of str
        Every kind that was found in it, the main one first.
    """

    kind: str | None
    role: Role | None
    evidence: str
    share: Share
    kinds: tuple[str, ...] = field(default=())


def detect(name: str, column: pa.ChunkedArray | pa.Array) -> Detection:
    """Say what kind of personal data a column holds.

    Parameters
    ----------
    name : str
        Of the column.
    column : pyarrow.ChunkedArray or pyarrow.Array
        All of its values.

    Examples
    --------
    >>> import pyarrow as pa
    >>> detect("contact", pa.array(["Ann <ann@mail.example>", "bob@mail.example", None])).kind
    'email'
    >>> detect("visits", pa.array([1, 7, 3])).kind is None
    True
    """
    return detect_all({name: column})[name]


def detect_all(columns: Mapping[str, pa.ChunkedArray | pa.Array]) -> dict[str, Detection]:
    """Say what kind of personal data each of many columns holds, see `detect`."""
    import pyarrow as pa

    found: dict[str, Detection] = {}
    chunks = {
        name: column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        for name, column in columns.items()
    }
    if not chunks:
        return found
    return detections(scanned(list(chunks), [list(chunks.values())]))


def detections(scan: Scan) -> dict[str, Detection]:
    """Say what kind of personal data each scanned column holds."""
    return {name: _Column(scan, place, name).detection() for place, name in enumerate(scan.values)}


class _Column:
    """One column of a scan, and what can be concluded from its counts."""

    def __init__(self, scan: Scan, place: int, name: str) -> None:
        self._tally, self._place, self._name = scan.tally, place, name
        self.values = scan.values[name]
        self.cells = int(scan.tally.cells[place])
        self.spoken = spoken_for(name)
        words = words_of(name)
        self.barred = {one.kind for one in SHAPES if one.unless and re.search(one.unless, words)}
        self.sure = self._sure()

    def of(self, what: str) -> int:
        return self._tally.of(what, self._place)

    def share(self, count: int) -> Share:
        return Share(min(count, self.cells), self.cells)

    def detection(self) -> Detection:
        """Weigh everything that was counted."""
        import pyarrow as pa

        kind = self.values.kind
        if not self.cells:
            return Detection(None, None, "no values", Share(0, 0))
        if kind is not None and pa.types.is_boolean(kind):
            return Detection(None, None, "", self.share(0))
        found = self._identified() or self._people() or self._unread() or self._described() or self._drawn()
        found = found or self._promised() or self._dates()
        if found is None:
            return Detection(None, None, "", self.share(0))
        kinds = [one for one in (found.kind, *self.sure) if one is not None]
        if self.of("name inside"):
            kinds.append("name")
        if self._is_prose():
            kinds.append("free_text")
        return Detection(found.kind, found.role, found.evidence, found.share, tuple(dict.fromkeys(kinds)))

    def _sure(self) -> dict[str, int]:
        """Return the cells by kinds of which one cell is enough, the commonest kind first."""
        found: dict[str, int] = {}
        for one in INSIDE:
            count = self.of(f"inside {one.kind}")
            if one.kind in self.barred:
                continue
            if one.kind in self.spoken or 2 * count >= count + self.of(f"resembling {one.kind}"):
                found[one.kind] = count
        for place, shape in enumerate(SHAPES):
            if shape.alone and shape.kind in ANYWHERE and shape.kind not in self.barred:
                found[shape.kind] = found.get(shape.kind, 0) + self.of(f"alone {place}")
        if {"phone", "fax"} & self.spoken:
            named = sum(self._named(place) for place, shape in enumerate(SHAPES) if shape.kind == "phone")
            found["phone"] = max(found["phone"], named)
        ranked = sorted(found, key=lambda kind: (-found[kind], kind == "url"))
        return {kind: found[kind] for kind in ranked if found[kind]}

    def _named(self, place: int) -> int:
        return self.of(f"named {place}") if not SHAPES[place].alone else 0

    def _fitting(self) -> tuple[Shape, int, bool] | None:
        """Return the first shape of nearly all cells, how many have it, and whether the name says so."""
        for place, shape in enumerate(SHAPES):
            named = self._place in self._tally.named.get(place, ())
            count = self.of(f"named {place}") if named and not shape.alone else 0
            if shape.alone and shape.kind not in self.barred:
                inside = self.sure.get(shape.kind, 0)
                count = max(count, self.of(f"alone {place}"), inside)
            if count >= NEARLY_ALL * self.cells:
                return shape, count, named
        return None

    def _identified(self) -> Detection | None:
        """Conclude from shapes of whole cells, and from what is sure wherever it stands."""
        fit = self._fitting()
        names = {Role.IDENTIFIER, Role.TOKEN}
        if fit is not None and fit[0].role in names and not (self.sure and fit[0].kind == "url"):
            shape, count, named = fit
            return self._looking(shape.kind, shape.role, shape.says, count, named=named)
        if not self.sure:
            return None
        kind, count = next(iter(self.sure.items()))
        if kind == "url" and len(self.sure) > 1 and self.sure[list(self.sure)[1]] * 2 >= count:
            kind, count = list(self.sure.items())[1]
        says = next(one.says for one in INSIDE if one.kind == kind)
        role = next(one.role for one in INSIDE if one.kind == kind)
        if self._is_prose() and 2 * count < self.cells:
            rare = self._rarely(count)
            return Detection(
                kind, Role.UNASSESSED, f"free text, in which {rare} holds {says}", self.share(count)
            )
        return self._looking(kind, role, says, count, named=kind in self.spoken)

    def _looking(self, kind: str, role: Role, says: str, count: int, *, named: bool) -> Detection:
        share = self.share(count)
        looks = (
            f"values look like {says}" if share.count == share.of else f"{self._rarely(count)} holds {says}"
        )
        return Detection(kind, role, f"called so, and {looks}" if named else looks, share)

    def _rarely(self, count: int) -> str:
        """Say how often something is there."""
        if 2 * count >= self.cells:
            return f"{100 * count / self.cells:.0f} % of the cells" if count < self.cells else "every cell"
        return f"1 in {round(self.cells / max(count, 1)):,} cells"

    def _people(self) -> Detection | None:
        """Conclude that names of people stand here."""
        full, worded = self.of("full name"), self.of("worded")
        person = "person" in self.spoken or "name" in self.spoken
        few = full and 2 * worded <= self.cells and full >= FEW_NAMES * worded
        if full >= (FULL_NAMES / 2 if person else FULL_NAMES) * self.cells or few:
            says = "names of people: a given name and a surname"
            return self._looking("name", Role.IDENTIFIER, says, full, named=person)
        if self._tally.values[self._place] < (3 if person else FEWEST_NAMES) or self.spoken & PLACES:
            return None
        best = {}
        for side in ("given", "family"):
            counts = (self.of(f"{side} {place}") for place in range(LOCALES))
            best[side] = max(counts, default=0)
        most = max(best.values())
        values = int(self._tally.values[self._place])
        if not most or most < SINGLE_NAMES * values:
            return None
        kind = "first_name" if best["given"] >= best["family"] else "last_name"
        return Detection(kind, Role.IDENTIFIER, "many values are common names of people", Share(most, values))

    def _is_prose(self) -> bool:
        sentences = self.of("sentence")
        varied = sentences * 2 >= self.cells and self._tally.values[self._place] > 50
        return self.of("single sentence") > 0 or varied

    def _unread(self) -> Detection | None:
        """Conclude that a person has to read it: sentences, nested and binary values."""
        import pyarrow as pa

        kind = self.values.kind
        binary = kind is not None and any(
            one(kind) for one in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
        )
        if kind is not None and (pa.types.is_nested(kind) or self.of("nested")):
            count = self.cells if pa.types.is_nested(kind) else self.of("nested")
            return self._doubt("nested", "values that hold several values, not assessed", count)
        if binary and self.of("drawn") < self.cells:
            return self._doubt("binary", "bytes whose meaning is not known, not assessed", self.cells)
        if self._is_prose():
            return self._doubt(
                "free_text", "free text, not assessed: a person has to read it", self.of("sentence")
            )
        return None

    def _doubt(self, kind: str | None, evidence: str, count: int) -> Detection:
        return Detection(kind, Role.UNASSESSED, evidence, self.share(count))

    def _described(self) -> Detection | None:
        """Conclude from a shape of whole cells that names nobody by itself."""
        fit = self._fitting()
        if fit is None:
            return None
        shape, count, named = fit
        if shape.kind in ("date", "date_of_birth"):
            return self._dates(shape, count, named=named)
        return self._looking(shape.kind, shape.role, shape.says, count, named=named)

    def _dates(self, shape: Shape | None = None, count: int = 0, *, named: bool = False) -> Detection | None:
        """Conclude that dates stand here, and whether they are written in one way."""
        dated = sum(self.of(f"alone {p}") for p, one in enumerate(SHAPES) if one.kind == "date")
        count = max(count, dated)
        if not count:
            return None
        spread = int(self._tally.last_year[self._place] - self._tally.first_year[self._place])
        lifetime = self.of("year") >= NEARLY_ALL * self.cells and spread >= LIFETIME
        born = (
            "date_of_birth" in self.spoken
            or lifetime
            or (shape is not None and shape.kind == "date_of_birth")
        )
        kind = "date_of_birth" if born else "date"
        forms = sum(self.of(f"form {place}") > 0 for place in range(len(DATE_FORMS)))
        if count < NEARLY_ALL * self.cells:
            evidence = (
                f"{self._rarely(count)} is a date and the others are none: what it holds is not understood"
            )
            return self._doubt(kind, evidence, count)
        if forms > 1:
            return self._doubt(kind, f"dates written in {forms} ways: which is day, which is month?", count)
        says = "dates that span a lifetime" if lifetime and not named else SAYS[kind]
        return self._looking(kind, Role.QUASI_IDENTIFIER, says, count, named=named)

    def _drawn(self) -> Detection | None:
        cut = self.of("cut digest")
        if cut >= NEARLY_ALL * self.cells and self._tally.values[self._place] >= MANY_DRAWN:
            return Detection("token", Role.TOKEN, "values look like digests that were cut", self.share(cut))
        drawn = self.of("drawn")
        if drawn < self.cells or self._tally.values[self._place] < MANY_DRAWN:
            return None
        return Detection("token", Role.TOKEN, "values look drawn at random or keyed", self.share(drawn))

    def _promised(self) -> Detection | None:
        """Doubt a column whose name says what its values do not look like."""
        named = self.of("known name")
        if "person" in self.spoken and 2 * named >= self.cells and self._tally.values[self._place] > 2:
            evidence = "called like people, and most cells hold a word that is a name: who or what is it?"
            return self._doubt("name", evidence, named)
        numeric = self.of("integer") + self.of("decimal")
        if numeric >= self.cells or self._tally.values[self._place] <= 2:
            return None
        for kind, says in DOUBTED.items():
            if kind in self.spoken and not (
                kind == "date" and self.of("partial date") >= NEARLY_ALL * self.cells
            ):
                evidence = (
                    f"called like {says}, but its values do not look so: what it holds is not understood"
                )
                return self._doubt("ipv4" if kind == "ip" else kind, evidence, self.cells - numeric)
        return None


SAYS = {"date": "dates", "date_of_birth": "dates of birth"}
