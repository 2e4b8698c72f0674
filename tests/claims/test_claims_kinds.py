"""Each kind of assertion, each verdict, and broken files."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.claims.claim_files import CN, THEN, US, bandwidth, verdict, write

from countervail.claims import check_file
from countervail.claims.findings import combined, holds
from countervail.errors import UserError

# each kind, each verdict


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        (bandwidth(value=3000), "supported"),
        (bandwidth(), "contradicted"),
        (bandwidth(value=3300), "undecidable"),  # the C600 and L600 say so, at low confidence
        (bandwidth(value=3300, minimum_confidence="low"), "supported"),
        (
            bandwidth(chips={"designer_country": "CN", "status": ["rumoured"], "datacentre": False}),
            "unsupported",
        ),
        (bandwidth(chips={"ids": ["baidu-kunlun-p800"]}), "undecidable"),  # none published
        (
            bandwidth(quantifier="all", value=10, chips={"ids": ["nvidia-h100-sxm", "nvidia-h200-sxm"]}),
            "supported",
        ),
        (
            bandwidth(quantifier="all", value=4000, chips={"ids": ["nvidia-h100-sxm", "nvidia-h200-sxm"]}),
            "contradicted",
        ),
        (
            bandwidth(quantifier="all", value=10, chips={"ids": ["baidu-kunlun-p800", "nvidia-h200-sxm"]}),
            "undecidable",
        ),
    ],
)
def test_chip_threshold(tmp_path: Path, assertion: dict[str, Any], expected: str) -> None:
    assert verdict(write(tmp_path, assertion), THEN) == expected


@pytest.mark.parametrize(
    ("value", "comparison", "expected"),
    [(0.39, "at_least", "supported"), (0.6, "at_least", "contradicted"), (0.42, "at_least", "undecidable")],
)
def test_chip_ratio(tmp_path: Path, value: float, comparison: str, expected: str) -> None:
    assertion = {
        "kind": "chip_ratio",
        "chips": CN,
        "reference": US,
        "column": "memory_bandwidth_gb_s",
        "comparison": comparison,
        "value": value,
    }
    assert verdict(write(tmp_path, assertion), THEN) == expected


def test_chip_ratio_without_chips_or_figures(tmp_path: Path) -> None:
    base = {"kind": "chip_ratio", "reference": US, "comparison": "above", "value": 1}
    none = {**base, "chips": {"designer_country": "CN", "status": ["rumoured"]}, "column": "tpp"}
    assert verdict(write(tmp_path, none), date(2024, 1, 1)) == "unsupported"
    blank = {**base, "chips": {"ids": ["baidu-kunlun-p800"]}, "column": "memory_gb"}
    assert verdict(write(tmp_path, blank), THEN) == "undecidable"


@pytest.mark.parametrize(
    ("share", "needed", "expected"),
    [
        (0.8, "most", "supported"),
        (0.9, "most", "contradicted"),
        (0.9, "any", "supported"),
        (0.6, "all", "supported"),
    ],
)
def test_chip_compare(tmp_path: Path, share: float, needed: str, expected: str) -> None:
    assertion = {
        "kind": "chip_compare",
        "chips": CN,
        "reference": "nvidia-h200-sxm",
        "columns": ["tpp", "fp16_tflops_dense", "memory_gb", "memory_bandwidth_gb_s", "interconnect_gb_s"],
        "share": share,
        "needed": needed,
    }
    assert verdict(write(tmp_path, assertion), THEN) == expected


@pytest.mark.parametrize(
    ("more", "as_of", "expected"),
    [
        ({"status": "considered", "about": ["state funds"]}, THEN, "supported"),
        ({"status": "in_force", "ids": ["cn-national-ai-grid-80pct-2026"]}, None, "contradicted"),
        ({"status": "considered", "ids": ["cn-national-ai-grid-80pct-2026"]}, None, "supported"),
        ({"status": "announced", "about": ["quantum teleporters"]}, None, "unsupported"),
        ({"status": "announced", "about": ["state funds"]}, date(2025, 1, 1), "unsupported"),
        ({"status": "in_force", "ids": ["cn-rare-earth-oct-2025"]}, date(2026, 6, 1), "contradicted"),
        ({"status": "announced", "ids": ["cn-energy-fyp-ai-2026"]}, None, "undecidable"),
    ],
)
def test_measure_exists(tmp_path: Path, more: dict[str, Any], as_of: date | None, expected: str) -> None:
    assert verdict(write(tmp_path, {"kind": "measure_exists", "actor": "CN", **more}), as_of) == expected


def test_a_measure_that_came_later_is_off_by_days(tmp_path: Path) -> None:
    assertion = {
        "kind": "measure_exists",
        "actor": "CN",
        "ids": ["cn-sfdc-foreign-chip-ban-2025"],
        "by": "2025-10-31",
    }
    (found,) = check_file(write(tmp_path, assertion)).claims
    assert found.verdict == "contradicted" and found.off_by is not None
    assert found.off_by.to_json() == {"value": 5, "unit": "days", "relative": None}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"side": "US", "action": ["licence_grant"], "about": ["H200"], "by": "2025-12-31"}, "supported"),
        ({"side": "US", "action": ["licence_grant"], "about": ["H200"], "by": "2025-12-01"}, "contradicted"),
        ({"side": "US", "about": ["moon base"]}, "unsupported"),
    ],
)
def test_event_exists(tmp_path: Path, more: dict[str, Any], expected: str) -> None:
    assert verdict(write(tmp_path, {"kind": "event_exists", **more})) == expected


@pytest.mark.parametrize(
    ("members", "with_any", "as_of", "expected"),
    [
        (["Tencent"], ["Enflame", "Huawei"], None, "supported"),
        (["Tencent"], ["NVIDIA"], None, "unsupported"),
        (["ByteDance", "Qualcomm"], [], None, "undecidable"),  # one headline, low confidence
        (["DeepSeek"], ["Huawei"], date(2024, 1, 1), "unsupported"),
    ],
)
def test_alliance_exists(
    tmp_path: Path, members: list[str], with_any: list[str], as_of: date | None, expected: str
) -> None:
    assertion = {"kind": "alliance_exists", "members": members, "with_any": with_any}
    assert verdict(write(tmp_path, assertion), as_of) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"value": 150, "comparison": "above"}, "supported"),
        ({"value": 200, "comparison": "above"}, "contradicted"),
        ({"value": 900, "comparison": "above", "aggregate": "sum"}, "supported"),
        ({"value": 20, "comparison": "above", "unit": "USD bn"}, "supported"),
        ({"value": 20, "comparison": "above", "unit": "USD bn", "series_is": "upper_bound"}, "undecidable"),
        ({"value": 40, "comparison": "above", "unit": "USD bn", "series_is": "upper_bound"}, "contradicted"),
        ({"value": 20, "comparison": "above", "unit": "USD bn", "series_is": "lower_bound"}, "supported"),
        ({"value": 1, "comparison": "above", "actor": "Alibaba"}, "undecidable"),
    ],
)
def test_history_threshold(tmp_path: Path, more: dict[str, Any], expected: str) -> None:
    assertion = {"kind": "history_threshold", "series": "rd_spend_annual", "actor": "Huawei", **more}
    assert verdict(write(tmp_path, assertion), THEN) == expected


def test_a_range_that_spans_the_value_is_undecidable(tmp_path: Path) -> None:
    assertion = {
        "kind": "history_threshold",
        "series": "smuggled_ai_chips_to_china",
        "actor": "own",
        "comparison": "above",
        "value": 100000,
    }
    rows = "series_id,period,region_or_actor,value,low,high,unit,source_url,source_title,confidence,notes\n"
    rows += "smuggled_ai_chips_to_china,2024,own,140000,10000,600000,units,https://example.org,own,high,\n"
    (tmp_path / "history.csv").write_text(rows, encoding="utf-8")
    path = write(tmp_path, assertion)
    assert verdict(path, THEN, tmp_path) == "undecidable"
    (tmp_path / "history.csv").write_text(rows.replace("10000,600000", "120000,600000"), encoding="utf-8")
    assert verdict(path, THEN, tmp_path) == "supported"


def outcome(**more: Any) -> dict[str, Any]:
    return {"kind": "rule_outcome", "chip": "nvidia-h200-sxm", "to": "CN", **more}


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        (outcome(since="2025-01-01", by="2026-02-01", change="relaxed"), "supported"),
        (outcome(since="2025-01-01", by="2025-12-31", change="relaxed"), "contradicted"),
        (outcome(since="2025-01-01", by="2025-12-31", change="unchanged"), "supported"),
        (outcome(since="2022-01-01", by="2024-01-01", change="tightened"), "supported"),
        (outcome(by="2025-06-01", outcome=["licence_required_presumption_of_denial"]), "supported"),
        (outcome(by="2025-06-01", outcome=["no_licence_required"]), "contradicted"),
    ],
)
def test_rule_outcome(tmp_path: Path, assertion: dict[str, Any], expected: str) -> None:
    assert verdict(write(tmp_path, assertion)) == expected


# combining


def test_all_needs_every_part_and_any_needs_one(tmp_path: Path) -> None:
    true, false = bandwidth(value=3000), bandwidth()
    assert verdict(write(tmp_path, true, false), THEN) == "contradicted"
    assert verdict(write(tmp_path, true, false, combine="any"), THEN) == "supported"
    assert combined(["supported", "unsupported"], "all") == "unsupported"
    assert combined(["contradicted", "undecidable"], "any") == "undecidable"


def test_the_date_of_a_claim_holds_for_its_parts(tmp_path: Path) -> None:
    later = bandwidth(value=3500)
    assert verdict(write(tmp_path, later)) == "supported"
    assert verdict(write(tmp_path, later, by=THEN)) == "undecidable"


@pytest.mark.parametrize(
    ("comparison", "expected"), [("above", False), ("at_least", True), ("below", False), ("at_most", True)]
)
def test_comparisons_at_equality(comparison: str, expected: bool) -> None:
    assert holds(2.0, comparison, 2.0) is expected


# broken files


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        (bandwidth(column="memory_speed"), r"claim one, assertions\[0\]\.column: .*given: memory_speed"),
        ({"kind": "chip_treshold"}, r"claim one, assertions\[0\]"),
        (bandwidth(value="much"), r"assertions\[0\]\.value: .*given: much"),
        (
            {k: v for k, v in bandwidth().items() if k != "value"},
            r"assertions\[0\]\.value: the field is missing",
        ),
        (bandwidth(colour="red"), r"assertions\[0\]\.colour: unknown field"),
        (bandwidth(chips={"designer_country": "FR"}), r"assertions\[0\]: unknown designer country 'FR'"),
        (bandwidth(chips={"ids": ["h2000"]}), r"assertions\[0\]: unknown chip 'h2000'"),
        (outcome(change="relaxed"), "change needs since"),
        (outcome(since="2026-02-01", by="2026-01-01", change="relaxed"), "compares"),
        (outcome(outcome=["fine"]), "unknown outcome word 'fine'"),
        ({"kind": "measure_exists", "actor": "CN", "mechanism": ["magic"]}, "unknown mechanism"),
        (
            {"kind": "history_threshold", "series": "x", "actor": "y", "comparison": "above", "value": 1},
            "unknown series",
        ),
        (
            {
                "kind": "history_threshold",
                "series": "rd_spend_annual",
                "actor": "Huawei",
                "comparison": "above",
                "value": 1,
                "unit": "units",
            },
            "CNY bn",
        ),
    ],
)
def test_a_mistake_is_one_sentence_naming_the_place(
    tmp_path: Path, assertion: dict[str, Any], words: str
) -> None:
    for as_of in (None, THEN):
        with pytest.raises(UserError, match=words) as caught:
            check_file(write(tmp_path, assertion), as_of)
        assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs a list under 'claims'"),
        ("claims: []", "claims"),
        ("claims: [1]", "claim 0"),
        ("claims: 5", "claims"),
        ("claims: [{id: a, text: b, assertions: []}]", "claim a, assertions"),
        ("[", "not valid YAML"),
        ("claims: [{id: a b, text: b, assertions: [{kind: alliance_exists, members: [x]}]}]", "id"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=words) as caught:
        check_file(path)
    assert "\n" not in caught.value.message


def test_ids_must_differ_and_files_must_exist(tmp_path: Path) -> None:
    path = write(tmp_path, bandwidth())
    data = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({"claims": data["claims"] * 2}), encoding="utf-8")
    with pytest.raises(UserError, match="used twice"):
        check_file(path)
    with pytest.raises(UserError, match="does not exist"):
        check_file(tmp_path / "nothing.yaml")
