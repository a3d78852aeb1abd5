"""Named streams of random numbers: one seed gives the same result for any number of workers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK = 65_536
"""People per block. A constant: another value would change every simulated person."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A value that stands for one infinite sequence of random numbers.

    The sequence is Philox keyed by SHA-256 of the five fields, so a stream depends on its own
    name only: adding an attack, a column or a worker changes no other number. Asking the same
    stream twice gives the same numbers; another draw takes another name. The first numbers of
    a long draw are those of a short one, so a partial block is a prefix of the full one.

    Parameters
    ----------
    seed : int
        The one seed of the run.
    role : str
        What draws: ``"people"``, ``"attack"``, ``"defence"``, ...
    name : str
        Registered name of the column, attack or defence, and of the draw within it.
    replicate, block : int, default 0
        Repetition of an experiment; block of people.

    Examples
    --------
    >>> sex = Stream(7, "people", "sex")
    >>> sex.uniforms(3).round(3)
    array([0.088, 0.52 , 0.628])
    >>> bool((sex.uniforms(5)[:3] == sex.uniforms(3)).all())
    True
    """

    seed: int
    role: str
    name: str
    replicate: int = 0
    block: int = 0

    def at(self, *, name: str | None = None, block: int | None = None) -> Stream:
        """Return the stream of the same run for a further draw (``name``) or another block.

        Examples
        --------
        >>> Stream(7, "attack", "inference").at(name="targets").name
        'inference/targets'
        """
        return replace(
            self,
            name=self.name if name is None else f"{self.name}/{name}",
            block=self.block if block is None else block,
        )

    def bit_generator(self) -> np.random.Philox:
        """Return numpy's Philox at the start of this stream, for draws of unknown length."""
        text = "\x1f".join([str(self.seed), self.role, self.name, str(self.replicate), str(self.block)])
        key = np.frombuffer(hashlib.sha256(text.encode()).digest()[:16], dtype="<u8")
        return np.random.Philox(key=key)

    def bits(self, n: int) -> NDArray[np.uint64]:
        """Return ``n`` unsigned 64-bit numbers, the raw output that no numpy version changes."""
        raw: NDArray[np.uint64] = self.bit_generator().random_raw(n)
        return raw

    def uniforms(self, n: int) -> NDArray[np.float64]:
        """Return ``n`` numbers in [0, 1) on the grid of 2**-53."""
        grid = np.asarray(self.bits(n) >> np.uint64(11), dtype=np.float64) * 2.0**-53
        return grid

    def normals(self, n: int) -> NDArray[np.float64]:
        """Return ``n`` standard normal numbers by inverse transform of mid-grid uniforms."""
        from scipy.special import ndtri

        values: NDArray[np.float64] = ndtri(self.uniforms(n) + 2.0**-54)
        return values

    def integers(self, n: int, high: int | NDArray[Any]) -> NDArray[np.int64]:
        """Return ``n`` integers in [0, high); ``high`` below 2**32, scalar or one per draw.

        Examples
        --------
        >>> Stream(7, "people", "month").integers(4, 12)
        array([ 2, 11,  4,  1])
        """
        wide = (self.bits(n) >> np.uint64(32)) * np.asarray(high, dtype=np.uint64)
        return (wide >> np.uint64(32)).astype(np.int64)

    def choices(self, n: int, weights: ArrayLike) -> NDArray[np.int64]:
        """Return ``n`` indices drawn in proportion to ``weights`` (need not sum to one).

        Examples
        --------
        >>> Stream(7, "people", "provider").choices(6, [0, 3, 1])
        array([1, 1, 2, 1, 2, 1])
        """
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = np.searchsorted(cumulative, self.uniforms(n) * cumulative[-1], side="right")
        last = np.searchsorted(cumulative, cumulative[-1])
        indices: NDArray[np.int64] = np.minimum(drawn, last)
        return indices

    def permutation(self, n: int) -> NDArray[np.int64]:
        """Return the integers below ``n`` in random order."""
        return np.argsort(self.bits(n), kind="stable")

    def sample(self, n: int, size: int) -> NDArray[np.int64]:
        """Return ``min(size, n)`` different integers below ``n``, in increasing order."""
        return np.sort(self.permutation(n)[:size])
