"""The command line: results on stdout, progress and messages on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import errno
import os
import signal
import sys
import tempfile
from importlib import import_module

import typer

from exports.errors import LabError
from exports.filesystem.rooms import own_leftovers
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
    "verify": "export",
}
"""Command -> folder of ``reidlab.commands`` that holds its module."""

INTERRUPTED = "interrupted; finished parts are kept and the same command resumes from them."

_OF_OUTPUT = (errno.ENOSPC, errno.EPIPE, errno.EIO, errno.EBADF, errno.EFBIG)

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
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) == signal.SIG_DFL:
            signal.signal(getattr(signal, name), _stop)
    try:
        require_one_distribution()
        own_leftovers()
        app()
        sys.stdout.flush()
    except LabError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail(INTERRUPTED)
    except OSError as error:
        _fail(_of_the_system(error))
    except SystemExit as stop:
        if stop.code == 130:
            _fail(INTERRUPTED)
        _end_output()
        raise
    except Exception as error:
        # A query that is stopped by a signal ends in an error of the engine.
        if str(error) == "Query interrupted":
            _fail(INTERRUPTED)
        _fail(f"{type(error).__name__} inside the lab: this is a fault of reidlab, please report it.")


def _end_output() -> None:
    """Write out what was printed, while a full disk can still be told of."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _fail(_of_the_system(error))


def _of_the_system(error: OSError) -> str:
    """Return the sentence for a fault that no part of the lab expected: of the output, or of a disk."""
    reason = (error.strerror or type(error).__name__).lower()
    if error.filename is None and error.errno in (
        errno.ENOSPC,
        errno.EPIPE,
        errno.EIO,
        errno.EBADF,
        errno.EFBIG,
    ):
        # What is still in the buffer would be complained of once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return f"standard output cannot be written ({reason}): give it another place."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the folder for temporary files is full ({tempfile.gettempdir()}): free space, or set TMPDIR."
    return f"{type(error).__name__} inside the lab ({reason}): this is a fault of reidlab, please report it."


def _stop(number: int, _frame: object) -> None:
    """End as Ctrl-C does, so that nothing is left behind; further ones are ignored."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _fail(sentence: str) -> None:
    print(f"reidlab: {sentence}", file=sys.stderr)
    sys.exit(2)
