"""Perturbation of records: PRAM, rank swapping, noise, shuffling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from defenses.columns import chosen, numeric, stream_of, weights_of
from defenses.contributions import require_no_weight, units
from defenses.defense import Defense
from defenses.released import changed_release
from exports.coding import Floats, Ints, encode
from exports.errors import LabError
from exports.release import Export, Kind, Release
from exports.schema import Role


class Pram(Defense):
    """Change each category with a known probability into one drawn from the column's distribution.

    Post-randomisation: nobody can be sure that a value is the true one. The expected margins stay
    as they are, weighted ones too, and the probabilities are published so that analysts can
    correct for them. One person's rows with one value are changed alike. How much an adversary
    still learns depends on the margins; no k is promised.

    Parameters
    ----------
    keep : float, default 0.8
        Probability that a cell is not touched.
    columns : sequence of str, str or None
        Columns; default every quasi-identifier.
    seed : int or None
        Of the draws; None takes them from the operating system.

    References
    ----------
    Gouweleeuw et al. (1998), Post randomisation for statistical disclosure control, JOS 14, 463-478.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"sex": ["f", "m"] * 500}), Schema.of(quasi_identifier=["sex"]))
    >>> released = Pram(keep=0.5, seed=1).transform(export).rows["sex"].to_pylist()
    >>> sum(a == b for a, b in zip(released, ["f", "m"] * 500))
    752
    """

    name: ClassVar[str] = "pram"
    produces: ClassVar[Kind] = "records"

    def __init__(
        self, keep: float = 0.8, columns: Sequence[str] | str | None = None, seed: int | None = None
    ) -> None:
        self.keep = keep
        self.columns = columns
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return all rows with some categories drawn anew."""
        import pyarrow as pa

        if not 0 <= self.keep <= 1:
            raise LabError(f"keep is {self.keep} but must be a probability from 0 to 1.")
        rows = export.table.num_rows
        weight = weights_of(export)
        stream = stream_of(self, self.seed)
        columns = {}
        for name in chosen(export.schema, self.columns, Role.QUASI_IDENTIFIER):
            coding = encode(export.table[name], name)
            masses = np.bincount(coding.codes, weight, coding.radix)
            first, unit = units(export, coding.codes)
            touched = stream.at(name=f"touch/{name}").uniforms(len(first)) >= self.keep
            drawn = coding.codes[first].astype(np.int64)
            if rows:
                drawn = np.where(touched, stream.at(name=f"value/{name}").choices(len(first), masses), drawn)
            codes = drawn[unit]
            columns[name] = (
                coding.values.take(pa.array(codes - 1, mask=codes == 0)) if rows else coding.values
            )
        return changed_release(self, export, columns, recoded=False)


class RankSwapping(Defense):
    """Swap each number with one whose rank is near, so that the column keeps exactly its values.

    Every value that leaves is somebody's true value, at most ``window`` of the ranks away from
    the person's own. Column by column, so that records become mixtures of near people; one
    person's rows with one value are swapped as one. An adversary who knows the window narrows a
    value down to it.

    Parameters
    ----------
    window : float, default 0.05
        Largest difference of rank, as a share of the rows (of the persons' values).
    columns : sequence of str, str or None
        Numeric columns; default every quasi-identifier.
    seed : int or None
        Of the draws.

    References
    ----------
    Moore (1996), Controlled data-swapping techniques for masking public use microdata sets,
    US Bureau of the Census.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"age": list(range(8))}), Schema.of(quasi_identifier=["age"]))
    >>> sorted(RankSwapping(window=0.5, seed=1).transform(export).rows["age"].to_pylist())
    [0, 1, 2, 3, 4, 5, 6, 7]
    """

    name: ClassVar[str] = "rank-swapping"
    produces: ClassVar[Kind] = "records"

    def __init__(
        self, window: float = 0.05, columns: Sequence[str] | str | None = None, seed: int | None = None
    ) -> None:
        self.window = window
        self.columns = columns
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return all rows with values swapped within the window."""
        import pyarrow as pa

        if not 0 < self.window <= 1:
            raise LabError(f"window is {self.window} but must be a share of the rows above 0 and up to 1.")
        require_no_weight(export, self)
        stream = stream_of(self, self.seed)
        columns = {}
        for name in chosen(export.schema, self.columns, Role.QUASI_IDENTIFIER):
            first, unit = units(export, numeric(export.table, name))
            values = numeric(export.table, name)[first]
            width = max(int(self.window * len(values)), 1)
            order = np.argsort(values, kind="stable")[: len(values) - int(np.isnan(values).sum())]
            place = np.arange(len(values))
            place[order] = order[_near(len(order), width, stream.at(name=name).uniforms(len(order) + 1))]
            columns[name] = export.table[name].combine_chunks().take(pa.array(first[place][unit]))
        return changed_release(self, export, columns, recoded=False)


def _near(size: int, width: int, draws: Floats) -> Ints:
    """Return a permutation of ranks that swaps pairs within blocks of ``width + 1`` ranks."""
    offset = int(draws[-1] * (width + 1))
    block = (np.arange(size) + offset) // (width + 1)
    order = np.lexsort((draws[:-1], block))
    inside = np.arange(size) - np.searchsorted(block, block)
    last = np.bincount(block, minlength=int(block.max(initial=0)) + 1)[block] - 1
    partner = np.where((inside % 2 == 0) & (inside == last), inside, inside ^ 1)
    found = np.empty(size, np.intp)
    found[order] = order[np.arange(size) + partner - inside]
    return found


class Noise(Defense):
    """Add normal noise to numbers, in proportion to their spread.

    Hides exact values; outliers still stand out, and averages over many releases reveal the
    number. One person's rows with one value get one noise. It promises nothing: for a promise
    take a differentially private release.

    Parameters
    ----------
    share : float, default 0.1
        Standard deviation of the noise over that of the column, weighted where there is a weight.
    correlated : bool, default False
        Give the noise the columns' correlations, so that theirs stay; all rows of one person then
        get one noise.
    columns : sequence of str, str or None
        Numeric columns; default every quasi-identifier.
    seed : int or None
        Of the draws.

    References
    ----------
    Kim (1986), A method for limiting disclosure in microdata based on random noise and
    transformation, ASA Survey Research Methods, 303-308.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"age": [30.0, 40.0]}), Schema.of(quasi_identifier=["age"]))
    >>> Noise(share=0.1, seed=2).transform(export).rows["age"].to_numpy().round(1)
    array([30.1, 40.9])
    """

    name: ClassVar[str] = "noise"
    produces: ClassVar[Kind] = "records"

    def __init__(
        self,
        share: float = 0.1,
        correlated: bool = False,
        columns: Sequence[str] | str | None = None,
        seed: int | None = None,
    ) -> None:
        self.share = share
        self.correlated = correlated
        self.columns = columns
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return all rows with noisy numbers; a missing one stays missing."""
        import pyarrow as pa

        if not 0 < self.share < np.inf:
            raise LabError(f"share is {self.share} but must be a number above 0.")
        names = chosen(export.schema, self.columns, Role.QUASI_IDENTIFIER)
        values = np.stack([numeric(export.table, name) for name in names])
        stream = stream_of(self, self.seed)
        shared = [units(export, None if self.correlated else column) for column in values]
        drawn = np.stack(
            [
                stream.at(name=name).normals(len(first))[unit]
                for name, (first, unit) in zip(names, shared, strict=True)
            ]
        )
        there, weight = ~np.isnan(values).any(axis=0), weights_of(export)
        whole = values[:, there]
        spread = np.zeros((len(names), len(names)))
        if whole.shape[1] > 1:
            spread = np.atleast_2d(np.cov(whole, aweights=None if weight is None else weight[there]))
        if self.correlated:
            root, scale, _ = np.linalg.svd(spread, hermitian=True)
            noise = (root * np.sqrt(scale)) @ drawn
        else:
            noise = np.sqrt(np.diag(spread))[:, None] * drawn
        columns = {
            name: pa.array(column, from_pandas=True)
            for name, column in zip(names, values + self.share * noise, strict=True)
        }
        return changed_release(self, export, columns, recoded=False)


class Shuffling(Defense):
    """Deal the values of a column out anew among the rows, following a forecast where one is given.

    Without ``given`` the link between a person and the value is cut altogether; with it, the
    values are dealt in the order of a linear forecast from those columns plus noise, so that the
    dependence on them stays while nobody keeps their own value on purpose. One person's rows with
    one value are dealt as one.

    Parameters
    ----------
    columns : sequence of str, str or None
        Columns to shuffle, numeric ones where ``given`` is set; default every sensitive one.
    given : sequence of str, str or None
        Numeric columns that forecast them.
    seed : int or None
        Of the draws.

    References
    ----------
    Muralidhar and Sarathy (2006), doi:10.1287/mnsc.1050.0503.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> export = Export(pa.table({"illness": ["a", "b", "c"]}), Schema.of(sensitive=["illness"]))
    >>> sorted(Shuffling(seed=1).transform(export).rows["illness"].to_pylist())
    ['a', 'b', 'c']
    """

    name: ClassVar[str] = "shuffling"
    produces: ClassVar[Kind] = "records"

    def __init__(
        self,
        columns: Sequence[str] | str | None = None,
        given: Sequence[str] | str | None = None,
        seed: int | None = None,
    ) -> None:
        self.columns = columns
        self.given = given
        self.seed = seed

    def transform(self, export: Export) -> Release:
        """Return all rows with dealt values."""
        import pyarrow as pa

        require_no_weight(export, self)
        stream = stream_of(self, self.seed)
        columns = {}
        for name in chosen(export.schema, self.columns, Role.SENSITIVE):
            first, unit = units(export, encode(export.table[name], name).codes)
            if self.given is None:
                place = stream.at(name=name).permutation(len(first))
            else:
                values = numeric(export.table, name)[first]
                known = [numeric(export.table, other)[first] for other in chosen(export.schema, self.given)]
                place = np.empty(len(first), np.intp)
                forecast = _forecast(values, known, stream.at(name=name).normals(len(first)))
                place[np.argsort(forecast)] = np.argsort(values, kind="stable")
            columns[name] = export.table[name].combine_chunks().take(pa.array(first[place][unit]))
        return changed_release(self, export, columns, recoded=False)


def _forecast(values: Floats, known: list[Floats], normals: Floats) -> Floats:
    """Return a draw of each row's normal score given the others' scores."""
    from scipy.special import ndtri

    scores = [ndtri((np.argsort(np.argsort(column)) + 0.5) / len(column)) for column in (values, *known)]
    explaining = np.stack([np.ones(len(values)), *scores[1:]], axis=1)
    weights, *_ = np.linalg.lstsq(explaining, scores[0], rcond=None)
    mean = explaining @ weights
    forecast: Floats = mean + (scores[0] - mean).std() * normals
    return forecast
