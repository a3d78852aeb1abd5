"""The command that replays a case at its real size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from reidlab.case.replay import ReplayRun
    from simulate.replay import Replay
    from simulate.replay_on_spark import SparkReplay


def command(
    case: Annotated[str, typer.Argument(help="Name of a case, or the path of one's own case.toml.")],
    people: Annotated[
        int | None, typer.Option(help="Visitors collected by the date of the list; the case's own size.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same numbers, whatever the workers.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes; as many as there are cores.")] = 0,
    memory: Annotated[str, typer.Option(help="Memory that the run may use.")] = "4GB",
    only: Annotated[str | None, typer.Option(help="'match': people, upload and match alone.")] = None,
    accounts: Annotated[int, typer.Option(help="Accounts' owners who never visited, in addition.")] = 0,
    sweep: Annotated[bool, typer.Option("--sweep", help="Range of the match over all assumptions.")] = False,
    engine: Annotated[
        str, typer.Option(help="duckdb, or spark: people, upload and match alone, no tables.")
    ] = "duckdb",
    out: Annotated[Path | None, typer.Option(help="Folder for the results; replay-CASE.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Also write one HTML page, which needs no network.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Simulate a site's visitors, upload their hashed addresses, and show who is matched and why."""
    import os

    from exports.errors import LabError
    from reidlab.case.replay import run, run_on
    from reidlab.output import print_json
    from reidlab.progress import stages
    from simulate.case import load_case
    from simulate.execution.memory import bytes_of

    if only not in (None, "match"):
        raise LabError(f"--only is {only!r} but must be 'match': leave it out for the whole replay.")
    found = load_case(case)
    if engine != "duckdb":
        unfit = [
            name
            for name, given in (("--sweep", sweep), ("--out", out), ("--workers", workers), ("--html", html))
            if given
        ]
        if unfit:
            raise LabError(f"{unfit[0]} goes with the engine duckdb: leave it out on {engine}.")
        counted = run_on(engine, found, people=people, seed=seed, memory=bytes_of(memory), accounts=accounts)
        if as_json:
            print_json("replay", counted)
        else:
            typer.echo(f"{found.title}\n{counted.people:,} people, seed {counted.seed}\n")
            _print_matches(counted)
        return
    if html is not None:
        from reidlab.writing.own_files import require_own_report

        require_own_report(html)
    with stages() as progress:
        done = run(
            found,
            out or Path(f"replay-{found.name}"),
            people=people,
            seed=seed,
            workers=workers or len(os.sched_getaffinity(0)),
            memory=bytes_of(memory),
            accounts=accounts,
            swept=sweep,
            only_match=only == "match",
            progress=progress,
        )
    if html is not None:
        from reidlab.assessment.report import save
        from reidlab.case.page import render

        save(render(done), html)
    if as_json:
        print_json("replay", done)
    else:
        _print(done)


def _print_matches(replay: Replay | SparkReplay) -> None:
    from simulate.world import load_world

    platforms = load_world().platforms
    for transfer, match in replay.lists:
        typer.echo(
            f"{platforms[transfer.platform].title}, {transfer.date}, {transfer.audience} "
            f"({transfer.status}: {transfer.source})\n"
            f"  uploaded {match.received:,} rows of {match.people:,} people in {match.requests:,} requests, "
            f"matched {match.share!r}"
        )
        lost = ", ".join(f"{cause.replace('_', ' ')} {count:,}" for cause, count in match.lost.items())
        typer.echo(
            f"  lost: {lost}; invalid {match.invalid:,}; on the list already {match.duplicates:,}; "
            f"matched to somebody else {match.false_matched:,}; "
            f"the advertiser sees {match.shown}"
        )


def _print(done: ReplayRun) -> None:
    from simulate.world import load_world

    replay, platforms = done.replay, load_world().platforms
    typer.echo(f"{replay.case.title}\n{done.people:,} people, seed {done.seed}\n")
    _print_matches(replay)
    if (fit := replay.calibration) is not None:
        typer.echo(f"\n{fit!r}. With one assumption at either end of its range the fit is")
        for entry in fit.sensitivity:
            ends = ["none" if end is None else f"{end:.3f}" for end in (entry.at_low, entry.at_high)]
            typer.echo(
                f"  {entry.parameter:<15} {entry.low:g} to {entry.high:g}: reuse {ends[0]} to {ends[1]}"
            )
    for found in done.ranges:
        drivers = ", ".join(f"{name} {share:.2f}" for name, share in list(found.drivers.items())[:3])
        observed = found.conditioned and f"; with the match as observed {_range(*found.conditioned)}"
        typer.echo(
            f"{platforms[found.platform].title}: range {_range(found.low, found.median, found.high)}"
            f"{observed or ''}; driven by {drivers}"
        )
    _print_known(done)
    for line in _disclosed(done.disclosed):
        typer.echo(line)
    typer.echo(f"\nTables, figure and run.json are in {done.folder}")


def _print_known(done: ReplayRun) -> None:
    """Print, for the platform of the published match, what falls on the people it matched."""
    target = done.replay.case.target
    platform = target.platform if target else next(iter(done.replay.matches))
    counts: dict[str, list[tuple[int, str]]] = {}
    for row in done.replay.known.to_pylist():
        if row["platform"] == platform:
            counts.setdefault(row["attribute"], []).append((row["people"], row["value"]))
    [(matched, _)] = counts.pop("membership")
    typer.echo(
        f"\nThe list tells {platform} of {matched:,} known people that they came to the site. The site holds,"
    )
    typer.echo("and whatever it sends under the same address falls on them:")
    for attribute, values in counts.items():
        told = ", ".join(f"{value} {count:,}" for count, value in sorted(values, reverse=True))
        typer.echo(f"  {attribute.replace('_', ' ')}: {told}")
    typer.echo("The table 'known' has the same for every platform.")


def _disclosed(parts: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line or two for each part of the case beyond the match."""
    if not parts:
        return
    addresses = parts["retargeting"]
    if addresses:
        yield (
            f"\nIP addresses of visits at {addresses['platform']} (assumed: how long they are kept and who "
            "shares them; the range of each share is over what is assumed):"
        )
    for days, told in (addresses.get("days_since_visit") or {}).items():
        found, quiet = told["all_addresses"], told["without_crowds"]
        among = "of the people reached at an address without a crowd"
        yield (
            f"  {days} day(s) after the visit the visitor is reached at {_ranged(found['visitor_reached'])} "
            f"of the addresses; {among}, {_ranged(quiet['visitor_among_reached'])} are the visitor and "
            f"{_ranged(quiet['household_among_reached'])} of the household"
        )
    for name, event in (parts["events"].get("events") or {}).items():
        known = event["matched"]
        shares = [known[key]["share"] for key in ("prior", "without_event", "with_event")]
        told = ", ".join("unknown" if share is None else f"{100 * share:.1f} %" for share in shares)
        yield f"{name!r} ({event['means']}): believed before, without and with it of matched people: {told}"
    for year, row in (parts["years"].get("by_year") or {}).items():
        share = row["matched_ever"]["share"] or 0.0
        yield f"By the end of {year}: {row['collected']:,} collected, {100 * share:.1f} % ever matched"
    for platform, one in parts["consent"]["without"].items():
        yield f"Sent to {platform} without consent: {one['count']:,} of {one['of']:,}"
    refund = parts["refund_class"]
    if refund:
        yield (
            f"Paid between {refund['from']} and {refund['to']}: {refund['paid']:,}, at the size of the case "
            f"{refund['at_the_size_of_the_case']:,} (published: {refund['published']}, {refund['status']})"
        )
    for platform, remedies in parts["remedies"].items():
        left = ", ".join(f"{name.replace('_', ' ')} {one['matched']:,}" for name, one in remedies.items())
        yield f"Matched at {platform} under each remedy: {left}"
    if "auc" in parts["onward"]:
        likely = parts["onward"]["never_uploaded"]
        picked, everybody = (100 * likely[key]["share"] for key in ("depressed_among_likely", "depressed"))
        yield (
            f"A look-alike model finds visitors with an AUC of {parts['onward']['auc']:.2f}; of people never "
            f"uploaded, {picked:.1f} % of those it picks are depressed and {everybody:.1f} % of all"
        )


def _ranged(one: Mapping[str, Any]) -> str:
    low, high = one["range"]
    return f"{100 * (one['share'] or 0):.1f} % ({100 * low:.1f} to {100 * high:.1f} %)"


def _range(low: float, _median: float, high: float) -> str:
    return f"{100 * low:.1f} to {100 * high:.1f} %"
