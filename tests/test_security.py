"""Each promise of SECURITY.md ends with the test that keeps it, and that test is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROMISE = re.compile(r"- (.+\.) \[`(tests/[\w/]+\.py)::(test_\w+)`\]")


def _promises() -> list[str]:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    part = page.partition("## Promises\n")[2].partition("\n## ")[0]
    return [line for line in part.splitlines() if line.startswith("- ")]


def test_there_are_promises() -> None:
    assert len(_promises()) >= 20


@pytest.mark.parametrize("line", _promises())
def test_a_promise_names_a_test_that_is_there(line: str) -> None:
    found = PROMISE.fullmatch(line)
    assert found is not None, line
    _, file, name = found.groups()
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
