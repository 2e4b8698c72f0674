"""Ecosystem: ports, penalties, portability and fragmentation."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import levers, number, one, parameters

from countervail.model.mechanisms import ecosystem
from countervail.model.types import HUAWEI, NVIDIA

NO_PORTS = jnp.zeros((5, 1))


def matrix(openness=0.0, ports=NO_PORTS, **p):
    return ecosystem.portability(ports, levers(cn_standards_openness=openness), parameters("ecosystem", **p))


def test_penalties_fall_with_ports_by_hand():
    p = parameters("ecosystem", penalty_cann=1.0, penalty_other=0.5, port_decay=0.2)
    before = np.asarray(ecosystem.penalties(NO_PORTS, p))[:, 0]
    assert before[NVIDIA] == 0 and before[HUAWEI] == pytest.approx(1.0) and before[-1] == pytest.approx(1.5)
    # Seven ports are three doublings: 0.8 ** 3 = 0.512.
    after = np.asarray(ecosystem.penalties(jnp.full((5, 1), 7.0), p))[:, 0]
    assert after[HUAWEI] == pytest.approx(0.512, rel=1e-4)
    assert number(ecosystem.porting_cost(jnp.full((5, 1), 7.0), p)) == pytest.approx(0.512, rel=1e-4)


def test_shares_by_stack_sum_to_one():
    compute = jnp.asarray(np.random.default_rng(0).lognormal(0, 2, (4, 9, 10)))
    shares = np.asarray(ecosystem.by_stack(compute))
    assert shares.shape == (4, 5, 10) and shares.sum(1) == pytest.approx(1, rel=1e-5)


def test_the_matrix_holds_chances_and_one_on_its_diagonal():
    for openness in (0.0, 0.5, 1.0):
        m = np.asarray(matrix(openness, jnp.full((5, 1), 100.0)))
        assert m.min() >= 0 and m.max() <= 1 + 1e-6
        assert np.diagonal(m[:4, :4, 0]) == pytest.approx(1)
        assert m[..., 0] == pytest.approx(m[..., 0].T)


def test_open_standards_join_stacks_across_the_border_only():
    shut, opened = np.asarray(matrix(0.0)), np.asarray(matrix(1.0))
    assert opened[0, 3] > shut[0, 3] and opened[3, 4] > shut[3, 4]
    assert opened[0, 1] == pytest.approx(shut[0, 1])
    # Full openness closes the share `openness_reach` of the gap: 0.2 + 0.8 * 0.5 = 0.6.
    m = np.asarray(matrix(1.0, portability_cann=0.2, openness_reach=0.5, portability_gain=0.0))
    assert m[0, 3, 0] == pytest.approx(0.6, rel=1e-4)


def test_fragmentation_by_hand_and_at_its_limits():
    cuda, half = one(1.0, 0, 0, 0, 0), one(0.5, 0, 0, 0.5, 0)
    m = matrix(portability_cann=0.3, portability_gain=0.0)
    assert number(ecosystem.fragmentation(cuda, cuda, m)) == pytest.approx(0, abs=1e-6)
    # Two units meet on the same stack in half of the cases; otherwise work runs with 0.3: 1 - (0.5 + 0.5 * 0.3).
    assert number(ecosystem.fragmentation(half, half, m)) == pytest.approx(0.35, rel=1e-4)
    assert number(ecosystem.fragmentation(cuda, half, m)) == pytest.approx(0.35, rel=1e-4)


def test_ports_grow_with_deliveries_decay_and_answer_alliances():
    p = parameters("ecosystem", port_speed=0.5, depreciation=0.2)
    share = one(0.5, 0, 0, 0.4, 0.1)
    plain = np.asarray(ecosystem.port(jnp.full((5, 1), 10.0), share, one(1.0), p))[:, 0]
    # 10 less a twentieth, and 0.5 a quarter at full share.
    assert plain == pytest.approx([9.75, 9.5, 9.5, 9.7, 9.55])
    twice = np.asarray(ecosystem.port(jnp.full((5, 1), 10.0), share, one(2.0), p))[:, 0]
    assert twice == pytest.approx([9.75, 9.5, 9.5, 9.9, 9.6])  # only work at home is shared
