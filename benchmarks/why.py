"""How long an answer to "why did this change?" takes, in a process that has answered one before.

Processor time is of all threads together; two cores that nobody else uses take about half of it.
"""

import time

from record import record, seconds, timed

import countervail as cv

QUESTIONS = {
    "one lever": {"set": ["cn_import_gate=0@2027Q1"]},
    "three levers": {
        "set": ["cn_import_gate=0@2027Q1", "us_export_fee=0.4@2027Q1", "cn_hbm_investment=2@2027Q1"]
    },
    "full-denial against status-quo": {"scenario": "full-denial", "against": "status-quo"},
    "bifurcation against status-quo": {"scenario": "bifurcation", "against": "status-quo"},
}
GOAL, REPEATS = "2 s", 3


def main() -> None:
    """Measure and record."""
    rows = []
    for name, given in QUESTIONS.items():

        def ask(given: dict = given) -> dict:
            return cv.why(outcome="Compute|Stock", region="CN", period="2030", **given)

        runs = ask()["runs"]
        start = time.process_time()
        times = timed(ask, REPEATS)
        busy = (time.process_time() - start) / REPEATS
        rows.append((f"{name}: {runs} runs", *seconds(times), f"{busy:.2f} s", GOAL))
    columns = ("question, 256 draws, warm", "best", "median", "processor time", "goal, at most")
    record("Why an outcome changed", columns, rows)


if __name__ == "__main__":
    main()
