"""Spawned worker processes that do one block, or a few, at a time."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Any, Self, TypeVar

from exports.errors import LabError

Result = TypeVar("Result")

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Workers:
    """A pool of ``count`` processes, or this process alone when ``count`` is 1.

    Processes are spawned, never forked; each computes with one thread, leaves Ctrl-C to this
    process and ends with it.

    Examples
    --------
    >>> with Workers(1) as workers:
    ...     list(workers.each(abs, [(-1,), (-2,)]))
    [1, 2]
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.count > 1:
            before = {name: os.environ.get(name) for name in _ONE_THREAD}
            os.environ.update(_ONE_THREAD)
            try:
                self._pool = ProcessPoolExecutor(self.count, get_context("spawn"), initializer=_start)
                for _ in range(self.count):
                    self._pool.submit(os.getpid)
            finally:
                for name, value in before.items():
                    os.environ.pop(name) if value is None else os.environ.update({name: value})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def each(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """Yield ``function(*task)`` of each task as it is ready; two per process are under way.

        Raises
        ------
        LabError
            When a process is killed.
        """
        if self._pool is None:
            yield from (function(*task) for task in tasks)
            return
        waiting: set[Future[Result]] = set()
        try:
            for task in tasks:
                waiting.add(self._pool.submit(function, *task))
                if len(waiting) >= 2 * self.count:
                    ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in ready)
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ready)
        except BrokenProcessPool:
            raise LabError(
                f"One of {self.count} workers was killed, most often for want of memory: "
                "fewer --workers need less."
            ) from None


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(2)

    threading.Thread(target=follow, daemon=True).start()
