"""The command that runs an ad platform on the loopback interface."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer


def command(
    case: Annotated[
        str, typer.Argument(help="Case whose visitors have the accounts, or one's own case.toml.")
    ] = "betterhelp",
    port: Annotated[int, typer.Option(help="To listen on; 0 takes a free one.")] = 0,
    host: Annotated[str, typer.Option(help="127.0.0.1 or ::1; any other is refused.")] = "127.0.0.1",
    people: Annotated[int, typer.Option(help="Visitors of the case, as in replay.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Of the case, as in replay.")] = 0,
    accounts: Annotated[
        Path | None, typer.Option(help="File of accounts instead of the case's: email, phone, zip ...")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Folder for what arrives; none: nothing is kept.")
    ] = None,
    token: Annotated[str, typer.Option(help="The only access token that is taken.")] = "TOKEN",
    account: Annotated[
        list[str] | None, typer.Option(help="Advertiser's account that exists; none given: all do.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day whose rules for shown sizes hold; today."),
    ] = None,
    requests_allowed: Annotated[
        int | None, typer.Option(min=1, help="Requests a minute and platform, instead of those documented.")
    ] = None,
    integrity: Annotated[
        bool, typer.Option(help="Block lists whose name suggests a health condition, as Meta does.")
    ] = True,
    grpc: Annotated[bool, typer.Option("--grpc", help="Listen for Google's gRPC too.")] = False,
) -> None:
    """Run an ad platform on this machine alone, which official clients upload lists to.

    Prints one JSON line when it listens, and ends with SIGTERM or Ctrl-C. Nothing is forwarded.
    """
    import json
    import os
    import signal
    import tempfile
    import threading
    from contextlib import ExitStack
    from types import FrameType

    from reidlab.platform.accounts import of_file, simulated
    from reidlab.platform.hub import Hub
    from reidlab.platform.recorder import Recorder
    from reidlab.platform.server import loopback, require_extra, running

    require_extra()
    stopping, listens = threading.Event(), False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()
        if not listens:
            raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with ExitStack() as stack:
        listening = stack.enter_context(loopback(host, port))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reidlab-platform-")))
        known = (
            simulated(case, folder, people=people, seed=seed)
            if accounts is None
            else of_file(accounts, folder)
        )
        stack.callback(known.close)
        hub = Hub(known, token, integrity=integrity, only=frozenset(account or ()))
        hub.requests_allowed = requests_allowed
        if as_of is not None:
            hub.on = as_of.date()
        recorder = None if record is None else Recorder.into(record, (token,))
        if recorder is not None:
            stack.callback(recorder.close)
        serving = stack.enter_context(running(hub, listening, recorder, grpc=grpc))
        listens = True
        told = {
            "url": serving.url,
            "grpc": serving.grpc,
            "token": token,
            "record": None if record is None else str(record),
            "pid": os.getpid(),
        }
        print(json.dumps(told), flush=True)
        stopping.wait()
