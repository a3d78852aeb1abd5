"""The built site: no warning, no dead link, no foreign host, readable without eyes or a mouse."""

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

DOCS = Path(__file__).parents[2] / "docs"
OPENED = ("index", "explanation/threat-models", "how-to/add-an-attack", "reference/command-line", "sources")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("sphinx.cmd.build")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", DOCS, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


class Page(HTMLParser):
    """Where a page can be jumped to, what it links and loads, its images and headings."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loaded, self.images, self.headings = set(), [], [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given.get("id"), given.get("name")}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in {"script", "img", "iframe"} and given.get("src"):
            self.loaded.append(given["src"])
        if tag == "link" and given.get("rel") != "canonical":
            self.loaded.append(given["href"])
        if tag == "img":
            self.images.append(given.get("alt"))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in site.rglob("*.html") if "_static" not in path.parts}


def test_every_link_leads_to_a_page_and_to_a_place_on_it(pages):
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or not link.strip("#"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages.get(target)
            place = unquote(parts.fragment)
            if not target.is_file() or (known and place and place not in known.anchors):
                dead.append((path.name, link))
    assert not dead


def test_nothing_is_loaded_from_another_host(pages):
    foreign = {one for page in pages.values() for one in page.loaded if urlsplit(one).netloc}
    assert not foreign


def test_every_image_has_a_text_and_headings_skip_no_level(pages):
    bad = defaultdict(list)
    for path, page in pages.items():
        bad[path.name] += [alt for alt in page.images if not alt]
        steps = pairwise(page.headings)
        bad[path.name] += [pair for pair in steps if pair[1] > pair[0] + 1]
    assert not {name: found for name, found in bad.items() if found}


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is absent")
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, chromium_sandbox=False)
        yield opened
        opened.close()


@pytest.mark.parametrize("name", OPENED)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_opens_offline_with_contrast_and_without_a_fault(browser, site, name, scheme):
    context = browser.new_context(offline=True, color_scheme=scheme)
    page = context.new_page()
    faults = []
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"file://{site}/{name}.html")
    low = page.evaluate(CONTRAST)
    context.close()
    assert not faults
    assert not low


def test_the_keyboard_alone_reaches_the_content_and_shows_where_it_is(browser, site):
    page = browser.new_page()
    page.goto(f"file://{site}/index.html")
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.textContent").lower()
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('href')"))
    assert {"tutorial.html", "how-to/assess-an-export.html"} <= reached
    page.close()


def test_a_formula_is_drawn_by_the_browser_itself(browser, site):
    page = browser.new_page()
    page.goto(f"file://{site}/explanation/threat-models.html")
    box = page.locator("math mfrac").first.bounding_box()
    assert box["height"] > 20
    page.close()


CONTRAST = """() => {
  const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const read = colour => colour.match(/[\\d.]+/g).map(Number);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = read(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll('article :is(p, a:not(.headerlink), li, td, th, code)')) {
    if (!element.textContent.trim() || !element.offsetParent) continue;
    const both = [light(read(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (ratio < 4.5) found.push([element.tagName, element.textContent.trim().slice(0, 40), ratio]);
  }
  return found.slice(0, 10);
}"""
"""Texts of the article whose contrast with what is behind them is below 4.5."""
