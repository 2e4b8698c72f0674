"""Bad input: one clear sentence, a hint, exit code 2, and nothing half-written."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("countervail"))
QUICK = ["--draws", "64", "--until", "2026Q4"]


def call(arguments, **kwargs) -> subprocess.CompletedProcess:
    """Run one command in a process of its own."""
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=300, **kwargs)
