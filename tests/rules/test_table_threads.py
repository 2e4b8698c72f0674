"""Several threads may judge by one regime at once, as a server does: each cell keeps its own chip."""

import sys
import threading
from datetime import date

import numpy as np
import pytest

from countervail.evidence import load
from countervail.rules import Regime
from countervail.rules.chips import chip_from_evidence
from countervail.rules.table import table

QUARTERS = ["2023Q1", "2024Q1", "2025Q3", "2026Q2"]


@pytest.fixture
def often():
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def fresh():
    """Return a regime nobody has judged by."""
    return Regime.load().with_parameter("us-2026-01-h200-rule", "tpp_lt", 20999, date(2026, 1, 15))


def test_threads_that_judge_at_once_do_not_mix_up_chips(often):
    chips = [chip_from_evidence(c) for c in load().accelerators.values()][:24]
    alone = table(chips, QUARTERS, ["CN", "AE"], regime=fresh()).outcome
    for _ in range(3):
        shared, found, faults = fresh(), {}, []

        def judge(k, shared=shared, found=found, faults=faults):
            try:
                found[k] = table(chips[k::4], QUARTERS, ["CN", "AE"], regime=shared).outcome
            except Exception as fault:
                faults.append(fault)

        threads = [threading.Thread(target=judge, args=(k,)) for k in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not faults
        for k in range(4):
            np.testing.assert_array_equal(found[k], alone[k::4])
