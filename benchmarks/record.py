"""Write measured figures with date and machine into RESULTS.md, one section per benchmark."""

import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from importlib import metadata
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = """# Benchmarks

Made by the scripts in this folder (`make bench`). A figure holds for the machine and the day named above it;
other programs may have shared the machine.
"""


def machine() -> str:
    """Return the machine in one line."""
    cpu = platform.processor() or platform.machine()
    try:
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        cpu = found[1] if found else cpu
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        load = f", load {os.getloadavg()[0]:.1f}"
    except (OSError, ValueError):
        return f"{cpu}, {os.cpu_count()} cores, {platform.system()}"
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}{load}"


def versions() -> str:
    """Return the versions that decide speed."""
    packages = ", ".join(f"{p} {metadata.version(p)}" for p in ("countervail", "jax", "numpy"))
    return f"Python {platform.python_version()}, {packages}"


def record(section: str, columns: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> None:
    """Print a table of figures and put it into RESULTS.md in place of the section's old one."""
    lines = [f"## {section}", "", f"{date.today().isoformat()}. {machine()}. {versions()}.", ""]
    lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    if note:
        lines += ["", note]
    text = "\n".join(lines)
    print(text + "\n")
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    parts = re.split(r"(?m)^(?=## )", old)
    kept = [p.rstrip() for p in parts if not p.startswith(f"## {section}\n")]
    RESULTS.write_text("\n\n".join([*kept, text]) + "\n", encoding="utf-8")


def timed(call: Callable[[], object], times: int) -> list[float]:
    """Return the seconds that each of several calls took."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return taken


def command(arguments: Sequence[str]) -> None:
    """Run one `countervail` command in a new process; a failure stops the benchmark."""
    program = Path(sys.executable).with_name("countervail")
    subprocess.run(
        [str(program), *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def seconds(taken: Sequence[float]) -> tuple[str, str]:
    """Return best and median, written in seconds."""
    return f"{min(taken):.2f} s", f"{statistics.median(taken):.2f} s"
