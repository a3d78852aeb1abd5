"""``reidlab hash``: what a platform or connector makes of each value, one JSON object per line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO

import typer

from exports.errors import LabError, nearest
from exports.identifiers import Rejected, Rule, find_profile
from exports.identifiers.digests import DIGESTS, ENCODINGS, Digest, Encoding, digest_named

LONGEST_LINE = 1 << 20


def command(
    profile: Annotated[str, typer.Option(help="Platform or connector, for example meta_capi or uid2.")],
    kind: Annotated[str, typer.Option(help="email, phone, first_name, ... or as the platform writes it.")],
    hash: Annotated[str | None, typer.Option(help=f"One of {', '.join(DIGESTS)}.")] = None,
    encoding: Annotated[str | None, typer.Option(help="hex or base64.")] = None,
    _as_json: Annotated[
        bool, typer.Option("--json", help="As everywhere; the answer is JSON without it too.")
    ] = False,
) -> None:
    """Normalise and hash one value per line of standard input."""
    rule = find_profile(profile).rule(kind)
    digest = None if hash is None else digest_named(hash, "--hash")
    written: Encoding | None = _choice(encoding, ENCODINGS, "--encoding")
    out = sys.stdout.buffer
    try:
        for line in _lines(sys.stdin.buffer):
            out.write(json.dumps(_answer(rule, line, digest, written), ensure_ascii=False).encode() + b"\n")
            out.flush()
    except BrokenPipeError:
        # The reader has seen enough; Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _choice(value: str | None, allowed: tuple[Any, ...], option: str) -> Any:
    if value is None:
        return None
    known = value.strip().lower()
    if known not in allowed:
        raise LabError(
            f"{option} {value!r} is unknown: use one of {', '.join(allowed)}, "
            f"of which {nearest(known, allowed)!r} is the nearest."
        )
    return known


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines without their end, cut at one byte more than the longest that is accepted."""
    while line := stream.readline(LONGEST_LINE + 2):
        if not line.endswith(b"\n") and len(line) > LONGEST_LINE:
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        yield line.removesuffix(b"\n").removesuffix(b"\r")


def _answer(rule: Rule, line: bytes, digest: Digest | None, encoding: Encoding | None) -> dict[str, str]:
    if len(line) > LONGEST_LINE:
        return {"input": "", "error": f"the line is longer than {LONGEST_LINE:,} bytes"}
    try:
        value = line.decode()
    except UnicodeDecodeError:
        return {"input": line.decode(errors="backslashreplace"), "error": "the line is not UTF-8"}
    try:
        token = rule.apply(value, digest, encoding)
    except Rejected as reason:
        return {"input": value, "error": str(reason)}
    return {"input": value, "normalised": token.normalised, "digest": token.digest}
