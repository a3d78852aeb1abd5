"""The command line: results on stdout, progress and messages on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import signal
import sys
from importlib import import_module

import typer

from exports.errors import LabError
from exports.rooms import own_leftovers
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
    "replay": "case",
    "reproduce": "evidence",
    "schema": "export",
    "simulate": "case",
}
"""Command -> folder of ``reidlab.commands`` that holds its module."""

INTERRUPTED = "interrupted; finished parts are kept and the same command resumes from them."

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
    app.command(_name)(import_module(".".join(filter(None, ("reidlab.commands", _family, _name)))).command)


def main() -> None:
    """Run one command; every fault becomes one sentence on stderr and exit code 2."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) == signal.SIG_DFL:
            signal.signal(getattr(signal, name), _stop)
    try:
        require_one_distribution()
        own_leftovers()
        app()
    except LabError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail(INTERRUPTED)
    except SystemExit as stop:
        if stop.code == 130:
            _fail(INTERRUPTED)
        raise
    except Exception as error:
        _fail(f"{type(error).__name__} inside the lab: this is a fault of reidlab, please report it.")


def _stop(number: int, _frame: object) -> None:
    """End as Ctrl-C does, so that nothing is left behind; further ones are ignored."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _fail(sentence: str) -> None:
    print(f"reidlab: {sentence}", file=sys.stderr)
    sys.exit(2)
