"""Measures are data: an edited number, an earlier end or a bill enacted changes the answer."""

from datetime import date
from pathlib import Path

import pytest

from countervail.errors import UserError
from countervail.evidence import load
from countervail.files import read_yaml
from countervail.rules import OUTCOMES, check
from countervail.rules.regime import Regime, read_measure
from countervail.rules.words import outcome_words

FREE, DENIAL = "no_licence_required", "licence_required_presumption_of_denial"
CASE, LETTER = "licence_required_case_by_case", "licence_required_policy_not_published"
SHIPPED = Regime.load()
RULES = Path(__file__).parents[2] / "src" / "countervail" / "rules"


def ask(regime: Regime, chip: str = "H200", on: str = "2027-06-01", **kwargs: object) -> str:
    return check(chip, to="CN", on=on, measures=regime, **kwargs).outcome  # pyright: ignore[reportArgumentType]


def test_a_moved_line_removes_the_h200() -> None:
    moved = SHIPPED.with_parameter("us-2026-01-h200-rule", "tpp_lt", 15000, date(2027, 1, 1))
    assert (ask(SHIPPED), ask(moved)) == (CASE, DENIAL)
    assert ask(moved, on="2026-12-31") == CASE
    assert ask(SHIPPED) == CASE  # the shipped regime is untouched


def test_a_line_moved_for_all_days() -> None:
    lower = SHIPPED.with_parameter("us-2023-10-ac-ifr", "b1_tpp_min", 2000)
    assert ask(SHIPPED, "H20", "2024-06-01") == FREE
    assert ask(lower, "H20", "2024-06-01") == "licence_exception_NAC_notify"


def test_an_edited_measure_file_changes_the_result() -> None:
    data = read_yaml(RULES / "measures" / "us" / "us-2023-10-ac-ifr.yaml")
    data["parameters"]["a1_tpp_min"]["values"] = {date(2023, 11, 17): 2000}
    edited = Regime(
        {**SHIPPED.measures, data["id"]: read_measure(data, "edited")}, SHIPPED.groups, SHIPPED.register
    )
    assert ask(edited, "H20", "2024-06-01") == DENIAL


def test_an_earlier_end_and_a_renewed_stay() -> None:
    ended = SHIPPED.ending("us-2025-04-h20-letters", date(2025, 8, 1))
    assert ask(ended, "H20", "2025-07-31") == LETTER
    assert ask(ended, "H20", "2025-08-01") == FREE
    owned = {"owned_pct_by_listed": 60}
    assert ask(SHIPPED, "L20", "2027-01-01", facts=owned) == DENIAL
    assert ask(SHIPPED.renewing("us-2025-09-affiliates"), "L20", "2027-01-01", facts=owned) == FREE
    paused = SHIPPED.suspending("us-2025-04-h20-letters", date(2026, 1, 1), date(2026, 6, 30))
    assert ask(paused, "H20", "2026-06-30") == FREE
    assert ask(paused, "H20", "2026-07-01") == LETTER


@pytest.mark.parametrize(
    ("bill", "chip", "before", "after"),
    [
        ("bill-safe-chips", "H200", CASE, DENIAL),
        ("bill-safe-chips", "L20", FREE, FREE),
        ("bill-ai-overwatch", "B200", DENIAL, DENIAL),
        ("bill-gain-ai", "H200", CASE, CASE),
        ("bill-chip-security", "H200", CASE, CASE),
        ("bill-match", "H200", CASE, CASE),
    ],
)
def test_bills(bill: str, chip: str, before: str, after: str) -> None:
    enacted = SHIPPED.starting(bill, date(2027, 1, 1))
    assert ask(SHIPPED, chip) == before
    assert ask(enacted, chip) == after
    assert ask(enacted, chip, "2026-12-31") == before


def test_bills_bring_conditions_that_can_fail() -> None:
    enacted = SHIPPED.starting("bill-gain-ai", date(2027, 1, 1)).starting(
        "bill-chip-security", date(2027, 1, 1)
    )
    facts = {c.fact for c in check("H200", to="CN", on="2027-06-01", measures=enacted).conditions}
    assert {"us_buyers_first_certified", "location_verification"} <= facts
    assert ask(enacted, facts={"location_verification": False}) == DENIAL
    assert ask(enacted, facts={"us_buyers_first_certified": False}) == DENIAL


def test_the_safe_chips_act_lasts_thirty_months() -> None:
    enacted = SHIPPED.starting("bill-safe-chips", date(2027, 1, 1))
    assert ask(enacted, on="2029-06-30") == DENIAL
    assert ask(enacted, on="2029-07-01") == CASE


def test_ceilings_open_below_and_close_above() -> None:
    opened = SHIPPED.with_ceilings(tpp=20000, bandwidth=5000, from_date=date(2027, 1, 1))
    assert ask(opened) == CASE and ask(opened, "H20") == CASE and ask(opened, "B200") == DENIAL
    closed = SHIPPED.with_ceilings(tpp=0, from_date=date(2027, 1, 1))
    assert ask(closed, "L2") == DENIAL
    free = SHIPPED.with_ceilings(tpp=1e9, policy=FREE, from_date=date(2027, 1, 1))
    assert ask(free, "B200") == FREE
    assert ask(free, "B200", "2026-12-31") == DENIAL
    assert ask(free, "B200", end_user="Huawei") == DENIAL  # a listing stays


def test_a_measure_written_by_a_scenario() -> None:
    own = {
        "id": "my-memory-line",
        "name": "No part with more than 100 GB",
        "announced": date(2027, 1, 1),
        "effective": date(2027, 1, 1),
        "destinations": ["CHINA"],
        "outcome": DENIAL,
        "parameters": {
            "memory_min": {
                "label": "memory",
                "quantity": "memory_gb",
                "op": ">",
                "values": {date(2027, 1, 1): 100},
            }
        },
    }
    regime = SHIPPED.adding(own)
    assert ask(regime) == DENIAL and ask(SHIPPED) == CASE
    assert check("H200", to="CN", on="2027-06-01", measures=regime).measure == "my-memory-line"
    assert ask(regime, "L2") == FREE


def test_a_measure_of_a_scenario_for_one_country_that_relaxes() -> None:
    day = date(2027, 1, 1)
    own = {"id": "vn-deal", "name": "Vietnam is freed", "announced": day, "effective": day, "relaxes": True}
    regime = SHIPPED.adding({**own, "destinations": ["VN"], "outcome": FREE})
    approval = "licence_required_presumption_of_approval"
    found = {c: check("H100", to=c, on="2027-06-01", measures=regime).outcome for c in ("VN", "KZ")}
    assert found == {"VN": FREE, "KZ": approval}
    assert check("H100", to="VN", on="2026-12-31", measures=regime).outcome == approval
    assert check("H100", to="VN", on="2027-06-01", end_user="Huawei", measures=regime).outcome == DENIAL
    with pytest.raises(UserError, match="Narnia"):
        SHIPPED.adding({**own, "destinations": ["Narnia"], "outcome": FREE})
    with pytest.raises(UserError, match="no outcome word"):
        SHIPPED.adding({**own, "destinations": ["VN"], "outcome": "free"})


def test_unknown_names_are_errors() -> None:
    with pytest.raises(UserError, match="unknown measure"):
        SHIPPED.ending("us-2026-01-h200", date(2027, 1, 1))
    with pytest.raises(UserError, match="unknown parameter"):
        SHIPPED.with_parameter("us-2026-01-h200-rule", "tpp", 1)
    with pytest.raises(UserError, match="no suspension"):
        SHIPPED.renewing("us-2026-01-h200-rule")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"name": "x", "announced": date(2024, 1, 1)}, "no id"),
        ({"id": "x", "name": "x", "announced": "soon"}, "announced is not a date"),
        ({"id": "x", "name": "x", "announced": date(2024, 1, 1), "parameters": {"a": {}}}, "parameter a"),
        (
            {
                "id": "x",
                "name": "x",
                "announced": date(2024, 1, 1),
                "parameters": {"a": {"op": "~", "values": {date(2024, 1, 1): 1}}},
            },
            "comparison",
        ),
    ],
)
def test_malformed_measures_say_what_is_wrong(data: dict, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read_measure(data, "mine.yaml")


def test_every_source_and_measure_exists() -> None:
    evidence = load()
    own = set(read_yaml(RULES / "data" / "sources.yaml")["sources"])
    known = own | set(evidence.sources) | {e.id for e in evidence.entities}
    for measure in SHIPPED.measures.values():
        if measure.actor != "US":
            continue
        used = {r for r in measure.data["reference"] if isinstance(r, str)}
        used |= {p["source"] for p in (measure.data.get("parameters") or {}).values()}
        missing = {s for s in used if s not in known}
        assert not missing, (measure.id, missing)
        assert measure.data["reference"] or measure.id.startswith("lever-"), measure.id
    for party in read_yaml(RULES / "data" / "parties.yaml")["parties"].values():
        listed = party.get("listed", {})
        assert not listed or listed.get("from_memory") or listed["evidence"] in known
    for group in read_yaml(RULES / "data" / "country_groups.yaml")["groups"].values():
        assert set(group["sources"]) <= known
    # every act of the evidence base that decides shipments is in the rules
    named = {"us-2026-03-global-draft", "us-2026-05-800gbs-claim", "us-2026-08-entity-revisions"}
    acts = {i for i, m in evidence.measures.items() if m.actor == "US" and not m.proposal}
    assert acts - named <= set(SHIPPED.measures)


def test_outcome_words_agree_with_the_priors_of_trade() -> None:
    words = outcome_words()
    assert set(words) == set(OUTCOMES)
    priors = load().priors["trade"]
    for word in words.values():
        low, middle, high = word.approval_share
        assert 0 <= low <= middle <= high <= 1
        if word.parameter:
            prior = priors[word.parameter].prior
            assert (prior["p5"], prior["p50"], prior["p95"]) == word.approval_share, word.word
