import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from countervail.errors import UserError
from countervail.periods import quarter_index as qi
from countervail.scenario import build, list_levers, list_scenarios
from countervail.scenario.levers import RULES

NAMES = [s.id for s in list_scenarios()]


def fields(policy):
    return {name: getattr(policy, name) for name in policy.__dataclass_fields__}


def policy(*args, **kwargs):
    return fields(build(*args, **kwargs).variants[0][0])


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_scenario_builds(name):
    inputs = build(name)
    assert inputs.id == name and inputs.title and inputs.summary
    assert 1 <= len(inputs.variants) <= 8
    assert sum(p for _, p in inputs.variants) == pytest.approx(1)
    for path, _ in inputs.variants:
        arrays = fields(path)
        for field, values in arrays.items():
            assert values.dtype == np.float32 and values.shape[0] == 76 and values.shape[-1] == 1, field
            assert np.isfinite(values).all(), field
        assert arrays["parts"].shape == (76, 5, 9, 12, 1)
        assert arrays["cn_words"].sum(3) == pytest.approx(1, abs=1e-5)
        assert (arrays["us_words"].sum(3) <= 1 + 1e-5).all()
        assert ((arrays["cn_domestic_share"] >= 0) & (arrays["cn_domestic_share"] <= 1)).all()
        assert ((arrays["us_export_fee"] >= 0) & (arrays["us_export_fee"] <= 0.95)).all()
    assert {m.actor for m in inputs.measures} == {"US", "CN"}
    assert inputs.provenance["evidence"] and inputs.provenance["rules"]


def test_history_is_the_same_in_every_scenario_but_the_counterfactual():
    base = policy("status-quo")
    for name in set(NAMES) - {"no-controls", "article"}:
        other = policy(name)
        for field, values in base.items():
            if field == "us_capped_product":  # concerns what is capped later
                continue
            assert other[field][: qi("2026Q4")] == pytest.approx(values[: qi("2026Q4")], abs=1e-5), (
                name,
                field,
            )


def test_status_quo_and_current_law_differ_only_where_suspensions_expire():
    renewed, written = policy("status-quo"), policy("current-law")
    for field in renewed:
        a, b = renewed[field], written[field]
        if field == "cn_input_controls":
            assert a[: qi("2027Q1")] == pytest.approx(b[: qi("2027Q1")])
            assert (b[qi("2027Q1") :] > a[qi("2027Q1") :] + 0.3).all()  # the set of October 2025 returns
        else:
            assert a == pytest.approx(b, abs=1e-5), field
    held = {m.id: str(m.renewed) for m in build("status-quo").measures if m.renewed}
    assert held == {
        "us-2025-09-affiliates": "2026-11-09",
        "cn-ga-ge-sb-us-ban-2024": "2026-11-27",
        "cn-rare-earth-oct-2025": "2027-01-10",
    }
    assert not any(m.renewed for m in build("current-law").measures)


def test_a_mixture_has_a_variant_for_each_way_it_may_turn_out():
    inputs = build("article")
    assert [round(p, 2) for _, p in inputs.variants] == [0.3, 0.3, 0.2, 0.2]
    assert inputs.variant_labels[0] == "cn-state-domestic-only-2026, cn-h200-quota-2026"
    gates = [float(fields(p)["cn_import_gate"][qi("2026Q2"), 0]) for p, _ in inputs.variants]
    assert gates == pytest.approx([0.15, 0.6, 0.15, 0.6])
    states = [float(fields(p)["cn_domestic_share"][qi("2026Q2"), 0, 0]) for p, _ in inputs.variants]
    assert states == pytest.approx([1, 1, 0.7, 0.7])
    first, last = fields(inputs.variants[0][0]), fields(inputs.variants[3][0])
    assert first["cn_import_gate"][: qi("2026Q1")] == pytest.approx(last["cn_import_gate"][: qi("2026Q1")])


def test_the_article_knows_nothing_of_2026_but_its_own_assumption():
    inputs = build("article")
    assert str(inputs.as_of) == "2025-12-31"
    late = {m.id for m in inputs.measures if m.first.year >= 2026}
    assert late == {"us-2026-01-h200-rule", "cn-state-domestic-only-2026", "cn-h200-quota-2026"}
    path = fields(inputs.variants[0][0])
    assert path["us_volume_cap_share"][qi("2026Q2"), 0] == 9
    assert path["us_export_fee"][qi("2026Q2"), 0] == pytest.approx(0.25)


def test_too_many_uncertain_measures_and_unknown_ones_are_refused(tmp_path):
    path = tmp_path / "many.yaml"
    entries = "\n".join(
        f"  - {{id: m{i}, probability: 0.5, levers: {{us_enforcement: 2}}}}" for i in range(4)
    )
    path.write_text(f"id: many\ntitle: Many\nbase: status-quo\nmeasures:\n{entries}\n")
    with pytest.raises(UserError, match="4 uncertain measures"):
        build(path)
    path.write_text("{id: x, title: X, base: status-quo, measures: [{use: us-2026-01-h200-rul}]}")
    with pytest.raises(UserError) as caught:
        build(path)
    assert "unknown measure" in caught.value.message and "x.yaml" not in caught.value.hint
    assert "us-2026-01-h200-rule" in caught.value.hint
    path.write_text("{id: x, title: X, base: status-quo, regime: {us-2026-01-h200-rule.tpp: 1}}")
    with pytest.raises(UserError, match="unknown parameter 'tpp'"):
        build(path)


def test_a_certain_or_impossible_measure_makes_one_variant(tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text(
        "id: one\ntitle: One\nbase: status-quo\nmeasures:\n"
        "  - {id: yes-measure, probability: 1.0, from: 2027Q1, levers: {us_enforcement: 2}}\n"
        "  - {id: no-measure, probability: 0.0, from: 2027Q1, levers: {us_enforcement: 3}}\n"
    )
    inputs = build(path)
    assert [p for _, p in inputs.variants] == [1.0]
    effort = fields(inputs.variants[0][0])["us_enforcement"][:, 0]
    assert effort[qi("2026Q4")] == 1 and effort[qi("2027Q1")] == 2
    assert str(path) in " ".join(inputs.provenance)


def test_a_measure_ended_early_takes_its_levels_with_it(tmp_path):
    path = tmp_path / "end.yaml"
    path.write_text(
        "id: end\ntitle: E\nbase: status-quo\nmeasures:\n  - {end: us-2024-12-fdp-hbm, on: 2028Q1}\n"
    )
    hbm = policy(path)["us_hbm_controls"][:, 0]
    assert hbm[qi("2024Q4")] == pytest.approx(1 / 92) and hbm[qi("2027Q4")] == 1 and hbm[qi("2028Q1")] == 0


def test_a_measure_written_in_a_scenario_with_a_rule_is_judged(tmp_path):
    path = tmp_path / "rule.yaml"
    path.write_text(
        """
        id: rule
        title: A ban by bandwidth
        base: status-quo
        measures:
          - id: us-bandwidth-ban
            actor: US
            name: No chips of 3,000 GB/s and more to China
            from: 2027Q1
            rule:
              outcome: licence_required_presumption_of_denial
              destinations: [CHINA, MACAU]
              parameters:
                line: {quantity: memory_bandwidth_gb_s, op: ">=", values: {2027-01-01: 3000}}
        """
    )
    words = policy(path)["us_words"][:, 1, 0, :, 0]
    assert words[qi("2026Q4"), 3] > 0.9 and words[qi("2027Q1"), 3] < 0.05


def test_levers_reach_their_arrays_in_their_quarters():
    path = policy("status-quo", set=["cn_price_subsidy=0.2@2027Q1:2027Q4", "cn_import_gate=0.4@2028Q1"])
    subsidy, gate = path["cn_price_subsidy"][:, 0], path["cn_import_gate"][:, 0]
    assert subsidy[qi("2027Q2")] == pytest.approx(0.2) and subsidy[qi("2028Q1")] == pytest.approx(0.03)
    assert gate[qi("2027Q4")] == -1 and gate[qi("2028Q1")] == pytest.approx(0.4)


@pytest.mark.parametrize("row", list_levers(), ids=lambda r: r.id)
def test_every_lever_changes_some_array_and_stays_finite(row):
    base = policy("status-quo")
    moved = False
    for value in (row.min, row.max):
        path = policy("status-quo", set=[f"{row.id}={value}@2027Q1"])
        assert all(np.isfinite(a).all() for a in path.values())
        assert path["cn_words"].sum(3) == pytest.approx(1, abs=1e-5)
        moved |= any(not np.array_equal(path[f], base[f]) for f in path)
        for field in path:
            if field != "us_capped_product":
                assert np.array_equal(path[field][: qi("2027Q1")], base[field][: qi("2027Q1")]), field
    assert moved
    back = RULES if row.default == RULES else row.default
    again = policy("status-quo", set=[f"{row.id}={back}"])
    if row.default == RULES:
        assert all(np.array_equal(again[f], base[f]) for f in base)


def test_a_share_approved_speaks_of_licences_that_can_be_had():
    path = policy("status-quo", set="us_approval_share=0.9@2027Q1")
    assert (path["us_words"][qi("2027Q1") :, :, :, 5] == 0).all()
    assert path["parts"][qi("2027Q2"), 1, 0, 0, 0] == pytest.approx(
        1.0
    )  # the H200, not a part that is denied


def test_parameters_are_passed_on_and_checked():
    inputs = build("status-quo", set={"trade.risk_forgetting": 0.1, "us_export_fee": 0.2})
    assert inputs.parameter_overrides == {"trade.risk_forgetting": 0.1}
    ranged = build("status-quo", set=["trade.risk_forgetting=0.1..0.3"])
    assert ranged.parameter_overrides == {
        "trade.risk_forgetting": {"dist": "uniform", "low": 0.1, "high": 0.3}
    }
    with pytest.raises(UserError) as caught:
        build("status-quo", set={"trade.risk_forgeting": 0.1})
    assert "trade.risk_forgetting" in caught.value.hint


def test_assumptions_must_be_distributions_of_known_parameters(tmp_path):
    path = tmp_path / "a.yaml"
    head = "id: a\ntitle: A\nbase: status-quo\nassumptions: "
    path.write_text(head + "{trade.risk_forgetting: {dist: lognormal, p5: 0.01, p50: 0.02, p95: 0.1}}")
    assert build(path).assumptions["trade.risk_forgetting"]["p50"] == 0.02
    for bad, message in (
        ("{trade.nothing: {dist: lognormal, p5: 1, p50: 2, p95: 3}}", "unknown parameter"),
        ("{trade.risk_forgetting: 0.3}", "no distribution"),
        ("{trade.risk_forgetting: {dist: lognormal, p5: 0.3, p50: 0.2, p95: 0.4}}", "not in order"),
        ("{trade.risk_forgetting: {dist: lognormal, p5: .nan, p50: 0.2, p95: 0.4}}", "not a finite number"),
    ):
        path.write_text(head + bad)
        with pytest.raises(UserError, match=message):
            build(path)


def test_bad_dates_are_said_clearly():
    with pytest.raises(UserError, match="not a quarter"):
        build("status-quo", until="2032")
    with pytest.raises(UserError, match="not a valid date"):
        build("status-quo", as_of="soon")


def test_as_of_hides_later_measures_and_judgements():
    inputs = build("status-quo", as_of="2024-06-30")
    assert all(m.first.year <= 2024 for m in inputs.measures)
    path = fields(inputs.variants[0][0])
    assert path["us_hbm_controls"].max() == 0
    assert path["cn_standards_openness"].max() == pytest.approx(0.1)
    assert path["parts"][qi("2026Q1"), 0, 0, 0, 0] < 3  # Rubin is not known yet


def test_reactions_are_on_only_where_the_scenario_says_so():
    on = {name for name in NAMES if policy(name)["reactions"].max() == 1}
    assert on == {"open-trade", "bifurcation"}
    answers = policy("open-trade")["reactions"][:, 0]
    assert answers[: qi("2027Q1")].max() == 0 and answers[qi("2027Q1") :].min() == 1


def test_extrapolation_starts_after_the_announced_roadmaps():
    assert build("status-quo").extrapolation_from == "2028Q1"


def test_what_was_only_announced_is_kept_apart_from_what_was_seen():
    path = policy("status-quo")
    announced, best = path["announced"][:, :, 0], path["best"][:, :, :, 0]
    assert announced[: qi("2026Q2")].max() == 0
    assert announced[qi("2028Q1"), 3] > 0.9 and announced.max() <= 1 + 1e-6
    assert (best[:, :, 2:] >= best[:, :, :2]).all()
    assert (best[qi("2026Q1") :, :, :2] == best[qi("2026Q1"), :, :2]).all()
    early = policy("status-quo", as_of="2024-06-30")["announced"][:, 0, 0]
    assert early[qi("2024Q2")] == 0 and early[qi("2025Q2")] > 0.5  # Blackwell had only been announced


def test_full_denial_leaves_no_legal_sale():
    path = policy("full-denial")
    assert path["us_volume_cap_units"][qi("2026Q4"), 0] == 1e6
    assert path["us_volume_cap_units"][qi("2027Q1") :, 0].max() == 0


def test_the_example_of_the_documentation_builds(tmp_path):
    text = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    path = tmp_path / "example.yaml"
    path.write_text(re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)[0], encoding="utf-8")
    inputs = build(path)
    assert [p for _, p in inputs.variants] == pytest.approx([0.4, 0.6])
    assert {m.id for m in inputs.measures if m.changed} >= {
        "bill-remote-access",
        "cn-bundling-2027",
        "us-bandwidth-ban",
    }


LEVERS = {row.id: row for row in list_levers()}


@hypothesis_settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(sorted(LEVERS)), st.floats(0, 1), st.integers(0, 75)), max_size=6))
def test_random_settings_keep_every_promise(chosen):
    texts = []
    for id, part, start in chosen:
        row = LEVERS[id]
        value = row.min + part * (row.max - row.min)
        texts.append(f"{id}={value}@{2022 + start // 4}Q{start % 4 + 1}")
    path = policy("status-quo", set=texts)
    assert all(np.isfinite(a).all() for a in path.values())
    assert path["cn_words"].sum(3) == pytest.approx(1, abs=1e-5)
    assert (path["us_words"].sum(3) <= 1 + 1e-5).all() and (path["us_words"] >= 0).all()
    assert ((path["us_capped_product"] >= 0) & (path["us_capped_product"] <= 1 + 1e-6)).all()
    assert (path["parts"] >= 0).all() and (path["parts"][:, :, :, 0] > 0).all()


def test_a_suspended_measure_can_be_started_again_and_stopped(tmp_path):
    from datetime import date

    from countervail.scenario.builder import combinations
    from countervail.scenario.files import load_scenario
    from countervail.scenario.regimes import regime_of

    path = tmp_path / "again.yaml"
    path.write_text(
        "id: again\ntitle: A\nbase: status-quo\nmeasures:\n"
        "  - {use: cn-rare-earth-oct-2025, from: 2027Q1, to: 2027Q4}\n"
    )
    controls = policy(path)["cn_input_controls"][:, 0]
    assert controls[qi("2026Q4")] == pytest.approx(0.4) and controls[qi("2027Q2")] == 1
    assert controls[qi("2028Q1")] == pytest.approx(0.4)
    loaded = load_scenario(path)
    held = regime_of(loaded, combinations(loaded)[0][0], None).measures["cn-rare-earth-oct-2025"]
    for day, expected in ((date(2026, 6, 1), False), (date(2027, 6, 1), True), (date(2028, 6, 1), False)):
        assert held.in_force(day, "enforced") is expected, day


def test_a_measure_may_be_assumed_before_its_time(tmp_path):
    path = tmp_path / "early.yaml"
    path.write_text(
        "id: early\ntitle: E\nbase: status-quo\nmeasures:\n  - {use: us-2026-01-h200-rule, from: 2025Q1}\n"
    )
    words = policy(path)["us_words"][:, 1, 0, :, 0]
    assert words[qi("2024Q4"), 3] < 0.01 and words[qi("2025Q2"), 3] > 0.9


def test_a_users_own_chip_replaces_the_shipped_one(tmp_path):
    (tmp_path / "accelerators.csv").write_text(
        "id,name,designer,designer_country,vendor,announced,release_quarter,fp16_tflops_dense,"
        "fp8_or_int8_tops_dense,memory_type,memory_gb,memory_bandwidth_gb_s,interconnect_gb_s,hbm_stacks,tdp_w,"
        "tpp,status,confidence,source_url,source_title\n"
        "nvidia-h200-sxm,NVIDIA H200,NVIDIA,US,NVIDIA,2023-11-13,2024Q3,1989,3958,HBM3e,141,4800,900,6,700,31664,"
        "shipping,low,https://example.org/x,Mine\n"
    )
    doubled = fields(build("status-quo", data_dir=tmp_path).variants[0][0])
    assert doubled["parts"][qi("2026Q4"), 1, 0, 3, 0] < 4  # no longer the H200: now above the line


@pytest.mark.parametrize("day", ["2022-01-01", "2023-05-22", "2025-05-27", "2025-06-30", "2026-03-22"])
def test_a_scenario_builds_as_of_any_day(day):
    for policy, _ in build("status-quo", as_of=day).variants:
        for name in policy.__dataclass_fields__:
            assert np.isfinite(np.asarray(getattr(policy, name))).all(), name
