"""Capability: effective compute and the lag of the frontier."""

import numpy as np
import pytest
from tests.model.worlds import number, one, parameters, t

from countervail.model.mechanisms import capability


def lag(when, us=3.8, cn=1.0, remote=0.0, **p):
    return number(capability.lag_months(when, one(us), one(cn), one(remote), parameters("capability", **p)))


def test_the_reference_quarter_gives_the_reference_lag():
    assert lag(t(2023, 4), lag_2023_months=12.0) == pytest.approx(12.0, rel=1e-4)


def test_a_lag_worked_by_hand():
    p = {
        "lag_2023_months": 12.0,
        "months_per_log_ratio": 4.0,
        "diffusion_months": 9.0,
        "diffusion_years": 1.0,
    }
    # Two years on, the ratio has doubled: 12 + 4 ln 2 - 9 (1 - exp(-2)) = 12 + 2.77 - 7.78 = 6.99.
    assert lag(t(2025, 4), us=7.6, **p) == pytest.approx(6.99, abs=0.01)


def test_diffusion_ends_somewhere_and_china_may_lead():
    p = {"lag_2023_months": 12.0, "diffusion_months": 9.0, "diffusion_years": 0.5}
    assert lag(t(2040, 1), **p) == pytest.approx(3.0, abs=0.01)
    assert lag(t(2040, 1), us=0.1, **p) < 0


def test_rented_compute_counts_at_its_weight():
    p = {"remote_weight": 0.5}
    assert lag(t(2026, 1), cn=1.0, remote=2.0, **p) == pytest.approx(lag(t(2026, 1), cn=2.0, **p), rel=1e-5)
    assert lag(t(2026, 1), remote=1.0) < lag(t(2026, 1))


def test_effective_compute_by_hand():
    p = parameters("capability", bandwidth_exponent=0.5)
    # 3.35 TB/s a unit is the H100; four times the bandwidth counts twice, none counts as the least allowed.
    got = np.asarray(capability.effective(one(10.0, 10.0), one(33.5, 134.0), p))[:, 0]
    assert got == pytest.approx([10.0, 20.0], rel=1e-4)
    assert number(capability.effective(one(0.0), one(0.0), p)) == 0
    flat = parameters("capability", bandwidth_exponent=0.0)
    assert number(capability.effective(one(10.0), one(1.0), flat)) == pytest.approx(10.0)
