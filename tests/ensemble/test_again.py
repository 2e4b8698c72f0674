"""A run made again with a parameter fixed is the run that has the parameter fixed from the start."""

from dataclasses import replace

import numpy as np
import pytest

from countervail.ensemble import run
from countervail.ensemble.again import again
from countervail.scenario import build

OFF = {"leakage.smuggled_2024_k": 0.0, "trade.gate_shortage_response": 0.5}


@pytest.mark.parametrize("scenario, horizon", [("status-quo", None), ("article", "2032Q4")])
def test_it_equals_a_run_with_the_same_parameters_fixed(scenario, horizon):
    until = "2032Q4" if horizon is None else "2031Q4"
    result = run(scenario, draws=160, seed=2, until=until, horizon=horizon)
    expected = run(replace(build(scenario, until=until), parameter_overrides=OFF), draws=100, seed=2, until=until,
                   horizon=horizon)  # fmt: skip
    found = again(result, OFF, 100, horizon=horizon)
    for variable, region in (
        ("Compute|Stock", "CN"),
        ("Compute|Inflow|Smuggled", "CN"),
        ("AI|Frontier lag", "CN"),
    ):
        assert np.array_equal(found.values(variable, region), expected.values(variable, region)), variable
    assert found.values("Compute|Inflow|Smuggled", "CN").max() == 0
    assert result.values("Compute|Inflow|Smuggled", "CN").max() > 0
    assert np.array_equal(found.parameters, expected.parameters)


def test_what_ages_the_stock_is_refused():
    result = run("status-quo", draws=4, until="2032Q4")
    with pytest.raises(AssertionError):
        again(result, {"retirement.life_years": 5.0}, 4)
