"""Runs the program inside the test's process, or in one of its own where the system takes part."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from countervail.cli import main

PROGRAM = str(Path(sys.executable).with_name("countervail"))


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Return a function that runs one command and gives exit code, stdout and stderr."""
    monkeypatch.delenv("COLUMNS", raising=False)  # some test runners set it

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        out, err = capsys.readouterr()
        return Ran(int(left.value.code or 0), out, err)

    return run


@pytest.fixture
def program() -> Callable[..., subprocess.CompletedProcess]:
    """Return a function that runs one command in a process of its own."""

    def run(arguments: Sequence[str], **kwargs) -> subprocess.CompletedProcess:
        kwargs.setdefault("stdout", subprocess.PIPE)
        return subprocess.run(
            [PROGRAM, *arguments], stderr=subprocess.PIPE, text=True, timeout=300, check=False, **kwargs
        )

    return run
