"""One experiment from its file to tables, figures, page and summary."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from exports.errors import LabError
from exports.fingerprint import content_sha256
from reidlab.bench.experiment_file import load
from reidlab.bench.frontier import Worst, dominated, points, worst
from reidlab.bench.page import HOW
from reidlab.bench.table import save, tidy
from reidlab.bench.utility.registry import UTILITIES
from reidlab.bench.workers import Workers
from reidlab.writing.own_folder import own_folder


@dataclass(frozen=True, slots=True)
class Report:
    """What ``reidlab benchmark`` says of one experiment."""

    name: str
    cells: list[dict[str, Any]]
    table: dict[str, Any]
    summary: list[dict[str, Any]]
    dominated: dict[str, dict[str, str]]
    text: str


def report(path: Path, out: Path, *, full: bool, workers: Workers) -> Report:
    """Run one experiment and write everything under ``out/<name>``.

    Parameters
    ----------
    path : Path
        The experiment's TOML.
    out : Path
        Folder of all experiments; an earlier killed run in it is resumed.
    full : bool
        Use the larger sizes.
    workers : Workers
        Processes.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from reidlab.bench.figures import draw
    from reidlab.bench.page import render
    from reidlab.bench.runner import run
    from reidlab.plots import PALETTE

    experiment = load(path, full=full)
    folder = out / experiment.name
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    try:
        with own_folder(folder) as own:
            own.claim(["cells/"])
            with Progress(*columns, console=Console(file=sys.stderr)) as progress:
                task = progress.add_task(experiment.name, total=None)
                finished = run(
                    experiment,
                    folder / "cells",
                    workers=workers,
                    report=lambda done, of: progress.update(task, completed=done, total=of),
                )
            table = tidy(finished)
            aside = Path(mkdtemp(dir=own.partial))
            save(finished, table, aside)
            draw(experiment, table, aside)
            (aside / "frontier.html").write_text(render(experiment, table, PALETTE), encoding="utf-8")
            own.publish(aside, sorted(path.name for path in aside.iterdir()), "manifest.json")
    except OSError as error:
        raise LabError(f"{folder} cannot be written ({error.strerror}): choose another --out.") from None
    strongest = worst(table)
    counts = table["status"].value_counts().to_pylist()
    lines = [f"{experiment.name}: {experiment.question}"]
    lines += [f"  {one['counts']} cells {one['values']}".replace("_", " ") for one in counts]
    lines += [f"  {one.defense}: {one.attack}, {one.advantage}" for one in strongest]
    lines += _caution(strongest)
    beaten = {
        name: dominated(points(table), name, lower_is_better=UTILITIES[name].lower_is_better)
        for name in experiment.utilities
    }
    lines += [
        f"  dominated in {name}: " + ("; ".join(f"{one} by {by}" for one, by in found.items()) or "none")
        for name, found in beaten.items()
    ]
    lines += [f"  tables, figures and page are in {folder}"]
    return Report(
        experiment.name,
        table.to_pylist(),
        {"rows": table.num_rows, "sha256": content_sha256(table)},
        [asdict(one) for one in strongest],
        beaten,
        "\n".join(lines),
    )


def _caution(strongest: Sequence[Worst]) -> list[str]:
    """Say among which attacks the worst one was chosen, and how the choice was paid for."""
    if not strongest:
        return []
    covers = dict.fromkeys(attack for one in strongest for attack in one.covers)
    methods = dict.fromkeys(one.method for one in strongest)
    return [f"  the strongest of {', '.join(covers)}; chosen by {' or '.join(HOW[one] for one in methods)}"]
