from __future__ import annotations

import shutil

import pytest


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium without network; skips where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("needs Chromium on the PATH")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, headless=True, chromium_sandbox=False)
        yield running
        running.close()


@pytest.fixture
def opened(browser):
    """Open an HTML file offline; return the page and the list of what went wrong."""
    contexts = []

    def show(path, scheme="light"):
        context = browser.new_context(color_scheme=scheme, offline=True)
        contexts.append(context)
        page, faults = context.new_page(), []
        page.on("console", lambda one: faults.append(one.text) if one.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        here = path.resolve().as_uri()
        page.on("request", lambda one: faults.append(one.url) if one.url not in {here, "data:,"} else None)
        page.goto(here, wait_until="load")
        return page, faults

    yield show
    for context in contexts:
        context.close()
