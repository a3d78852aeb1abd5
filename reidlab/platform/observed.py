"""The platform as a test sees it: what an audience matched, and what arrived that should not have."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exports.beacons.lexicon import TOPICS, topic_of
from exports.columns.shapes import SHAPES
from exports.errors import LabError
from exports.identifiers.kinds import NOUNS, canonical
from exports.release import Export
from reidlab.platform.accounts import Accounts, of_table, simulated
from reidlab.platform.audiences import Audience
from reidlab.platform.exchange import Exchange
from reidlab.platform.hub import Hub
from reidlab.platform.record import audit_of, export_of
from reidlab.platform.recorder import ROW_SCHEMA, kept
from reidlab.platform.server import Serving, loopback, running

HEALTH = "health"
ALSO = {
    "ip": ("ipv4", "ipv6"),
    "zip": ("postal_code",),
    "dob": ("date_of_birth",),
    "maid": ("advertising_id", "device_id"),
}
"""What the audit of requests calls a kind where it has another name for it."""


@dataclass(slots=True)
class Memory:
    """Keeps what arrives in memory, as a record would on disk."""

    secrets: tuple[str, ...]
    lines: list[dict[str, Any]] = field(default_factory=list)
    batches: list[pa.RecordBatch] = field(default_factory=list)
    opaque: int = 0

    def __repr__(self) -> str:
        return f"{len(self.lines):,} requests with {sum(b.num_rows for b in self.batches):,} rows"

    def keep(self, exchange: Exchange, host: str, vendor: str, status: int) -> None:
        """Keep one request and its rows."""
        line, batches = kept(exchange, host, vendor, status, self.secrets)
        self.lines.append(line)
        self.batches += batches
        sent = bool(exchange.body) or "payload" in exchange.query
        self.opaque += status >= 400 and not exchange.arrivals and sent

    def rows(self) -> pa.Table:
        """Return all rows that arrived."""
        return pa.Table.from_batches(self.batches, ROW_SCHEMA).unify_dictionaries()


@dataclass(frozen=True, slots=True)
class Observed:
    """One audience as it stands.

    Parameters
    ----------
    matched : int
        Different entries that meet an account.
    rows : pyarrow.Table
        What arrived for it, one line per row and key, as in a record's ``rows.parquet``.
    """

    matched: int
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class AdPlatform:
    """A running platform with what arrived at it.

    Parameters
    ----------
    url : str
        Where every vendor's HTTP interface is.
    grpc : str or None
        Host and port of Google's gRPC.
    token : str
        The access token it takes.
    """

    url: str
    grpc: str | None
    token: str
    _hub: Hub
    _memory: Memory

    def __repr__(self) -> str:
        return f"ad platform at {self.url} with {len(self._hub.audiences):,} audiences"

    def audience(self, name: str | int) -> Observed:
        """Return an audience by its number.

        Raises
        ------
        LabError
            When there is none, or several vendors have one of that number.
        """
        found = [one for one in list(self._hub.audiences.values()) if one.id == str(name)]
        if len(found) != 1:
            raise LabError(f"There are {len(found)} audiences {str(name)[:60]!r}: take the number of one.")
        with self._hub.lock:
            return Observed(self._hub.matched(found[0]), self._rows_of(found[0]))

    def _rows_of(self, audience: Audience) -> pa.Table:
        rows = self._memory.rows()
        mine = pc.and_(pc.equal(rows["audience"], audience.id), pc.equal(rows["platform"], audience.vendor))
        return rows.filter(mine)

    def export(self) -> Export:
        """Return what arrived as an export, one row per row of a list.

        Raises
        ------
        LabError
            When nothing arrived.
        """
        return export_of(self._memory.rows())

    def assert_nothing_leaves(self, *what: str) -> None:
        """Fail when a kind of identifier or a kind of fact arrived.

        Parameters
        ----------
        *what : str
            Kinds of identifier (``phone``, ``zip`` ...), ``health``, one of its topics, or what the
            audit of requests calls a finding (``ip``, ``card`` ...).

        Raises
        ------
        AssertionError
            Names what arrived and where, never a value. A name that is not known fails as well, and
            so does a request that no vendor understood: what left in it is not shown.
        """
        unknown = [name for name in what if name not in _known()]
        if unknown:
            raise AssertionError(
                f"it is not known what {unknown[0]!r} is, so it may have left: ask for one of "
                f"{', '.join(sorted({HEALTH, *TOPICS, *NOUNS}))}"
            )
        if not what:
            raise AssertionError("nothing was asked for: name what must not leave, as in 'phone' or 'health'")
        if self._memory.opaque:
            raise AssertionError(
                f"{self._memory.opaque:,} requests were not understood, so what left in them is not shown"
            )
        left = [told for name in what for told in self._found(name)]
        if left:
            raise AssertionError("left: " + "; ".join(dict.fromkeys(left)))

    def _found(self, name: str) -> Iterator[str]:
        rows, noun = self._memory.rows(), canonical(name)
        for platform, audience, kind in {
            (r["platform"], r["audience"], r["kind"])
            for r in rows.group_by(["platform", "audience", "kind"]).aggregate([]).to_pylist()
        }:
            if canonical(kind) == noun:
                yield f"{name} as {kind} in audience {audience} of {platform}"
        for audience_name in rows["audience_name"].unique().to_pylist():
            topic = topic_of(audience_name)
            if topic and name in (HEALTH, topic):
                yield f"{name} in the name of an audience"
        found = audit_of(self._memory.lines)
        for finding in () if found is None else found.findings:
            health = finding.carries == HEALTH and name in (HEALTH, finding.what)
            if health or finding.what in (name, noun, f"digest of {noun}", *ALSO.get(noun, ())):
                yield f"{name} in {finding.place} {finding.field!r} to {finding.host}"


@cache
def _known() -> frozenset[str]:
    """Return everything that may be asked of."""
    others = (other for names in NOUNS.values() for other in names)
    return frozenset({HEALTH, *TOPICS, *ALSO, *NOUNS, *others, *(shape.kind for shape in SHAPES)})


@contextmanager
def platform(accounts: Accounts, *, token: str = "TOKEN", grpc: bool = False) -> Iterator[AdPlatform]:
    """Run a platform on a free port until the block ends; what arrives is kept in memory."""
    hub, memory = Hub(accounts, token), Memory((token,))
    with loopback("127.0.0.1", 0) as listening, running(hub, listening, memory, grpc=grpc) as serving:
        yield _seen(serving, hub, memory)


def _seen(serving: Serving, hub: Hub, memory: Memory) -> AdPlatform:
    return AdPlatform(serving.url, serving.grpc, hub.token, hub, memory)


@contextmanager
def seeded(
    case: str = "betterhelp", people: int = 2_000, seed: int = 0, accounts: Any = None
) -> Iterator[Accounts]:
    """Hold the accounts of a case's simulated visitors, or of a table of one's own, until the block ends."""
    from exports.reading.loading import load

    with tempfile.TemporaryDirectory(prefix="reidlab-accounts-") as scratch:
        folder = Path(scratch)
        made = (
            simulated(case, folder, people=people, seed=seed)
            if accounts is None
            else of_table(load(accounts), folder)
        )
        try:
            yield made
        finally:
            made.close()
