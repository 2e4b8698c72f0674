"""A server, a browser and a page, for the tests that drive the page as a reader does."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str | None:
    """Return the path of a Chromium, from the variable CHROMIUM or the system."""
    named = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome")
    return named or next((p for p in map(shutil.which, names) if p), None)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start `countervail serve` on a free port; return its address. COUNTERVAIL_PAGE names one that runs."""
    if running := os.environ.get("COUNTERVAIL_PAGE"):
        yield running.rstrip("/")
        return
    if not (ROOT / "src/countervail/web/static/index.html").is_file():
        pytest.skip("the page is not built: npm run build in web/")
    command = [sys.executable, "-c", "from countervail.cli import main; main()", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(r"http://\S+", line):
                yield found.group().rstrip("/")
                break
        else:
            pytest.fail("countervail serve did not start")
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stderr.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM=/path/to/it")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


Open = Callable[..., Any]


@pytest.fixture
def viewed(server: str, browser: Any) -> Iterator[Open]:
    """Return a function that opens the page at an address, and collects faults."""
    contexts: list[Any] = []
    faults: list[str] = []

    def open_page(query: str = "", width: int = 1440, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)  # other programs may share the machine
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda r: r.url.startswith((server, "data:", "blob:")) or faults.append(r.url))
        page.goto(f"{server}/{query}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def opened(viewed: Open) -> Open:
    """Return a function that opens the simulator at an address and waits for its charts."""

    def open_page(*args: Any, **options: Any) -> Any:
        page = viewed(*args, **options)
        page.wait_for_selector("figure path.median")
        settle(page)
        return page

    return open_page


def settle(page: Any) -> None:
    """Wait until no run is under way and the figures are those of all draws."""
    page.wait_for_function("() => !document.querySelector('.busy.on')")
    page.wait_for_function("() => /1,000/.test(document.querySelector('.say .note')?.textContent ?? '')")


def findings(page: Any) -> list[str]:
    """Return what axe finds wrong with the page as it is now."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in web/")
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})"
    )
    return [f"{v['id']}: {[n['html'][:140] for n in v['nodes'][:4]]}" for v in found["violations"]]


def assert_clean(page: Any) -> None:
    """Assert that axe finds nothing, light, dark and on a narrow screen, which the page does not overflow."""
    assert findings(page) == [], "light"
    page.emulate_media(color_scheme="dark")
    assert findings(page) == [], "dark"
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(150)
    assert findings(page) == [], "390"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def legend(page: Any, chart: str) -> str:
    """Return the figures a chart names in its legend."""
    return " ".join(page.locator(f'figure[data-chart="{chart}"] .legend').inner_text().split())


def slider(page: Any, lever: str) -> Any:
    """Return the slider of a lever."""
    return page.locator(f'[data-lever="{lever}"] input[type=range]')


def drag(page: Any, lever: str, share: float) -> None:
    """Drag the thumb of a lever to a share of its track, in steps, and let go."""
    box = slider(page, lever).bounding_box()
    y = box["y"] + box["height"] / 2
    inside = box["width"] - 16
    now = slider(page, lever).evaluate("e => (e.value - e.min) / (e.max - e.min)")
    page.mouse.move(box["x"] + 8 + inside * now, y)
    page.mouse.down()
    for i in range(1, 9):
        page.mouse.move(box["x"] + 8 + inside * (now + (share - now) * i / 8), y)
    page.mouse.up()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser as slow: once is enough, the quick run on another Python leaves it out."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)
