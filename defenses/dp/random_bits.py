"""Exact random events from random bits: a seeded stream, or the operating system's entropy."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exports.randomness import Stream


class Bits:
    """Random numbers read onwards: each call takes the next ones.

    Parameters
    ----------
    stream : Stream or None
        A stream gives the same numbers each time; None reads the operating system's entropy.

    Examples
    --------
    >>> from exports import Stream
    >>> Bits(Stream(1, "defence", "example")).below(6, 5)
    array([4, 4, 1, 3, 3])
    >>> len(Bits(None).happens(Fraction(1, 3), 10))
    10
    """

    def __init__(self, stream: Stream | None) -> None:
        self._generator = None if stream is None else stream.bit_generator()

    def _raw(self, n: int) -> NDArray[np.uint64]:
        if self._generator is None:
            return np.frombuffer(os.urandom(8 * n), dtype=np.uint64)
        raw: NDArray[np.uint64] = self._generator.random_raw(n)
        return raw

    def below(self, bound: int, n: int) -> NDArray[np.int64]:
        """Return ``n`` integers uniform on [0, bound), without the bias of a plain remainder."""
        high, limit = np.uint64(bound), np.uint64(2**64 - bound)

        def proposals(size: int) -> NDArray[np.int64]:
            raw = self._raw(size)
            rest = raw % high
            accepted: NDArray[np.int64] = rest[raw - rest <= limit].astype(np.int64)
            return accepted

        return filled(n, proposals)

    def happens(self, probability: Fraction, n: int) -> NDArray[np.bool_]:
        """Return ``n`` events of exactly this probability."""
        return self.below(probability.denominator, n) < probability.numerator

    def small_exp(self, numerator: NDArray[np.int64], denominator: int) -> NDArray[np.bool_]:
        """Return events of probability ``exp(-numerator / denominator)``, fractions up to one."""
        happened = np.zeros(len(numerator), dtype=bool)
        going = np.arange(len(numerator))
        k = 1
        while going.size:
            further = self.below(denominator * k, going.size) < numerator[going]
            happened[going[~further]] = k % 2 == 1
            going = going[further]
            k += 1
        return happened

    def successes(self, n: int) -> NDArray[np.int64]:
        """Return ``n`` times how often in a row an event of probability 1/e happens."""
        count = np.zeros(n, dtype=np.int64)
        going = np.arange(n)
        while going.size:
            going = going[self.small_exp(np.ones(going.size, dtype=np.int64), 1)]
            count[going] += 1
        return count

    def any_exp(self, numerator: NDArray[np.int64], denominator: int) -> NDArray[np.bool_]:
        """Return events of probability ``exp(-numerator / denominator)``, fractions of any size."""
        whole, rest = np.divmod(numerator, denominator)
        happened: NDArray[np.bool_] = whole == 0
        large = np.flatnonzero(whole)
        happened[large] = self.successes(len(large)) >= whole[large]
        going = np.flatnonzero(happened)
        happened[going] = self.small_exp(rest[going], denominator)
        return happened


def filled(n: int, proposals: Callable[[int], NDArray[np.int64]]) -> NDArray[np.int64]:
    """Repeat a rejection step until ``n`` draws are accepted."""
    parts = [proposals(n)]
    missing = n - len(parts[0])
    while missing:
        parts.append(proposals(missing))
        missing -= len(parts[-1])
    return np.concatenate(parts) if len(parts) > 1 else parts[0]
