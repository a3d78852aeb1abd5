"""The processes that compute cells, shared by the experiments of one run."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Any


def _end_with_parent() -> None:
    """End this process when the one that started it is killed; it would wait for work for ever."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class Workers:
    """Processes that are started when they are first needed, and again after one of them died.

    Each takes seconds to import the lab, so several experiments share them.

    Parameters
    ----------
    count : int, optional
        How many; by default one per core.
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = count or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, *call: Any) -> Future[Any]:
        """Call a function with its arguments in one of the processes."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.count, get_context("spawn"), _end_with_parent)
        try:
            return self._pool.submit(*call)
        except BrokenProcessPool as error:
            lost: Future[Any] = Future()
            lost.set_exception(error)
            return lost

    def stop(self) -> None:
        """End the processes; the next call starts new ones."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
