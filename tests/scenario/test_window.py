"""The window of 2022 to 2026 follows from dated measures alone; figures here are counted days."""

import numpy as np
import pytest

from countervail.periods import quarter_index as qi
from countervail.scenario.builder import window_of
from countervail.scenario.judging import CN_WORDS, SEGMENTS, US_WORDS

FREE, EXCEPTION, PRESUMED, CASE, LETTERS, DENIAL = range(6)
CN, AL, RW, HQ = (SEGMENTS.index(s) for s in ("CN", "AL", "RW", "cn_hq"))
NVIDIA, AMD = 0, 1


@pytest.fixture(scope="module")
def window():
    return window_of("status-quo")[0]


def main_part(window, quarter, exporter=NVIDIA, segment=CN):
    """Return the part with the largest share that can be had."""
    w = window.weights[qi(quarter), segment, exporter]
    return window.part_ids[exporter][int(np.argmax(w[: len(window.part_ids[exporter])]))]


def us(window, quarter, word, exporter=NVIDIA, segment=CN):
    return float(window.us_words[qi(quarter), segment, exporter, word])


def test_words_are_those_of_the_model():
    from countervail.model import types

    assert US_WORDS == types.US_WORDS and CN_WORDS == types.CN_WORDS and SEGMENTS == types.SEGMENTS


@pytest.mark.parametrize(
    ("quarter", "part"),
    [
        ("2022Q2", "a100"), ("2022Q4", "a800"), ("2023Q1", "a800"), ("2023Q3", "h800"), ("2024Q2", "h20"),
        ("2025Q1", "h20"), ("2025Q4", "h20"), ("2026Q1", "h200"), ("2026Q4", "h200"), ("2028Q4", "h200"),
    ],
)  # fmt: skip
def test_nvidia_offers_china_the_part_of_the_day(window, quarter, part):
    assert main_part(window, quarter) == part


@pytest.mark.parametrize(
    ("quarter", "free"),
    [
        ("2022Q2", 1.0),
        ("2022Q3", 56 / 92),  # letters of 26 August
        ("2023Q2", 1.0),
        ("2023Q4", 22 / 92),  # told on 23 October to apply the rule at once
        ("2025Q2", 8 / 91),  # letters of 9 April
        ("2025Q4", 0.0),
        ("2026Q2", 0.0),
    ],
)
def test_free_days_of_nvidia_in_china(window, quarter, free):
    assert us(window, quarter, FREE) == pytest.approx(free, abs=0.01)


def test_amd_was_not_told_early_in_october_2023(window):
    # its parts were held back by the 2022 form already; buyers abroad lost theirs on 17 November
    assert us(window, "2023Q4", FREE, AMD, HQ) > us(window, "2023Q4", FREE, NVIDIA, HQ) + 0.1


def test_variants_come_in_with_their_launch(window):
    share = [us(window, q, FREE) for q in ("2024Q1", "2024Q2", "2024Q3", "2024Q4")]
    assert 0.4 < share[0] < 0.7 and share[-1] > 0.95
    assert share == sorted(share)


def test_letters_then_case_by_case_with_cap_and_duty(window):
    assert us(window, "2025Q2", LETTERS) == pytest.approx(1 - 8 / 91, abs=0.02)
    assert us(window, "2025Q4", LETTERS) > 0.95
    assert us(window, "2026Q1", CASE) == pytest.approx(76 / 90, abs=0.01)
    assert us(window, "2026Q3", CASE) > 0.98
    assert window.fee[qi("2025Q1")] == 0
    assert window.fee[qi("2025Q4")] == pytest.approx(0.15, abs=0.001)
    assert window.fee[qi("2026Q2")] == pytest.approx(0.25, abs=0.001)
    assert (window.cap_share[: qi("2026Q1")] == 9).all()
    assert window.cap_share[qi("2026Q1") : qi("2030Q1")] == pytest.approx(0.5)


def test_the_capped_product_counts_in_us_sales_since_its_launch(window):
    h200 = window.capped_product[:, NVIDIA]
    assert (h200[: qi("2024Q3")] == 0).all()
    assert 0.15 < h200[qi("2024Q3")] < 0.2 and 0.3 < h200[qi("2024Q4")] < 0.5
    assert h200[qi("2027Q1")] < 0.01
    assert window.capped_product[qi("2025Q1"), AMD] > 0.3  # MI325X


def test_the_chinese_answer(window):
    state, cloud = window.cn_words[:, 0, NVIDIA], window.cn_words[:, 1, NVIDIA]
    assert min(state[qi("2024Q4"), 0], cloud[qi("2024Q4"), 0]) == pytest.approx(1)
    assert cloud[qi("2025Q4"), CN_WORDS.index("discouraged")] > 0.9
    assert state[qi("2026Q2"), CN_WORDS.index("barred_for_state_funded")] > 0.9
    assert cloud[qi("2026Q2"), CN_WORDS.index("case_by_case_approval")] > 0.9
    assert window.cn_words.sum(-1) == pytest.approx(np.ones(window.cn_words.shape[:-1]))


def test_variants_cannot_be_sold_elsewhere(window):
    assert window.china_only[qi("2022Q2"), NVIDIA] == 0
    assert window.china_only[qi("2023Q2"), NVIDIA] == pytest.approx(
        0, abs=0.01
    )  # relabelled: sold elsewhere after all
    assert window.china_only[qi("2024Q4"), NVIDIA] > 0.95
    assert window.china_only[qi("2026Q2"), NVIDIA] == pytest.approx(0, abs=0.01)


def test_allies_buy_freely_and_the_gulf_by_licence_since_november_2023(window):
    assert window.us_words[:, AL, :, FREE] == pytest.approx(1, abs=0.02)
    assert us(window, "2023Q2", FREE, segment=RW) == pytest.approx(1, abs=0.01)
    assert 0.6 < us(window, "2024Q4", FREE, segment=RW) < 0.85
    assert us(window, "2024Q4", PRESUMED, segment=RW) > 0.15
    assert main_part(window, "2025Q4", segment=AL).startswith("blackwell")


def test_the_rule_follows_headquarters(window):
    assert us(window, "2023Q2", FREE, segment=HQ) == pytest.approx(1, abs=0.02)
    assert main_part(window, "2026Q4", segment=HQ) != "h200"  # relief does not reach firms abroad
    assert us(window, "2024Q1", DENIAL, segment=HQ) > 0.3


def test_availability_never_exceeds_one_and_nothing_is_negative(window):
    total = window.us_words.sum(-1)
    assert (window.us_words >= 0).all() and (total <= 1 + 1e-6).all()
    assert np.isfinite(window.parts).all() and (window.parts >= 0).all()


def test_a_ceiling_below_the_h200_takes_it_out_of_the_offer():
    window, _ = window_of("status-quo", set="us_tpp_ceiling=15000@2027Q1")
    assert main_part(window, "2026Q4") == "h200"
    assert main_part(window, "2027Q2") != "h200"
    assert us(window, "2027Q2", CASE) < 0.01
    assert window.parts[qi("2027Q2"), CN, NVIDIA, 0] < 0.3


def test_a_bandwidth_ceiling_does_the_same():
    window, _ = window_of("status-quo", set=["us_bandwidth_ceiling=4000@2027Q1"])
    assert main_part(window, "2027Q2") != "h200"


def test_a_ceiling_can_be_lifted_for_a_while_and_goes_back():
    window, _ = window_of(
        "status-quo", set=["us_tpp_ceiling=62000@2027Q1:2027Q4", "us_bandwidth_ceiling=9000@2027Q1"]
    )
    assert main_part(window, "2027Q2") == "blackwell-ultra"
    assert main_part(window, "2028Q1") == "h200"


def test_a_changed_line_in_the_regime_does_what_the_lever_does(tmp_path):
    path = tmp_path / "line.yaml"
    path.write_text(
        "{id: line, title: Line, base: status-quo, regime: {us-2026-01-h200-rule.tpp_lt: {2027Q1: 15000}}}"
    )
    by_regime, _ = window_of(str(path))
    by_lever, _ = window_of("status-quo", set="us_tpp_ceiling=15000@2027Q1")
    assert by_regime.parts == pytest.approx(by_lever.parts)
    assert by_regime.us_words == pytest.approx(by_lever.us_words)


def test_without_controls_the_flagship_is_sold_and_no_variant_is_made():
    window, _ = window_of("no-controls")
    assert window.us_words[:, CN, NVIDIA, FREE] == pytest.approx(1, abs=0.01)
    assert (window.china_only == 0).all()
    assert window.parts[:, CN, NVIDIA] == pytest.approx(window.parts[:, AL, NVIDIA], rel=0.02)


def test_as_of_hides_the_rule_of_2026_and_later_chips():
    window, _ = window_of("status-quo", as_of="2025-12-31")
    assert main_part(window, "2026Q2") == "h20"
    assert us(window, "2026Q2", LETTERS) > 0.9
    assert (window.cap_share == 9).all()


def test_beside_the_licensed_part_china_is_offered_one_without_licence(window):
    tops = lambda quarter: window.free_parts[qi(quarter), NVIDIA, 0]  # noqa: E731
    assert window.free_share[: qi("2025Q3")].max() < 1e-3  # until then the first offer holds all there was
    assert window.free_share[qi("2026Q3"), NVIDIA] > 0.95
    assert tops("2026Q3") < 0.2 * window.parts[qi("2026Q3"), CN, NVIDIA, 0]  # far below the H200
    assert window.free_cn_words[qi("2026Q3"), :, NVIDIA, CN_WORDS.index("not_admitted")] == pytest.approx(1)


def test_what_china_is_offered_is_held_back_while_the_flagship_is_not_for_sale(window):
    held = window.held_back[:, CN, NVIDIA]
    assert not held[: qi("2022Q3")].any() and held[qi("2023Q4") :].all()
    assert not window.held_back[:, SEGMENTS.index("AL"), NVIDIA].any()
    free = window_of("no-controls")[0]
    assert not free.held_back[qi("2026Q1") :, CN, NVIDIA].any()


def test_only_a_licensed_part_is_under_the_cap(window):
    assert window.under_cap[qi("2026Q2"), NVIDIA] == 1 and not window.under_cap[: qi("2026Q1")].any()
    few = window_of("status-quo", set=["cn_import_gate=1@2027Q1", "us_approval_share=0.02@2027Q1"])[0]
    assert few.under_cap[qi("2027Q2"), NVIDIA] == 0  # then the part without licence comes first


def test_the_table_can_be_read(capsys):
    from countervail.scenario.dump import main

    main(["status-quo", "--until", "2026Q2"])
    lines = capsys.readouterr().out.splitlines()
    row = next(line for line in lines if line.startswith("2026Q2"))
    assert "h200:1.00" in row and "0.25" in row and "0.50" in row and "case-by-case" in row
    with pytest.raises(SystemExit, match="did you mean status-quo"):
        main(["status-qo"])


def test_the_gate_ranks_parts_as_the_model_lets_them_in():
    from types import SimpleNamespace

    import jax.numpy as jnp
    from tests.model.worlds import one, parameters

    from countervail.model.mechanisms import trade
    from countervail.scenario import window as windows

    rng = np.random.default_rng(0)
    us, cn = rng.dirichlet(np.ones(6), (1, 2, 5)), rng.dirichlet(np.ones(5), (1, 2, 3))
    p = parameters("trade", gate_case_by_case=0.3, gate_discouraged=0.1)
    for gate in (np.nan, 0.0, 0.2, 0.7, 1.0):
        ranked = windows._admitted(
            SimpleNamespace(us=us, cn=cn), np.array([1, 0.3, 0.1, 0, 0]), np.array([gate])
        )[0]  # [part, buyer]
        policy = SimpleNamespace(
            us_words=jnp.asarray(us[0].transpose(1, 0, 2))[..., None],
            cn_words=jnp.asarray(cn[0].transpose(1, 0, 2))[..., None],
            free_cn_words=jnp.asarray(cn[0].transpose(1, 0, 2))[..., None],
            cn_import_gate=one(-1.0 if np.isnan(gate) else gate),
        )
        first, _ = trade.cn_acceptance(policy, one(0.0), one(0.0), p)  # two exporters stand for the two parts
        assert np.asarray(first)[..., 0].T == pytest.approx(ranked, rel=1e-5)
