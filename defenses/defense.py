"""The shape that every defence has: an estimator whose transform is a release."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

from exports.release import Export, Kind, Release

if TYPE_CHECKING:

    class BaseEstimator:
        """What scikit-learn, which is untyped, gives every estimator: with it options would be unchecked."""

        def __init__(self, *args: Any, **options: Any) -> None:
            """Take the options, which are each defence's own."""

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            """Return the parameters by name."""

        def set_params(self, **params: Any) -> Self:
            """Set some parameters."""

else:
    from sklearn.base import BaseEstimator


class Defense(BaseEstimator, ABC):
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
    rowwise : bool
        Whether each released row is made of one row of the export alone, whatever the others say.
    """

    name: ClassVar[str]
    produces: ClassVar[Kind]
    remembers: ClassVar[bool] = True
    rowwise: ClassVar[bool] = False

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
