"""The calibration card: forty published figures, each with its tolerance, source and status."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[1] / "tables"


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure and how near the simulation must come to it.

    Parameters
    ----------
    id, population, statistic : str
        Name, whom it is about (``adults`` are residents of 18 and over) and what is measured.
    published, tolerance : float
        The simulation passes when it differs from ``published`` by at most ``tolerance``.
    year, source, status : str
        When and where it was published, and how far that was checked.
    """

    id: str
    population: str
    statistic: str
    published: float
    tolerance: float
    year: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure beside the simulated one; ``of`` says how many people or households it rests on."""

    figure: Figure
    simulated: float
    of: int | None

    @property
    def difference(self) -> float:
        """Simulated less published."""
        return self.simulated - self.figure.published

    @property
    def fitted(self) -> bool:
        """Whether a parameter was fitted to this very figure, so that agreeing with it proves nothing."""
        return self.figure.status.startswith("calibrated")

    @property
    def passed(self) -> bool:
        """Whether the difference is within the tolerance."""
        return abs(self.difference) <= self.figure.tolerance

    def to_json(self) -> dict[str, Any]:
        """Return one flat object."""
        compared = {"simulated": self.simulated, "difference": self.difference, "of": self.of}
        return asdict(self.figure) | compared | {"pass": self.passed}


@dataclass(frozen=True, slots=True)
class Card:
    """All figures of the card beside a simulation.

    Parameters
    ----------
    people, seed : int
        Residents and visitors simulated, each; seed of the run.
    verdicts : tuple of Verdict
        In the card's order.
    """

    people: int
    seed: int
    verdicts: tuple[Verdict, ...]

    @property
    def off(self) -> tuple[Verdict, ...]:
        """The figures that the simulation misses."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)

    def to_frame(self) -> Any:
        """Return one row per figure as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame([verdict.to_json() for verdict in self.verdicts]).set_index("id")

    def to_json(self) -> dict[str, Any]:
        """Return counts and one object per figure."""
        return {
            "people": self.people,
            "seed": self.seed,
            "figures": sum(not verdict.fitted for verdict in self.verdicts),
            "off": [verdict.figure.id for verdict in self.off],
            "pass": not self.off,
            "card": [verdict.to_json() for verdict in self.verdicts],
        }

    def __repr__(self) -> str:
        counted = [verdict for verdict in self.verdicts if not verdict.fitted]
        within = sum(verdict.passed for verdict in counted)
        return (
            f"{within} of {len(counted)} figures within their tolerance at {self.people:,} people, "
            f"seed {self.seed}"
        )

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{self.to_frame().to_html()}"


def load_card() -> tuple[Figure, ...]:
    """Return the forty figures of the card, and one that a parameter is fitted to, in their order.

    Examples
    --------
    >>> len(load_card()), load_card()[0].id
    (41, 'facebook_match_surveyed')
    """
    with (TABLES / "card.csv").open(newline="", encoding="utf-8") as file:
        return tuple(
            Figure(
                **{name: row[name] for name in ("id", "population", "statistic", "year", "source", "status")},
                published=float(row["published"]),
                tolerance=float(row["tolerance"]),
            )
            for row in csv.DictReader(file)
        )
