"""The search itself: candidates are generated, hashed and joined inside the engine, batch by batch."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from attacks.dictionary.guesses import Batch, GuessSource
from attacks.dictionary.hashing import Hashing
from attacks.upload_list import connect

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

NEVER = np.iinfo(np.int64).max
"""Batch of a token that nothing opens."""


@dataclass(frozen=True, slots=True)
class Openings:
    """Which tokens were opened, with what, and after how many guesses.

    Parameters
    ----------
    token, text : pyarrow.Array
        Opened tokens, each once, with the most probable text that gives it.
    batch : array of int
        Batch in which each was opened.
    tried : array of int
        Guesses made by the end of each batch.
    likeliest : str or None
        The most probable candidate, or one of the most probable.
    core_seconds : float
        Processor time of preparing, generating, hashing and joining, all threads together.
    """

    token: pa.Array
    text: pa.Array
    batch: NDArray[np.int64]
    tried: NDArray[np.int64]
    likeliest: str | None
    core_seconds: float

    @property
    def guesses(self) -> int:
        """Number of guesses made."""
        return int(self.tried[-1]) if len(self.tried) else 0

    def when(self, tokens: pa.Array) -> NDArray[np.int64]:
        """Return the batch that opens each of ``tokens``; ``NEVER`` where none does."""
        import pyarrow.compute as pc

        place = pc.index_in(tokens, value_set=self.token)
        batch = np.append(self.batch, NEVER)
        when: NDArray[np.int64] = batch[place.fill_null(-1).to_numpy(zero_copy_only=False)]
        return when

    def shares(self, when: NDArray[np.int64]) -> list[float]:
        """Return, for the end of each batch, the share of ``when`` that lies not after it."""
        found = np.bincount(when[when < NEVER], minlength=len(self.tried)).cumsum()
        return [float(share) for share in found / max(1, len(when))]


def open_tokens(tokens: pa.Array, guesses: GuessSource, hashing: Hashing, budget: int) -> Openings:
    """Hash at most ``budget`` candidates and return those that give one of ``tokens``.

    Tokens in hexadecimal are compared in lower case. Memory is bounded by the tokens and the
    parts from which candidates are made, never by their number.
    """
    return _search(tokens, guesses, hashing, budget)


def cover(texts: pa.Array, guesses: GuessSource, budget: int) -> Openings:
    """Return which of the plain ``texts`` are among the candidates; what only scoring may ask."""
    return _search(texts, guesses, None, budget)


def _search(wanted: pa.Array, guesses: GuessSource, hashing: Hashing | None, budget: int) -> Openings:
    import pyarrow as pa

    started = time.process_time()
    batches = list(guesses.batches(budget))
    with connect(wanted_source=pa.table({"token": wanted})) as connection:
        form = "lower(token)" if hashing is not None and hashing.encoding == "hex" else "token"
        connection.execute(f"create table wanted as select distinct token, {form} as form from wanted_source")
        if hashing is not None:
            hashing.install(connection)
        guesses.prepare(connection)
        # The candidates must stay on the probing side of every join: building on them would hold them all.
        connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
        likeliest = None
        if batches:
            first = f"select min(text) as text from ({batches[0].sql})"
            likeliest = _ask(connection, batches[0], first)["text"][0].as_py()
        found = list(_each(connection, batches, hashing))
        spent = time.process_time() - started
    empty = pa.table({"token": pa.array([], pa.string()), "text": pa.array([], pa.string())})
    whole = pa.concat_tables([empty, *found])
    batch = np.repeat(np.arange(len(found)), [part.num_rows for part in found])
    codes = whole["token"].combine_chunks().dictionary_encode().indices.to_numpy()
    _, first_row = np.unique(codes, return_index=True)
    once = whole.take(pa.array(first_row))
    return Openings(
        once["token"].combine_chunks(),
        once["text"].combine_chunks(),
        batch[first_row],
        np.cumsum([part.size for part in batches], dtype=np.int64),
        likeliest,
        spent,
    )


def _each(
    connection: duckdb.DuckDBPyConnection, batches: list[Batch], hashing: Hashing | None
) -> Iterator[pa.Table]:
    """Yield what each batch opens, in the batches' order; one thread per core, one batch each."""

    def one(batch: Batch) -> pa.Table:
        token = "text" if hashing is None else "digest" if batch.hashed else hashing.sql("text")
        query = (
            f"select token, min(text) as text from ({batch.sql}) candidate "
            f"join wanted on {token} = form group by token order by token"
        )
        return _ask(connection, batch, query)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(one, batches)


def _ask(connection: duckdb.DuckDBPyConnection, batch: Batch, query: str) -> pa.Table:
    """Return the answer of a query that reads ``batch``, on a cursor of its own."""
    with connection.cursor() as cursor:
        if batch.parts is not None:
            cursor.register("combo", batch.parts)
        return cursor.sql(query).to_arrow_table()
