"""How fast the page answers: 50 real drags of sliders in Chromium against `countervail serve`.

Usage: .venv/bin/python benchmarks/web/drive.py [ADDRESS]      without an address it starts a server itself
"""

import random
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from record import record
from tests.web.pages.conftest import FLAGS, find_browser

DRAGS = 50
MOVES = 6  # of the pointer in one drag
LEVERS = (
    "us_tpp_ceiling",
    "us_export_fee",
    "us_enforcement",
    "us_equipment_controls",
    "us_rd_support",
    "cn_state_domestic_share",
    "cn_cloud_domestic_share",
    "cn_import_gate",
    "cn_price_subsidy",
    "cn_foundry_investment",
)
# Notes when a slider moved or was let go, and when the next answer was drawn (all charts at once) and painted.
WATCH = """() => {
  window.moved = null; window.drawn = []; window.released = null; window.settled = []
  addEventListener('input', (e) => { if (e.target.type === 'range') window.moved = performance.now() }, true)
  addEventListener('pointerup', (e) => { if (e.target.type === 'range') window.released = performance.now() }, true)
  const centre = document.querySelector('.centre')
  new MutationObserver(() => {
    const full = centre.dataset.draws === '1000'
    requestAnimationFrame(() => {
      const now = performance.now()
      if (window.moved !== null && !full) { window.drawn.push(now - window.moved); window.moved = null }
      if (window.released !== null && full) { window.settled.push(now - window.released); window.released = null }
    })
  }).observe(centre, {attributes: true, attributeFilter: ['data-answers']})
}"""


def main() -> None:
    """Drive the page and record."""
    address, process = (sys.argv[1], None) if len(sys.argv) > 1 else serve()
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=find_browser(), args=FLAGS)
            opened = [first_chart(browser, address) for _ in range(5)]
            moves, releases, asked, answered = drags(browser, address)
            version = browser.version
            browser.close()
    finally:
        if process:
            process.terminate()
            process.wait()
    weight = max(kilobytes for _, kilobytes in opened)
    seconds = sorted(s for s, _ in opened)
    rows = [
        (
            "slider moved to charts redrawn, 256 draws",
            ms(median(moves)),
            ms(p95(moves)),
            "120 ms, p95 250 ms",
        ),
        ("let go to charts of 1,000 draws", ms(median(releases)), ms(p95(releases)), "700 ms"),
        ("opened to first chart", f"{median(seconds):.2f} s", f"{seconds[-1]:.2f} s (worst)", "1.5 s"),
        ("page weight, compressed, until charts stand", f"{weight:.0f} kB", "", "250 kB"),
    ]
    note = (
        f"Chromium {version} with a window of 1440 by 900, {DRAGS} drags of {len(LEVERS)} levers by the mouse, "
        f"{MOVES} moves each, one after another as soon as the charts were redrawn; {len(moves)} moves measured "
        f"from the input event to the frame after the redraw. Then one drag as fast as a hand moves: {asked} moves "
        f"asked for {answered} runs, the others were dropped before they started."
    )
    record("Page in a browser", ("what", "median", "p95", "goal, at most"), rows, note)


def serve() -> tuple[str, subprocess.Popen[str]]:
    """Start a server; return its address."""
    program = str(Path(sys.executable).with_name("countervail"))
    process = subprocess.Popen([program, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True)
    assert process.stderr
    for line in process.stderr:
        if found := re.search(r"http://\S+", line):
            time.sleep(20)  # the program is compiled in the background
            return found.group().rstrip("/"), process
    raise SystemExit("error: countervail serve did not start")


def first_chart(browser: Any, address: str) -> tuple[float, float]:
    """Return seconds to the first chart with an empty cache, and the kilobytes that came."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("figure path.median")
    taken = time.perf_counter() - start
    page.wait_for_timeout(1500)
    context.close()
    return taken, sum(sizes) / 1024


def drags(browser: Any, address: str) -> tuple[list[float], list[float], int, int]:
    """Return milliseconds of moves and of releases, then moves and runs of one fast drag."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(address)
    page.wait_for_selector("figure path.median")
    page.wait_for_timeout(3000)
    page.evaluate(WATCH)
    chance = random.Random(1)
    for n in range(DRAGS):
        lever = LEVERS[n % len(LEVERS)]
        slider = page.locator(f'[data-lever="{lever}"] input[type=range]')
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        x, y, inside = box["x"] + 8, box["y"] + box["height"] / 2, box["width"] - 16
        now = slider.evaluate("e => (e.value - e.min) / (e.max - e.min)")
        page.mouse.move(x + inside * now, y)
        page.mouse.down()
        for _ in range(MOVES):
            value = slider.input_value()
            count = page.evaluate("drawn.length")
            page.mouse.move(x + inside * chance.random(), y)
            if slider.input_value() != value:
                page.wait_for_function("count => drawn.length > count", arg=count)
        count = page.evaluate("settled.length")
        page.mouse.up()
        page.wait_for_function("count => settled.length > count", arg=count)
    moves, releases = page.evaluate("[drawn, settled]")
    runs = 0

    def count_runs(request: Any) -> None:
        nonlocal runs
        runs += "/series" in request.url

    page.on("request", count_runs)
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(60):
        page.mouse.move(x + inside * i / 60, y)
        page.wait_for_timeout(8)
    page.mouse.up()
    page.wait_for_timeout(2000)
    return moves, releases, 60, runs


def ms(value: float) -> str:
    """Return milliseconds as text."""
    return f"{value:.0f} ms"


def p95(values: list[float]) -> float:
    """Return the value that 95% do not exceed."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


if __name__ == "__main__":
    main()
