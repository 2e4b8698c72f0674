"""Small runs, made once: one scenario to 2026, and three to 2028."""

from pathlib import Path

import pytest

from countervail.ensemble import Result, compare, run
from countervail.report import html, write
from countervail.report.html import Page


@pytest.fixture(scope="session")
def single() -> list[Result]:
    return [run("status-quo", draws=64, until="2026Q4")]


@pytest.fixture(scope="session")
def several() -> list[Result]:
    return compare(["status-quo", "article", "full-denial"], draws=64, until="2028Q4")


@pytest.fixture(scope="session")
def written(several: list[Result], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write(several, tmp_path_factory.mktemp("run") / "out")


@pytest.fixture(scope="session")
def page(several: list[Result]) -> Page:
    return html.page(several)
