"""Make the picture of the page in the readme: `.venv/bin/python docs/make_screenshot.py`, with Chromium on the path.

It serves the page from this copy, opens it on one comparison and keeps what the browser shows.
"""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

OUT = Path(__file__).parent / "images" / "page.png"
STATE = "scenario=self-reliance&against=status-quo"


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    """Serve, open, wait for the charts, keep the picture."""
    browser_path = shutil.which("chromium") or sys.exit("no chromium on the path")
    home = f"http://127.0.0.1:{(port := free_port())}"
    command = [str(Path(sys.executable).parent / "countervail"), "serve", "--port", str(port), "--no-open"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{home}/api/v1/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(f"{home}/?{STATE}")
            page.wait_for_selector("figure path.median")
            page.wait_for_timeout(4000)
            page.screenshot(path=str(OUT))
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
