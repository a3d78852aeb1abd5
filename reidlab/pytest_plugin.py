"""A pytest fixture that lets a pipeline's own tests hold an export against a policy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ReleaseCheck = Callable[..., None]


@pytest.fixture
def assert_release_ok() -> ReleaseCheck:
    """Return ``check_release``, as a fixture."""
    return check_release


def check_release(data: Any, policy: Path | str, schema: Any = None) -> None:
    """Fail unless an export keeps a policy.

    Parameters
    ----------
    data : path or table
        Whatever ``exports.reading.read.read`` takes.
    policy : Path or str
        ``policy.toml``, or the name of a preset.
    schema : Schema, Path or str, optional
        Roles of the columns; without one no policy passes.

    Raises
    ------
    AssertionError
        Lists the rules that failed; holds no value of the data.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exports import Schema
    >>> table = pa.table({"zip": ["021", "021", "100"]})
    >>> check_release(table, "edpb_pseudonymisation", Schema.of(quasi_identifier=["zip"]))
    Traceback (most recent call last):
    AssertionError: edpb_pseudonymisation: may not leave, since k is 1 where the limit is 2 (...
    """
    __tracebackhide__ = True
    from reidlab.assessment.judgement import judge
    from reidlab.assessment.recordings import is_recording, judge_recording

    if schema is None and isinstance(data, Path | str) and is_recording(Path(data)):
        decision = judge_recording(Path(data), policy)[2]
    else:
        decision = judge(data, schema, policy).decision
    if decision is not None and not decision.passed:
        rules = "\n".join(f"  {verdict!r}" for verdict in decision.failed)
        raise AssertionError(f"{decision.headline}\n{rules}")
