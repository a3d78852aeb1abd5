"""Audience size: who may only upload lists and read their rounded size learns about one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.counts.questions import Questions, counted_value
from attacks.counts.table_cells import placed
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from attacks.targets import one_row_each
from exports.coding import as_text
from exports.errors import LabError
from exports.hierarchies.hierarchy import labels_and_codes
from exports.queries import Condition
from exports.randomness import Stream
from exports.release import Kind, Release, Truth
from exports.schema import Role, Schema

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 5_000
"""Targets above which the attack is refused."""

PROBES = 6
"""Lists of one length that are uploaded to see whether sizes are noisy."""


@dataclass(frozen=True, slots=True)
class AudienceSize:
    """An advertiser uploads a list, adds one person, and watches whether the size moves.

    He holds accounts of his own (decoys) that are known to be in the audience. He first finds the
    number of decoys at which the reported size is about to jump, whatever the rounding and the
    minimum size; one more member then makes it jump. With that he learns whether a person has an
    attribute that the platform targets by, or is on a list it was given (``attribute``); or
    whether two identifiers belong to one account, since an account is counted once
    (``same-account``). Noise takes many lists for each person, and then still fails when it grows.

    Parameters
    ----------
    question : {"attribute", "same-account"}
        What is to be learnt.
    token : str, optional
        Column by which people are uploaded; by default the schema's first token, else identifier.
    secret : str, optional
        Column that the audience is narrowed by; by default the schema's first sensitive one.
    value : str, optional
        Value of ``secret`` that is asked about; by default the commonest but one.
    decoys : pyarrow.Table, optional
        Accounts of the adversary's own that have this value, in a column named as ``token``; by
        default people of the original who have it play the decoys, and are not attacked.
    accounts : int, default 3000
        Decoys at most.
    targets : int, default 100
        People attacked, or pairs of identifiers.
    repeats : int, default 400
        Lists uploaded for each person where sizes are noisy.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    ``attribute``: ``attack`` are people of whom it is rightly told whether they have the value;
    ``baseline`` the commoner answer for everybody. ``same-account``: ``attack`` are pairs of one
    account that are recognised; ``control`` pairs of two accounts that are taken for one.
    ``series["questions"]``: decoys at the threshold, questions to find it, and for each person.

    References
    ----------
    Korolova (2011), Privacy violations using microtargeted ads, doi:10.29012/jpc.v3i1.594.
    Venkatadri, Andreou, Liu, Mislove, Gummadi, Loiseau, Goga (2018), Privacy risks with Facebook's
    PII-based targeting, doi:10.1109/SP.2018.00014.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Export, exact_counts
    >>> people = pa.table({"em": [f"t{n}" for n in range(60)], "client": ["yes", "no", "no"] * 20})
    >>> oracle = exact_counts(Export(people, Schema.of(token=["em"], sensitive=["client"])))
    >>> AudienceSize(accounts=10).run(oracle, Truth(people), seed=1).attack
    100.0 % [92.9, 100.0] (50 of 50)
    """

    name: ClassVar[str] = "audience-size"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"counts"})
    needs: ClassVar[frozenset[str]] = frozenset({"oracle"})
    population: ClassVar[str] = "decoys"

    question: Literal["attribute", "same-account"] = "attribute"
    token: str | None = None
    secret: str | None = None
    value: str | None = None
    decoys: pa.Table | None = None
    accounts: int = 3_000
    targets: int = 100
    repeats: int = 400
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why no list can be uploaded, or nothing learnt from its size."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        token, secret = self._columns(release.schema)
        narrowing = secret if self.question == "attribute" else release.schema.person
        absent = [name for name in (token, narrowing) if name not in truth.original.column_names]
        faults = (
            (token is None, "needs a token or identifier column by which people are uploaded"),
            (
                narrowing is None,
                "needs a sensitive column to narrow by, or the person column for same-account",
            ),
            (bool(absent), f"needs the column {absent[:1]} in the original"),
            (not 1 <= self.targets <= LIMIT, f"takes 1 to {LIMIT:,} targets, not {self.targets:,}"),
            (min(self.accounts, self.repeats) < 1, "takes at least one decoy and one repeat"),
        )
        return next((f"{self.name} {fault}" for found, fault in faults if found), None)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Find the threshold and move each target across it.

        Raises
        ------
        LabError
            When the release and the columns do not fit, or the oracle cannot answer.
        """
        require(self, release, truth)
        stream = Stream(seed, "attack", self.name)
        if self.question == "attribute":
            return self._attribute(release, truth, stream)
        return self._same_account(release, truth, stream)

    def _columns(self, schema: Schema) -> tuple[str | None, str | None]:
        uploads = schema.names(Role.TOKEN) + schema.names(Role.IDENTIFIER)
        return self.token or next(iter(uploads), None), self.secret or next(iter(schema.sensitive), None)

    def _attribute(self, release: Release, truth: Truth, stream: Stream) -> AttackResult:
        token, secret = self._columns(release.schema)
        assert token is not None
        assert secret is not None
        assert release.ask is not None
        ask, table = Questions(release.ask), truth.original
        value = counted_value(ask, table, secret, self.value)
        has = placed(table[secret], [value]) == 0
        own, free = self._decoys(table, np.flatnonzero(has), release, stream)
        people = table.take(free)
        rows = free[one_row_each(people, release.schema.person, self.targets, stream.at(name="targets"))]
        scale = Scale.find(ask, token, (Condition(secret, [value]),), own, self.repeats, stream)
        guesses = [scale.moves([member]) for member in table[token].take(rows).to_pylist()]
        made = np.array([guess is not None for guess in guesses], dtype=bool)
        right = np.array(
            [guess == truly for guess, truly in zip(guesses, has[rows], strict=True)], dtype=bool
        )
        common = 2 * np.count_nonzero(has[rows]) > len(rows)
        groups = labels(truth, rows, self.by)
        return scored(
            self.name,
            Guesses(right[made], groups=None if groups is None else groups[made]),
            baseline=(has[rows] == common)[made],
            asked=len(rows),
            seed=stream.seed,
            series={"questions": scale.spent(len(rows))},
            notes=scale.notes(),
        )

    def _same_account(self, release: Release, truth: Truth, stream: Stream) -> AttackResult:
        token, _ = self._columns(release.schema)
        person = release.schema.person
        assert token is not None
        assert person is not None
        assert release.ask is not None
        table = truth.original
        own, free = self._decoys(table, np.arange(table.num_rows), release, stream)
        people = table.take(free)
        one = one_row_each(people, person, 2 * self.targets, stream.at(name="targets"))
        first = people[token].take(one).to_pylist()
        second = _other_token(people, token, person, one)
        paired = np.array([at for at, other in enumerate(second) if other is not None], dtype=np.int64)
        paired, alone = paired[: self.targets], np.arange(len(one) if len(one) > 1 else 0)[: self.targets]
        scale = Scale.find(Questions(release.ask), token, (), own, self.repeats, stream)
        same = [scale.moves([second[at]], [first[at]]) for at in paired]
        wrong = [scale.moves([first[at - 1]], [first[at]]) for at in alone]
        told, control = (
            np.array([moved is not None for moved in moves], dtype=bool) for moves in (same, wrong)
        )
        hits, misses = (
            np.array([not moved for moved in moves if moved is not None], dtype=bool)
            for moves in (same, wrong)
        )
        return scored(
            self.name,
            Guesses(hits, groups=labels(truth, free[one[paired[told]]], self.by)),
            baseline=np.zeros(len(hits), dtype=bool),
            control=Guesses(misses, groups=labels(truth, free[one[alone[control]]], self.by)),
            asked=len(paired),
            seed=stream.seed,
            series={"questions": scale.spent(len(paired) + len(alone))},
            notes=scale.notes(),
        )

    def _decoys(
        self, table: pa.Table, rows: NDArray[np.int64], release: Release, stream: Stream
    ) -> tuple[list[Any], NDArray[np.int64]]:
        """Return the adversary's own tokens, one for each account, and the rows of all other people."""
        import pyarrow as pa
        import pyarrow.compute as pc

        token, _ = self._columns(release.schema)
        person = release.schema.person
        if self.decoys is not None:
            if token not in self.decoys.column_names:
                raise LabError(f"The decoys have no column {token!r} to upload: rename their token column.")
            own = self.decoys[token].drop_null().unique()[: self.accounts]
            return own.to_pylist(), np.flatnonzero(~_among(table[token], own))
        people = table.take(rows)
        single = one_row_each(people, person, len(rows), stream.at(name="decoys"))
        # At least half of those who have the value stay targets.
        chosen = rows[single[stream.at(name="own").sample(len(single), min(self.accounts, len(single) // 2))]]
        unit = token if person is None else person
        taken = _among(table[unit], table[unit].take(pa.array(chosen)))
        return pc.unique(table[token].take(chosen).drop_null()).to_pylist(), np.flatnonzero(~taken)


def _among(column: pa.ChunkedArray, values: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return which entries of a column are one of ``values``."""
    import pyarrow.compute as pc

    found = pc.is_in(as_text(column), value_set=as_text(values))
    among: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return among


def _other_token(table: pa.Table, token: str, person: str, rows: NDArray[np.int64]) -> list[Any]:
    """Return another token of the person of each of ``rows``; None where there is none."""
    import pyarrow as pa

    what, who = labels_and_codes(table[token])[1], labels_and_codes(table[person])[1]
    order = np.argsort(who, kind="stable")
    found = np.full(len(rows), -1)
    for at, row in enumerate(rows):
        first, last = (np.searchsorted(who, who[row], side, sorter=order) for side in ("left", "right"))
        own = order[first:last]
        found[at] = next(iter(own[what[own] != what[row]]), -1)
    others: list[Any] = table[token].take(pa.array(found, mask=found < 0)).to_pylist()
    return others


@dataclass(frozen=True, slots=True)
class Scale:
    """A list of decoys so long that one member more is seen in its reported size.

    Parameters
    ----------
    ask : Questions
        The platform.
    column : str
        Column by which lists are uploaded.
    narrowed : tuple of Condition
        What else holds for the audience.
    decoys : list
        The adversary's own members of it.
    base : int or None
        Decoys to which one is added; None where no number of them shows it.
    found : int
        Questions that it took to find ``base``.
    lists : list of list
        Random lists of decoys, for sizes that are noisy; empty where one list tells all.
    """

    ask: Questions
    column: str
    narrowed: tuple[Condition, ...]
    decoys: list[Any]
    base: int | None
    found: int
    lists: list[list[Any]]

    @classmethod
    def find(
        cls,
        ask: Questions,
        column: str,
        narrowed: tuple[Condition, ...],
        decoys: list[Any],
        repeats: int,
        stream: Stream,
    ) -> Scale:
        """Look for noise, and without it for the threshold next to which a size is about to jump."""
        length = 2 * len(decoys) // 3
        draws = (
            stream.at(name=f"list {at}").sample(len(decoys), length) for at in range(max(repeats, PROBES))
        )
        lists = [[decoys[row] for row in draw] for draw in draws]
        loose = cls(ask, column, narrowed, decoys, length, 0, lists[:repeats])
        if len({loose.size(members) for members in lists[:PROBES]}) > 1:
            return replace(loose, found=ask.asked)
        low, high = 1, 2
        while high <= len(decoys) and loose.size(decoys[:high]) == loose.size(decoys[:1]):
            low, high = high, 2 * high if high == len(decoys) else min(2 * high, len(decoys))
        while high - low > 1 and high <= len(decoys):
            middle = (low + high) // 2
            if loose.size(decoys[:middle]) == loose.size(decoys[:1]):
                low = middle
            else:
                high = middle
        return replace(loose, base=low if high <= len(decoys) else None, found=ask.asked, lists=[])

    def size(self, members: Sequence[Any]) -> int | None:
        """Return the reported size of a list; None where it is withheld."""
        return self.ask.again(Condition(self.column, members), *self.narrowed)

    def moves(self, members: list[Any], beside: list[Any] | None = None) -> bool | None:
        """Return whether ``members`` add to a list that holds ``beside``; None where it cannot be seen."""
        if self.base is None:
            return None
        beside = beside or []
        if not self.lists:
            kept = self.decoys[: self.base - len(beside)]
            before, after = self.size(self.decoys[: self.base]), self.size(kept + beside + members)
            if before is None and after is None and self.size(self.decoys[: self.base + 1]) is None:
                # The decoys that showed the threshold are withheld too: the platform has stopped answering.
                return None
            return before != after
        more = [self.size(drawn + beside + members) for drawn in self.lists]
        less = [self.size(drawn + beside) for drawn in self.lists]
        gaps = [a - b for a, b in zip(more, less, strict=True) if a is not None and b is not None]
        return None if not gaps else sum(gaps) / len(gaps) > 0.5

    def notes(self) -> tuple[str, ...]:
        """Return why nobody could be asked about, where that is so."""
        if self.base is not None:
            return ()
        return (f"sizes of up to {len(self.decoys):,} decoys do not tell one more member: give more decoys",)

    def spent(self, targets: int) -> dict[str, Any]:
        """Return how many questions the threshold took, and each target."""
        later = self.ask.asked - self.found
        return {
            "decoys": self.base,
            "to_find_the_threshold": self.found,
            "for_each_target": later / targets if targets else None,
            "noisy": bool(self.lists),
        }
