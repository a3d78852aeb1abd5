"""What arrived, as files: every row as Parquet, every request as a line that ``reidlab assess`` audits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import IO, Any, Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exports.errors import LabError
from reidlab.platform.credentials import GONE, without, without_credentials
from reidlab.platform.exchange import Answer, Arrival, Endpoint, Exchange, Refusal

REQUESTS = "requests.jsonl"
ROWS = "rows.parquet"

_WORD = pa.dictionary(pa.int32(), pa.string())
ROW_SCHEMA = pa.schema(
    [
        ("platform", _WORD),
        ("audience", _WORD),
        ("audience_name", _WORD),
        ("operation", _WORD),
        ("row", pa.int64()),
        ("kind", _WORD),
        ("token", pa.string()),
        ("accepted", pa.bool_()),
        ("time", pa.timestamp("us", "UTC")),
    ]
)
"""One line per row of a list and key that it came with."""


class Keeper(Protocol):
    """Whatever keeps requests and their rows."""

    def keep(self, exchange: Exchange, host: str, vendor: str, status: int) -> None:
        """Keep one request as it was answered."""
        ...


def answered(endpoint: Endpoint, exchange: Exchange, keeper: Keeper | None, lock: RLock) -> Answer:
    """Answer a request and keep it, one at a time."""
    with lock:
        try:
            answer = endpoint.handler(exchange)
        except Refusal as refusal:
            answer = refusal.answer
        if keeper is not None:
            keeper.keep(exchange, endpoint.host, endpoint.vendor, answer.status)
    return answer


@dataclass(slots=True)
class Recorder:
    """Writes the two files of a record; no credential gets into either.

    Parameters
    ----------
    folder : Path
        Holds ``requests.jsonl`` and ``rows.parquet``.
    secrets : tuple of str
        Texts that are credentials wherever they stand.
    """

    folder: Path
    secrets: tuple[str, ...]
    _lines: IO[str]
    _rows: Any
    _waiting: list[pa.RecordBatch] = field(default_factory=list)
    _count: int = 0

    @classmethod
    def into(cls, folder: Path, secrets: tuple[str, ...]) -> Self:
        """Start a record in a folder that holds none.

        Raises
        ------
        LabError
            When the folder holds a record already or cannot be written.
        """
        if any((folder / name).exists() for name in (REQUESTS, ROWS)):
            raise LabError(f"--record {folder} holds a record already: choose another folder.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lines = (folder / REQUESTS).open("w", encoding="ascii")
            rows = pq.ParquetWriter(
                folder / ROWS,
                ROW_SCHEMA,
                compression={name: "none" if name == "token" else "zstd" for name in ROW_SCHEMA.names},
                use_dictionary=[name for name in ROW_SCHEMA.names if name not in ("token", "row")],
                write_statistics=False,
            )
        except OSError as error:
            raise LabError(
                f"--record {folder} cannot be written ({type(error).__name__}): choose another folder."
            ) from None
        return cls(folder, secrets, lines, rows)

    def keep(self, exchange: Exchange, host: str, vendor: str, status: int) -> None:
        """Write one request and its rows."""
        line, batches = kept(exchange, host, vendor, status, self.secrets)
        self._lines.write(json.dumps(line) + "\n")
        self._waiting += batches
        self._count += sum(batch.num_rows for batch in batches)
        if self._count >= 100_000:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._rows.write_table(pa.Table.from_batches(self._waiting, ROW_SCHEMA).unify_dictionaries())
        self._waiting.clear()
        self._count = 0
        self._lines.flush()

    def close(self) -> None:
        """Finish both files."""
        self._flush()
        self._rows.close()
        self._lines.close()


def kept(
    exchange: Exchange, host: str, vendor: str, status: int, secrets: tuple[str, ...]
) -> tuple[dict[str, Any], list[pa.RecordBatch]]:
    """Return a request as a line of the record, and its rows, without any credential.

    Parameters
    ----------
    exchange : Exchange
        The request, with the rows that were read from it.
    host, vendor : str
        Whom it would have gone to.
    status : int
        How it was answered.
    secrets : tuple of str
        Texts that are credentials wherever they stand.
    """
    now = datetime.now(UTC)
    address, headers, body = without_credentials(exchange, secrets)
    line: dict[str, Any] = {
        "url": f"https://{host}{address}",
        "method": exchange.method,
        "headers": {"host": host, **headers},
        "body": body,
        "status": status,
        "time": now.isoformat(),
    }
    if exchange.arrivals:
        line["audience_name"] = without(exchange.arrivals[0].audience_name, secrets)
    rows = [
        batch
        for arrival in exchange.arrivals
        for batch in _record(vendor, arrival, status < 400, now, secrets)
    ]
    return line, rows


def _record(
    vendor: str, arrival: Arrival, accepted: bool, now: datetime, secrets: tuple[str, ...]
) -> Iterator[pa.RecordBatch]:
    rows = arrival.rows
    for key, sent in zip(rows.keys, rows.sent, strict=True):
        here = sent.is_valid().to_numpy(zero_copy_only=False)
        numbers = (np.arange(len(sent)) + arrival.first)[here]
        count = len(numbers)
        if not count:
            continue
        words = [
            without(word, secrets)
            for word in (vendor, arrival.audience, arrival.audience_name, arrival.operation)
        ]
        tokens = sent.drop_null()
        for secret in secrets:
            tokens = pc.replace_substring(tokens, secret, GONE)
        taken = rows.valid[here] & accepted
        columns = [
            *(_repeated(word, count) for word in words),
            pa.array(numbers),
            _repeated(key.spelled, count),
            tokens,
            pa.array(taken),
            pa.repeat(pa.scalar(now, pa.timestamp("us", "UTC")), count),
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=ROW_SCHEMA)


def _repeated(word: str, count: int) -> Any:
    clean = word.encode(errors="replace").decode()
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), [clean])
