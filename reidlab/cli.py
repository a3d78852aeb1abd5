"""The command line: results on stdout, progress and messages on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from exports.errors import LabError
from reidlab.installation import require_one_distribution

COMMANDS = {
    "assess": "export",
    "attack": "export",
    "audit": "evidence",
    "benchmark": "evidence",
    "calibration": "case",
    "defend": "export",
    "doctor": "",
    "follow": "case",
    "hash": "export",
    "hierarchy": "export",
    "ledger": "evidence",
    "platform": "case",
    "replay": "case",
    "reproduce": "evidence",
    "schema": "export",
    "simulate": "case",
}
"""Command -> folder of ``reidlab.commands`` that holds its module."""

app = typer.Typer(
    name="reidlab",
    help="What leaks when 'only hashed' data leaves the house, and which defence changes that.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done; 1 done, and the answer is no; 2 could not be done.",
)


@app.callback()
def _lab() -> None:
    """Keep the command names even while there is only one."""


for _name, _family in COMMANDS.items():
    _command = import_module(".".join(filter(None, ("reidlab.commands", _family, _name)))).command
    if isinstance(_command, typer.Typer):
        app.add_typer(_command, name=_name)
    else:
        app.command(_name)(_command)


def main() -> None:
    """Run one command; every fault becomes one sentence on stderr and exit code 2."""
    try:
        require_one_distribution()
        app()
    except LabError as error:
        _fail(str(error))
    except SystemExit as stop:
        if stop.code == 130:
            _fail("interrupted; finished parts are kept and the same command resumes from them.")
        raise
    except Exception as error:
        _fail(f"{type(error).__name__} inside the lab: this is a fault of reidlab, please report it.")


def _fail(sentence: str) -> None:
    print(f"reidlab: {sentence}", file=sys.stderr)
    sys.exit(2)
