import subprocess
import sys

import pytest

from countervail.errors import UserError
from countervail.scenario import list_levers, parse_set
from countervail.scenario.levers import QUARTERS, RULES, settings, steps_of

CONTRACT = """
us_tpp_ceiling us_bandwidth_ceiling us_volume_cap_share us_volume_cap_units us_export_fee us_review_delay
us_approval_share us_equipment_controls us_hbm_controls us_enforcement us_remote_access_control us_rd_support
us_export_promotion us_power_build al_alignment cn_state_domestic_share cn_cloud_domestic_share cn_import_gate
cn_price_subsidy cn_energy_subsidy cn_foundry_investment cn_hbm_investment cn_rd_grants cn_alliance_strength
cn_standards_openness cn_input_controls cn_offshore_rental cn_enforcement cn_power_build demand_growth_us
demand_growth_cn demand_growth_other
""".split()


def test_every_lever_of_the_contract_exists():
    assert set(CONTRACT) <= {row.id for row in list_levers()}


@pytest.mark.parametrize("row", list_levers(), ids=lambda r: r.id)
def test_a_lever_is_complete_and_its_default_lies_in_its_range(row):
    assert row.min < row.max and row.step > 0
    assert row.default == RULES or row.min <= float(row.default) <= row.max
    assert row.side in ("US", "CN", "world")
    for text in (row.label, row.unit, row.group, row.description, row.current):
        assert text.strip()
    prefix = row.id.split("_")[0]
    assert row.side == {"us": "US", "cn": "CN"}.get(prefix, "world")


def test_both_sides_have_about_the_same_number_of_levers():
    sides = [row.side for row in list_levers()]
    assert abs(sides.count("US") - sides.count("CN")) <= 2


def test_sources_of_levers_are_measures():
    from countervail.evidence import load

    known = load().measures
    missing = {s for row in list_levers() for s in row.sources} - set(known)
    assert not missing


def test_listing_needs_nothing_heavy():
    code = (
        "import sys; from countervail.scenario import list_levers, list_scenarios, parse_set;"
        "list_levers(); list_scenarios(); parse_set('us_export_fee=0.2@2027Q1');"
        "print([m for m in ('jax', 'numpy', 'pydantic', 'pandas') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_setting_holds_from_one_quarter_to_another():
    setting = parse_set("us_export_fee=0.25@2027Q1:2028Q4")
    assert (setting.id, setting.step.value) == ("us_export_fee", 0.25)
    assert (setting.step.start, setting.step.end) == (20, 27)
    assert parse_set("us_export_fee=0.25").step.start == 0
    assert parse_set("us_export_fee=0.25@2027Q1").step.end == QUARTERS - 1
    assert parse_set("us_export_fee=rules@2027Q1").step.value == RULES
    assert parse_set("fabrication.learning_rate=0.3").is_parameter


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("us_export_fee", "not of the form ID=VALUE", "us_export_fee=0.25"),
        ("us_exprt_fee=0.2", "unknown lever 'us_exprt_fee'", "us_export_fee"),
        ("us_export_fee=2", "beyond its range", "from 0 to 0.9"),
        ("us_export_fee=nan", "not a finite number", "0.25"),
        ("us_export_fee=inf", "not a finite number", "0.25"),
        ("us_export_fee=much", "'much' is not a number", "0.25"),
        ("us_export_fee=0.2@2028Q1:2027Q1", "2028Q1 is after 2027Q1", "earlier quarter first"),
        ("us_export_fee=0.2@2027", "'2027' is not a quarter", "2025Q2"),
        ("us_export_fee=0.2@2050Q1", "outside 2022Q1 to 2040Q4", "inside"),
        ("us_power_build=rules", "cannot be 'rules'", "default is 1"),
        ("fabrication.learning_rate=0.3@2027Q1", "holds for all quarters", "fabrication.learning_rate=0.3"),
        ("fabrication.learning_rate=nan", "not a finite number", ""),
    ],
)
def test_a_bad_setting_is_said_in_one_sentence(text, message, hint):
    with pytest.raises(UserError) as caught:
        parse_set(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_settings_come_as_texts_or_as_a_mapping():
    assert settings({"us_export_fee": 0.25}) == settings(["us_export_fee=0.25"])
    assert settings({"us_export_fee@2027Q1": 0.25}) == settings("us_export_fee=0.25@2027Q1")
    assert settings(None) == []
    with pytest.raises(UserError, match="give one value"):
        settings({"us_export_fee": {"2027Q1": 0.2}})


def test_a_path_in_a_file_goes_in_steps():
    steps = steps_of("us_export_fee", {"2028Q1": 0.3, "2027Q1": 0.2}, "x.yaml")
    assert [(s.value, s.start, s.end) for s in steps] == [(0.2, 20, 23), (0.3, 24, QUARTERS - 1)]
