"""The table for the model gives the answers of single checks, spread over quarters."""

from datetime import date

import numpy as np
import pytest

from countervail.periods import quarter_name, quarter_span
from countervail.rules import CODES, WORDS, Party, Regime
from countervail.rules.chips import all_chips
from countervail.rules.table import Destination, judge_of, parts_of, table
from countervail.rules.us_export import judge

REGIME = Regime.load()
PLACES = [
    *(Destination(c) for c in "CN MO RU IR VN SA AE IL DE IN MY US KH UA".split()),
    Destination("MY", headquarters="CN"),
    Destination("AE", "state"),
    Destination("CN", "state"),
    Destination("DE", headquarters="RU"),
    Destination("CN", headquarters="US"),
    Destination("CN", "military"),
]


def test_every_cell_equals_the_single_check() -> None:
    distinct = np.unique(judge_of(REGIME, "enforced").same)  # days on which US law changes
    days = [REGIME.boundaries[i] for i in distinct if REGIME.boundaries[i] >= date(2022, 1, 1)]
    assert len(days) > 25
    chips = list(all_chips())
    found = table(chips, days, PLACES)
    assert found.outcome.shape == (len(chips), len(days), len(PLACES))
    for p, chip in enumerate(chips):
        for d, place in enumerate(PLACES):
            tx, party = parts_of(chip, place)
            for q, day in enumerate(days):
                single = judge(chip, tx, party, REGIME.at(day))
                assert WORDS[found.outcome[p, q, d]] == single.outcome, (chip.name, place, day)
                measure = found.measures[found.measure[p, q, d]] if found.measure[p, q, d] >= 0 else None
                assert measure == single.measure
                assert found.fee[p, q, d] == pytest.approx(single.fee["rate"] if single.fee else 0.0)
                cap = (single.cap or {}).get("share", np.nan)
                assert np.isclose(found.cap_share[p, q, d], cap, equal_nan=True)


def test_days_between_changes_of_us_law_read_the_same() -> None:
    days = [d for d in REGIME.boundaries if d >= date(2022, 1, 1)]
    chips = [c for c in all_chips() if c.name.startswith("NVIDIA H")]
    found = table(chips, days, ["CN", "AE"])
    for p, chip in enumerate(chips):
        for d, place in enumerate(["CN", "AE"]):
            tx, party = parts_of(chip, Destination(place))
            for q, day in enumerate(days):
                assert WORDS[found.outcome[p, q, d]] == judge(chip, tx, party, REGIME.at(day)).outcome


def test_shares_are_days() -> None:
    quarters = [quarter_name(q) for q in range(76)]
    found = table(["H800", "H200", "H20"], quarters, ["CN", "DE"])
    total = sum(found.share(word) for word in WORDS)
    assert np.allclose(total, 1.0, atol=1e-5)
    q = quarters.index("2023Q4")
    free = found.share("no_licence_required")[0, q, 0]
    assert free == pytest.approx(22 / 92)  # 1 to 22 October
    assert WORDS[found.outcome[0, q, 0]] == "licence_required_presumption_of_denial"
    q = quarters.index("2026Q1")
    assert found.share("licence_required_case_by_case")[1, q, 0] == pytest.approx(76 / 90)
    assert found.fee[1, q, 0] == np.float32(0.25) and found.cap_share[1, q, 0] == 0.5


def test_products_may_change_by_quarter() -> None:
    quarters = ["2022Q4", "2023Q2", "2024Q2", "2025Q3"]
    best = [["A800"], ["H800"], ["H20"], ["H20"]]
    found = table(best, quarters, ["CN"])
    assert found.outcome.shape == (1, 4, 1)
    words = [WORDS[c] for c in found.outcome[0, :, 0]]
    assert words[:3] == ["no_licence_required"] * 3
    assert words[3] == "licence_required_policy_not_published"
    same = table(["H20"], quarters, ["CN"])
    assert same.outcome[0, 2, 0] == found.outcome[0, 2, 0]


def test_a_changed_regime_changes_the_table() -> None:
    quarters = ["2026Q2", "2027Q2"]
    moved = REGIME.with_parameter("us-2026-01-h200-rule", "tpp_lt", 15000, date(2027, 1, 1))
    before, after = table(["H200"], quarters, ["CN"]), table(["H200"], quarters, ["CN"], regime=moved)
    case, denial = CODES["licence_required_case_by_case"], CODES["licence_required_presumption_of_denial"]
    assert before.outcome[0, :, 0].tolist() == [case, case]
    assert after.outcome[0, :, 0].tolist() == [case, denial]


def test_no_products_and_one_day() -> None:
    assert table([], ["2026Q1"], ["CN"]).outcome.shape == (0, 1, 1)
    found = table(["H20"], [quarter_span(0)[0]], ["CN"])
    assert found.outcome.shape == (1, 1, 1)


def test_party_kind_matters_only_where_a_rule_reads_it() -> None:
    deal = Party("state", headquarters="AE")
    tx, _ = parts_of(all_chips()[0], Destination("AE", "state"))
    assert deal.kind == "state" and tx.destination == "AE"
    found = table(["GB300"], ["2026Q4"], [Destination("AE"), Destination("AE", "state")])
    assert [WORDS[c] for c in found.outcome[0, 0]] == [
        "licence_required_policy_not_published",
        "authorised_without_licence_listed_party",
    ]
