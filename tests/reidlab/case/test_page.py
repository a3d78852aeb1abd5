"""The page of a replay: whole, self-contained, and never in the place of an input."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exports.errors import LabError
from reidlab.case.page import render
from reidlab.case.replay import run
from reidlab.cli import app
from simulate.case import CASES, load_case


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return run(load_case("betterhelp"), tmp_path_factory.mktemp("page") / "out", people=2_000, seed=7)


def test_the_page_tells_every_list_and_the_fate_of_every_row(done):
    page = render(done)
    for transfer, match in done.replay.lists:
        assert str(transfer.date) in page
        assert f"Of {match.received:,} rows sent: matched to an account {match.matched:,}" in page
    for title in ("Year by year", "By sub-brand", "IP addresses at Snapchat", "What the unknown leaves open"):
        assert title in page


def test_each_bar_fills_its_row_and_nothing_is_loaded_from_elsewhere(done):
    page = render(done)
    bars = re.findall(r'<div class="fate".*?</div>', page)
    assert len(bars) == len(done.replay.lists)
    for bar in bars:
        widths = [float(width) for width in re.findall(r"width: ([\d.]+)%", bar)]
        assert sum(widths) == pytest.approx(100, abs=0.01)
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "@" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


def test_the_page_never_takes_the_place_of_the_case(tmp_path: Path):
    case = tmp_path / "own.toml"
    shutil.copy(CASES / "goodrx.toml", case)
    before = case.read_text()
    arguments = ["replay", str(case), "--people", "1000", "--html", str(case), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, LabError)
    assert case.read_text() == before
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("width", [375, 1280])
def test_the_page_is_no_wider_than_a_telephone_or_a_screen(done, tmp_path, width):
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    (tmp_path / "page.html").write_text(render(done), encoding="utf-8")

    def looked_at() -> tuple[int, list[str]]:
        with playwright.sync_playwright() as started:
            browser = started.chromium.launch(executable_path=chromium, headless=True, chromium_sandbox=False)
            context = browser.new_context(offline=True, viewport={"width": width, "height": 800})
            page, wrong = context.new_page(), []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto((tmp_path / "page.html").as_uri())
            found = page.evaluate("document.documentElement.scrollWidth")
            browser.close()
            return found, wrong

    # In a thread of its own: another file of this process may keep a browser, and with it a loop, open.
    with ThreadPoolExecutor(1) as thread:
        found, wrong = thread.submit(looked_at).result()
    assert found <= width
    assert wrong == []
