"""Who leads: shares of draws, and the composite of a user's own weights."""

from types import SimpleNamespace

import numpy as np
import pytest

from countervail.errors import UserError
from countervail.names import DIMENSIONS
from countervail.strategy.leads import composite, parse_weights, simplex_points

MARGIN = 0.1


def result(shares):
    """Return a run of one year in which the US share by dimension and draw is as given."""
    held = np.repeat(np.asarray(shares, dtype=np.float32)[None], 4, 0)  # [quarter, dimension, draw]
    draws = held.shape[-1]
    return SimpleNamespace(
        layout={"shares": (0, (len(DIMENSIONS),))},
        rows=held,
        parameters=np.full((1, draws), MARGIN),
        parameter_names=("leadership.margin",),
    )


def test_weights_are_read_and_bad_ones_said():
    assert parse_weights("compute:2, economy") == dict(
        zip(DIMENSIONS, (2.0, 1.0, 0.0, 0.0, 0.0), strict=True)
    )
    assert parse_weights("") == {}
    for text in ("compute:x", "compute:-1", "compute:nan", "compute:inf", "compute:0", "compte:1"):
        with pytest.raises(UserError):
            parse_weights(text)


def test_a_lead_needs_the_margin():
    edge = (1 + MARGIN) / (2 + MARGIN)
    us = [edge + 0.01, edge - 0.01, 1 - edge + 0.01, 1 - edge - 0.01]
    found = composite(result([us] * 5), parse_weights("compute:1"))
    assert (found["US"], found["Parity"], found["CN"]) == ([0.25], [0.5], [0.25])


def test_weights_decide_where_dimensions_disagree():
    shares = [[0.9] * 8, [0.1] * 8, [0.5] * 8, [0.5] * 8, [0.5] * 8]
    led = {text: composite(result(shares), parse_weights(text)) for text in ("compute:1", "economy:1")}
    assert led["compute:1"]["US"] == [1.0]
    assert led["economy:1"]["CN"] == [1.0]
    simplex = led["compute:1"]["simplex"]
    assert simplex == led["economy:1"]["simplex"]  # it does not depend on the user's weights
    assert simplex["US"] == pytest.approx(simplex["CN"], abs=0.06)  # nothing favours a side here
    assert sum(simplex.values()) == pytest.approx(1)


def test_sides_are_treated_alike():
    shares = np.random.default_rng(0).uniform(0.2, 0.8, (5, 64))
    weights = parse_weights("compute:1,military:2,sovereignty:3")
    one, other = composite(result(shares), weights), composite(result(1 - shares), weights)
    assert one["US"] == other["CN"]
    assert one["simplex"]["US"] == pytest.approx(other["simplex"]["CN"])


def test_the_simplex_is_covered_evenly():
    points = simplex_points()
    np.testing.assert_allclose(points.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(points.mean(0), 1 / len(DIMENSIONS), atol=0.03)
    assert (points >= 0).all()
