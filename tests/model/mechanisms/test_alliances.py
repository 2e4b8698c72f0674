"""Alliances: nothing at strength zero, partners alone at any other."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters

from countervail.model.mechanisms import alliances
from countervail.model.types import VENDORS


def at(strength: float, **p):
    policy, p = levers(cn_alliance_strength=strength), parameters("alliances", **p)
    revenue = jnp.full((len(VENDORS), 1), 10.0)
    pull = np.asarray(alliances.pull(policy, one(0.5), p))[..., 0]
    return (
        number(alliances.porting_effort(policy, p)),
        pull,
        np.asarray(alliances.rnd(revenue, policy, p))[:, 0],
    )


def test_without_alliances_nothing_is_added():
    effort, pull, rnd = at(0.0)
    assert effort == 1 and (pull == 1).all() and np.abs(rnd).max() == 0


def test_twice_the_strength_by_hand():
    effort, pull, rnd = at(2.0, ports_effect=0.4, secured_utility=0.3, rnd_share=0.05)
    assert effort == pytest.approx(1.8)
    assert pull[alliances.CN_CLOUD, alliances.PARTNERS] == pytest.approx(
        np.exp(0.6 / 0.5)
    )  # utility over tau
    assert rnd[alliances.PARTNERS] == pytest.approx(1.0)  # 5% of 10, twice


def test_only_partners_and_only_chinese_cloud_firms_gain():
    _, pull, rnd = at(1.0)
    assert [VENDORS[v] for v in np.flatnonzero(rnd)] == ["T-Head", "Kunlunxin", "Enflame"]
    assert np.count_nonzero(pull > 1) == 3
