"""Setting up on machines that lack something: one sentence what is missing and how to get it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
UTILITIES = ("sh", "dirname", "cat", "rm", "env")

OLD = """#!/bin/sh
exit 1
"""
WITHOUT_ENSUREPIP = """#!/bin/sh
case "$1" in
    -) echo "$0" ;;
    --version) echo "Python 3.11.0" ;;
    -c) case "$2" in *ensurepip*) exit 1 ;; *) echo 3.11 ;; esac ;;
esac
"""


@pytest.fixture
def machine(tmp_path):
    """Return a function that calls a script where python3 is the one given and nothing else is installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in UTILITIES:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)

    def call(python: str, *command: str) -> subprocess.CompletedProcess:
        (folder / "python3").write_text(python, encoding="utf-8")
        (folder / "python3").chmod(0o755)
        environment = {"PATH": str(folder)}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    return call


def test_no_fitting_python_is_told(machine, tmp_path):
    ran = machine(OLD, "tools/setup.sh", "run", str(tmp_path / "venv"))
    assert ran.returncode == 2
    assert "error: no Python 3.11 to 3.14 was found" in ran.stderr
    assert "hint: " in ran.stderr and "PYTHON=" in ran.stderr
    assert not (tmp_path / "venv").exists()


def test_a_missing_ensurepip_names_the_package_to_install(machine, tmp_path):
    ran = machine(WITHOUT_ENSUREPIP, "tools/setup.sh", "run", str(tmp_path / "venv"))
    assert ran.returncode == 2
    assert "ensurepip" in ran.stderr
    assert "apt install python3.11-venv" in ran.stderr
    assert not (tmp_path / "venv").exists()


def test_a_python_is_found_here():
    ran = subprocess.run(["tools/find_python.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert os.access(ran.stdout.strip(), os.X_OK)


def test_the_locks_are_hashed_and_name_no_index():
    for name in ("run", "test"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert len(pins) > 20
        assert all("==" in pin and pin.endswith("\\") for pin in pins)
        assert "://" not in text and "index-url" not in text


def test_both_locks_agree():
    def pins(name: str) -> set[str]:
        lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        return {line for line in lines if line and not line.startswith((" ", "#"))}

    missing = {pin.split(" ;")[0].rstrip(" \\") for pin in pins("run")} - {
        pin.split(" ;")[0].rstrip(" \\") for pin in pins("test")
    }
    assert not missing
