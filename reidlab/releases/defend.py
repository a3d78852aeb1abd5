"""A defence on a file: the release, its schema and a manifest of what was done, written together."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import defenses
from defenses.dp.ledger import Ledger
from exports.columns.header import require_header
from exports.errors import LabError
from exports.reading.loading import load_export
from exports.reading.read import read
from exports.release import Export, Kind, Release
from exports.schema import Role, Schema
from exports.values.reading import as_written
from reidlab.installation import versions
from reidlab.releases import settings as texts
from reidlab.releases.manifest import beside
from reidlab.releases.row_order import in_order_of_export, in_random_order
from reidlab.writing.own_files import OwnRelease, require_apart, sha256_of

if TYPE_CHECKING:
    import pyarrow as pa

    from defenses.defense import Defense

ROOM = 256 * 1024
"""Bytes that must be free beside the release before anything is asked of the data."""


def defend_file(
    names: str,
    file: str,
    out: Path,
    *,
    schema: Path | None = None,
    settings: Sequence[str] = (),
    missing: Sequence[str] = (),
    keep_order: bool = False,
) -> dict[str, Any]:
    """Apply one defence, or several in order, to a file and write what may leave.

    Parameters
    ----------
    names : str
        Registered name; several are joined by ``+``.
    file : str
        The export: CSV, JSON lines, Parquet or a database's table.
    out : Path
        The release, ``.csv`` or ``.parquet``; ``OUT.schema.toml`` and ``OUT.manifest.json`` come
        beside it. All three appear when the release is complete, or none does.
    schema : Path, optional
        Roles of the columns.
    missing : sequence of str
        Texts that stand for a missing value, beside those of the schema.
    settings : sequence of str
        ``key=value``; with several defences ``name.key=value`` where the key is no defence's alone.
    keep_order : bool, default False
        Leave rows in the order of the export, which joins the release to whatever else has that order;
        otherwise they are shuffled, by the setting ``seed`` where there is one.

    Returns
    -------
    dict
        ``rows_in, rows_out, suppressed, levels, loss, guarantee, private, warnings, dropped, files``;
        how many rows went in is None where the release promises not to tell, and columns of the role
        ``unassessed`` never leave and are the ``dropped`` ones.

    Raises
    ------
    LabError
        When a name, a setting or the table does not fit, or there is no room to write.
    """
    if out.suffix.lower() not in {".csv", ".parquet"}:
        raise LabError(f"--out is {str(out)!r} but must end in .csv or .parquet: choose one of them.")
    if not out.parent.is_dir():
        raise LabError(f"The folder of --out, {out.parent}, does not exist: make it first.")
    require_apart(_files(out), [("FILE", file), ("--schema", str(schema)), *texts.split(settings).items()])
    defense = set_up(names, settings)
    if schema is None:
        raise LabError("A defence needs the role of every column: give --schema FILE.")
    declared = Schema.load(schema)
    require_apart(_files(out), _read(file, schema, declared, settings))
    own = OwnRelease(_files(out))
    require_header(read(file))
    stays = as_it_stands(declared) if is_curated(defense) else ()
    whole, readings = load_export(file, declared, missing=missing, text=stays)
    dropped = declared.names(Role.UNASSESSED)
    if len(dropped) == whole.table.num_columns:
        raise LabError(f"Every column of {file} is unassessed, and none of these leaves: assess them first.")
    # What a file says of its own values may follow its rows.
    roles = declared.lacking(missing) if is_curated(defense) else whole.schema
    export = Export(whole.table.drop_columns(list(dropped)), roles.without(dropped))
    # Room is sought before anything is drawn or charged.
    with _room_beside(out, own) as aside:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always", UserWarning)
            release = _with_entries(defense.fit_transform(export), defense)
        told: dict[str, Any] = {"dropped_unassessed": list(dropped)} if dropped else {}
        if not is_curated(defense):
            told["readings"] = {
                name: readings[name].to_json() for name in readings if name in release.schema.columns
            }
        release = replace(release, manifest={**release.manifest, **told})
        release = in_order_of_export(release) if keep_order else in_random_order(release, _seed(settings))
        result, files = _released(names, release, export.table.num_rows, own, aside)
    said = list(dict.fromkeys(str(one.message) for one in heard if one.category is UserWarning))
    read_files = {"input": Path(file), "schema": schema}
    return {
        **result,
        "warnings": said,
        "dropped": list(dropped),
        "files": [str(path) for path in files],
        "stood_on": {name: sha256_of(path) for name, path in read_files.items() if path.is_file()},
    }


def _with_entries(release: Release, defense: Defense) -> Release:
    """Return a release whose manifest notes the ledger's last entry, by which a copy put back is noticed."""
    ledgers = [getattr(step, "ledger", None) for step in _steps(defense)]
    noted = [Ledger(Path(one)).last_entry() for one in ledgers if one is not None]
    if not noted:
        return release
    return replace(release, manifest={**release.manifest, "ledger_entry": noted[-1]})


def _seed(settings: Sequence[str]) -> int | None:
    """Return the seed of the run; with several defences the last that is given."""
    given = [value for key, value in texts.split(settings).items() if key.rpartition(".")[2] == "seed"]
    return int(given[-1]) if given and given[-1].isdecimal() else None


def readable_by_others(settings: Sequence[str]) -> list[str]:
    """Return the key files among the settings that other users of this machine may read."""
    named = (value for key, value in texts.split(settings).items() if key.rpartition(".")[2] == "key_file")
    return [name for name in named if os.name == "posix" and Path(name).stat().st_mode & 0o077]


def _files(out: Path) -> list[Path]:
    """Return the release, its schema and its manifest."""
    return [out, *beside(out)]


def _read(file: str, schema: Path, declared: Schema, settings: Sequence[str]) -> list[tuple[str, str]]:
    """Return every file that is read or kept, with who names it: the export, a key, a ledger, a hierarchy."""
    hierarchies = (
        (f"--schema as the hierarchy of {name}", str(column.hierarchy))
        for name, column in declared.columns.items()
        if column.hierarchy is not None
    )
    return [("FILE", file), ("--schema", str(schema)), *hierarchies, *texts.split(settings).items()]


def _released(
    names: str, release: Release, rows_in: int, own: OwnRelease, aside: Path
) -> tuple[dict[str, Any], list[Path]]:
    """Write a release and return what is told of it, with the files."""
    if release.table is None:
        way_out = "give --set by=COLUMN, or for an intersection --set theirs=FILE"
        raise LabError(f"{names} answers questions, and a file holds only answers: {way_out}.")
    steps = release.manifest.get("steps", [release.manifest])
    # Under adding and removing, how many people there are is itself what is promised not to tell.
    hidden = "epsilon" in release.guarantee.promises and release.guarantee.neighbours == "add-remove"
    result = {
        "rows_in": None if hidden else rows_in,
        "rows_out": release.table.num_rows,
        "suppressed": sum(step.get("suppressed", 0) for step in steps),
        "levels": _last(steps, "levels"),
        "loss": _last(steps, "loss"),
        "guarantee": release.guarantee.to_json(),
        "private": release.private,
    }
    return result, _write(release, own, result, aside)


@contextmanager
def _room_beside(out: Path, release: OwnRelease) -> Iterator[Path]:
    """Hold a folder beside a release, with some room in it until the release is written."""
    try:
        with release.room() as folder:
            with (folder / "room").open("wb") as room:
                room.write(bytes(ROOM))
            yield folder
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "it cannot be written"
        raise LabError(
            f"{out} cannot be written ({reason}): free some room or choose another place; an answer that a "
            "ledger was charged for is kept there and given again free of charge."
        ) from None


PARTS: Mapping[Kind, str] = {
    "synthetic": "synthetic rows", "tokens": "entries", "events": "events", "counts": "counts",
    "model": "coefficients",
}  # fmt: skip
"""What the rows of a release are that are not the rows of the export."""


def what_leaves(names: str, done: Mapping[str, Any]) -> str:
    """Return the sentence about what a defence lets leave of how many rows.

    Parameters
    ----------
    names : str
        Of the defence, or of several joined by ``+``.
    done : mapping
        What ``defend_file`` returned.

    Examples
    --------
    >>> what_leaves("mondrian", {"rows_out": 8, "rows_in": 9, "suppressed": 1})
    '8 of 9 rows leave, 1 suppressed.'
    >>> what_leaves("dp-histogram", {"rows_out": 4, "rows_in": 2, "suppressed": 0})
    '4 counts of 2 rows leave.'
    >>> what_leaves("dp-histogram", {"rows_out": 4, "rows_in": None, "suppressed": 0})
    '4 counts leave; of how many rows is not told.'
    """
    part = PARTS.get(defenses.find(names.rsplit("+", maxsplit=1)[-1].strip()).produces)
    without = f", {done['suppressed']:,} suppressed" if part is None or done["suppressed"] else ""
    what = "" if part is None else f" {part}"
    if done["rows_in"] is None:
        return f"{done['rows_out']:,}{what or ' rows'} leave; of how many rows is not told."
    return f"{done['rows_out']:,}{what} of {done['rows_in']:,} rows leave{without}."


def set_up(names: str, settings: Sequence[str]) -> Defense:
    """Return the defence, or the pipeline of several, with its settings in their types.

    Raises
    ------
    LabError
        When a name or setting is unknown, or a required one is missing.
    """
    found = [defenses.find(name.strip()) for name in names.split("+")]
    options = [texts.declared(one) for one in found]
    given: list[dict[str, str]] = [{} for _ in found]
    for key, value in texts.split(settings).items():
        owner, _, short = key.rpartition(".")
        takers = [
            place for place, one in enumerate(found) if short in options[place] and owner in {"", one.name}
        ]
        if len(takers) != 1:
            known = "; ".join(
                f"{one.name}: {', '.join(its)}" for one, its in zip(found, options, strict=True)
            )
            problem = "is a setting of several" if takers else "is no setting here"
            raise LabError(f"{key!r} {problem}; the settings are {known}.")
        given[takers[0]][short] = value
    steps = []
    for one, its, values in zip(found, options, given, strict=True):
        missing = [name for name, needed in required(one).items() if needed and name not in values]
        if missing:
            raise LabError(f"{one.name} needs the setting {missing[0]!r}: give --set {missing[0]}=VALUE.")
        steps.append(one(**texts.typed(values, one.name, its)))
    if len(steps) == 1:
        return steps[0]
    from defenses.pipeline import Pipeline

    return Pipeline(steps)


def required(defense: type[Defense]) -> dict[str, bool]:
    """Return, for each parameter of a defence, whether it has no default."""
    import inspect

    signature = inspect.signature(defense)
    return {name: one.default is inspect.Parameter.empty for name, one in signature.parameters.items()}


def _steps(defense: Defense) -> Sequence[Defense]:
    from defenses.pipeline import Pipeline

    return defense.steps if isinstance(defense, Pipeline) else [defense]


def is_curated(defense: Defense) -> bool:
    """Return whether a defence answers within a budget, so that what a reader finds must not show."""
    return any("budget" in one.get_params(deep=False) for one in _steps(defense))


def as_it_stands(schema: Schema) -> set[str]:
    """Return the columns that a private defence reads as text: those that the schema gives no format.

    One cell decides whether a reader finds numbers in a column.
    """
    parts = (schema.person, schema.household, schema.time, schema.consent)
    return {name for name, one in schema.columns.items() if not one.format} | set(filter(None, parts))


def _last(steps: Sequence[Mapping[str, Any]], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next((dict(step[key]) for step in reversed(steps) if step.get(key)), {})
    return found


def _write(release: Release, own: OwnRelease, result: Mapping[str, Any], aside: Path) -> list[Path]:
    """Write the three files aside and rename them; a manifest stands only beside what it describes."""
    out, schema, told = own.files
    (aside / "room").unlink()
    _write_table(release.rows, aside / out.name)
    (aside / schema.name).write_text(_beside(release.schema, out.parent).to_toml(), encoding="utf-8")
    manifest = {
        **release.manifest,
        "guarantee": release.guarantee.to_json(),
        "private": release.private,
        **{name: result[name] for name in ("rows_in", "rows_out") if result["rows_in"] is not None},
        "versions": versions(),
        "files": {file.name: sha256_of(aside / file.name) for file in (out, schema)},
    }
    text = json.dumps(manifest, default=_plain, indent=1, ensure_ascii=False, allow_nan=False)
    (aside / told.name).write_text(text, encoding="utf-8")
    own.publish(aside)
    return list(own.files)


def _beside(schema: Schema, folder: Path) -> Schema:
    """Return the schema with hierarchy files named as seen from ``folder``."""
    columns = {
        name: column
        if column.hierarchy is None
        else replace(column, hierarchy=Path(os.path.relpath(column.hierarchy, folder)))
        for name, column in schema.columns.items()
    }
    return replace(schema, columns=columns)


def _write_table(table: pa.Table, path: Path) -> None:
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, path, compression="zstd")
    else:
        import pyarrow as pa
        from pyarrow import csv

        columns = [as_written(table.column(at), field) for at, field in enumerate(table.schema)]
        csv.write_csv(pa.table(columns, names=table.column_names), path)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)
