"""A replay as one HTML file that needs no network: every figure with its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reidlab.plots import PALETTE
from reidlab.plots.where_they_went import LABELS, parts
from simulate.world import load_world

if TYPE_CHECKING:
    from reidlab.case.replay import ReplayRun
    from simulate.case import Transfer
    from simulate.upload.match import Match


def render(done: ReplayRun) -> str:
    """Return the page of a finished replay.

    Parameters
    ----------
    done : ReplayRun
        The replay; parts that it left out are left out of the page.
    """
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("reidlab"), autoescape=True)
    case, fit = done.replay.case, done.replay.calibration
    return environment.get_template("replay.html.j2").render(
        title=case.title,
        people=f"{done.people:,}",
        seed=done.seed,
        times=list(_times(done)),
        matched_once="whoever was matched once stays known, whatever is deleted afterwards.",
        legend=[{"label": label, "colour": PALETTE[at]} for at, label in enumerate(LABELS.values())],
        labels=list(LABELS.values()),
        lists=[_list(transfer, match) for transfer, match in done.replay.lists],
        sections=[section for section in _sections(done) if section["rows"]],
        ranges=list(_ranges(done)),
        fit=None if fit is None else f"{fit!r}.",
    )


def _title(platform: str) -> str:
    return load_world().platforms[platform].title


def _name(transfer: Transfer) -> str:
    return f"{_title(transfer.platform)}, {transfer.date}, {transfer.audience} ({transfer.status})"


def _times(done: ReplayRun) -> Iterator[dict[str, Any]]:
    """Yield the lists in the order of their days, each in a sentence."""
    for transfer, match in sorted(done.replay.lists, key=lambda one: (one[0].date, one[0].platform)):
        text = (
            f"{_title(transfer.platform)} receives {match.received:,} rows of {match.people:,} "
            f"{transfer.audience} and matches {match.matched:,}; it shows the sender {match.shown}"
        )
        yield {"date": str(transfer.date), "text": text, "status": transfer.status}


def _list(transfer: Transfer, match: Match) -> dict[str, Any]:
    """Return one list's bar: widths, colours, and the same in words."""
    counts, name = parts(match), _name(transfer)
    told = ", ".join(f"{LABELS[part]} {count:,}" for part, count in counts.items() if count)
    return {
        "name": name,
        "words": f"Of {match.received:,} rows sent: {told}.",
        "parts": [
            {
                "width": round(100 * count / max(1, match.received), 3),
                "colour": PALETTE[at],
                "count": count,
                "shown": f"{count:,}",
                "words": f"{LABELS[part]}: {_share(count, match.received)}",
            }
            for at, (part, count) in enumerate(counts.items())
        ],
    }


def _share(count: int, of: int) -> str:
    return f"{100 * count / of:.1f} % ({count:,} of {of:,})" if of else f"{count:,}"


def _sections(done: ReplayRun) -> Iterator[dict[str, Any]]:
    """Yield the tables of the case beyond its lists."""
    disclosed: Mapping[str, Any] = done.disclosed
    years = disclosed.get("years") or {}
    yield {
        "title": "Year by year",
        "head": ["By the end of", "Collected", "This list matches", "Any list so far", "Ever matched"],
        "rows": [
            {
                "name": year,
                "cells": [
                    f"{one['collected']:,}",
                    _shown(one["matched_at_once"]),
                    _shown(one["matched_ever"]),
                ],
                "share": _percent(one["matched_ever"]),
            }
            for year, one in (years.get("by_year") or {}).items()
        ],
        "sentence": "A list of everybody at the end of each year (assumed), at the events' platform: an "
        "old record matches less, since people give up addresses, but who was matched once stays known.",
    }
    platform = done.replay.case.beacon_platform
    yield {
        "title": "By sub-brand",
        "head": ["Sub-brand", "Visitors", f"Sent to {_title(platform)}", "Matched", "Share matched"],
        "rows": [
            {
                "name": brand.replace("_", " "),
                "cells": [
                    f"{one[key]:,}" if key == "visitors" else f"{one[key][platform]:,}"
                    for key in ("visitors", "sent", "matched")
                ],
                "share": round(100 * one["matched"][platform] / max(1, one["sent"][platform]), 1),
            }
            for brand, one in (disclosed.get("sub_brands") or {}).items()
        ],
        "sentence": "A sub-brand's list also tells of an orientation, a religion or an age.",
    }
    addresses = disclosed.get("retargeting") or {}
    yield {
        "title": f"IP addresses at {_title(addresses['platform'])} (assumed)"
        if addresses
        else "IP addresses",
        "head": [
            "Days since the visit",
            "Visitor reached",
            "Range",
            "Visitor among reached",
            "Range",
            "Visitor reached",
        ],
        "rows": [
            {
                "name": day,
                "cells": [
                    text
                    for key, one in (
                        ("all_addresses", "visitor_reached"),
                        ("without_crowds", "visitor_among_reached"),
                    )
                    for text in (_shown(told[key][one]), _between(told[key][one]["range"]))
                ],
                "share": _percent(told["all_addresses"]["visitor_reached"]),
            }
            for day, told in (addresses.get("days_since_visit") or {}).items()
        ],
        "sentence": "An address reaches everybody whom the platform sees there; the last two columns "
        "leave out addresses where it sees a crowd. The ranges are over what is assumed.",
    }


def _shown(one: Mapping[str, Any]) -> str:
    return _share(one["count"], one["of"])


def _percent(one: Mapping[str, Any]) -> float:
    return round(100 * (one["share"] or 0.0), 1)


def _between(ends: list[float]) -> str:
    return f"{100 * ends[0]:.1f} to {100 * ends[1]:.1f} %"


def _ranges(done: ReplayRun) -> Iterator[dict[str, Any]]:
    for found in done.ranges:
        drivers = ", ".join(f"{name} {share:.2f}" for name, share in list(found.drivers.items())[:3])
        yield {
            "name": _title(found.platform),
            "low": round(100 * found.low, 1),
            "width": round(100 * (found.high - found.low), 1),
            "words": f"Matched {100 * found.low:.1f} to {100 * found.high:.1f} %; driven by {drivers}.",
        }
