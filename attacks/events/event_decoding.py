"""Event decoding: event names that only the sender understands are understood by counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.comparison.gower import is_number
from attacks.result import AttackResult
from attacks.scoring import Guesses, scored
from attacks.targets import group_labels
from exports.hierarchies.hierarchy import labels_and_codes
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class EventDecoding:
    """A platform receives events under names such as "event 17" and works out what each stands for.

    It knows a few people's answers (its own staff who tried the site, users who wrote about it),
    and from the public page flow how often each answer should occur. It gives each name the
    meaning that most of those people had, and the names left over the meanings left over, by how
    common they are. Success is the right meaning of a stranger's event.

    Parameters
    ----------
    code : str, optional
        Column of the release with the obscure name; by default the schema's first
        quasi-identifier.
    meaning : str, optional
        Column of ``truth.original`` with what each event meant; by default the first sensitive.
    testers : int, default 5
        People whose answers the platform knows, drawn from the original; they are not attacked.
    flow : pyarrow.Table, optional
        Meanings in the first column and how common each is in the second, from public sources.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    ``attack``: events of strangers whose meaning is told right; ``baseline``: the commonest
    meaning, for every event. ``series["decoded"]``: how many of the names are decoded right.

    References
    ----------
    Federal Trade Commission (2023), In the Matter of BetterHelp, Docket C-4796. Naveed, Kamara, Wright
    (2015), Inference attacks on property-preserving encrypted databases, doi:10.1145/2810103.2813651.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> truly = pa.table({"who": [1, 1, 2, 2], "answer": ["sad", "calm", "sad", "calm"]})
    >>> sent = pa.table({"who": ["x", "x", "y", "y"], "event": ["e17", "e4", "e17", "e4"]})
    >>> roles = Schema.of(person="who", quasi_identifier=["event"], sensitive=["answer"])
    >>> release = Release("events", roles, table=sent)
    >>> EventDecoding(testers=1).run(release, Truth(truly, owner=np.arange(4)), seed=1).attack
    100.0 % [34.2, 100.0] (2 of 2)
    """

    name: ClassVar[str] = "event-decoding"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"events"})
    needs: ClassVar[frozenset[str]] = frozenset({"person"})
    population: ClassVar[str] = "flow"

    code: str | None = None
    meaning: str | None = None
    testers: int = 5
    flow: pa.Table | None = None
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why the names of this release cannot be decoded."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        code, meaning = self._columns(release)
        names = truth.original.column_names
        faults = (
            (
                code not in release.rows.column_names,
                f"needs the column {code!r} of event names in the release",
            ),
            (meaning not in names, f"needs the column {meaning!r} of meanings in the original"),
            (release.schema.person not in names, "needs the person column in the original"),
            (truth.owner is None, "needs the owner of each event to score it"),
            (self.testers < 0, "takes no negative number of testers"),
            (
                self.flow is not None and (self.flow.num_columns < 2 or not is_number(self.flow.column(1))),
                "needs a flow of two columns, meanings and how common each is as a number",
            ),
        )
        return next((f"{self.name} {fault}" for found, fault in faults if found), None)

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Give each name a meaning and read the strangers' events.

        Raises
        ------
        LabError
            When release, truth and columns do not fit.
        """
        require(self, release, truth)
        assert truth.owner is not None
        code, meaning = self._columns(release)
        assert code is not None
        assert meaning is not None
        person = release.schema.person
        assert person is not None
        real = np.flatnonzero(np.asarray(truth.owner) >= 0)
        owner = np.asarray(truth.owner)[real]
        names, sent = labels_and_codes(release.rows[code])
        meanings, meant = labels_and_codes(truth.original[meaning])
        people, whose = labels_and_codes(truth.original[person])
        sent, truly, who = sent[real], meant[owner], whose[owner]
        stream = Stream(seed, "attack", self.name)
        known = np.zeros(len(people), dtype=bool)
        known[stream.at(name="testers").sample(len(people), self.testers)] = True
        told = known[who]
        book = self._book(sent, truly, told, len(names), meanings)
        guess, stranger = book[sent], ~told
        made = stranger & (guess >= 0)
        common = np.bincount(truly[stranger], minlength=len(meanings)).argmax() if stranger.any() else -1
        right_names = _right_names(sent, truly, book, len(names), len(meanings))
        return scored(
            self.name,
            Guesses(
                (guess == truly)[made],
                people=who[made],
                groups=None if self.by is None else group_labels(truth.original, self.by)[owner][made],
            ),
            baseline=(truly == common)[made],
            asked=int(np.count_nonzero(stranger)),
            seed=seed,
            series={"decoded": {"names": len(names), "right": right_names, "testers": int(known.sum())}},
        )

    def _columns(self, release: Release) -> tuple[str | None, str | None]:
        schema = release.schema
        done = (name for name in schema.quasi_identifiers if name != schema.time)
        return self.code or next(done, None), self.meaning or next(iter(schema.sensitive), None)

    def _book(
        self,
        sent: NDArray[np.int32],
        truly: NDArray[np.int32],
        told: NDArray[np.bool_],
        names: int,
        meanings: list[str | None],
    ) -> NDArray[np.int64]:
        """Return the meaning that the platform gives to each name, -1 where it cannot say."""
        seen = np.zeros((names, len(meanings)), dtype=np.int64)
        np.add.at(seen, (sent[told], truly[told]), 1)
        book = np.where(seen.any(axis=1), seen.argmax(axis=1), -1) if len(meanings) else np.full(names, -1)
        if self.flow is None:
            return book
        shares = [0.0] * len(meanings)
        place = {meaning: at for at, meaning in enumerate(meanings)}
        for meaning, share in zip(
            labels_and_codes(self.flow.column(0))[0], self.flow.column(1).to_pylist(), strict=False
        ):
            if meaning in place:
                shares[place[meaning]] = float(share or 0)
        left_names = sorted(np.flatnonzero(book < 0), key=lambda name: -np.count_nonzero(sent == name))
        left = [at for at in np.argsort(shares)[::-1] if at not in set(book.tolist()) and shares[at] > 0]
        for name, at in zip(left_names, left, strict=False):
            book[name] = at
        return book


def _right_names(
    sent: NDArray[np.int32], truly: NDArray[np.int32], book: NDArray[np.int64], names: int, meanings: int
) -> int:
    """Return how many names got the meaning that most of their events have."""
    all_seen = np.zeros((names, max(1, meanings)), dtype=np.int64)
    np.add.at(all_seen, (sent, truly), 1)
    return int(np.count_nonzero((all_seen.argmax(axis=1) == book) & all_seen.any(axis=1)))
