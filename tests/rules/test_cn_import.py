"""The Chinese gate: words, dates, places, buyers, explanations, and the table for the model."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countervail.errors import UserError
from countervail.evidence import load
from countervail.files import read_yaml
from countervail.rules import cn_measures, run_cases
from countervail.rules.cn_import import BUYERS, import_table, is_domestic, judge_import
from countervail.rules.outcome import IMPORT_OUTCOMES, Chip, Import, Party, Transaction
from countervail.rules.regime import Regime

CASES = read_yaml(Path(__file__).parent / "cases" / "cn.yaml")
DAY = timedelta(days=1)
H200 = Chip(
    "H200 SXM", id="nvidia-h200-sxm", designer="NVIDIA", designer_country="US", tpp=15832, datacentre=True
)
H20 = Chip(
    "H20 96GB", id="nvidia-h20-96gb", designer="NVIDIA", designer_country="US", tpp=2368, datacentre=True
)
L20 = Chip("L20", id="nvidia-l20", designer="NVIDIA", designer_country="US", tpp=1912, datacentre=True)
ASCEND = Chip("Ascend 910C", id="huawei-ascend-910c", designer="Huawei", designer_country="CN", tpp=12800)


def judged(
    chip: Chip, on: str, kind: str = "commercial", to: str = "CN", hq: str = "CN", **facts: Any
) -> Import:
    party = Party(kind, facts.pop("name", None), hq, hq)
    found = judge_import(chip, Transaction(to, facts=facts), party, date.fromisoformat(on))
    assert found is not None
    return found


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda c: c["id"])
def test_case(case: dict[str, Any]) -> None:
    raw, deal, user = case["chip"], dict(case["transaction"]), case["end_user"]
    chip = Chip(
        raw["name"],
        designer=raw["vendor"],
        tpp=raw["tpp"],
        performance_density=raw["performance_density"],
        datacentre=raw["designed_or_marketed_for_datacentre"],
    )
    transaction = Transaction(deal.pop("destination"), deal.pop("type"), facts=deal)
    party = Party(
        user["kind"],
        user.get("name"),
        user["headquarters"],
        user["ultimate_parent_headquarters"],
        user["entity_list"],
        user["military"],
    )
    found = judge_import(chip, transaction, party, date.fromisoformat(case["date"]))
    assert found is not None
    assert (found.outcome, found.measure) == (case["expected"]["import"], case["expected"]["measure"]), case[
        "why"
    ]


def test_cases_are_sourced_and_reach_every_word() -> None:
    assert CASES["meta"]["count"] == len(CASES["cases"]) >= 40
    assert {c["expected"]["import"] for c in CASES["cases"]} == set(IMPORT_OUTCOMES)
    for case in CASES["cases"]:
        assert case["sources"] and set(case["sources"]) <= set(CASES["sources"]), case["id"]


def test_the_case_runner_agrees() -> None:
    results = run_cases(CASES)
    assert [(r.id, r.misses) for r in results if not r.passed] == []
    wrong = {**CASES["cases"][3], "expected": {"import": "admitted", "measure": None}}
    (missed,) = run_cases({"cases": [wrong]})
    assert not missed.passed and "import is discouraged" in missed.misses[0]


BOUNDARIES = [
    (H20, "2025-07-31", "admitted", "discouraged"),
    (H200, "2025-12-10", "admitted", "discouraged"),
    (H200, "2026-01-13", "discouraged", "not_admitted"),
    (H200, "2026-01-28", "not_admitted", "case_by_case_approval"),
]


@pytest.mark.parametrize(("chip", "day", "before", "on"), BOUNDARIES)
def test_the_word_changes_on_the_day(chip: Chip, day: str, before: str, on: str) -> None:
    eve = (date.fromisoformat(day) - DAY).isoformat()
    assert judged(chip, eve, "cloud").outcome == before
    assert judged(chip, day, "cloud").outcome == on


@pytest.mark.parametrize(
    ("share", "word"), [(0.2999, "barred_for_state_funded"), (0.30, "case_by_case_approval")]
)
def test_completion_of_a_state_funded_site_decides(share: float, word: str) -> None:
    assert judged(L20, "2025-12-01", "state", completion_share=share).outcome == word


@pytest.mark.parametrize(
    ("tpp", "word"), [(4799.9, "admitted"), (4800, "case_by_case_approval"), (None, "undetermined")]
)
def test_parts_nobody_names_are_judged_by_tpp(tpp: float | None, word: str) -> None:
    part = Chip("X1", designer="Acme", designer_country="US", tpp=tpp, datacentre=True)
    found = judged(part, "2026-03-01", "cloud")
    assert found.outcome == word
    if tpp is None:
        assert "TPP" in found.notes[0]


def test_nothing_is_judged_elsewhere() -> None:
    assert judge_import(H200, Transaction("SG"), Party("cloud", headquarters="CN"), date(2026, 2, 1)) is None


def test_hong_kong_firms_are_outside_the_mainland_gate() -> None:
    for on in ("2025-09-01", "2026-01-20", "2026-09-01"):
        assert judged(H200, on, to="HK", hq="HK").outcome == "admitted"
        assert judged(H20, on, to="MO", hq="MO").outcome == "admitted"
    assert judged(H200, "2026-09-01", to="HK", hq="CN").measure == "cn-h200-purchase-by-purchase-2026"


def test_the_h20_is_not_the_h200() -> None:
    assert judged(H200, "2025-09-01").outcome == "admitted"
    assert judged(H20, "2026-01-20").measure == "cn-h20-discourage-2025"


def test_an_unknown_designer_is_undetermined() -> None:
    found = judged(Chip("mystery", tpp=9000), "2026-02-01")
    assert found.outcome == "undetermined" and "designer" in found.notes[0]


def test_unknown_state_money_becomes_a_condition() -> None:
    conditions = {c.fact: c.text for c in judged(L20, "2025-12-01").conditions}
    assert "state funds" in conditions["state_funded"]
    assert not any(c.fact == "state_funded" for c in judged(L20, "2025-12-01", state_funded=False).conditions)


def test_the_trace_holds_value_threshold_and_source() -> None:
    found = judged(L20, "2025-12-01", "state", completion_share=0.1)
    (test,) = [t for t in found.trace if t.quantity == "completion_share" and t.passed]
    assert (test.value, test.threshold, test.op) == (0.1, 0.30, "<")
    assert test.margin == pytest.approx(-0.2) and test.source.startswith("https://")
    assert found.to_json()["trace"][0]["measure"]


def test_a_reading_of_ours_says_so() -> None:
    mi325 = Chip("MI325X", designer="AMD", designer_country="US", tpp=20919, datacentre=True)
    assert any("no report names this chip" in n for n in judged(mi325, "2026-02-15", "cloud").notes)
    assert not any("no report names" in n for n in judged(H200, "2026-02-15", "cloud").notes)


chips = st.builds(
    Chip,
    name=st.sampled_from(["H20", "H200 SXM", "RTX Pro 6000D", "MI308X", "L20", "X1"]),
    designer=st.sampled_from(["NVIDIA", "AMD", "Huawei", None]),
    designer_country=st.sampled_from(["US", "CN", None]),
    tpp=st.one_of(st.none(), st.floats(0, 1e6)),
    datacentre=st.sampled_from([True, False, None]),
)
parties = st.builds(
    Party,
    kind=st.sampled_from(["commercial", "consumer", "military", "state", "cloud", "research_laboratory"]),
    name=st.sampled_from([None, "ByteDance", "DeepSeek", "Acme"]),
    headquarters=st.sampled_from(["CN", "HK", "US", None]),
    military=st.sampled_from([True, False, None]),
)
days = st.dates(date(2018, 1, 1), date(2040, 12, 31))


@given(chip=chips, party=parties, on=days, to=st.sampled_from(["CN", "HK", "MO"]))
def test_every_deal_gets_a_word_and_a_reason(chip: Chip, party: Party, on: date, to: str) -> None:
    found = judge_import(chip, Transaction(to), party, on)
    assert found is not None and found.outcome in IMPORT_OUTCOMES
    assert (found.measure is None) == (found.outcome == "admitted")
    if is_domestic(chip) or on < date(2023, 5, 21):
        assert found.outcome == "admitted"
    if found.outcome not in ("admitted", "undetermined"):
        assert any(t.measure == found.measure and t.passed is not False for t in found.trace)


@given(chip=chips, party=parties, on=days)
def test_state_money_never_helps(chip: Chip, party: Party, on: date) -> None:
    ranks = [w for w in IMPORT_OUTCOMES if w != "undetermined"]
    free = judge_import(chip, Transaction("CN", facts={"state_funded": False}), party, on)
    paid = judge_import(chip, Transaction("CN", facts={"state_funded": True}), party, on)
    assert free and paid
    if "undetermined" not in (free.outcome, paid.outcome):
        assert ranks.index(paid.outcome) >= ranks.index(free.outcome)


def test_facts_may_come_as_text() -> None:
    assert (
        judged(L20, "2025-12-01", state_funded="yes", completion_share="0.1").outcome
        == "barred_for_state_funded"
    )
    with pytest.raises(UserError, match="completion_share is '30', a share"):
        judged(L20, "2025-12-01", completion_share=30)
    with pytest.raises(UserError, match="state_funded is 'maybe'"):
        judged(L20, "2025-12-01", state_funded="maybe")


# a scenario's changes


def test_ending_a_measure_opens_the_gate() -> None:
    regime = Regime.load().ending("cn-sfdc-foreign-chip-ban-2025", date(2026, 1, 1))
    deal, party = Transaction("CN"), Party("state", headquarters="CN")
    assert (before := judge_import(L20, deal, party, date(2025, 12, 31), regime))
    assert (after := judge_import(L20, deal, party, date(2026, 1, 1), regime))
    assert before.outcome == "barred_for_state_funded"
    assert after.measure == "cn-xinchuang-ai-chip-list-2025"


def test_a_threshold_of_a_scenario_is_followed() -> None:
    regime = Regime.load().with_parameter("cn-sfdc-foreign-chip-ban-2025", "completion_share", 0.6)
    deal, party = Transaction("CN", facts={"completion_share": 0.5}), Party("state", headquarters="CN")
    found = judge_import(L20, deal, party, date(2025, 12, 1), regime)
    assert found and found.outcome == "barred_for_state_funded"


def test_a_proposal_binds_only_where_it_is_enacted() -> None:
    id = "cn-h200-planned-use-limits-2026"
    party = Party("commercial", headquarters="CN")
    deal = Transaction("CN", facts={"critical_infrastructure": True, "state_funded": False})
    plain = judge_import(H200, deal, party, date(2026, 3, 1))
    enacted = judge_import(H200, deal, party, date(2026, 3, 1), Regime.load().starting(id, date(2026, 2, 1)))
    assert plain and enacted
    assert plain.outcome == "case_by_case_approval"
    assert (enacted.outcome, enacted.measure) == ("not_admitted", id)


def test_a_measure_of_the_analysts_own_joins_the_gate() -> None:
    own = {
        "id": "cn-own",
        "actor": "CN",
        "name": "All US parts stopped",
        "announced": date(2027, 1, 1),
        "effective": date(2027, 1, 1),
        "clauses": [
            {"id": "all", "word": "not_admitted", "chips": {"vendors": ["NVIDIA"]}, "reach": "customs"}
        ],
    }
    regime = Regime.load().adding(own)
    found = judge_import(L20, Transaction("CN"), Party("cloud", headquarters="CN"), date(2027, 2, 1), regime)
    assert found and (found.outcome, found.measure) == ("not_admitted", "cn-own")


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ({"id": "a", "word": "forbidden"}, "no import word"),
        ({"id": "a", "reach": "space"}, "reach"),
        ({"id": "a", "chip": {}}, "unknown field 'chip'"),
        ({"id": "a", "when": [{"fact": "x"}]}, "test of 'x'"),
        ({"word": "admitted"}, "with an id"),
    ],
)
def test_a_malformed_clause_names_the_field(clause: dict[str, Any], words: str) -> None:
    own = {
        "id": "cn-own",
        "actor": "CN",
        "name": "x",
        "announced": date(2027, 1, 1),
        "effective": date(2027, 1, 1),
    }
    regime = Regime.load().adding({**own, "clauses": [clause]})
    with pytest.raises(UserError, match=words):
        judge_import(L20, Transaction("CN"), Party(), date(2027, 2, 1), regime)


def test_what_was_not_known_does_not_bind() -> None:
    party, deal = Party("state", headquarters="CN"), Transaction("CN")
    early = judge_import(L20, deal, party, date(2025, 12, 1), Regime.load(date(2025, 10, 1)))
    assert early and early.outcome == "admitted"


# the table


def test_the_table_agrees_with_single_checks() -> None:
    products = [H200, H20, L20, ASCEND]
    quarters = ["2024Q4", "2025Q3", "2025Q4", "2026Q1", "2026Q3", "2027Q1"]
    table = import_table(products, quarters)
    assert table.shares.shape == (6, 4, 3, 6)
    assert np.allclose(table.shares.sum(axis=-1), 1)
    for quarter, (first, last) in {
        "2025Q3": (date(2025, 7, 1), date(2025, 9, 30)),
        "2026Q1": (date(2026, 1, 1), date(2026, 3, 31)),
    }.items():
        for chip in products:
            for buyer, party in BUYERS.items():
                words: dict[str, int] = {}
                day = first
                while day <= last:
                    found = judge_import(chip, Transaction("CN"), party, day)
                    assert found
                    words[found.outcome] = words.get(found.outcome, 0) + 1
                    day += DAY
                total = sum(words.values())
                assert table.of(quarter, chip.id or "", buyer) == pytest.approx(
                    {w: n / total for w, n in words.items()}
                )


def test_the_table_follows_a_scenario() -> None:
    regime = (
        Regime.load()
        .ending("cn-h20-discourage-2025", date(2026, 1, 1))
        .ending("cn-h20-cac-summons-2025", date(2026, 1, 1))
    )
    assert import_table([H20], ["2026Q1"], regime).of("2026Q1", "nvidia-h20-96gb", "cloud") == {"admitted": 1}
    assert import_table([H20], ["2026Q1"]).of("2026Q1", "nvidia-h20-96gb", "cloud") == {"discouraged": 1}


# the data


def test_measures_are_those_of_the_evidence() -> None:
    known = load().measures
    for measure in cn_measures.chinese(Regime.load()):
        row = known[measure.id]
        assert row.actor == "CN"
        assert measure.proposal or measure.effective, measure.id
        assert measure.data["reference"] and all(r["title"] and r["href"] for r in measure.data["reference"])
        # the evidence dates the first, local, demand on public hubs; the gate dates the national one
        if measure.effective and row.effective and measure.id != "cn-public-hub-50pct-2025":
            assert abs((measure.effective - row.effective).days) <= 31, (measure.id, row.effective)


def test_every_clause_is_reachable_by_its_parameters() -> None:
    for measure in cn_measures.chinese(Regime.load()):
        for clause in cn_measures.content(measure).clauses:
            for value in [clause.chips.tpp_at_least, clause.chips.class_tpp]:
                if isinstance(value, str):
                    assert value in measure.parameters, (measure.id, value)
