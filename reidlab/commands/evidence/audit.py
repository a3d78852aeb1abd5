"""The command that looks for what a differentially private mechanism leaks beyond its claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from reidlab.audits.own_mechanism import ReleaseAudit

QUICK_SECONDS = 2.0


def command(
    name: Annotated[
        str | None, typer.Argument(help="One shipped mechanism, or your own as package.module:Class.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every shipped one.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Whole releases only, with few runs: under a minute.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulation.")] = 1,
    in_earnest: Annotated[
        bool, typer.Option("--in-earnest", help="Audit the release that takes no seed; needs the extra dp.")
    ] = False,
    level: Annotated[
        float, typer.Option(min=1e-12, max=0.5, help="Chance that a sound one is caught.")
    ] = 0.05,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Bound the epsilon of a mechanism from below; exit 1 when its claim is contradicted."""
    from exports.errors import LabError
    from reidlab.audits.mechanisms import AUDITS
    from reidlab.audits.registered import SET_UPS
    from reidlab.output import print_json

    known = list(dict.fromkeys([*AUDITS, *SET_UPS]))
    if (name is None) != everything:
        raise LabError(f"Name one mechanism or give --all, not both or neither: {', '.join(known)}.")
    if name is not None and ":" in name:
        own = _own(name, level, seed)
        if as_json:
            print_json("audit", own.to_json())
        else:
            typer.echo(repr(own))
        raise typer.Exit(1 if own.refuted else 0)
    names = known if name is None else [name]
    found = _shipped(names, None if in_earnest else seed, level, quick=quick, skip=everything)
    if as_json:
        print_json("audit", {one: told for one, (_, told, _) in found.items()})
    else:
        for sentences, _, _ in found.values():
            for sentence in sentences:
                typer.echo(sentence)
    if any(caught for _, _, caught in found.values()):
        raise typer.Exit(1)


def _shipped(
    names: list[str], seed: int | None, level: float, *, quick: bool, skip: bool
) -> dict[str, tuple[list[str], dict[str, Any], bool]]:
    """Return sentences, JSON and whether it was caught, by name; the level is split over all audits."""
    from exports.errors import MissingExtraError
    from reidlab.audits.mechanisms import AUDITS, audit
    from reidlab.audits.own_mechanism import SECONDS, audit_releases
    from reidlab.audits.registered import SET_UPS

    share = level / (2 * len(names))
    found: dict[str, tuple[list[str], dict[str, Any], bool]] = {}
    for name in names:
        sentences: list[str] = []
        told: dict[str, Any] = {}
        caught = False
        try:
            if name not in SET_UPS or (name in AUDITS and not quick):
                if quick and skip:
                    continue
                narrow = audit(name, seed, share)
                told, caught = narrow.to_json(), narrow.caught
                sentences.append(repr(narrow))
            if name in SET_UPS:
                made = SET_UPS[name]
                whole = audit_releases(
                    name,
                    made.maker(seed),
                    made.schema,
                    level=share,
                    seed=seed or 1,
                    seconds=QUICK_SECONDS if quick else SECONDS,
                )
                told, caught = {**told, **whole.to_json()}, caught or whole.refuted
                sentences.append(repr(whole))
        except MissingExtraError as error:
            if not skip:
                raise
            told, sentences = {"skipped": str(error)}, [f"{name} was skipped: {error}"]
        found[name] = sentences, told, caught
    return found


def _own(path: str, level: float, seed: int) -> ReleaseAudit:
    """Return the audit of somebody's own class; raises LabError when there is nothing to audit."""
    import sys
    from importlib import import_module
    from pathlib import Path

    from exports.errors import LabError
    from exports.schema import Schema
    from reidlab.audits.own_mechanism import audit_releases

    module, _, name = path.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        made = getattr(import_module(module), name)
    except Exception as error:
        raise LabError(
            f"There is no {name!r} in {module!r} that can be imported ({type(error).__name__}): give "
            "package.module:Class, from the folder that holds the package."
        ) from None
    schema = getattr(made, "audit_schema", None)
    if not isinstance(schema, Schema):
        raise LabError(
            f"{path} does not say which columns it takes: give the class an attribute audit_schema, a Schema."
        )
    try:
        made()
    except Exception as error:
        raise LabError(f"{name}() cannot be set up without options ({type(error).__name__}).") from None
    return audit_releases(path, made, schema, level=level, seed=seed)
