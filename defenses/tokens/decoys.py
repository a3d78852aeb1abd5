"""Decoys and subsampling: a list that names strangers and leaves clients out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import log
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from defenses.contributions import units
from defenses.dp.random_bits import Bits
from defenses.released import stated
from defenses.upload_list import TokenDefense, chosen, hashed, sendable, token_columns
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Export, Guarantee, Release

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class Subsample(TokenDefense):
    """Send each row, or each person with all their rows, with some probability only.

    Whoever is on the list is a client for certain; who is not may be one all the same. It is cheap
    deniability for those left out, none for the others, and promises nothing.

    Parameters
    ----------
    keep : float
        Probability that a row, or with a person column a person, is sent.
    seed : int or None
        None draws from the operating system.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"mail": [f"p{i}@mail.example" for i in range(1000)]})
    >>> Subsample(0.5, seed=1).transform(Export(table, Schema.of(identifier=["mail"]))).rows.num_rows
    478
    """

    name: ClassVar[str] = "subsample"

    def __init__(self, keep: float, seed: int | None = None) -> None:
        self.keep = keep
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the upload list of the rows drawn."""
        keep = _probability(self.keep, "keep")
        kept = _kept(_bits(self), keep, export)
        upload = hashed(chosen(export, kept))
        return self.released(upload, kept)


class Decoys(TokenDefense):
    """Send each client with probability ``keep`` and each stranger of a pool with probability ``rate``.

    The recipient cannot tell clients from strangers on the list; what it may believe is exactly
    ``posterior``. Where nothing leaves but identifiers, all clients are in the pool with all of
    theirs, and ``keep`` is below 1, this is randomised response on "is a client", and the promise is
    its epsilon for one client more or less; for one client in another's place it is twice that.

    Parameters
    ----------
    pool : pyarrow.Table
        People to draw strangers from: the identifier columns, and others if they are to be taken
        from there; the remaining ones are copied from a random client. Clients in it are no strangers.
    rate : float
        Probability that a stranger is on the list.
    keep : float, default 1.0
        Probability that a client is, with a person column with all their rows.
    seed : int or None
        None draws from the operating system.

    References
    ----------
    Warner (1965), doi:10.1080/01621459.1965.10480775.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> pool = pa.table({"mail": [f"p{i}@mail.example" for i in range(1000)]})
    >>> export = Export(pool.slice(0, 100), Schema.of(identifier=["mail"]))
    >>> Decoys(pool, rate=0.25, keep=0.75, seed=1).transform(export).guarantee
    epsilon=1.0986122886681098
    """

    name: ClassVar[str] = "decoys"

    def __init__(
        self, pool: pa.Table | None = None, rate: float = 0.1, keep: float = 1.0, seed: int | None = None
    ) -> None:
        self.pool = pool
        self.rate = rate
        self.keep = keep
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return the upload list of clients and strangers, in random order."""
        import pyarrow as pa
        import pyarrow.compute as pc

        rate, keep = _probability(self.rate, "rate"), _probability(self.keep, "keep")
        if self.pool is None:
            raise LabError("Decoys are drawn from a pool of other people: give pool=FILE of identifiers.")
        columns = token_columns(export.schema, None)
        absent = [name for name in columns if name not in self.pool.column_names]
        if absent:
            raise LabError(f"The pool has no column {absent[0]!r}: it needs every identifier of the export.")
        bits = _bits(self)
        key = columns[0]
        clients = export.table[key].cast(pa.string())
        strange = pc.invert(pc.is_in(self.pool[key].cast(pa.string()), value_set=clients))
        strangers = self.pool.filter(strange)
        drawn = strangers.filter(pa.array(bits.happens(rate, strangers.num_rows)))
        kept = _kept(bits, keep, export)
        rows = pa.concat_tables([export.table.take(kept), self._dressed(drawn, export, bits)])
        order = np.argsort(bits.below(2**62, rows.num_rows), kind="stable")
        owner = np.concatenate([kept, np.full(drawn.num_rows, -1)])[order]
        upload = sendable(Export(rows.take(order), export.schema))
        promise = Guarantee()
        bare = set(upload.table.column_names) <= set(columns)
        apart = len(units(export)[0]) == export.table.num_rows
        if bare and apart and rate > 0 and keep < 1 and _agree(export.table, self.pool, columns):
            promise = Guarantee({"epsilon": membership_epsilon(keep, rate)}, "record", "add-remove", 1)
        return Release(
            "tokens",
            upload.schema,
            promise,
            table=upload.table,
            owner=owner,
            private=self.seed is None,
            manifest={"defense": self.name, "parameters": stated(self)},
        )

    def _dressed(self, drawn: pa.Table, export: Export, bits: Bits) -> pa.Table:
        """Return strangers with every column of the export; what the pool lacks is a random client's."""
        import pyarrow as pa

        rows = export.table.num_rows
        donors = export.table.take(bits.below(max(rows, 1), drawn.num_rows if rows else 0))
        columns = [
            drawn[name].cast(column.type) if name in drawn.column_names else donors[name]
            for name, column in zip(export.table.column_names, export.table.columns, strict=True)
        ]
        return pa.table(columns, schema=export.table.schema)


def posterior(prior: float, keep: float, rate: float = 0.0) -> tuple[float, float]:
    """Return the probability that someone is a client, when on the list and when not.

    Parameters
    ----------
    prior : float
        Probability before the list was seen.
    keep, rate : float
        Probability that a client and that a stranger is on the list.

    Examples
    --------
    >>> posterior(prior=0.05, keep=1.0, rate=0.05)
    (0.5128205128205129, 0.0)
    >>> posterior(prior=0.05, keep=0.5)
    (1.0, 0.025641025641025644)
    """
    on = prior * keep + (1 - prior) * rate
    off = 1 - on
    return (prior * keep / on if on else prior), (prior * (1 - keep) / off if off else prior)


def membership_epsilon(keep: Fraction, rate: Fraction) -> float:
    """Return the epsilon of randomised response with these two probabilities of a "yes"."""
    high, low = max(keep, rate), min(keep, rate)
    return max(log(high / low), log((1 - low) / (1 - high)))


def _probability(value: float, name: str) -> Fraction:
    if not 0 <= value <= 1:
        raise LabError(f"{name} is {value} but must lie between 0 and 1.")
    exact = Fraction(str(value))
    # A probability with more digits than random bits are drawn for is taken to the next multiple of 2**-40.
    return exact if exact.denominator < 2**60 else Fraction(round(exact * 2**40), 2**40)


def _agree(clients: pa.Table, pool: pa.Table, columns: Sequence[str]) -> bool:
    """Return whether each client is once in the pool with the same identifiers, and nobody is twice."""
    found = []
    for table in (clients, pool):
        texts = [table[name].cast("string").to_pylist() for name in columns]
        found.append(list(zip(*texts, strict=True)))
    own, everybody = (set(people) for people in found)
    once = all(len(set(people)) == len(people) for people in found)
    keys = {people[0] for people in everybody}
    return once and own <= everybody and len(keys) == len(everybody)


def _kept(bits: Bits, keep: Fraction, export: Export) -> NDArray[np.intp]:
    """Return the rows of the people that are kept."""
    first, unit = units(export)
    return np.flatnonzero(bits.happens(keep, len(first))[unit])


def _bits(defense: Subsample | Decoys) -> Bits:
    return Bits(None if defense.seed is None else Stream(defense.seed, "defence", defense.name))
