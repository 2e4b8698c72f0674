"""The wheel holds everything that the program reads, and importing it costs nothing."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import countervail as cv

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src"


@pytest.mark.slow
def test_the_wheel_holds_all_data_files(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("countervail-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    skipped = {"__pycache__", ".gitkeep"}
    files = [p for p in (SRC / "countervail").rglob("*") if p.is_file() and not skipped & {*p.parts, p.name}]
    missing = {str(p.relative_to(SRC)) for p in files} - held
    assert not missing
    assert any(name.endswith("licenses/LICENSE-DATA") for name in held)


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, countervail; print(sorted({m.split('.')[0] for m in sys.modules}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for heavy in ("jax", "numpy", "pandas", "pydantic", "typer", "xarray"):
        assert f"'{heavy}'" not in ran.stdout


def test_public_names_exist():
    assert set(cv.__all__) <= set(dir(cv))
    for name in cv.__all__:
        assert callable(getattr(cv, name)), name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="canship"):
        cv.canship  # noqa: B018
