"""The shape that every defence has: an estimator whose transform is a release."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Self

from sklearn.base import BaseEstimator

from exports.release import Export, Kind, Release


class Defense(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn is untyped
    """A transformer from an export to a release, with scikit-learn's conventions.

    The constructor only stores its keyword arguments, under their own names; ``fit`` learns
    attributes that end in ``_``; ``get_params`` and ``clone`` work. A guarantee belongs to a
    release and never to the estimator: ``transform`` checks it again on the data it is given,
    and suppresses or raises.

    Attributes
    ----------
    name : str
        Registered name in kebab case.
    produces : str
        Kind of the release.
    remembers : bool
        Whether what its oracle answers may depend on what it was asked before.
    """

    name: ClassVar[str]
    produces: ClassVar[Kind]
    remembers: ClassVar[bool] = True

    def fit(self, export: Export) -> Self:  # noqa: ARG002 - most defences learn nothing
        """Learn from ``export`` whatever ``transform`` applies; by default nothing."""
        return self

    @abstractmethod
    def transform(self, export: Export) -> Release:
        """Return what may leave instead of ``export``.

        Raises
        ------
        LabError
            When the guarantee cannot be kept on this data.
        """

    def fit_transform(self, export: Export) -> Release:
        """Fit to ``export`` and transform it."""
        return self.fit(export).transform(export)
