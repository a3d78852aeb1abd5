"""An uploaded list joined with a platform's accounts, and every address that did not match accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exports.engines.duckdb_engine import engine_limit
from exports.errors import LabError
from exports.shares import Share

CAUSES = ("no_account", "other_address", "typo", "normalisation")
"""Why an address is lost; the first that applies counts."""

OUTCOMES = ("not_sent", "invalid", "matched", "false_match", *CAUSES, "duplicate")
"""What became of each row; codes are positions in this tuple."""
MATCHED, FALSE_MATCH = OUTCOMES.index("matched"), OUTCOMES.index("false_match")


@dataclass(frozen=True, slots=True)
class Match:
    """What a platform made of one uploaded list.

    ``received = invalid + duplicates + matched + sum(lost)``; ``matched`` includes
    ``false_matched``, the addresses that met only the account of somebody else.

    Parameters
    ----------
    platform : str
        Its name.
    received, invalid, duplicates, matched, false_matched : int
        Rows of the list; those without an address; those whose token stands in an earlier row.
    people : int
        Persons on it; some of them in two rows, and some rows are nobody's.
    lost : mapping of str to int
        By cause, in the order of ``CAUSES``.
    accounts : int
        Account addresses the list was compared with.
    requests : int
        Upload requests it took.
    shown : str
        Size of the matched list as the platform shows it to the advertiser.
    """

    platform: str
    received: int
    invalid: int
    duplicates: int
    matched: int
    false_matched: int
    people: int
    lost: Mapping[str, int]
    accounts: int
    requests: int
    shown: str

    def __post_init__(self) -> None:
        accounted = self.invalid + self.duplicates + self.matched + sum(self.lost.values())
        if accounted != self.received or self.false_matched > self.matched:
            raise ValueError(f"{self.received} received but {accounted} accounted for at {self.platform}")

    @property
    def share(self) -> Share:
        """Matched of received, with its simulation error."""
        return Share(self.matched, self.received, "simulated")

    def __repr__(self) -> str:
        return f"{self.platform}: uploaded {self.received:,}, matched {self.share}"

    def to_json(self) -> dict[str, Any]:
        """Return the fixed keys of a platform in the replay's JSON, and further ones."""
        low, high = self.share.interval
        return {
            "received": self.received,
            "people": self.people,
            "invalid": self.invalid,
            "duplicates": self.duplicates,
            "matched": self.matched,
            "false_matched": self.false_matched,
            "share": self.share.share,
            "low": low,
            "high": high,
            "lost": dict(self.lost),
            "accounts": self.accounts,
            "requests": self.requests,
            "shown": self.shown,
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What a join found of the rows of a list: of first visits, then of second ones.

    Attributes
    ----------
    valid : array of bool, shape (2, people)
        The row holds an address that could be normalised.
    own, other : array of bool, shape (2, people)
        It met an account of its person; of somebody else.
    keys : array of uint64, shape (2, people)
        Equal for equal tokens.
    accounts : int
        Account addresses on the other side.
    """

    valid: NDArray[np.bool_]
    own: NDArray[np.bool_]
    other: NDArray[np.bool_]
    keys: NDArray[np.uint64]
    accounts: int


ENOUGH = 1_000_000_000
"""Bytes of the process within which millions of tokens are joined about as fast as with more."""


@contextmanager
def connect(memory: int, threads: int, spill: Path) -> Iterator[Any]:
    """Open DuckDB within ``memory`` bytes of the whole process, or ``ENOUGH``; the rest goes to ``spill``.

    Raises
    ------
    LabError
        When the memory is too small, even with spilling, or the disk of ``spill`` is full.
    """
    import duckdb

    config: dict[str, Any] = {
        "memory_limit": f"{engine_limit(min(memory, ENOUGH))}B",
        "threads": threads,
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
        "enable_external_file_cache": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(config=config) as connection:
            yield connection
    except duckdb.OutOfMemoryException:
        raise LabError(
            f"The match needs more than --memory {memory / 1e9:g}GB, even with spilling: give more."
        ) from None
    except duckdb.IOException as error:
        full = "No space left" in str(error)
        raise LabError(
            f"The disk of {spill} is full: free space there or choose another --out."
            if full
            else f"{spill} cannot be read or written ({type(error).__name__}): choose another --out."
        ) from None


def match_tokens(connection: Any, uploaded: str, accounts: str, people: int) -> Found:
    """Join a list of tokens with the tokens of a platform's accounts.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where both can be read.
    uploaded : str
        Query of ``id`` (below ``people``), ``again`` (0 for a first visit, 1 for a second),
        ``token``, null where there is none, and whether the row is ``valid``.
    accounts : str
        Query of ``owner`` (any integer) and ``token``.
    people : int
        Length of the arrays returned.
    """
    valid, own, other = (np.zeros((2, people), dtype=bool) for _ in range(3))
    keys = np.zeros((2, people), dtype=np.uint64)
    joined = (
        "select u.id, u.again, (case when u.token is null or not u.valid then 0 when a.owner is null then 1 "
        "when a.owner = u.id then 2 else 3 end)::utinyint as met, hash(u.token) as key "
        f"from ({uploaded}) u left join ({accounts}) a using (token)"
    )
    for batch in connection.sql(joined).to_arrow_reader(1 << 17):
        ids, again, met, key = (column.to_numpy() for column in batch.columns)
        keys[again, ids] = key
        valid[again[met > 0], ids[met > 0]] = True
        own[again[met == 2], ids[met == 2]] = True
        other[again[met == 3], ids[met == 3]] = True
    [(count,)] = connection.sql(f"select count(*) from ({accounts})").fetchall()
    return Found(valid, own, other, keys, count)


def outcomes(
    sent: NDArray[np.bool_],
    found: Found,
    row: int,
    account: NDArray[np.bool_],
    known: NDArray[np.bool_],
    typo: NDArray[np.bool_],
    repeated: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    """Return what became of each person's row, as codes into ``OUTCOMES``.

    Parameters
    ----------
    sent : array of bool
        Whose row was on the list.
    found : Found
        What the join found.
    row : int
        0 for the rows of first visits, 1 for those of second ones.
    account, known, typo : array of bool
        The truth: has an account at the platform; the platform knows the address given to the
        site; the address was mistyped.
    repeated : array of bool
        Whose token stands in an earlier row.
    """
    code = {name: np.uint8(position) for position, name in enumerate(OUTCOMES)}
    return np.select(
        [~sent, ~found.valid[row], repeated, found.own[row], found.other[row], ~account, ~known, typo],
        [
            code["not_sent"],
            code["invalid"],
            code["duplicate"],
            code["matched"],
            code["false_match"],
            code["no_account"],
            code["other_address"],
            code["typo"],
        ],
        code["normalisation"],
    )


def combined(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what became of each person's address: the first row's, unless only the second met."""
    met = np.isin(second, (MATCHED, FALSE_MATCH)) & ~np.isin(first, (MATCHED, FALSE_MATCH))
    return np.where(met, second, first)


def counted(count: Mapping[str, int], **described: Any) -> Match:
    """Make a :class:`Match` of the rows of each outcome; keywords are its other fields."""
    return Match(
        received=sum(count.values()) - count["not_sent"],
        invalid=count["invalid"],
        duplicates=count["duplicate"],
        matched=count["matched"] + count["false_match"],
        false_matched=count["false_match"],
        lost={cause: count[cause] for cause in CAUSES},
        **described,
    )
