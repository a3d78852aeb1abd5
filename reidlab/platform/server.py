"""The web server: one process, the loopback interface alone, started and stopped cleanly."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any

from exports.errors import LabError, MissingExtraError
from reidlab.installation import installed_extras
from reidlab.platform.exchange import LARGEST, Answer, Endpoint, Exchange, Vendor
from reidlab.platform.hub import Hub
from reidlab.platform.recorder import Keeper, answered

PARTS = re.compile(r"\{(\w+)\}")


def loopback(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the loopback interface; port 0 takes a free one.

    Raises
    ------
    LabError
        When the host is none of the loopback interface, or the port is taken.

    Examples
    --------
    >>> loopback("0.0.0.0", 0)
    Traceback (most recent call last):
    exports.errors.LabError: --host is '0.0.0.0' but must be 127.0.0.1 or ::1: what is uploaded must not ...
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        address = None
    if address is None or str(address) not in ("127.0.0.1", "::1"):
        raise LabError(
            f"--host is {host[:60]!r} but must be 127.0.0.1 or ::1: what is uploaded must not leave this "
            "machine."
        )
    if not 0 <= port <= 65_535:
        raise LabError(f"--port is {port} but must lie between 0 and 65535: 0 takes a free one.")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((str(address), port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise LabError(
            f"--port {port} cannot be listened on ({error.strerror}): give another, or 0 for a free one."
        ) from None
    return listening


@dataclass(slots=True)
class Site:
    """The web application: finds the endpoint of a request, answers it and records it.

    Parameters
    ----------
    endpoints : list of Endpoint
        The first that fits answers.
    recorder : Keeper or None
        Keeps what arrives.
    lock : RLock
        Held while a request is answered.
    """

    endpoints: list[Endpoint]
    recorder: Keeper | None
    lock: RLock

    def application(self) -> Any:
        """Return it as an ASGI application."""
        from starlette.applications import Starlette
        from starlette.requests import ClientDisconnect, Request
        from starlette.responses import Response
        from starlette.routing import Route

        table = [(endpoint, _pattern(endpoint.path)) for endpoint in self.endpoints]

        async def respond(request: Request) -> Response:
            try:
                body = await _body(request)
            except ClientDisconnect:
                return Response(status_code=400)
            answer = self.answer(table, request, body)
            headers = {"content-type": "application/json; charset=utf-8", **answer.headers}
            return Response(answer.content(), answer.status, headers)

        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(routes=[Route("/{path:path}", respond, methods=methods)])

    def answer(
        self, table: list[tuple[Endpoint, re.Pattern[str]]], request: Any, body: bytes | None
    ) -> Answer:
        """Answer one request and keep it; a body of None was too large to be read."""
        path = request.url.path
        headers = {name.lower(): value for name, value in request.headers.items()}
        for endpoint, pattern in table:
            match = pattern.fullmatch(path)
            if match is None or request.method not in endpoint.methods:
                continue
            exchange = Exchange(
                request.method,
                path,
                match.groupdict(),
                dict(request.query_params),
                headers,
                body or b"",
            )
            asked = endpoint if body is not None else replace(endpoint, handler=lambda _exchange: TOO_LARGE)
            return answered(asked, exchange, self.recorder, self.lock)
        if self.recorder is not None:
            exchange = Exchange(request.method, path, {}, dict(request.query_params), headers, body or b"")
            self.recorder.keep(exchange, "unknown.invalid", "unknown", UNKNOWN.status)
        return UNKNOWN


UNKNOWN = Answer({"error": {"code": 404, "message": "no platform here answers this method and path"}}, 404)
TOO_LARGE = Answer({"error": {"code": 413, "message": f"a body may hold {LARGEST >> 20} MB"}}, 413)


async def _body(request: Any) -> bytes | None:
    """Return the body; None when it is too large, read to its end so that the answer can be read."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size <= LARGEST:
            parts.append(part)
    return b"".join(parts) if size <= LARGEST else None


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(PARTS.sub(r"(?P<\1>[^/]+?)", re.sub(r"[.:]", lambda m: "\\" + m[0], path)))


def endpoints(hub: Hub) -> list[Endpoint]:
    """Return the endpoints of all vendors."""
    from reidlab.platform.vendors.criteo import Criteo
    from reidlab.platform.vendors.data_manager import DataManager
    from reidlab.platform.vendors.google_ads import GoogleAds
    from reidlab.platform.vendors.linkedin import LinkedIn
    from reidlab.platform.vendors.meta import Meta
    from reidlab.platform.vendors.microsoft import Microsoft
    from reidlab.platform.vendors.pinterest import Pinterest
    from reidlab.platform.vendors.reddit import Reddit
    from reidlab.platform.vendors.snapchat import Snapchat
    from reidlab.platform.vendors.tiktok import TikTok
    from reidlab.platform.vendors.uid2 import Uid2
    from reidlab.platform.vendors.x import X

    # Meta's paths begin with any version and number, so it is asked last.
    vendors: tuple[Callable[[Hub], Vendor], ...] = (
        GoogleAds, DataManager, Snapchat, TikTok, Pinterest, X, Criteo, LinkedIn, Microsoft, Reddit, Uid2,
        Meta,
    )  # fmt: skip
    return [endpoint for vendor in vendors for endpoint in vendor(hub).endpoints()]


def require_extra() -> None:
    """Check that the web server is there.

    Raises
    ------
    MissingExtraError
        Without the extra ``platform``.
    """
    if not installed_extras()["platform"]:
        raise MissingExtraError("The ad platform", "platform")


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a platform listens.

    Parameters
    ----------
    url : str
        Of everything that speaks HTTP.
    grpc : str or None
        Host and port of Google's gRPC.
    """

    url: str
    grpc: str | None


@contextmanager
def running(
    hub: Hub, listening: socket.socket, recorder: Keeper | None, *, grpc: bool = False
) -> Iterator[Serving]:
    """Serve until the block ends; no request is under way afterwards.

    Parameters
    ----------
    hub : Hub
        The state.
    listening : socket.socket
        From `loopback`.
    recorder : Keeper or None
        Keeps what arrives.
    grpc : bool, default False
        Listen for Google's gRPC too.

    Yields
    ------
    Serving

    Raises
    ------
    MissingExtraError
        Without the extra ``platform``.
    """
    require_extra()
    with ExitStack() as stack:
        address, port = listening.getsockname()[:2]
        url = f"http://{f'[{address}]' if ':' in address else address}:{port}"
        stack.enter_context(_http(hub, listening, recorder))
        yield Serving(url, f"{address}:{stack.enter_context(_grpc(hub, recorder))}" if grpc else None)


@contextmanager
def _http(hub: Hub, listening: socket.socket, recorder: Keeper | None) -> Iterator[None]:
    import uvicorn

    application = Site(endpoints(hub), recorder, hub.lock).application()
    config = uvicorn.Config(
        application,
        http="h11",
        # Meta's SDK puts the rows of a DELETE into the query: ten thousand make a line of a megabyte.
        h11_max_incomplete_event_size=LARGEST,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="ad platform")
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def _grpc(hub: Hub, recorder: Keeper | None) -> Iterator[int]:
    """Serve Google's gRPC on a free port of the loopback interface."""
    from reidlab.platform.vendors.google_grpc import listening_on

    with listening_on(hub, recorder) as port:
        yield port
