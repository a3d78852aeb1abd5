"""Cross-list join: the same token in several lists is the same person in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from attacks.attack import inapplicable, require
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from attacks.upload_list import UploadList, comparable, connect, token_column, unlike
from exports.coding import as_text
from exports.errors import LabError, nearest
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LIMIT = 50_000_000
"""Rows of the list, and of the others together, above which the join is refused: it is held in memory."""


@dataclass(frozen=True, slots=True)
class CrossListJoin:
    """Somebody who receives lists from several senders, or one sender's list every month, joins them.

    They hold the other lists; they need no account, no dictionary, no key. Success is to find the
    same person on another list by the token alone: the site knows her name, the other shop her
    basket, and now both belong together. Of several people with one token (a bucket, a shared address)
    they name one at random. A salt for each recipient or each period breaks the join between them, and
    only that.

    Parameters
    ----------
    lists : pyarrow.Table
        The other lists: the token column, the person column of the schema where the simulation
        knows it (for scoring only), and a column that names the list.
    source : str, default "list"
        Column of ``lists`` that names sender or date; without a column ``list`` they count as one.
    token : str, optional
        Token column of both; by default the schema's first.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    ``attack``: of the people who are truly on another list too, how many are found there; of all
    people, where the truth does not tell persons. ``control``: of those who are on no other list,
    how many are taken for somebody else. ``baseline``: picking a row of the others blindly.
    ``series["lists"]`` has a row for each other list; ``series["found_on"]`` counts people by the
    number of other lists they were found on.

    References
    ----------
    Federal Trade Commission (2024), No, hashing still doesn't make your data anonymous, 24 July.
    Marx, Zimmer, Mueller, Blochberger, Federrath (2018), doi:10.18420/sicherheit2018_04.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> release = Release("tokens", Schema.of(token=["em"]), table=pa.table({"em": ["aa", "bb", "cc"]}))
    >>> other = pa.table({"em": ["cc", "aa", "xx", "aa"], "list": ["shop", "shop", "shop", "clinic"]})
    >>> CrossListJoin(other).run(release, Truth(release.rows), seed=1).series["found_on"]
    {'0': 1, '1': 1, '2': 1}
    """

    name: ClassVar[str] = "cross-list"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"tokens"})
    needs: ClassVar[frozenset[str]] = frozenset({"register"})
    population: ClassVar[str] = "lists"

    lists: pa.Table | None = None
    source: str = "list"
    token: str | None = None
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why this list cannot be joined with others."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if self.lists is None:
            return f"{self.name} needs the other lists: give a table with the token column"
        known = self.lists.column_names
        if self.source != "list" and self.source not in known:
            near = nearest(self.source, known)
            return f"the other lists have no column {self.source!r}; the nearest is {near!r}"
        rows = max(self.lists.num_rows, release.rows.num_rows)
        if rows > LIMIT:
            return f"{self.name} holds at most {LIMIT:,} rows, not {rows:,}: join a sample"
        return None

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Join the list with the others.

        Raises
        ------
        LabError
            When the release, the lists or the columns do not fit.
        """
        require(self, release, truth)
        assert self.lists is not None
        token = token_column(release, self.token)
        if token not in self.lists.column_names:
            raise LabError(f"The other lists have no column {token!r} to join on: rename their token column.")
        person = release.schema.person
        uploaded = UploadList.of(release, truth, token, person)
        told = uploaded.known and person in self.lists.column_names
        others = self._others(token, person if told else None)
        with connect(uploaded=uploaded.table(), others=others) as lab:
            lab.execute(_OTHER)
            lab.execute(_PEOPLE, {"draw": f"/{seed}"})
            lab.execute(_LISTED)
            people = lab.sql(
                "select row, elsewhere, found, rightly, id from person order by row"
            ).fetchnumpy()
            owners = lab.sql("select owner from listed order by place").fetchnumpy()["owner"]
            series = {"lists": _lists(lab), "found_on": _found_on(lab)}
        targets = people["elsewhere"] if told else people["row"] >= 0
        stream = Stream(seed, "attack", f"{self.name}/blind")
        drawn = owners[stream.integers(int(targets.sum()), max(1, len(owners)))] if len(owners) else -1
        groups = labels(
            truth, None if uploaded.original is None else uploaded.original[people["row"]], self.by
        )
        hits = people["rightly"] if told else people["found"]
        return scored(
            self.name,
            Guesses(hits[targets], groups=None if groups is None else groups[targets]),
            baseline=people["id"][targets] == drawn,
            control=Guesses(people["found"][~targets], groups=None if groups is None else groups[~targets])
            if told
            else None,
            seed=seed,
            series=series,
            notes=(
                *([] if told else [_UNTOLD]),
                *unlike(uploaded.tokens, others["token"].combine_chunks(), "the other lists"),
            ),
        )

    def _others(self, token: str, person: str | None) -> pa.Table:
        """Return token, person and list of every row of the other lists."""
        import pyarrow as pa

        assert self.lists is not None
        table, tokens = self.lists, comparable(self.lists[token])
        named = self.source in table.column_names
        lists = as_text(table[self.source]) if named else pa.repeat(pa.scalar("other"), len(tokens))
        return pa.table(
            {"token": tokens, "person": tokens if person is None else as_text(table[person]), "list": lists}
        )


_UNTOLD = "the truth does not tell persons: each token counts as one"

_OTHER = """
create temp table other as
    select distinct token, coalesce(person, token) as person, list from others where token is not null;
"""

_PEOPLE = """
create temp table person as
    select min(row) as row, uploaded.person, bool_or(other.token is not null) as found,
           coalesce(arg_min(other.person, md5(other.person || $draw)) = uploaded.person, false) as rightly,
           bool_or(uploaded.person in (select person from other)) as elsewhere,
           count(distinct list) as lists,
           row_number() over (order by min(row)) - 1 as id
    from uploaded left join other using (token) group by uploaded.person;
"""

_LISTED = """
create temp table listed as
    select row_number() over (order by other.person) - 1 as place, coalesce(id, -1) as owner
    from (select distinct person from other) other left join person using (person);
"""


def _lists(lab: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return, for each other list, its tokens and how many of them are in the release."""
    query = """
        select list, count(distinct token) as tokens,
               count(distinct token) filter (where token in (select token from uploaded)) as shared
        from other group by list order by list
    """
    found: list[dict[str, Any]] = lab.sql(query).to_arrow_table().to_pylist()
    return found


def _found_on(lab: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many people were found on 0, 1, 2, ... other lists."""
    counts = lab.sql("select lists, count(*) from person group by lists order by lists").fetchall()
    return {str(lists): people for lists, people in counts}
