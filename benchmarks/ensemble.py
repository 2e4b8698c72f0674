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


if __name__ == "__main__":
    main()
