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
    AssertionError: the export breaks edpb_pseudonymisation: k: found 1, limit 2, fail
    """
    from exports.schema import Schema
    from reidlab.assessment.assess import assess
    from reidlab.gate.policy import check, load

    roles = Schema.load(schema) if isinstance(schema, Path | str) else schema
    limits = load(policy)
    verdicts = check(limits, assess(data, roles).to_json(), declared=roles is not None)
    broken = [repr(verdict) for verdict in verdicts if not verdict.passed]
    if broken:
        raise AssertionError(f"the export breaks {limits.name}: " + "; ".join(broken))
