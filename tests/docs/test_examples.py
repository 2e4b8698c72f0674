"""The examples of the documents run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("tutorial/*.md")),
    *sorted((ROOT / "docs").glob("how-to/*.md")),
]
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))
ENDLESS = ("serve.md", "use-the-page.md")  # pages about what never ends have nothing to run
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Commands that set up or test the project itself, since the suite cannot run inside itself, or that never end.
OUTSIDE = re.compile(r"^(make|git|cd|pip|countervail serve|\.venv/bin/python -m pytest)\b", re.MULTILINE)


def script(page: Path) -> list[tuple[str, str]]:
    """Return the runnable blocks of a page, without the commands that set up the project."""
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(kind, text) for kind, text in blocks if not OUTSIDE.search(text)]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page, tmp_path):
    blocks = script(page)
    for kind, text in blocks:
        command = ["bash", "-euo", "pipefail", "-c", text] if kind == "sh" else [sys.executable, "-c", text]
        environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"}
        ran = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert ran.returncode == 0, f"{page.name}:\n{text}\n{ran.stderr}"
    assert blocks or page.name in ENDLESS


@pytest.mark.slow
@pytest.mark.parametrize("file", SCRIPTS, ids=lambda p: p.name)
def test_an_example_runs_and_prints_its_answer(file, tmp_path):
    ran = subprocess.run(
        [sys.executable, str(file)], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert not ran.stderr and len(ran.stdout.splitlines()) > 5
    assert "nan" not in ran.stdout.lower().split()


def test_every_example_is_in_the_list_of_examples():
    listed = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert len(SCRIPTS) >= 3
    assert all(f"({file.name})" in listed for file in SCRIPTS)
