"""Leakage: smuggling, remote access, proxy fabrication, the price of rental."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters, t

from countervail.model.mechanisms import leakage

PLAIN = {"us_enforcement": 1.0, "cn_enforcement": 1.0}


def value(rent: float, when=None, p=None, **changes):
    policy = levers(**{**PLAIN, **changes})
    return number(
        leakage.smuggled_usd_bn(
            t(2026, 1) if when is None else when, one(rent), policy, p or parameters("leakage")
        )
    )


def test_the_base_year_by_hand():
    p = parameters("leakage", smuggled_2024_k=140.0, street_price_usd_k=30.0, rent_elasticity=1.0)
    # 140 thousand x 30 thousand USD = 4.2 bn a year, 1.05 bn a quarter, at the rent of 2024.
    assert value(leakage.RENT_2024, p=p) == pytest.approx(1.05, rel=5e-3)
    assert value(2 * leakage.RENT_2024, p=p) == pytest.approx(2.1, rel=5e-3)


def test_no_rent_no_smuggling_and_none_before_controls():
    assert value(0.0) < 0.01 * value(0.6)
    assert value(0.6, when=t(2022, 1)) < 0.01 * value(0.6)


def test_enforcement_lowers_smuggling_by_its_elasticity():
    p = parameters("leakage", enforcement_elasticity=0.5)
    assert value(0.6, p=p, us_enforcement=4.0) == pytest.approx(0.5 * value(0.6, p=p), rel=1e-4)
    assert value(0.6, p=p, cn_enforcement=4.0) == pytest.approx(0.5 * value(0.6, p=p), rel=1e-4)
    assert np.isfinite(value(0.6, p=p, us_enforcement=0.0))


def test_rent_is_the_gap_in_quality_and_the_shortage():
    p = parameters("leakage", rent_quality_weight=0.3, rent_shortage_weight=0.5)
    rent = lambda flagship, foreign, access, domestic, unmet: number(  # noqa: E731
        leakage.rent(one(flagship), one(foreign), one(access), one(domestic), one(unmet), p)
    )
    # Flagship ten times the best legal part, a fifth of wishes unmet: 0.3 ln 10 + 0.5 * 0.2 = 0.791.
    assert rent(10.0, 0.0, 0.0, 1.0, 0.2) == pytest.approx(0.7908, rel=1e-3)
    # Half of the wishes for a part of 3 are let through: worth 2 on average, 0.3 ln 5 = 0.483.
    assert rent(10.0, 3.0, 0.5, 1.0, 0.0) == pytest.approx(0.4828, rel=1e-3)
    assert rent(10.0, 0.2, 1.0, 1.0, 0.0) == pytest.approx(
        rent(10.0, 0.2, 0.0, 1.0, 0.0)
    )  # a poor part changes nothing
    assert rent(1.0, 0.0, 0.0, 5.0, 0.0) == 0  # a better legal part leaves nothing to run


def remote(unmet: float, bought: float, control: float = 0.0, rental: float = 1.0, **p):
    policy = levers(us_remote_access_control=control, cn_offshore_rental=rental)
    return number(
        leakage.remote_usd_bn(t(2027, 1), one(unmet), one(bought), policy, parameters("leakage", **p))
    )


def test_remote_access_is_limited_by_wish_and_by_what_is_there():
    p = {"remote_share": 0.4, "remote_most_share": 0.2}
    assert remote(10.0, 1000.0, **p) == pytest.approx(4.0, rel=1e-4)
    assert remote(10.0, 5.0, **p) == pytest.approx(1.0, rel=1e-4)
    assert remote(10.0, 1000.0, control=0.75, **p) == pytest.approx(1.0, rel=1e-4)
    assert remote(10.0, 1000.0, control=1.0) == 0 and remote(10.0, 1000.0, rental=0.0) == 0
    assert remote(0.0, 1000.0) == 0


def test_proxy_fabrication_begins_in_2025():
    p = parameters("leakage", proxy_share=0.05)
    assert number(leakage.proxy_share(t(2022, 1), p)) < 1e-6
    assert number(leakage.proxy_share(t(2026, 1), p)) == pytest.approx(0.05, rel=1e-3)


def test_rental_by_hand():
    p = parameters("leakage", rental_margin=1.5, rental_tightness=2.0)
    # 25 thousand USD x 1.25 over 4 years at 70% use: 31,250 / 24,528 h = 1.274; x 1.5 + 0.5 = 2.411 USD an hour.
    assert number(leakage.rental_usd_h(one(25.0), one(0.0), p)) == pytest.approx(2.411, rel=1e-3)
    # A shortage of half the stock: x 1.5 ** 2.
    assert number(leakage.rental_usd_h(one(25.0), one(0.5), p)) == pytest.approx(2.411 * 2.25, rel=1e-3)
    rising = np.asarray(leakage.rental_usd_h(one(20.0), jnp.linspace(0, 1, 9), p))
    assert (np.diff(rising) > 0).all()
