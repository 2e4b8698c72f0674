"""Derivatives agree with small differences, in every kind of outcome, and rank what an outcome hangs on."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import countervail as cv
from countervail.ensemble import run
from countervail.ensemble.again import again
from countervail.ensemble.gradient import gradient, read
from countervail.ensemble.transposed import rewritten
from countervail.errors import UserError

DRAWS = 64


def test_transposed_code_gives_what_the_plain_code_gives():
    a = jnp.arange(24.0).reshape(2, 3, 4)

    def f(x, w):
        parts = jnp.stack([x[0, 1:], x[1, :2] * 3, x[0, :2]])
        return (parts * w[:, None]).sum((0, 1)) + jnp.concatenate([x[1], x[0]]).sum(0) * w[2]

    w = jnp.arange(12.0).reshape(3, 4)
    back = jax.vjp(f, a, w)[1]
    later = jnp.array([1.0, -2.0, 0.5, 3.0])
    plain = back(later)
    ours = jax.jit(lambda yes, y: rewritten(yes, back, y))(True, later)
    for one, other in zip(plain, ours, strict=True):
        assert np.asarray(one) == pytest.approx(np.asarray(other), rel=1e-6)


@pytest.fixture(scope="module")
def ratio():
    return gradient("status-quo", "Compute|Stock ratio", "US to CN", "2026", draws=DRAWS)


@pytest.fixture(scope="module")
def plain():
    return run("status-quo", draws=DRAWS, until="2026Q4", discrepancy=False)


def test_its_value_is_that_of_a_run(ratio, plain):
    assert ratio.value == pytest.approx(plain.at("Compute|Stock ratio", "US to CN", "2026"), rel=1e-5)
    assert np.array_equal(ratio.draws, plain.parameters)


@pytest.mark.parametrize(
    "name",
    ["leakage.smuggled_2024_k", "demand.us_growth", "hbm.domestic_2026_k", "demand.cn_level_usd_bn"],
)
def test_slopes_agree_with_differences(ratio, plain, name):
    # A parameter at the same value in all draws, a little lower and higher; kinks are met by few draws.
    k = plain.parameter_names.index(name)
    middle = float(np.median(plain.parameters[k]))
    step = 0.01 * middle
    low, high = (again(plain, {name: middle + s}, DRAWS) for s in (-step, step))
    change = [r.at("Compute|Stock ratio", "US to CN", "2026") for r in (low, high)]
    difference = (change[1] - change[0]) / (2 * step)
    fixed = gradient("status-quo", "Compute|Stock ratio", "US to CN", "2026", draws=DRAWS, set={name: middle})
    slope = fixed.slope[k]
    close = np.abs(slope - difference) <= 0.05 * np.abs(difference) + 0.01 * np.abs(difference).max()
    assert close.mean() > 0.9, (slope[:5], difference[:5])


def test_what_does_not_enter_has_no_slope(ratio):
    named = [i for i, n in enumerate(ratio.parameters) if n.startswith("military.")]
    assert named and np.abs(ratio.slope[named]).max() == 0


def test_the_table_begins_with_what_matters_most(ratio):
    rows = ratio.table()
    assert len(rows) == len(ratio.parameters)
    sizes = [abs(row["per_sd"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    smuggling = next(row for row in rows if row["parameter"] == "leakage.smuggled_2024_k")
    assert smuggling["p95"] < 0 and smuggling["positive"] == 0  # more of it, less lead for the US
    assert rows.index(smuggling) < 20


def test_other_threads_change_no_bit(ratio):
    alone = gradient("status-quo", "Compute|Stock ratio", "US to CN", "2026", draws=DRAWS, workers=1)
    assert np.array_equal(alone.slope, ratio.slope)


def test_it_is_a_public_call_with_clear_errors():
    with pytest.raises(UserError, match="has no derivative"):
        share = next(o for o in cv.outcomes() if o["share_of_draws"])
        cv.gradient("status-quo", outcome=share["variable"], region=share["regions"][0])
    with pytest.raises(UserError, match="is no period"):
        read("Compute|Stock", "CN", "soon")
    with pytest.raises(UserError, match="draws is"):
        cv.gradient("status-quo", outcome="Compute|Stock", region="CN", draws=50_000)
    with pytest.raises(UserError, match="has no region"):
        cv.gradient("status-quo", outcome="Compute|Stock", region="XX")
