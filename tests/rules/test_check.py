"""Single questions: what goes in, what comes out, and what bad input says."""

import json
from datetime import date

import pytest

from countervail.errors import UserError
from countervail.rules import OUTCOMES, check, diff, timeline
from countervail.rules.regime import Regime

FREE, DENIAL = "no_licence_required", "licence_required_presumption_of_denial"
CASE, LETTER = "licence_required_case_by_case", "licence_required_policy_not_published"


def test_a_chip_is_found_by_id_name_and_alias() -> None:
    days = {"to": "CN", "on": "2024-02-01"}
    found = {check(c, **days).outcome for c in ("nvidia-h100-sxm", "H100", "NVIDIA H100 SXM5 80GB")}
    assert found == {DENIAL}


def test_json_has_the_keys_of_the_contract() -> None:
    found = check("H200", to="CN", on="2026-02-01", flips=True).to_json()
    keys = {"outcome", "measure", "clause", "conditions", "fee", "cap", "trace", "flips", "import", "notes"}
    assert keys <= set(found)
    assert {"test", "value", "threshold", "passed", "margin", "source"} <= set(found["trace"][0])
    assert all(t["source"] for t in found["trace"] if not t["measure"].startswith("lever-"))
    json.dumps(found)


def test_unknown_facts_become_conditions_and_stated_ones_are_met() -> None:
    open_ = check("H200", to="CN", on="2026-02-01")
    assert open_.outcome == CASE
    kyc = {c.fact: c.met for c in open_.conditions}
    assert kyc["kyc_and_remote_access_controls"] is None
    assert kyc["commercially_available_in_us_on_2026_01_15"] is True  # the evidence knows that it was on sale
    said = check("H200", to="CN", on="2026-02-01", facts={"kyc_and_remote_access_controls": "true"})
    assert {c.fact: c.met for c in said.conditions}["kyc_and_remote_access_controls"] is True
    failed = check("H200", to="CN", on="2026-02-01", facts={"kyc_and_remote_access_controls": False})
    assert failed.outcome == DENIAL and "(dd)(1)(vii)" in failed.clause


def test_parts_not_sold_as_parts_leave_the_condition_open() -> None:
    tpu = check("google-tpu-v6e", to="CN", on="2026-02-01")
    assert tpu.outcome == CASE
    assert {c.fact: c.met for c in tpu.conditions}["commercially_available_in_us_on_2026_01_15"] is None
    assert check("H800", to="CN", on="2026-02-01").outcome == DENIAL  # made for China, not on sale in the US


def test_fee_and_cap() -> None:
    h200 = check("H200", to="CN", on="2026-02-01")
    assert h200.fee is not None and h200.fee["rate"] == 0.25 and h200.fee["kind"] == "section_232_duty"
    assert h200.cap is not None and h200.cap["share"] == 0.5
    h20 = check("H20", to="CN", on="2025-09-15")
    assert h20.fee is not None and h20.fee["rate"] == 0.15 and h20.fee["codified"] is False
    assert check("H100", to="CN", on="2026-02-01").fee is None


def test_a_missing_figure_is_undetermined_and_named() -> None:
    spec = {"name": "secret", "designer": "NVIDIA", "tpp": 2000}
    found = check(spec, to="CN", on="2024-02-01")
    assert found.outcome == "undetermined"
    assert "performance_density" in found.missing[0]
    assert check(spec, to="DE", on="2024-02-01").outcome == FREE  # it does not matter there
    assert check(spec, to="CN", on="2022-01-01").outcome == FREE  # nor then
    no_memory = check({"tpp": 15000, "die_area_mm2": 800, "designer": "NVIDIA"}, to="CN", on="2026-02-01")
    assert no_memory.missing == ("memory_bandwidth_gb_s",)


def test_named_parties() -> None:
    assert check("L2", to="CN", on="2019-05-15", end_user="Huawei").outcome == FREE
    assert check("L2", to="CN", on="2019-05-16", end_user="Huawei").outcome == DENIAL
    assert check("L2", to="CN", on="2024-06-01", end_user="SMIC").outcome == CASE
    assert check("L2", to="CN", on="2024-06-01", end_user="ByteDance").outcome == FREE
    assert check("H100", to="DE", on="2024-06-01", end_user="ByteDance").outcome == DENIAL
    gulf = check("GB300", to="AE", on="2026-08-15", end_user="G42")
    assert gulf.outcome == "authorised_without_licence_listed_party"


def test_headquarters_may_be_stated() -> None:
    assert check("H100", to="MY", on="2024-06-01").outcome == FREE
    assert check("H100", to="MY", on="2024-06-01", headquarters="CN").outcome == DENIAL
    assert any("headquartered" in c.text for c in check("H100", to="MY", on="2024-06-01").conditions)


def test_scope_separates_print_from_enforcement() -> None:
    assert check("H100", to="IN", on="2025-06-01").outcome == FREE
    printed = check("H100", to="IN", on="2025-06-01", scope="de-jure")
    assert printed.outcome == "licence_required_presumption_of_approval"
    assert printed.measure == "us-2025-01-ai-diffusion"


def test_what_was_known_on_a_day() -> None:
    # on 1 May 2025 the Diffusion rule was still to come
    assert check("H100", to="IN", on="2025-06-01", as_of=date(2025, 5, 1)).outcome != FREE
    # in September 2022 the letters were all there was, in December Macau was still open
    later = {"to": "CN", "on": "2022-12-01"}
    assert check("A100", **later, as_of=date(2022, 9, 15)).measure == "us-2022-08-isinformed"
    assert check("A100", to="MO", on="2023-06-01", as_of=date(2022, 12, 1)).outcome == FREE
    assert check("A100", to="MO", on="2023-06-01").outcome == DENIAL
    # in October 2025 nobody knew of a stay of the affiliates rule, nor of the January 2026 review
    owned = {"owned_pct_by_listed": 60}
    then = date(2025, 10, 15)
    assert check("RTX 4090D", to="CN", on="2026-02-15", facts=owned).outcome == FREE
    assert check("RTX 4090D", to="CN", on="2026-02-15", facts=owned, as_of=then).outcome == DENIAL
    assert check("H200", to="CN", on="2026-02-15", as_of=then).outcome == DENIAL


@pytest.mark.parametrize(
    ("kwargs", "says"),
    [
        ({"chip": "H9999"}, "H9999"),
        ({"to": "XX"}, "destination 'XX'"),
        ({"on": "2041-01-01"}, "2041-01-01"),
        ({"on": "soon"}, "soon"),
        ({"end_user": "comercial"}, "comercial"),
        ({"headquarters": "Atlantis"}, "headquarters"),
        ({"scope": "real"}, "scope"),
        ({"chip": {"tpp": "fast"}}, "tpp is 'fast'"),
        ({"chip": {"tpp": -1}}, "tpp"),
        ({"chip": {"tpp": float("nan")}}, "tpp"),
        ({"chip": {"memory_bandwith_gb_s": 1}}, "memory_bandwith_gb_s"),
        ({"chip": {"designed_for_datacentre": "maybe"}}, "designed_for_datacentre"),
        ({"facts": {"owned_pct_by_listed": 130}}, "owned_pct_by_listed"),
        ({"facts": {"us_supply_certified": "maybe"}}, "us_supply_certified"),
        ({"facts": {"tpp_share_of_us_shipments": "half"}, "on": "2026-02-01"}, "tpp_share_of_us_shipments"),
    ],
)
def test_bad_input_names_the_field(kwargs: dict, says: str) -> None:
    question = {"chip": "H200", "to": "CN", "on": "2026-02-01", **kwargs}
    with pytest.raises(UserError, match=says):
        check(question.pop("chip"), **question)


def test_an_unread_fact_is_said_to_be_unread() -> None:
    assert any("colour" in n for n in check("H20", to="CN", on="2024-01-01", facts={"colour": "red"}).notes)


def test_timeline_covers_all_days_without_gaps() -> None:
    spans = timeline("H20", "CN")
    assert spans[0].start == date(2018, 1, 1) and spans[-1].through == date(2040, 12, 31)
    for before, after in zip(spans, spans[1:], strict=False):
        assert (after.start - before.through).days == 1
        middle = before.start + (before.through - before.start) / 2
        assert check("H20", to="CN", on=middle).outcome == before.outcome
    assert [s.outcome for s in timeline("A800", "CN")][:2] == [FREE, FREE] or spans


def test_diff_lists_what_the_january_2026_rule_opened() -> None:
    changed = {c.id: (c.before.outcome, c.after.outcome) for c in diff("2026-01-14", "2026-01-15", "CN")}
    assert changed["nvidia-h200-sxm"] == (DENIAL, CASE)
    assert changed["amd-mi325x"] == (DENIAL, CASE)
    assert "nvidia-b200" not in changed and "nvidia-h20-96gb" not in changed


def test_chinese_designs_abroad() -> None:
    assert check("Ascend 910C", to="DE", on="2025-05-12").outcome == FREE
    assert check("Ascend 910C", to="DE", on="2025-05-13").outcome == "prohibited_without_authorisation_GP10"
    lab = {"purpose": "technical analysis"}
    found = check("Ascend 910C", to="DE", on="2025-05-13", end_user="research_laboratory", facts=lab)
    assert found.outcome == "no_enforcement_technical_analysis"


def test_remote_access_is_no_export_until_the_bill() -> None:
    rent = {"type": "remote access"}
    assert check("H100", to="CN", on="2027-01-01", facts=rent).outcome == FREE
    regime = Regime.load().starting("bill-remote-access", date(2027, 1, 1))
    assert check("B200", to="CN", on="2027-01-01", facts=rent, measures=regime).outcome == DENIAL


def test_every_word_has_a_meaning() -> None:
    assert all(OUTCOMES.values())
