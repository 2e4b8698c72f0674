"""How fast draws go through the model in a warm process, with default quantiles, and in how much memory."""

import resource
import sys
import time
from typing import Any

from record import record, seconds, timed

import countervail as cv
from countervail.periods import quarter_index

SIZES = (  # draws, last quarter, repeats, goal
    (1_000, "2032Q4", 9, "0.25 s"),
    (1_000, "2034Q4", 9, "0.15 s (must: 0.30 s)"),
    (10_000, "2032Q4", 7, "1.5 s, 1.5 GB"),
    (100_000, "2032Q4", 2, "12 s, bounded memory"),
)

NOTE = """Processor time is that of all threads, a run; on a shared machine it says more than the clock.
Runs above 20,000 draws stream through bins."""


def once(draws: int, until: str) -> int:
    """Run and take the default summary; return the number of rows."""
    return len(cv.run("status-quo", draws=draws, until=until).summary())


def peak_gb() -> float:
    """Return the largest memory this process has held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def engines() -> tuple[list[tuple[str, ...]], str]:
    """Time the step alone on one core: the compiled program, and the same mechanisms in plain NumPy.

    The note tells how far the compiled program is from what a core can do, by the compiler's own count of its work.
    """
    import jax
    import numpy as np
    import plain_numpy

    from countervail.ensemble import engine
    from countervail.model.shocks import SHOCKS
    from countervail.scenario import build

    policy = jax.tree.map(lambda x: x[:44], build("status-quo").variants[0][0])
    matrix = cv.run("status-quo", draws=engine.BLOCK).parameters
    shocks = np.random.default_rng(0).standard_normal((44, len(SHOCKS), engine.BLOCK))
    compiled = engine.program(44)[0]
    small = (matrix.astype(np.float32), shocks.astype(np.float32))
    cases = {
        "compiled, float32": lambda: np.asarray(compiled(policy, *small)),
        "plain NumPy, float32": lambda: plain_numpy.simulate(policy, *small),
        "plain NumPy, float64": lambda: plain_numpy.simulate(policy, matrix, shocks),
    }
    times = {}
    for name, call in cases.items():
        call()
        times[name] = min(timed(call, 9 if name.startswith("compiled") else 2))
    first = times["compiled, float32"]
    rows = [(n, f"{t / engine.BLOCK * 1e6:,.0f}", f"{t / first:.1f}") for n, t in times.items()]
    return rows, near(compiled, first / 44)


def near(compiled: Any, quarter: float) -> str:
    """Return in words how near a quarter of a block, in seconds, is to the machine's limit."""
    work = compiled.cost_analysis()  # counts the body of the loop over quarters once
    work = work[0] if isinstance(work, list) else work
    body = max(compiled.as_text().split("\n}\n"), key=lambda part: part.count(" get-tuple-element("))
    kernels = sum(body.count(f" {kind}(") for kind in ("fusion", "dot", "copy", "concatenate"))
    flops, cells, moved = work["flops"], work["transcendentals"], work["bytes accessed"]
    return f"""A quarter of a block took {quarter * 1e6:,.0f} us: {flops / 1e6:.1f} million operations,
{cells / 1e3:.0f} thousand exponentials and logarithms, {moved / 1e6:.0f} MB read and written in cache, in
{kernels} kernels. That is {flops / quarter / 1e9:.0f} of the 100 or so thousand million operations a second that such
a core can do, and {moved / quarter / 1e9:.0f} of its 150 or so GB/s of second-level cache (both limits are estimates,
not measured here). A block's arrays stay in that cache; main memory is not the limit. At a guessed 0.25 us each,
starting kernels takes {kernels * 0.25:.0f} us. The next step is fewer and longer kernels: rationing (three rounds
over buyers and vendors) with its sums as one kernel, by hand or by a compiler that joins sums with what follows."""


def main() -> None:
    """Measure and record; name sizes on the command line to run only those."""
    wanted = {int(a) for a in sys.argv[1:]}
    rows = []
    for draws, until, times, goal in SIZES:
        if wanted and draws not in wanted:
            continue
        once(64, until)  # compiles
        used = time.process_time()
        taken = timed(lambda n=draws, u=until: once(n, u), times)
        used = (time.process_time() - used) / times
        head = f"{draws:,} x {quarter_index(until) + 1}"
        rows.append(
            (
                head,
                *seconds(taken),
                f"{used:.2f} s",
                f"{draws / min(taken):,.0f}",
                f"{peak_gb():.1f} GB",
                goal,
            )
        )
    columns = (
        "draws x quarters",
        "best",
        "median",
        "processor time",
        "draws a second",
        "peak memory so far",
        "goal, at most",
    )
    record("Ensemble with default quantiles", columns, rows, NOTE)
    if not wanted:
        columns = ("one core, one block of 128 draws, 44 quarters", "microseconds a draw", "ratio")
        record("The step alone", columns, *engines())


if __name__ == "__main__":
    main()
