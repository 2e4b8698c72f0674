"""Military: an index with a switch between its two readings."""

import numpy as np
import pytest
from tests.model.worlds import number, one, parameters, t

from countervail.model.mechanisms import military

LATE = t(2040, 1)


def share(us=1e5, cn=1e4, when=LATE, **p):
    return number(military.us_share(when, one(us), one(cn), parameters("military", **p)))


def test_equal_sides_share_equally():
    p = {"platform_ratio": 1.0, "adoption_us_year": 2030.0, "adoption_cn_year": 2030.0}
    assert share(us=1e4, cn=1e4, **p) == pytest.approx(0.5)


def test_without_weight_only_the_platforms_count():
    # Weight zero: ratio 1.5, share 1.5 / 2.5.
    assert share(weight_ai=0.0, platform_ratio=1.5) == pytest.approx(0.6, rel=1e-4)


def test_when_adoption_decides_compute_is_irrelevant_and_the_other_way_round():
    assert share(cn=1e1, compute_decides=0.0) == pytest.approx(share(cn=1e7, compute_decides=0.0))
    assert share(compute_decides=1.0, adoption_cn_year=2040.0) == pytest.approx(
        share(compute_decides=1.0, adoption_cn_year=2028.0)
    )
    assert share(compute_decides=0.0, adoption_cn_year=2040.0) > share(
        compute_decides=0.0, adoption_cn_year=2028.0
    )


def test_a_case_by_hand():
    p = {"weight_ai": 1.0, "compute_decides": 1.0, "secure_share": 0.02}
    # 2% of 1e5 and 1e4 thousand: ln 2001 = 7.601 and ln 201 = 5.303.
    assert share(**p) == pytest.approx(7.601 / (7.601 + 5.303), rel=1e-3)


def test_more_compute_never_lowers_a_share():
    at = [share(us=c, compute_decides=0.5) for c in (0.0, 1e2, 1e4, 1e6)]
    assert at == sorted(at) and 0 <= at[0] and at[-1] <= 1 and np.isfinite(at).all()


def test_an_abrupt_adoption_long_before_its_year_is_finite():
    # Found with an early as-of date, whose wider priors drew a width of a tenth of a year.
    early = share(when=t(2022, 1), adoption_width_years=0.05, compute_decides=0.3)
    assert 0 < early < 1
