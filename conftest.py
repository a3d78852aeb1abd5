"""What every test and doctest shares: absent extras, what is quick, and where the real tables are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from reidlab.installation import installed_extras

ROOT = Path(__file__).parent
SHARED = ROOT.parent / "shared"

# Tests run in as many processes as there are cores: threads of linear algebra would only wait for each other.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

settings.register_profile("lab", deadline=None)
settings.load_profile("lab")

DOCTEST_EXTRAS: dict[str, str] = {
    "defenses/synthetic/aim.py": "synth",
    "defenses/counts/psi_size.py": "psi",
    "defenses/synthetic/mst.py": "synth",
    "defenses/dp/accountant.py": "dp",
}
"""Modules whose doctests need an extra: path from the root -> extra."""


NOT_QUICK = {"statistical", "thorough", "slow", "extra"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs an absent extra, saying which, and mark as quick what says nothing else."""
    installed = installed_extras()
    for item in items:
        wanted = [name for mark in item.iter_markers("extra") for name in mark.args]
        if isinstance(item, pytest.DoctestItem):
            module = item.path.relative_to(ROOT).as_posix() if item.path.is_relative_to(ROOT) else ""
            if module in DOCTEST_EXTRAS:
                wanted.append(DOCTEST_EXTRAS[module])
                item.add_marker(pytest.mark.extra(DOCTEST_EXTRAS[module]))
        for extra in wanted:
            if not installed[extra]:
                item.add_marker(pytest.mark.skip(reason=f"needs the extra '{extra}'"))
        if NOT_QUICK.isdisjoint(mark.name for mark in item.iter_markers()):
            item.add_marker(pytest.mark.quick)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real tables and oracles beside the project; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real tables is absent")
    return SHARED
