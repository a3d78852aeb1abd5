"""Pytest fixtures for a pipeline's tests: an export against a policy, an ad platform to upload to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from reidlab.platform.observed import AdPlatform

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


MARKER = (
    "ad_platform(case, people, seed, accounts, grpc): the accounts of the fixture ad_platform: those of a "
    "case's simulated people, or a table or file of one's own; with grpc=True Google's gRPC too"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def ad_platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[AdPlatform]:
    """Run an ad platform on a free port of this machine; ``REIDLAB_PLATFORM_URL`` says where.

    Its accounts are those of simulated people, or those that the marker ``ad_platform`` gives. It
    stops after the test and waits until it has.

    Yields
    ------
    AdPlatform
    """
    from reidlab.platform.observed import platform, seeded

    mark = request.node.get_closest_marker("ad_platform")
    asked = {} if mark is None else dict(mark.kwargs)
    grpc = asked.pop("grpc", False)
    with seeded(**asked) as accounts, platform(accounts, grpc=grpc) as running:
        monkeypatch.setenv("REIDLAB_PLATFORM_URL", running.url)
        if running.grpc is not None:
            monkeypatch.setenv("REIDLAB_PLATFORM_GRPC", running.grpc)
        yield running
