"""The page in headless Chromium: silent, self-contained, fitting every width and paper, operable by keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.figures.real_page import real_page, report, trust
from theory.claims import claims
from theory.report.page import page as check_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (360, 768, 1440)
PAPER = 680  # CSS pixels between the margins of A4, and fewer than between those of Letter
LEAST_CONTRAST = 4.5

FOUND = next((path for path in map(shutil.which, BROWSERS) if path), None)
playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install goaldrift[dev]")
pytestmark = pytest.mark.skipif(FOUND is None, reason=f"needs a browser on the path: one of {', '.join(BROWSERS)}")

OUT_OF_SIGHT = """() => {
  // Text that is beyond the page's edges, or cut off by a box that does not scroll; what scrolls sideways may be wider.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), lost = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest('.unseen, .skip, svg') || !parent.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      let low = 0, high = document.documentElement.clientWidth;
      for (let one = parent; one; one = one.parentElement) {
        const style = getComputedStyle(one), edges = one.getBoundingClientRect();
        if (['auto', 'scroll'].includes(style.overflowX)) { low = -Infinity; high = Infinity; break; }
        if (['hidden', 'clip'].includes(style.overflowX)) {
          low = Math.max(low, edges.left);
          high = Math.min(high, edges.right);
        }
      }
      if (box.left < low - 1 || box.right > high + 1) lost.push(node.data.trim().slice(0, 60) + ' ' + box.right);
    }
  }
  return lost;
}"""

OVERLAPPING = """() => {
  // Lines of text that are drawn over each other, outside of drawings and formulas.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), lines = new Map(), met = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest('.unseen, .skip, svg, math, sup') || !parent.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      // The middle of a line: the boxes of neighboring lines may touch.
      const low = box.top + 0.3 * box.height, high = box.bottom - 0.3 * box.height;
      const text = node.data.trim().slice(0, 40), line = {low, high, left: box.left, right: box.right, text};
      for (let key = Math.floor(low / 20); key <= Math.floor(high / 20); key++) {
        for (const other of lines.get(key) ?? []) {
          const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
          if (across > 2 && Math.min(high, other.high) - Math.max(low, other.low) > 2)
            met.push(text + ' / ' + other.text);
        }
        lines.set(key, [...(lines.get(key) ?? []), line]);
      }
    }
  }
  return met;
}"""

FAINT = """least => {
  const numbers = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = color => {
    const [r, g, b] = numbers(color).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || parent.closest('svg')) continue;
    let ground = parent;
    while (ground && numbers(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
    const below = ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)';
    const pair = [getComputedStyle(parent).color, below];
    const [low, high] = pair.map(luminance).sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) < least) faint.add(pair.join(' on ') + ' ' + parent.className);
  }
  return [...faint];
}"""

UNRESOLVED = """() => [...document.querySelectorAll('a')].map(one => one.getAttribute('href')).filter(href => !(
  href.startsWith('data:') || href.startsWith('#') && document.getElementById(decodeURIComponent(href.slice(1)))))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=FOUND, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=["essay", "check"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = real_page() if request.param == "essay" else check_page(report(), claims, trust())
    path = tmp_path_factory.mktemp("page") / f"{request.param}.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(browser: Any, place: Path) -> Iterator[tuple[Any, list[str], list[str]]]:
    """The page, what it asked for, and what it complained of."""
    shown = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    shown.goto(place.as_uri())
    yield shown, asked, said
    shown.close()


def test_nothing_leaves_the_file_and_nothing_is_wrong_in_it(opened: Any, place: Path) -> None:
    shown, asked, said = opened
    assert asked == [place.as_uri()]
    assert said == []
    assert shown.evaluate(UNRESOLVED) == []
    assert shown.evaluate("document.links.length") > 100


@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_shows_all_of_it(opened: Any, width: int) -> None:
    shown, _, _ = opened
    shown.emulate_media(media="screen")
    shown.set_viewport_size({"width": width, "height": 900})
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate(OUT_OF_SIGHT) == []
    assert shown.evaluate(OVERLAPPING) == []


def test_print_shows_all_of_it(opened: Any) -> None:
    """On paper nothing scrolls, so that what is wider than the page would be lost."""
    shown, _, _ = opened
    shown.emulate_media(media="print")
    shown.set_viewport_size({"width": PAPER, "height": 1000})
    assert shown.evaluate(OUT_OF_SIGHT) == []
    assert shown.evaluate(OVERLAPPING) == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= PAPER


def test_text_stands_out_as_it_is_drawn(opened: Any) -> None:
    shown, _, _ = opened
    shown.emulate_media(media="screen")
    assert shown.evaluate(FAINT, LEAST_CONTRAST) == []
    assert len(shown.evaluate(FAINT, 21.1)) > 5  # black on white has 21


def test_keys_lead_past_the_contents_and_show_where_they_are(opened: Any) -> None:
    shown, _, _ = opened
    shown.emulate_media(media="screen")
    shown.set_viewport_size({"width": 768, "height": 900})
    shown.evaluate("window.scrollTo(0, 0); document.activeElement.blur()")
    shown.keyboard.press("Tab")
    first = shown.evaluate("(one => [one.className, one.getBoundingClientRect().left >= 0])(document.activeElement)")
    assert first == ["skip", True]
    shown.keyboard.press("Enter")
    assert shown.evaluate("document.activeElement.id") == "main"
    shown.keyboard.press("Tab")
    outlined = "(one => [one.closest('main') !== null, getComputedStyle(one).outlineStyle])(document.activeElement)"
    assert shown.evaluate(outlined) == [True, "solid"]


def test_the_tests_of_the_layout_see_what_is_wrong(browser: Any) -> None:
    """Planted: text beyond the edge, text over text, faint text, and a link to nowhere."""
    shown = browser.new_page(viewport={"width": 360, "height": 600})
    shown.set_content(
        '<p style="white-space: nowrap">' + "too wide " * 40 + '</p><p style="width: 3em; overflow: hidden; '
        'white-space: nowrap">cut off at its edge</p><p style="margin-top: -2em">upon it</p>'
        '<p style="color: #999">faint</p><a href="#nowhere">lost</a>'
    )
    assert len(shown.evaluate(OUT_OF_SIGHT)) == 2
    assert any("upon it" in pair for pair in shown.evaluate(OVERLAPPING))
    assert len(shown.evaluate(FAINT, LEAST_CONTRAST)) == 1
    assert shown.evaluate(UNRESOLVED) == ["#nowhere"]
    shown.close()
