"""Spaces so small that every text in them can be hashed: what opens, and how long the rest would take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exports.engines.texts import DUCKDB_TEXTS
from exports.identifiers.digests import Digest
from exports.identifiers.sql import hash_sql
from exports.shares import Share, clopper_pearson
from exports.tokens.forms import Form

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LARGEST_LIST = 5_000_000
"""Different tokens that are held in memory; of a longer list so many are looked at."""

SMALL = 200_000
"""Places of a space that is tried whole, whatever the budget."""

STRIDE = 2_654_435_761
"""A prime by which places are spread, so that the part of a space that is tried is no corner of it."""

_AREA = "cast(200 + i // 10_000_000 as varchar)"
_REST = "lpad(cast(i % 10_000_000 as varchar), 7, '0')"
_NINE = "lpad(cast(i as varchar), 9, '0')"
_DAY = "date '1900-01-01' + cast(i as integer)"
_DATES = "%Y%m%d %Y-%m-%d %m/%d/%Y %d/%m/%Y %d.%m.%Y %m%d%Y %d%m%Y %y%m%d"
_OCTETS = "concat_ws('.', i // 16777216, i // 65536 % 256, i // 256 % 256, i % 256)"


@dataclass(frozen=True, slots=True)
class Space:
    """All texts of one kind.

    Parameters
    ----------
    name : str
        For people.
    size : int
        Number of places.
    writings : tuple of str
        DuckDB expressions of the place ``i``, one for each way of writing the text.
    """

    name: str
    size: int
    writings: tuple[str, ...]


SPACES: tuple[Space, ...] = (
    Space(
        "dates from 1900",
        47_482,
        tuple(
            f"strftime({_DAY}, '{form}')"
            for form in _DATES.split()
        ),
    ),
    Space("numbers of up to five digits, as ages, years and ZIP codes", 100_000, (
        "cast(i as varchar)", "lpad(cast(i as varchar), 5, '0')", "lpad(cast(i as varchar), 2, '0')",
    )),
    Space("words of up to three letters, as genders, states and countries", 18_278, (
        "case when i < 26 then chr(97 + i::integer) when i < 702 then chr((97 + (i - 26) // 26)::integer) "
        "|| chr((97 + (i - 26) % 26)::integer) else chr((97 + (i - 702) // 676)::integer) "
        "|| chr((97 + (i - 702) // 26 % 26)::integer) || chr((97 + (i - 702) % 26)::integer) end",
    )),
    Space(
        "North American telephone numbers", 8_000_000_000,
        (f"'1' || {_AREA} || {_REST}", f"'+1' || {_AREA} || {_REST}", f"{_AREA} || {_REST}"),
    ),
    Space("US social security numbers", 1_000_000_000, (
        _NINE, f"{_NINE}[1:3] || '-' || {_NINE}[4:5] || '-' || {_NINE}[6:9]",
    )),
    Space("IPv4 addresses", 1 << 32, (_OCTETS,)),
)  # fmt: skip
"""Dates, small numbers and short words; telephone and social security numbers; addresses."""


@dataclass(frozen=True, slots=True)
class Enumeration:
    """What trying a space, or a part of it spread over the whole, opens.

    Parameters
    ----------
    space : str
        What was tried.
    tried : Share
        Texts hashed, of the texts in the space; each place may be written in several ways.
    opened : Share
        Different tokens that one of them gives.
    seconds : float
        What that took on this machine, wall clock.
    """

    space: str
    tried: Share
    opened: Share
    seconds: float

    @property
    def whole_seconds(self) -> float:
        """What the whole space would take here at the same speed."""
        return self.seconds * self.tried.of / self.tried.count if self.tried.count else 0.0

    @property
    def expected(self) -> tuple[int, int]:
        """Fewest and most tokens that the whole space would open, judged by the part that was tried."""
        if self.tried.count == self.tried.of:
            return self.opened.count, self.opened.count
        low, high = clopper_pearson(self.opened.count, self.opened.of)
        scale = self.opened.of * self.tried.of / max(self.tried.count, 1)
        return min(self.opened.of, round(low * scale)), min(self.opened.of, round(high * scale))

    def __repr__(self) -> str:
        whole = (
            "" if self.tried.count == self.tried.of else f"; all of them in {self.whole_seconds:,.0f} s here"
        )
        return f"{self.space}: {self.opened} opened by {self.tried.count:,} of {self.tried.of:,} texts{whole}"

    def to_json(self) -> dict[str, Any]:
        """Return counts, shares and times; the times are this machine's."""
        return {
            "space": self.space,
            "tried": self.tried.to_json(),
            "opened": self.opened.to_json(),
            "expected": list(self.expected),
            "seconds": self.seconds,
            "whole_seconds": self.whole_seconds,
        }


def enumerate_spaces(
    tokens: pa.Array, form: Form, budget: int = 1_000_000, spaces: Sequence[Space] = SPACES
) -> tuple[Enumeration, ...]:
    """Hash the texts of every space, of a large one ``budget`` of them, and compare with the tokens.

    Parameters
    ----------
    tokens : pyarrow.Array
        Different tokens, as text in the case in which their form is compared.
    form : Form
        Tells digest and encoding; without a digest nothing is tried.
    budget : int
        Texts of one large space at most, from places spread over all of it.
    spaces : sequence of Space
        What to try.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports.identifiers.digests import hashed
    >>> from exports.tokens.forms import FORMS
    >>> births = pa.array([hashed("1984-02-29", "sha256"), hashed("no date", "sha256")])
    >>> enumerate_spaces(births, FORMS[2], spaces=SPACES[:1])
    (dates from 1900: 50.0 % (1 of 2) opened by 759,712 of 759,712 texts,)
    """
    import duckdb
    import pyarrow as pa

    digests = [digest for digest in form.digests if digest != "sha512"]
    if not digests or not len(tokens):
        return ()
    with duckdb.connect() as connection:
        connection.register("given", pa.table({"t": tokens[:LARGEST_LIST]}))
        connection.execute("create table tokens as select distinct t from given").fetchall()
        held = connection.sql("select count(*) from tokens").fetchall()[0][0]
        return tuple(_tried(connection, space, form, digests, budget, held) for space in spaces)


def _tried(
    connection: duckdb.DuckDBPyConnection,
    space: Space,
    form: Form,
    digests: Sequence[Digest],
    budget: int,
    held: int,
) -> Enumeration:
    ways = len(space.writings) * len(digests)
    places = space.size if space.size <= SMALL else min(space.size, max(1, budget // ways))
    place = "i" if places == space.size else f"(i * {STRIDE} % {space.size})"
    hashes = " union all ".join(
        f"select {hash_sql('text', DUCKDB_TEXTS, digest, form.encoding)} as h "
        f"from (select {writing} as text from (select {place} as i from range({places}) as r(i)))"
        for writing in space.writings
        for digest in digests
    )
    start = time.perf_counter()
    opened = connection.sql(f"select count(*) from tokens semi join ({hashes}) on t = h").fetchall()[0][0]
    seconds = time.perf_counter() - start
    return Enumeration(space.name, Share(places * ways, space.size * ways), Share(opened, held), seconds)
