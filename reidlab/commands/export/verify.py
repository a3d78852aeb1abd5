"""The command that holds a release against its manifest, or a signed record against its key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    release: Annotated[Path, typer.Argument(help="A release, its manifest, or a signed record.")],
    key: Annotated[
        Path | None, typer.Option("--key", help="Public Ed25519 key in PEM: verify a signed record.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say whether a release and its schema are still what the manifest says; no network is needed.

    With --key the file is a signed record, and its signature is verified. Exits with 1 when something
    changed or a digest is missing.
    """
    from reidlab.gate.signed_record import is_signed_by
    from reidlab.output import print_json
    from reidlab.releases.manifest import read, verify

    if key is not None:
        right = is_signed_by(read(release), key)
        said = "unchanged, and signed with this key" if right else "changed, or signed with another key"
        answers = [{"name": "record", "file": release.name, "answer": said}]
    else:
        answers = [one.to_json() for one in verify(release)]
        right = all(one["answer"] == "unchanged" for one in answers)
    if as_json:
        print_json("verify", {"unchanged": right, "files": answers})
    else:
        for one in answers:
            typer.echo(f"{one['name']} {one['file']}: {one['answer']}")
    if not right:
        raise typer.Exit(1)
