"""How fast draws go through the model in a warm process, with default quantiles, and in how much memory."""

import resource
import sys

from record import record, seconds, timed

import countervail as cv

SIZES = ((1_000, 7, "0.25 s"), (10_000, 3, "1.5 s, 1.5 GB"), (100_000, 1, "15 s, bounded memory"))


def once(draws: int) -> int:
    """Run the default horizon and take the default summary; return the number of rows."""
    return len(cv.run("status-quo", draws=draws).summary())


def peak_gb() -> float:
    """Return the largest memory this process has held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def engines() -> list[tuple[str, ...]]:
    """Time the step alone on one core: the compiled program, and the same mechanisms in plain NumPy."""
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
    return [(n, f"{t / engine.BLOCK * 1e6:,.0f}", f"{t / first:.1f}") for n, t in times.items()]


def main() -> None:
    """Measure and record; name sizes on the command line to run only those."""
    wanted = {int(a) for a in sys.argv[1:]}
    once(64)  # compiles
    rows = []
    for draws, times, goal in SIZES:
        if wanted and draws not in wanted:
            continue
        taken = timed(lambda n=draws: once(n), times)
        rate = f"{draws / min(taken):,.0f}"
        rows.append((f"{draws:,}", *seconds(taken), rate, f"{peak_gb():.1f} GB", goal))
    columns = (
        "draws, 44 quarters",
        "best",
        "median",
        "draws a second",
        "peak memory so far",
        "goal, at most",
    )
    record("Ensemble with default quantiles", columns, rows)
    if not wanted:
        columns = ("one core, one block of 128 draws, 44 quarters", "microseconds a draw", "ratio")
        record("The step alone", columns, engines())


if __name__ == "__main__":
    main()
