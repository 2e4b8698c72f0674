"""Scores: against closed forms, and naive forecasts that know only the past."""

import numpy as np
import pytest

from countervail.calibration import scores


def test_crps_of_draws_agrees_with_the_normal_formula():
    z = np.random.default_rng(0).normal(1.0, 0.5, 40_000)
    assert scores.crps_draws(z, 1.8) == pytest.approx(scores.crps_normal(1.0, 0.5, 1.8), rel=0.02)


def test_crps_of_one_certain_draw_is_the_absolute_error():
    assert scores.crps_draws(np.array([2.0]), 0.5) == pytest.approx(1.5)


def test_crps_by_hand_for_two_draws():
    # E|Z - z| = 1, E|Z - Z'| = 1
    assert scores.crps_draws(np.array([0.0, 2.0]), 1.0) == pytest.approx(0.5)


def test_the_scale_counts_zeros():
    assert scores.to_z(0.0, 5.0) == 0
    assert scores.to_z(5.0, 5.0) == pytest.approx(np.arcsinh(1))


def test_a_straight_line_is_forecast_by_the_trend():
    naive = scores.best_naive(range(8), [0.3 * t for t in range(8)])
    assert naive.kind == "trend"
    assert naive.at(9.0)[0] == pytest.approx(2.7)


def test_a_level_is_forecast_by_the_last_value_and_ranges_widen():
    values = [1.0, 1.3, 0.9, 1.2, 0.8, 1.1, 1.0, 0.7]
    naive = scores.Naive("last value", tuple(range(8)), tuple(values))
    mean, near = naive.at(8.0)
    assert mean == 0.7
    assert naive.at(11.0)[1] == pytest.approx(2 * near)


def test_a_damped_trend_levels_off():
    naive = scores.Naive("damped trend", (0.0, 1.0, 2.0, 3.0), (0.0, 1.0, 2.0, 3.0))
    assert 3.0 < naive.at(4.0)[0] < 4.0
    assert naive.at(400.0)[0] == pytest.approx(3 + 0.8 / 0.2)


def test_one_point_is_enough_for_a_last_value():
    assert scores.best_naive([3.0], [2.0]).at(4.0) == (2.0, scores.FIRST_SD)
