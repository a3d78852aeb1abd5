"""One published figure held against ours."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["seen", "believed", "recalled"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure from a paper and the same figure computed here.

    Parameters
    ----------
    label : str
        What is measured, with its parameters.
    published : float
        The paper's figure.
    relation : {"about", "at most", "at least"}
        How ours must lie to it.
    tolerance : float
        Distance that still counts as about the same.
    ours, low, high : float
        Our figure and its interval.
    n : int
        People, draws or targets behind ours.
    source : str
        Paper with DOI.
    status : {"seen", "believed", "recalled"}
        Whether the paper's figure was read, taken from a second hand, or recalled and not re-read.
    note : str
        What differs from the paper.

    Examples
    --------
    >>> Finding("share unique", 0.63, "about", 0.03, 0.643, 0.64, 0.65, 1_000, "Golle (2006)", "believed")
    share unique: published about 0.63 (believed), ours 0.643 [0.64, 0.65] at n=1,000: agrees
    """

    label: str
    published: float
    relation: Literal["about", "at most", "at least"]
    tolerance: float
    ours: float
    low: float
    high: float
    n: int
    source: str
    status: Status
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether our figure lies where the paper says, within the tolerance."""
        if self.relation == "at most":
            return self.ours <= self.published + self.tolerance
        if self.relation == "at least":
            return self.ours >= self.published - self.tolerance
        return abs(self.ours - self.published) <= self.tolerance

    def to_json(self) -> dict[str, Any]:
        """Return the fields and the verdict."""
        return {**asdict(self), "agrees": self.agrees}

    def __repr__(self) -> str:
        verdict = "agrees" if self.agrees else "differs"
        return (
            f"{self.label}: published {self.relation} {self.published:g} ({self.status}), "
            f"ours {self.ours:.3g} [{self.low:.3g}, {self.high:.3g}] at n={self.n:,}: {verdict}"
        )
