import math

import pytest

from countervail.evidence import load
from countervail.periods import quarter_index
from countervail.scenario import products

ROADMAPS = products.roadmaps(load())
PARTS = [p for parts in ROADMAPS.values() for p in parts]


def mix_h100e(vendor, quarter):
    own = {p.id: p.figures[0] for p in ROADMAPS[vendor]}
    shares = products.mix(ROADMAPS[vendor], quarter_index(quarter))
    return sum(w * own[i] for i, w in shares.items())


def test_vendors_come_in_the_order_of_the_model():
    from countervail.model.types import PART_FIELDS, VENDORS

    assert tuple(ROADMAPS) == VENDORS
    assert len(PARTS[0].figures) == len(PART_FIELDS)


@pytest.mark.parametrize("part", PARTS, ids=lambda p: p.id)
def test_a_part_has_plausible_figures(part):
    h100e, fp16, fp4, bandwidth, memory, link, price, power, slots, dies, hbm, tpp = part.figures
    assert all(math.isfinite(x) and x >= 0 for x in part.figures)
    assert 0.02 < h100e < 60 and 0.02 < fp16 < 60
    assert fp4 >= max(h100e, fp16 * 989.4 / 1979) - 1e-9
    assert 0.05 < bandwidth < 60 and 4 <= memory <= 2000 and 0 < link <= 20_000
    assert 1 < price < 300 and 0.05 < power < 6
    assert slots <= 6 and 1 <= dies <= 16 and hbm <= 32 and 500 < tpp < 1e6
    assert (slots > 0) == (part.vendor in products.US_VENDORS and part.id != "rtx-6000d")
    assert sum(part.weights) == pytest.approx(1)


def test_every_chip_named_exists_and_every_given_figure_has_basis_and_source():
    table, known = products._table(), load().accelerators
    keys = {*table["meta"]["sources"], *(o.series_id for o in load().history)}
    for vendor in table["vendors"].values():
        given = [vendor.get("defaults", {})]
        for part in vendor["parts"]:
            assert set(part["chips"]) <= set(known), part["id"]
            given.append(part.get("figures", {}))
        for figures in given:
            for name, row in figures.items():
                assert row["basis"] in ("measured", "derived", "expert", "assumption"), name
                assert row["source"] in keys, (name, row)
                assert row.get("low", row["value"]) <= row["value"] <= row.get("high", row["value"]), (
                    name,
                    row,
                )
                if row["basis"] == "assumption" and row["value"] > 0:
                    assert "low" in row and "high" in row, (name, row)


@pytest.mark.parametrize(
    ("vendor", "quarter", "low", "high"),
    [
        ("NVIDIA", "2022Q2", 0.31, 0.34),
        ("NVIDIA", "2023Q4", 0.95, 1.01),
        ("NVIDIA", "2024Q3", 0.99, 1.1),
        ("NVIDIA", "2025Q3", 2.2, 2.5),
        ("NVIDIA", "2027Q3", 8.3, 8.9),
        ("Huawei", "2022Q2", 0.25, 0.27),
        ("Huawei", "2024Q4", 0.34, 0.42),
        ("Huawei", "2025Q4", 0.65, 0.82),
        ("Huawei", "2027Q1", 0.5, 0.6),
        ("AMD", "2025Q1", 1.2, 1.4),
        ("US in-house", "2025Q3", 0.75, 0.9),
        ("Cambricon", "2022Q1", 0.12, 0.14),
    ],
)
def test_the_mix_goes_through_the_known_generations(vendor, quarter, low, high):
    assert low <= mix_h100e(vendor, quarter) <= high


@pytest.mark.parametrize("vendor", ROADMAPS)
def test_shares_of_the_mix_sum_to_one_and_never_come_before_the_launch(vendor):
    for q in range(0, 76, 3):
        shares = products.mix(ROADMAPS[vendor], q)
        assert sum(shares.values()) == pytest.approx(1)
        for part in ROADMAPS[vendor]:
            assert part.china_only == (part.id not in shares)
            if not part.china_only and q < math.floor(part.launch):
                assert shares[part.id] == 0


def test_variants_for_china_are_not_sold_elsewhere():
    assert {p.id for p in PARTS if p.china_only} == {"a800", "h800", "h20", "rtx-6000d", "b30a", "mi308x"}


def test_a_gap_is_filled_and_a_known_figure_is_kept():
    ev = load()
    p800 = next(p for p in PARTS if p.id == "kunlun-p800")
    assert ev.accelerators["baidu-kunlun-p800"].memory_bandwidth_gb_s is None
    assert p800.figures[3] == pytest.approx(1.2)
    assert p800.figures[1] == pytest.approx(345 / 989.4)  # from the evidence


def test_the_best_part_never_gets_worse():
    for parts in ROADMAPS.values():
        path = [products.best(parts, q) for q in range(76)]
        assert all(b >= a for x, y in zip(path, path[1:], strict=False) for a, b in zip(x, y, strict=True))


def test_as_of_hides_later_parts():
    from datetime import date

    then = products.roadmaps(load(date(2023, 1, 1)))
    ids = {p.id for p in then["NVIDIA"]}
    assert {"a100", "h100", "a800"} <= ids
    assert not ids & {"h20", "blackwell", "rubin"}
    assert all(then.values())
