"""Prosecutor, journalist and marketer risk of an export, from whatever is known of its population."""

from __future__ import annotations

from exports.errors import LabError
from exports.risk.declared_population import declared_risk
from exports.risk.prosecutor import prosecutor
from reidlab.assessment.one_pass import Survey


def link_risks(
    found: Survey,
    size: int | None,
    lacking: str,
    reasons: dict[str, str],
    notes: dict[str, str],
    intervals: dict[str, list[float]],
) -> dict[str, float | None]:
    """Return the risks, and write down why one is missing, how it was had and what range it has."""
    measures = found.measures
    exposed = prosecutor(measures.exposed_sizes, measures.exposed)
    journalist, marketer = None, None
    if measures.population is not None:
        smallest = measures.population.smallest
        journalist = None if smallest is None else 1.0 / smallest
        marketer = measures.population.expected / measures.persons
        if measures.population.unmatched:
            notes["risk.journalist_max"] = notes["risk.marketer"] = (
                f"{measures.population.unmatched:,} of {measures.persons:,} people fall into no class of "
                "the population, as another spelling would do: their risk is that within the export"
            )
    elif size is not None and size < measures.persons:
        raise LabError(
            f"The population has {size:,} people but the export {measures.persons:,}: "
            "give the size of the whole population."
        )
    elif size is not None:
        journalist, marketer = _declared(found, size, notes, intervals)
    else:
        reasons["risk.journalist_max"] = reasons["risk.marketer"] = lacking
    return {
        "prosecutor_max": exposed.highest,
        "prosecutor_mean": exposed.mean,
        "at_risk": exposed.at_risk,
        "threshold": exposed.threshold,
        "journalist_max": journalist,
        "marketer": marketer,
    }


def _declared(
    found: Survey, size: int, notes: dict[str, str], intervals: dict[str, list[float]]
) -> tuple[float | None, float | None]:
    """Return journalist and marketer risk from the population's size, with what the model leaves open."""
    names = ("risk.journalist_max", "risk.marketer")
    measures = found.measures
    if found.classes is None or found.wild or not found.classes.quasi_identifiers:
        within = prosecutor(measures.exposed_sizes, measures.exposed)
        notes |= dict.fromkeys(
            names, "no model of the population here: bounded by the risk within the export"
        )
        return within.highest, within.mean
    risk = declared_risk(found.classes, size)
    for name, (_, low, high) in zip(names, (risk.journalist_max, risk.marketer), strict=True):
        intervals[name] = [low, high]
    notes |= dict.fromkeys(
        names,
        f"a log-linear model for a population of {size:,} of which everybody is in the export with equal "
        "chance, set right on samples of the export; a rule compares with the upper end of the interval",
    )
    return risk.journalist_max[0], risk.marketer[0]
