"""Many users drag levers at once: how long each waits for the last answer, and whether anything fails.

50 users send 20 requests each, 0.1 s apart, each with another lever value and without waiting for the one before,
which is given up, as a page does while a lever moves; a huge request of another client goes on meanwhile. The server
is a process of its own with two workers. A request given up, or replaced by a newer one of the same user (409), is as
it should be.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from record import record

USERS, REQUESTS, GAP, DRAWS, HUGE, WORKERS = 50, 20, 0.1, 256, 20_000, 2
GOAL = 3.0
LEFT = 0  # the state of a request that its user gave up
LEVERS = {
    "us_export_fee": (0.0, 0.9),
    "us_tpp_ceiling": (2000, 60000),
    "cn_cloud_domestic_share": (0.0, 1.0),
    "cn_price_subsidy": (0.0, 0.4),
    "us_approval_share": (0.0, 1.0),
}
CHARTS = (
    "Compute|Stock@CN", "Compute|Stock@US", "Market|Domestic share@CN", "AI|Frontier lag@CN",
    "Chips|Revenue|NVIDIA@CN", "Chips|Units|Huawei@World",
)  # fmt: skip


def path(user: int, step: int) -> str:
    """Return the question of a user's step; no two are the same."""
    lever, (low, high) = list(LEVERS.items())[user % len(LEVERS)]
    value = low + (high - low) * ((user * REQUESTS + step + 0.5) / (USERS * REQUESTS))
    charts = "".join(f"&outcome={quote(c)}" for c in CHARTS)
    return f"/api/v1/series?draws={DRAWS}&set={lever}={value:.6g}@2027Q1{charts}"


async def get(port: int, what: str, client: str = "") -> tuple[int, float, bytes]:
    """Return status, seconds and body of one request on a connection of its own."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    name = f"X-Countervail-Client: {client}\r\n" if client else ""
    writer.write(f"GET {what} HTTP/1.1\r\nHost: localhost\r\n{name}Connection: close\r\n\r\n".encode())
    try:
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), time.perf_counter() - began, body


async def user(port: int, number: int) -> tuple[list[int], float]:
    """Drag one lever as the page does: a newer request gives up the older one. Return states and the last time."""
    tasks: list[asyncio.Task[tuple[int, float, bytes]]] = []
    for step in range(REQUESTS):
        if tasks:
            tasks[-1].cancel()
        tasks.append(asyncio.create_task(get(port, path(number, step), f"user-{number}")))
        await asyncio.sleep(GAP)
    found = await asyncio.gather(*tasks, return_exceptions=True)
    states = [LEFT if isinstance(f, BaseException) else f[0] for f in found]
    last = found[-1]
    return states, float("inf") if isinstance(last, BaseException) else last[1]


def processor_seconds(parent: int) -> float:
    """Return the processor time used so far by the processes that a process started; 0 where none can tell."""
    total, tick = 0.0, os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            rest = path.read_text().rpartition(")")[2].split()
            if int(rest[1]) == parent:
                total += (int(rest[11]) + int(rest[12])) / tick
    return total


async def measure(port: int, server: int) -> dict[str, float]:
    """Return what was seen."""
    while json.loads((await get(port, "/api/v1/health"))[2])["status"] != "ready":
        await asyncio.sleep(0.2)
    await asyncio.gather(
        *(get(port, path(0, 0) + f"&seed={k + 1}") for k in range(8))
    )  # both workers are warm
    alone = [(await get(port, path(1, 0) + f"&seed={k + 100}"))[1] for k in range(20)]
    huge = asyncio.create_task(get(port, f"/api/v1/series?draws={HUGE}&set=us_export_fee=0.31@2027Q1"))
    await asyncio.sleep(0.1)
    began, used = time.perf_counter(), processor_seconds(server)
    users = await asyncio.gather(*(user(port, n) for n in range(USERS)))
    taken, used = time.perf_counter() - began, processor_seconds(server) - used
    huge_status, huge_seconds, _ = await huge
    states = [s for states, _ in users for s in states]
    last = [seconds for _, seconds in users]
    return {
        "alone": statistics.median(alone),
        "answered": states.count(200),
        "given_up": states.count(LEFT) + states.count(409),
        "errors": sum(s not in (200, 409, LEFT) for s in states),
        "last_failed": sum(states[-1] != 200 for states, _ in users),
        "median": statistics.median(last),
        "p95": statistics.quantiles(last, n=20)[-1],
        "worst": max(last),
        "cores": used / taken,
        "huge": huge_seconds if huge_status == 200 else float("nan"),
    }


def main() -> None:
    """Start a server, measure, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-record", action="store_true", help="print only")
    keep = not parser.parse_args().no_record
    code = "from countervail.cli import main; main()"
    words = [sys.executable, "-c", code, "serve", "--port", "0", "--workers", str(WORKERS)]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        found = re.search(r":(\d+)/", server.stderr.readline())
        assert found, "the server did not start"
        seen = asyncio.run(measure(int(found[1]), server.pid))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
    rows = [
        (
            f"one request of {DRAWS} draws and 6 charts, alone, median",
            f"{seen['alone'] * 1e3:.0f} ms",
            "60 ms",
        ),
        ("requests answered, given up for a newer one", f"{seen['answered']}, {seen['given_up']}", ""),
        ("errors", f"{seen['errors']}", "0"),
        ("users whose last request was not answered", f"{seen['last_failed']}", "0"),
        ("time to a user's last answer: median", f"{seen['median']:.2f} s", ""),
        ("time to a user's last answer: 95% of users", f"{seen['p95']:.2f} s", ""),
        ("time to a user's last answer: slowest user", f"{seen['worst']:.2f} s", f"{GOAL:.0f} s"),
        ("cores the server got meanwhile, of two", f"{seen['cores']:.2f}", ""),
        (f"a request of {HUGE:,} draws meanwhile", f"{seen['huge']:.1f} s", "answered"),
    ]
    if not keep:
        for row in rows:
            print(row)
        return
    note = f"{USERS} users, {REQUESTS} requests each, {GAP} s apart; {WORKERS} workers. "
    note += "Users and server share the cores."
    record("Server under load", ("what", "measured", "goal, at most"), rows, note)


if __name__ == "__main__":
    main()
