"""Counts of what the cells of columns look like, summed over blocks of different values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exports.coding import Ints, Passes, arrow_integers, missing, numbers
from exports.columns.characters import Characters, characters_of
from exports.columns.names.identities import contrary, patterns
from exports.columns.names.parts import NO, YES
from exports.columns.names.words import folded, words_of
from exports.columns.recognisers.card import CARD
from exports.columns.recognisers.email import EMAIL
from exports.columns.recognisers.free_text import nested, sentences
from exports.columns.recognisers.iban import IBAN
from exports.columns.recognisers.inside import IS_SO, LOOKS_SO, Recogniser, matches
from exports.columns.recognisers.ip import IPV4, IPV6
from exports.columns.recognisers.national_id import NATIONAL_ID
from exports.columns.recognisers.persons import LOCALES, MOST_WORDS, names_inside, names_of
from exports.columns.recognisers.phone import PHONE
from exports.columns.recognisers.token import MAC, SSN, TOKEN, URL, UUID
from exports.columns.shapes import SHAPES
from exports.columns.spelling import plainly

if TYPE_CHECKING:
    import pyarrow as pa

INSIDE: tuple[Recogniser, ...] = (
    EMAIL, IBAN, CARD, IPV4, IPV6, MAC, SSN, NATIONAL_ID, TOKEN, UUID, PHONE, URL,
)  # fmt: skip
"""What is searched inside cells, the most telling first."""

DATE = next(place for place, shape in enumerate(SHAPES) if shape.kind == "date")
"""Place of the shape of dates in numbers."""

DATE_FORMS = (
    r"\d{4}-\d",
    r"\d{4}/\d",
    r"\d{4}\.\d",
    r"\d{1,2}/\d{1,2}/",
    r"\d{1,2}\.\d{1,2}\.",
    r"\d{1,2}-\d{1,2}-",
    r".*\p{L}{3}",
)
"""How dates begin, by the order of day, month and year that they are written in."""

INTEGER = r"-?\d+(?:\.0+)?"
NUMBER = (
    r"(?:[$€£¥₹] ?)?[+\-]?(?:\d*|\d{1,3}(?:[,.' ]\d{3})+)(?:[.,]\d+)?(?:e[+\-]?\d+)?"
    r" ?[%$€£¥₹]?|nan|[+\-]?inf(?:inity)?"
)
"""With a point or a comma, thousands apart, a currency or a share."""

PLAIN = r"-?(?:\d{0,12}[.,]\d+|\d+[.,]\d{0,3})(?:e[+\-]?\d+)?"
"""Numbers with one point or comma, which are nothing else."""

PARTIAL_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}|\d{4}[ \-]?[qw]\d{1,2}|[qw]\d{1,2}[ \-/]?\d{4}"
    r"|\p{L}{3,12}\.?[ \-']\d{2,4}"
    r"|\d{1,4}[:/]\d{1,4}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]\.?m\.?)?)"
)
"""Months, quarters, weeks, times of day and ratios."""

DRAWN = r"[A-Za-z0-9+/=_.~:\-]{16,}"
"""What tokens without a form of their own are made of."""


@dataclass(frozen=True, slots=True)
class Block:
    """Different values of some columns, as text without outer blanks, none of them empty.

    Parameters
    ----------
    texts : pyarrow.Array
        The values, column after column.
    owners, counts : array of int
        The column of each, by its place; the cells that hold it.
    """

    texts: pa.Array
    owners: Ints
    counts: Ints


@dataclass(slots=True)
class Tally:
    """What the cells of several columns look like.

    Parameters
    ----------
    names : sequence of str
        The columns.
    cells, values : array of int
        Cells with a value in each column, and values that differ, of the blocks seen.
    counts : mapping of str to array of int
        Cells that look so, by what they look like and by column; of single names, values that differ.
    first_year, last_year : array of int
        Of the dates in each column.
    named : mapping of int to array of int
        Columns whose names speak for a shape, by its place.
    """

    names: Sequence[str]
    cells: Ints = field(init=False)
    values: Ints = field(init=False)
    counts: dict[str, Ints] = field(default_factory=dict)
    first_year: Ints = field(init=False)
    last_year: Ints = field(init=False)
    named: Mapping[int, Ints] = field(init=False)
    _undrawn: Passes = field(init=False)

    def __post_init__(self) -> None:
        self.cells = np.zeros(len(self.names), np.int64)
        self.values = np.zeros(len(self.names), np.int64)
        self.first_year = np.full(len(self.names), 9999)
        self.last_year = np.zeros(len(self.names), np.int64)
        self._undrawn = np.zeros(len(self.names), bool)
        self.named = _named(self.names)

    def of(self, what: str, column: int) -> int:
        """Return the cells of one column that look so."""
        found = self.counts.get(what)
        return 0 if found is None else int(found[column])

    def add_numbers(self, column: int, counts: Ints, *, whole: bool) -> None:
        """Count different numbers of one column, of which nothing else is to be known."""
        what = "integer" if whole else "decimal"
        self.cells[column] += counts.sum()
        self.values[column] += len(counts)
        self.counts.setdefault(what, np.zeros(len(self.names), np.int64))[column] += counts.sum()

    def add_dates(self, column: int, counts: Ints, first: int, last: int) -> None:
        """Count different dates of one column, all of one form."""
        self.cells[column] += counts.sum()
        self.values[column] += len(counts)
        for what in (f"alone {DATE}", "form 0", "year"):
            self.counts.setdefault(what, np.zeros(len(self.names), np.int64))[column] += counts.sum()
        self.first_year[column] = min(first, self.first_year[column])
        self.last_year[column] = max(last, self.last_year[column])

    def add(self, block: Block) -> None:
        """Count one more block."""
        if not len(block.texts):
            return
        self.cells += self._sums(block.owners, block.counts)
        self.values += np.bincount(block.owners, minlength=len(self.names))
        characters = characters_of(block.texts)
        texts = plainly(block.texts, characters.wide.astype(bool) | characters.long)
        if texts is not block.texts:
            block, characters = replace(block, texts=texts), characters_of(texts)
        plain = self._count_numbers(block, characters)
        self._count_named(block)
        whole = self._count_shapes(block, characters, plain)
        held = self._count_inside(block, characters, whole)
        self._count_prose(block, characters, whole | held)
        self._count_names(block, characters, whole | held)

    def _sums(self, owners: Ints, counts: Ints) -> Ints:
        return np.bincount(owners, counts, len(self.names)).astype(np.int64)

    def _note(self, what: str, block: Block, rows: Ints | Passes) -> None:
        found = self._sums(block.owners[rows], block.counts[rows])
        if found.any():
            self.counts[what] = self.counts.get(what, 0) + found

    def _count_numbers(self, block: Block, characters: Characters) -> Passes:
        """Count numbers, and return those that can be nothing else."""
        plain = np.zeros(len(block.texts), bool)
        likely = np.flatnonzero(
            (characters.digits > 0) & (characters.letters <= 3) & (characters.lengths <= 40)
        )
        if not len(likely):
            return plain
        texts = _taken(block.texts, likely)
        whole = matches(texts, f"^(?:{INTEGER})$")
        self._note("integer", block, likely[whole])
        digits = characters.digits[likely[whole]]
        plain[likely[whole]] = (digits < 13) & (digits != 11)
        rest = likely[~whole]
        if len(rest):
            texts = _taken(block.texts, rest)
            self._note("decimal", block, rest[matches(texts, f"^(?:{NUMBER})$")])
            plain[rest] = matches(texts, f"^(?:{PLAIN})$")
        return plain

    def _count_named(self, block: Block) -> None:
        """Try the shapes that a column's name speaks for on all of its values."""
        for place, columns in self.named.items():
            if SHAPES[place].alone:
                continue
            rows = np.flatnonzero(np.isin(block.owners, columns))
            if len(rows):
                hits = matches(_taken(block.texts, rows), f"^(?:{SHAPES[place].pattern})$")
                self._note(f"named {place}", block, rows[hits])

    def _count_shapes(self, block: Block, characters: Characters, plain: Passes) -> Passes:
        """Try the shapes that need no name on what none before fitted."""
        fitted = plain.copy()
        for place, shape in enumerate(SHAPES):
            if not shape.alone or shape.worth is None:
                continue
            rows = np.flatnonzero((shape.worth(characters) | characters.long) & ~fitted)
            if not len(rows):
                continue
            rows = rows[matches(_taken(block.texts, rows), f"^(?:{shape.pattern})$")]
            fitted[rows] = shape.kind != "url"
            self._note(f"alone {place}", block, rows)
            if shape.kind == "date" and len(rows):
                self._count_forms(block, rows)
                self._note_years(block, rows)
        return fitted

    def _count_forms(self, block: Block, rows: Ints) -> None:
        for place, form in enumerate(DATE_FORMS):
            if len(rows):
                hits = matches(_taken(block.texts, rows), f"^{form}")
                self._note(f"form {place}", block, rows[hits])
                rows = rows[~hits]

    def _note_years(self, block: Block, rows: Ints) -> None:
        import pyarrow.compute as pc

        years = pc.extract_regex(_taken(block.texts, rows), r"\b(?P<year>(?:18|19|20)\d{2})(?:\D|$)").field(
            "year"
        )
        there = numbers(pc.binary_length(years)) > 0
        if years.null_count:
            there &= ~missing(years)
        if there.any():
            found = numbers(years.take(arrow_integers(np.flatnonzero(there))).cast("int64"))
            np.minimum.at(self.first_year, block.owners[rows[there]], found)
            np.maximum.at(self.last_year, block.owners[rows[there]], found)
            self._note("year", block, rows[there])

    def _count_inside(self, block: Block, characters: Characters, whole: Passes) -> Passes:
        held = np.zeros(len(block.texts), bool)
        for one in INSIDE:
            passed = whole | held if one is PHONE else whole
            rows = np.flatnonzero((one.worth(characters) | characters.long) & ~passed)
            if not len(rows):
                continue
            found = one.finds(_taken(block.texts, rows))
            self._note(f"inside {one.kind}", block, rows[found == IS_SO])
            self._note(f"resembling {one.kind}", block, rows[found == LOOKS_SO])
            held[rows[found == IS_SO]] = one.kind != "url"
        return held

    def _count_prose(self, block: Block, characters: Characters, known: Passes) -> None:
        long = sentences(characters) & ~known
        self._note("sentence", block, long)
        self._note("single sentence", block, long & (block.counts == 1))
        told = np.flatnonzero(long)
        if len(told):
            self._note("name inside", block, told[names_inside(_taken(block.texts, told))])
        short = np.flatnonzero((characters.lengths <= 16) & ~known)
        if len(short):
            texts = _taken(block.texts, short)
            self._note("partial date", block, short[matches(texts, f"^{PARTIAL_DATE}$")])
            self._note("yes or no", block, short[_answers(texts)])
        marked = np.flatnonzero((characters.marks >= 2) | characters.long)
        if len(marked):
            self._note("nested", block, marked[nested(_taken(block.texts, marked))])
        long = (characters.lengths >= 16) & (characters.spaces == 0) & (characters.letters > 0) & ~known
        cut = (characters.lengths >= 10) & (characters.letters > 0) & (characters.digits > 0) & ~known
        rows = np.flatnonzero(cut & (characters.letters + characters.digits == characters.lengths))
        if len(rows):
            self._note("cut digest", block, rows[matches(_taken(block.texts, rows), "^(?:0x)?[0-9a-f]+$")])
        self._undrawn[block.owners[~long]] = True
        drawn = np.flatnonzero(long & ~self._undrawn[block.owners])
        if len(drawn):
            drawn = drawn[matches(_taken(block.texts, drawn), f"^{DRAWN}$")]
            drawn = drawn[_bits(characters, block.texts, drawn) > LETTERS_DRAWN]
            self._note("drawn", block, drawn)
            self._undrawn |= np.bincount(block.owners[drawn], minlength=len(self.names)) < np.bincount(
                block.owners, minlength=len(self.names)
            )

    def _count_names(self, block: Block, characters: Characters, known: Passes) -> None:
        """Look up texts of some words without digits among the names of people."""
        likely = (characters.digits == 0) & (characters.spaces < MOST_WORDS) & (characters.lengths <= 80)
        likely &= (characters.letters + characters.wide >= 3) & (characters.at == 0) & ~known
        likely &= (characters.marks <= 3) & ~characters.long
        self._note("lettered", block, likely)
        rows = np.flatnonzero(likely & (characters.lengths >= 2))
        if not len(rows):
            return
        names = names_of(_taken(block.texts, rows))
        self._note("worded", block, rows[names.words > 1])
        self._note("full name", block, rows[names.full])
        someone = (names.given.any(axis=1) & (names.words > 1)) & names.family.any(axis=1)
        self._note("known name", block, rows[someone])
        alone = names.words == 1
        for side, bits in (("given", names.given), ("family", names.family)):
            for place in range(LOCALES):
                lane, bit = divmod(place, 64)
                hits = ((bits[:, lane] >> np.uint64(bit)) & np.uint64(1)).astype(bool) & alone
                if hits.any():
                    found = np.bincount(block.owners[rows[hits]], minlength=len(self.names))
                    self.counts[f"{side} {place}"] = self.counts.get(f"{side} {place}", 0) + found


def _answers(texts: pa.Array) -> Passes:
    """Return which texts say yes or no."""
    return matches(texts, "^(?:" + "|".join(map(re.escape, sorted(YES | NO))) + ")$")


LETTERS_DRAWN = 3.3
"""Bits per character from which characters look drawn rather than written."""


def _bits(characters: Characters, texts: pa.Array, rows: Ints) -> NDArray[np.float64]:
    """Return the entropy of each text's characters, in bits per character."""
    import pyarrow as pa

    if not len(rows):
        return np.zeros(0)
    chosen = _taken(texts, rows).cast(pa.string())
    ends = np.frombuffer(chosen.buffers()[1], np.int32)[chosen.offset : chosen.offset + len(chosen) + 1]
    values = np.frombuffer(chosen.buffers()[2], np.uint8)[ends[0] : ends[-1]]
    lengths = characters.lengths[rows]
    keys = np.repeat(np.arange(len(rows)), lengths) * 256 + values
    used, times = np.unique(keys, return_counts=True)
    of = used // 256
    rates = times / lengths[of]
    bits: NDArray[np.float64] = np.bincount(of, -rates * np.log2(rates), len(rows)).astype(np.float64)
    return bits


def _taken(texts: pa.Array, rows: Ints) -> pa.Array:
    """Return some of the texts, without a copy where it is all of them."""
    return texts if len(rows) == len(texts) else texts.take(arrow_integers(rows))


def _named(names: Sequence[str]) -> Mapping[int, Ints]:
    """Return, by the place of a shape, the columns whose names speak for it."""
    found: dict[int, list[int]] = {}
    for column, name in enumerate(names):
        words, spoken = words_of(name), spoken_for(name)
        for place, shape in enumerate(SHAPES):
            if shape.unless and re.search(shape.unless, words):
                continue
            if (shape.hint or shape.kind) in spoken or (shape.names and re.search(shape.names, words)):
                found.setdefault(place, []).append(column)
    return {place: np.array(columns) for place, columns in found.items()}


def spoken_for(name: str) -> frozenset[str]:
    """Return the kinds that a column's name speaks for.

    Examples
    --------
    >>> sorted(spoken_for("Telefonnummer")), sorted(spoken_for("email_opt_in_count"))
    (['phone'], [])
    """
    plain = folded(words_of(name))
    kinds = {kind for kind, one in patterns().items() if one.search(plain)}
    return frozenset(kind for kind in kinds if not (kind in contrary() and contrary()[kind].search(plain)))
