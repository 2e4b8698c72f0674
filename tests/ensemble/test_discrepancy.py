"""The discrepancy: streams, its form, and a layer that keeps sums."""

from dataclasses import replace

import numpy as np
import pytest

from countervail.calibration.table import targets
from countervail.ensemble import run, streaming
from countervail.ensemble.discrepancy import GROUPS, PRICES, about, factors
from countervail.ensemble.layer import FIELDS, leave_share
from countervail.ensemble.posterior import Posterior
from countervail.ensemble.sums import aged
from countervail.names import BLOCS, VENDORS

UNTIL = "2032Q4"


def invented(past: np.ndarray, tau: float = 0.2, rho: float = 0.5, rows: int = 4) -> Posterior:
    return Posterior(
        "final", (), np.empty((0, rows)), (), np.empty((0, 0, rows)), ("amd",),
        np.full((1, rows), tau), np.full(rows, rho), past,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pair():
    return (
        run("status-quo", draws=200, until=UNTIL),
        run("status-quo", draws=200, until=UNTIL, discrepancy=False),
    )


def test_every_group_is_one_that_the_targets_speak_of():
    assert set(GROUPS) <= {t.group for t in targets()}


def test_draw_i_depends_on_the_seed_and_on_i_alone():
    whole = factors(None, 20, 3, 0, 50)
    part = factors(None, 12, 3, 30, 10)
    for g in GROUPS:
        np.testing.assert_array_equal(whole[g][:12, 30:40], part[g])
    assert not np.array_equal(whole["amd"], factors(None, 20, 4, 0, 50)["amd"])


def test_it_keeps_its_spread_and_its_memory():
    held = invented(np.empty((1, 0, 4)), tau=0.2, rho=0.5)
    d = np.log(factors(held, 40, 0, 0, 4000, ["amd"])["amd"].astype(float))
    assert d.std(1) == pytest.approx(0.2, abs=0.012)
    assert np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(d, d[1:], strict=False)]) == pytest.approx(
        0.5, abs=0.02
    )


def test_what_history_says_is_taken_as_it_is_and_fades():
    held = invented(np.full((1, 3, 4), 1.0), tau=0.2, rho=0.5)
    d = np.log(factors(held, 20, 0, 0, 4000, ["amd", "prices"])["amd"].astype(float))
    assert d[:3] == pytest.approx(1.0, abs=1e-6)
    assert d.mean(1)[3:6] == pytest.approx([0.5, 0.25, 0.125], abs=0.02)
    assert about(held)["scales"] == {g: "posterior" if g == "amd" else "prior" for g in GROUPS}


def test_additions_age_as_in_the_model():
    import jax.numpy as jnp

    from countervail.model.mechanisms import retirement

    rng = np.random.default_rng(0)
    added = rng.random((12, 4, 5)).astype(np.float32)
    life = np.full(5, 5.5)
    p = retirement.Retirement(life_years=jnp.asarray(life), stock_2022_h100e_k=jnp.ones(5))
    leave, stock = retirement.leave_share(p), jnp.zeros((2, 4, 5))
    assert leave_share(life) == pytest.approx(np.asarray(leave), rel=1e-6)
    ages = (jnp.zeros((4, 5)),) * 2
    for new in added:
        ages = aged(ages, jnp.asarray(new), leave_share(life))
        stock = retirement.age(stock, jnp.asarray(new), leave)
        assert np.asarray(sum(ages)) == pytest.approx(np.asarray(stock.sum(0)), rel=1e-5)


def test_what_is_no_sale_stays_as_simulated(pair):
    seen, plain = pair
    for spec in seen.variables.values():
        for region in spec.regions:
            same = np.array_equal(seen.values(spec.variable, region), plain.values(spec.variable, region))
            if not spec.predictive:
                assert same, spec.variable
            elif plain.values(spec.variable, region).max() > 0 and not spec.variable.startswith("Fee"):
                assert not same, spec.variable


def test_the_flows_themselves_are_never_changed(pair):
    np.testing.assert_array_equal(np.asarray(pair[0].rows), np.asarray(pair[1].rows))


def test_vendors_and_blocs_add_up_to_the_same_compute(pair):
    seen, _ = pair
    vendors = sum(seen.values(f"Chips|Compute|{v}", "World").astype(float) for v in VENDORS)
    assert vendors == pytest.approx(seen.values("Compute|Inflow", "World"), rel=1e-4)


def test_a_stock_grows_by_what_is_added_and_shrinks_only_by_age(pair):
    seen, plain = pair
    for bloc in BLOCS:
        lost = [
            r.values("Compute|Stock", bloc)[:-1]
            + r.values("Compute|Inflow", bloc)[1:]
            - r.values("Compute|Stock", bloc)[1:]
            for r in (seen, plain)
        ]
        share = [x / r.values("Compute|Stock", bloc)[:-1] for x, r in zip(lost, (seen, plain), strict=True)]
        assert share[0] == pytest.approx(share[1], abs=0.03)
        assert share[0].min() > -1e-4


def test_outlays_follow_sales(pair):
    seen, plain = pair
    for bloc in BLOCS:
        sold = [sum(r.values(f"Chips|Revenue|{v}", bloc).astype(float) for v in VENDORS) for r in pair]
        ratio = seen.values("Demand|Outlay", bloc) / plain.values("Demand|Outlay", bloc)
        assert ratio == pytest.approx(sold[0] / sold[1], rel=1e-4)


def test_ranges_are_wider_with_it(pair):
    seen, plain = pair
    wide, narrow = (r.quantiles("Chips|Revenue|NVIDIA", "World")[16:20] for r in pair)  # 2026
    spans = [np.log(q[:, 4] / q[:, 0]).mean() for q in (wide, narrow)]
    assert spans[0] > 1.05 * spans[1]
    factor = seen.layer.factors[PRICES]
    assert seen.values("Price|H100 rental", "World") == pytest.approx(
        plain.values("Price|H100 rental", "World") * factor
    )


def test_it_is_the_same_in_every_scenario(pair):
    seen, plain = pair
    other, raw = (run("full-denial", draws=200, until=UNTIL, discrepancy=d) for d in (True, False))
    change = other.values("Chips|Revenue|AMD", "US") - seen.values("Chips|Revenue|AMD", "US")
    expected = raw.values("Chips|Revenue|AMD", "US") - plain.values("Chips|Revenue|AMD", "US")
    assert change == pytest.approx(expected * seen.layer.factors["amd"], rel=1e-3, abs=1e-4)


def test_a_run_in_chunks_has_the_same_numbers(monkeypatch):
    whole = run("status-quo", draws=300, until="2024Q4")
    monkeypatch.setattr(streaming, "LIMIT", 100)
    monkeypatch.setattr(streaming, "CHUNK", 128)
    monkeypatch.setattr(streaming, "KEPT", 1000)
    parts = run("status-quo", draws=300, until="2024Q4")
    for variable, region in (("Compute|Stock", "CN"), ("Chips|Revenue|NVIDIA", "World")):
        np.testing.assert_array_equal(whole.values(variable, region), parts.values(variable, region))
    mine = {(r["variable"], r["region"], r["period"]): r["mean"] for r in parts.summary()}
    for row in whole.summary():
        assert mine[row["variable"], row["region"], row["period"]] == pytest.approx(row["mean"], rel=1e-9)


def test_a_record_says_whether_it_is_in(pair):
    seen, plain = pair
    assert seen.provenance["discrepancy"]["scales"]["ascend"] == "prior"
    assert plain.provenance["discrepancy"] is None and plain.layer is None
    assert replace(seen, layer=None, cache={}).values("Compute|Stock", "US") == pytest.approx(
        plain.values("Compute|Stock", "US")
    )


def test_every_field_of_the_layer_is_a_flow(pair):
    assert set(pair[0].layout) >= FIELDS
