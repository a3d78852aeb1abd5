"""Account match: the platform joins an uploaded list with its own accounts."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from attacks.attack import inapplicable, require
from attacks.result import AttackResult
from attacks.scoring import Guesses, labels, scored
from attacks.upload_list import UploadList, comparable, connect, token_column, unlike
from exports.coding import as_text
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Kind, Release, Truth

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 50_000_000
"""Accounts, and rows of the list, above which the join is refused: it is held in memory."""


@dataclass(frozen=True, slots=True)
class AccountMatch:
    """A platform receives hashed addresses and looks them up among the hashes of its own accounts.

    It holds a table of its accounts, hashed in the same way, and knows who each account is.
    It succeeds for every person of the list whose account it names: that this person is a client
    of the sender is then known to it. Of several accounts with one token (a bucket, a shared
    address) it names one at random. No hash is ever reversed.

    Parameters
    ----------
    accounts : pyarrow.Table
        One row per address that the platform knows: the token column, and the person column of
        the schema where the simulation knows it (for scoring false matches only).
    token : str, optional
        Token column of list and accounts; by default the schema's first.
    by : str, optional
        Column of ``truth.original`` by which groups are reported.

    Notes
    -----
    ``attack``: persons of the list who are recognised. ``baseline``: those of them that the
    platform would have named by picking as many of its accounts blindly. ``control``: accounts
    of people who are not on the list but are taken for clients (a mistyped or recycled address).
    ``series["belief"]``: prior and posteriors of "is a client" and the information gained, in bits.

    References
    ----------
    Federal Trade Commission (2023), In the Matter of BetterHelp, Docket C-4796.
    Marx, Zimmer, Mueller, Blochberger, Federrath (2018), Hashing of personally identifiable
    information is not sufficient, doi:10.18420/sicherheit2018_04.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> release = Release("tokens", Schema.of(token=["em"]), table=pa.table({"em": ["aa", "bb", "cc"]}))
    >>> platform = AccountMatch(pa.table({"em": ["bb", "cc", "dd", "ee", "ff", "gg"]}))
    >>> platform.run(release, Truth(release.rows), seed=1).series["belief"]["prior"]
    0.3333333333333333
    """

    name: ClassVar[str] = "account-match"
    accepts: ClassVar[frozenset[Kind]] = frozenset({"tokens"})
    needs: ClassVar[frozenset[str]] = frozenset({"register"})
    population: ClassVar[str] = "accounts"

    accounts: pa.Table | None = None
    token: str | None = None
    by: str | None = None

    def why_not(self, release: Release, truth: Truth) -> str | None:
        """Return why the platform cannot join this release with its accounts."""
        reason = inapplicable(self, release, truth)
        if reason:
            return reason
        if self.accounts is None:
            return f"{self.name} needs the platform's accounts: give a table with the token column"
        rows = max(self.accounts.num_rows, release.rows.num_rows)
        if rows > LIMIT:
            return f"{self.name} holds at most {LIMIT:,} rows, not {rows:,}: match a sample"
        return None

    def run(self, release: Release, truth: Truth, *, seed: int) -> AttackResult:
        """Match the list with the accounts.

        Raises
        ------
        LabError
            When the release, the accounts or the columns do not fit.
        """
        require(self, release, truth)
        assert self.accounts is not None
        token = token_column(release, self.token)
        if token not in self.accounts.column_names:
            raise LabError(f"The accounts have no column {token!r} to join on: rename their token column.")
        person = release.schema.person
        uploaded = UploadList.of(release, truth, token, person)
        told = uploaded.known and person in self.accounts.column_names
        accounts = self._known_addresses(token, person if told else None)
        with connect(uploaded=uploaded.table(), accounts=accounts) as lab:
            lab.execute(_ACCOUNTS)
            lab.execute(_CLIENTS, {"draw": f"/{seed}"})
            owners = lab.sql("select flagged, client from owner order by id").fetchnumpy()
            clients = lab.sql("select row, recognised, rightly, owner from client order by row").fetchnumpy()
        flagged, client = owners["flagged"], owners["client"]
        drawn = np.zeros(len(flagged) + 1, dtype=bool)
        drawn[Stream(seed, "attack", f"{self.name}/blind").sample(len(flagged), int(flagged.sum()))] = True
        original = None if uploaded.original is None else uploaded.original[clients["row"]]
        return scored(
            self.name,
            Guesses(
                clients["rightly"] if told else clients["recognised"], groups=labels(truth, original, self.by)
            ),
            baseline=drawn[clients["owner"]],
            control=flagged[~client] if told else None,
            seed=seed,
            series={"belief": belief(flagged, client)},
            notes=_notes(uploaded, told)
            + unlike(uploaded.tokens, accounts["token"].combine_chunks(), "the accounts"),
        )

    def _known_addresses(self, token: str, person: str | None) -> pa.Table:
        """Return token and person of every address that the platform knows."""
        import pyarrow as pa

        assert self.accounts is not None
        tokens = comparable(self.accounts[token])
        return pa.table(
            {"token": tokens, "person": tokens if person is None else as_text(self.accounts[person])}
        )


_ACCOUNTS = """
create temp table account as
    select distinct token, coalesce(person, token) as person from accounts where token is not null;
create temp table owner as
    select row_number() over (order by person) - 1 as id, person,
           bool_or(token in (select token from uploaded)) as flagged,
           bool_or(person in (select person from uploaded)) as client
    from account group by person;
"""

_CLIENTS = """
create temp table client as
    select min(row) as row, bool_or(account.token is not null) as recognised,
           coalesce(arg_min(account.person, md5(account.person || $draw)) = uploaded.person, false)
               as rightly,
           coalesce(min(id), -1) as owner
    from uploaded left join account using (token) left join owner on owner.person = uploaded.person
    group by uploaded.person;
"""


def belief(flagged: NDArray[np.bool_], client: NDArray[np.bool_]) -> dict[str, float | int | None]:
    """Return what the platform believes about its accounts before and after the match.

    Parameters
    ----------
    flagged, client : array of bool, shape (n_accounts,)
        Is the account on the list? Is its owner a client?

    Returns
    -------
    dict
        ``prior``: share of clients among the accounts; ``posterior_matched`` and
        ``posterior_unmatched``: the same among those found on the list and not found;
        ``bits_matched``: log2 of posterior over prior; ``bits_account``: mutual information of
        "matched" and "client", bits per account. None where there is nobody to count.

    Examples
    --------
    >>> belief(np.array([True, False, False, False]), np.array([True, False, False, False]))["bits_matched"]
    2.0
    """
    prior, matched, unmatched = _mean(client), _mean(client[flagged]), _mean(client[~flagged])
    weight = float(flagged.mean()) if len(flagged) else 0.0
    left = weight * _entropy(matched) + (1 - weight) * _entropy(unmatched)
    return {
        "accounts": len(flagged),
        "prior": prior,
        "posterior_matched": matched,
        "posterior_unmatched": unmatched,
        "bits_matched": log2(matched / prior) if matched and prior else None,
        "bits_account": None if prior is None else max(0.0, _entropy(prior) - left),
    }


def _mean(values: NDArray[np.bool_]) -> float | None:
    return float(values.mean()) if len(values) else None


def _entropy(rate: float | None) -> float:
    if not rate or rate == 1:
        return 0.0
    return -rate * log2(rate) - (1 - rate) * log2(1 - rate)


def _notes(uploaded: UploadList, told: bool) -> tuple[str, ...]:
    notes = []
    if uploaded.missing:
        notes.append(f"{uploaded.missing:,} row(s) of the list have no token and were left out")
    if not told:
        notes.append("the truth does not tell persons: each token counts as one, false matches stay unseen")
    return tuple(notes)
