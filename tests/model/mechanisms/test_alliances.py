"""Alliances: nothing at strength zero, partners alone at any other."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, parameters

from countervail.model.mechanisms import alliances
from countervail.model.types import VENDORS


def at(strength: float, **p):
    policy, p = levers(cn_alliance_strength=strength), parameters("alliances", **p)
    revenue = jnp.full((len(VENDORS), 1), 10.0)
    relief = np.asarray(alliances.relief(policy, p))[..., 0]
    return (
        number(alliances.porting_effort(policy, p)),
        relief,
        np.asarray(alliances.rnd(revenue, policy, p))[:, 0],
    )


def test_without_alliances_nothing_is_added():
    effort, relief, rnd = at(0.0)
    assert effort == 1 and np.abs(relief).max() == 0 and np.abs(rnd).max() == 0


def test_twice_the_strength_by_hand():
    effort, relief, rnd = at(2.0, ports_effect=0.4, secured_utility=0.3, rnd_share=0.05)
    assert effort == pytest.approx(1.8)
    assert relief[alliances.CN_CLOUD, list(alliances.PARTNERS)] == pytest.approx(0.6)
    assert rnd[list(alliances.PARTNERS)] == pytest.approx(1.0)  # 5% of 10, twice


def test_only_partners_and_only_chinese_cloud_firms_gain():
    _, relief, rnd = at(1.0)
    assert [VENDORS[v] for v in np.flatnonzero(rnd)] == ["T-Head", "Kunlunxin", "Enflame"]
    assert np.count_nonzero(relief) == 3
