"""Draws: draw i depends on the seed and on i alone; priors hold their quantiles."""

import numpy as np
import pytest

from countervail.ensemble import draws
from countervail.errors import UserError

PRIORS = {
    "a": {"dist": "lognormal", "p5": 1.0, "p50": 3.0, "p95": 20.0},
    "b": {"dist": "normal", "p5": -1.0, "p50": 0.0, "p95": 4.0},
    "c": {"dist": "logitnormal", "p5": 0.1, "p50": 0.5, "p95": 0.6},
    "d": {"dist": "uniform", "low": 2.0, "high": 6.0},
    "e": {"dist": "fixed", "value": 7.0},
}


@pytest.mark.parametrize("start", [0, 1, 2, 3, 4, 63, 64, 1001])
def test_a_stream_read_from_the_middle_is_the_stream(start: int):
    whole = draws.uniforms("parameter:x", 7, 0, 1200)
    assert np.array_equal(draws.uniforms("parameter:x", 7, start, 100), whole[start : start + 100])


def test_the_first_draws_of_a_larger_matrix_are_the_smaller_matrix():
    names = tuple(PRIORS)
    large = draws.parameter_matrix(names, PRIORS, 3, 0, 500)
    assert np.array_equal(draws.parameter_matrix(names, PRIORS, 3, 0, 37), large[:, :37])
    assert np.array_equal(draws.parameter_matrix(names, PRIORS, 3, 37, 50), large[:, 37:87])


def test_a_parameter_does_not_depend_on_which_others_there_are():
    alone = draws.parameter_matrix(("c",), PRIORS, 0, 0, 50)[0]
    assert np.array_equal(alone, draws.parameter_matrix(tuple(PRIORS), PRIORS, 0, 0, 50)[2])
    wider = {**PRIORS, "a": {"dist": "lognormal", "p5": 0.1, "p50": 3.0, "p95": 200.0}}
    assert np.array_equal(alone, draws.parameter_matrix(tuple(PRIORS), wider, 0, 0, 50)[2])


def test_names_and_seeds_give_unrelated_streams():
    streams = [draws.normals(n, s, 0, 4000) for n in ("parameter:a", "parameter:b") for s in (0, 1)]
    off = np.corrcoef(streams)[~np.eye(4, dtype=bool)]
    assert np.abs(off).max() < 0.08  # five standard errors of 1 / sqrt(4000)
    assert np.mean(streams) == pytest.approx(0, abs=0.05) and np.std(streams) == pytest.approx(1, abs=0.05)


def test_uniforms_stay_inside_the_unit_interval():
    u = draws.uniforms("x", 0, 0, 100_000)
    assert 0 < u.min() and u.max() < 1


@pytest.mark.parametrize("key", ["a", "b", "c"])
def test_all_three_quantiles_of_a_two_piece_prior_hold(key: str):
    prior = PRIORS[key]
    got = draws.quantile(prior, np.array([0.05, 0.5, 0.95]))
    assert got == pytest.approx([prior["p5"], prior["p50"], prior["p95"]], rel=1e-9)
    u = np.linspace(1e-6, 1 - 1e-6, 1001)
    assert (np.diff(draws.quantile(prior, u)) > 0).all()


def test_uniform_fixed_and_cut_priors():
    u = np.array([0.0001, 0.5, 0.9999])
    assert draws.quantile(PRIORS["d"], u) == pytest.approx([2.0004, 4.0, 5.9996])
    assert draws.quantile(PRIORS["e"], u).tolist() == [7, 7, 7]
    cut = {**PRIORS["a"], "min": 2.0, "max": 5.0}
    assert draws.quantile(cut, u).tolist() == pytest.approx([2.0, 3.0, 5.0])


def test_a_logit_prior_never_leaves_its_interval():
    x = draws.quantile(PRIORS["c"], np.array([1e-12, 1 - 1e-12]))
    assert 0 < x[0] and x[1] < 1


def test_shocks_of_earlier_quarters_and_draws_do_not_depend_on_the_rest():
    names = ("s", "t")
    long = draws.shock_array(names, 20, 5, 0, 30)
    assert np.array_equal(draws.shock_array(names, 8, 5, 0, 30), long[:8])
    assert np.array_equal(draws.shock_array(names, 20, 5, 10, 12), long[:, :, 10:22])
    assert np.array_equal(draws.shock_array(("t",), 20, 5, 0, 30)[:, 0], long[:, 1])
    late = draws.shock_array(names, 20, 5, 0, 30, known=6)  # a posterior gives the first six quarters
    assert np.array_equal(late[6:], long[6:]) and not late[:6].any()


@pytest.mark.parametrize(
    ("prior", "says"),
    [
        ({"dist": "cauchy"}, "unknown distribution"),
        ({"dist": "normal", "p5": 1, "p50": 2}, "p95"),
        ({"dist": "normal", "p5": 3, "p50": 2, "p95": 4}, "rising order"),
        ({"dist": "normal", "p5": float("nan"), "p50": 2, "p95": 4}, "finite"),
        ({"dist": "lognormal", "p5": -1, "p50": 2, "p95": 4}, "positive"),
        ({"dist": "logitnormal", "p5": 0.5, "p50": 0.6, "p95": 1.0}, "between 0 and 1"),
        ({"dist": "fixed", "value": "much"}, "numbers"),
    ],
)
def test_a_broken_prior_is_refused_in_words(prior: dict, says: str):
    with pytest.raises(UserError) as error:
        draws.check_prior("demand.x", prior)
    assert says in str(error.value) and "demand.x" in str(error.value)


def test_parameters_drawn_together_are_those_drawn_alone():
    priors = {
        "a": {"dist": "lognormal", "p5": 1, "p50": 2, "p95": 9, "max": 8},
        "b": {"dist": "fixed", "value": 3},
        "c": {"dist": "uniform", "low": -1, "high": 1},
        "d": {"dist": "lognormal", "p5": 0.1, "p50": 0.2, "p95": 0.3},
        "e": {"dist": "logitnormal", "p5": 0.1, "p50": 0.2, "p95": 0.9, "min": 0.15},
        "f": {"dist": "normal", "p5": -1, "p50": 0, "p95": 3},
    }
    together = draws.parameter_matrix(tuple(priors), priors, 1, 5, 700)
    for row, (name, prior) in zip(together, priors.items(), strict=True):
        alone = draws.quantile(prior, draws.uniforms(f"parameter:{name}", 1, 5, 700))
        assert np.array_equal(row, alone), name
    assert together[0].max() == 8 and together[4].min() == 0.15
