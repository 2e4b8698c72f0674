"""The article of December 2025: verdicts then and now, and how a user's rows turn them."""

from datetime import date
from pathlib import Path

import pytest
from tests.claims.claim_files import THEN, own_chip

from countervail.claims import ClaimsReport, check_file, shipped_files

# the article


@pytest.fixture(scope="module")
def then() -> ClaimsReport:
    return check_file("article-2025-12", THEN)


@pytest.fixture(scope="module")
def now() -> ClaimsReport:
    return check_file("article-2025-12")


def test_the_article_has_the_claims_of_the_contract(now: ClaimsReport) -> None:
    assert {
        "article-4p8-tbs",
        "article-nearly-double-us",
        "article-rivals-h200",
        "article-surpasses-h200",
        "article-billions-rnd",
        "article-state-dc-domestic",
        "article-us-relaxed-2025",
        "article-alliances",
    } <= {c.id for c in now.claims}
    assert "article-2025-12" in shipped_files()


@pytest.mark.parametrize("claim", ["article-4p8-tbs", "article-nearly-double-us", "article-rivals-h200"])
def test_the_bandwidth_claims_are_contradicted_then_and_now(
    claim: str, then: ClaimsReport, now: ClaimsReport
) -> None:
    for report in (then, now):
        found = report[claim]
        assert found.verdict == "contradicted"
        assert found.off_by is not None and found.off_by.value < 0
        assert found.confidence in ("medium", "high")


def test_the_best_shipping_part_was_at_3_2_and_is_at_4_0(then: ClaimsReport, now: ClaimsReport) -> None:
    assert then["article-4p8-tbs"].figures[0].what == "huawei-ascend-910c"
    assert then["article-4p8-tbs"].off_by.to_json() == {  # type: ignore[union-attr]
        "value": -1600,
        "unit": "GB/s",
        "relative": -0.3333,
    }
    assert now["article-4p8-tbs"].figures[0].what == "huawei-ascend-950dt"
    assert then["article-4p8-tbs-roadmap"].verdict == "supported"


def test_the_verdict_on_surpassing_changes_with_the_date(then: ClaimsReport, now: ClaimsReport) -> None:
    assert then["article-surpasses-h200"].verdict == "undecidable"  # only parts of low confidence did
    assert then["article-surpasses-h200"].confidence == "low"
    assert now["article-surpasses-h200"].verdict == "supported"  # memory and links of the 950DT


def test_policy_and_alliance_claims(then: ClaimsReport, now: ClaimsReport) -> None:
    for report in (then, now):
        assert report["article-state-dc-domestic"].verdict == "supported"
        assert report["article-alliances"].verdict == "supported"
        assert report["article-billions-rnd"].verdict == "undecidable"
    assert {f.what for f in now["article-alliances"].figures} >= {"al-tencent-enflame", "al-baidu-kunlunxin"}


def test_the_relaxation_was_announced_in_2025_and_in_force_in_2026(
    then: ClaimsReport, now: ClaimsReport
) -> None:
    for report in (then, now):
        assert report["article-us-relaxed-2025"].verdict == "supported"
        assert report["article-us-relaxed-2025-in-force"].verdict == "contradicted"
    assert any(f.value == "2025-12-08" for f in then["article-us-relaxed-2025"].figures)
    off = now["article-us-relaxed-2025-in-force"].off_by
    assert off is not None and (off.value, off.unit) == (15, "days")  # 2026-01-15
    assert then["article-us-relaxed-2025-in-force"].off_by is None  # not known in 2025


def test_every_figure_names_a_source_that_exists(now: ClaimsReport) -> None:
    for claim in now.to_json()["claims"]:
        assert claim["figures"] and claim["confidence"]
        assert all(s["id"] for s in claim["sources"])
        assert {"id", "text", "verdict", "figures", "sources", "confidence", "off_by"} <= set(claim)


@pytest.mark.parametrize("day", [date(2018, 1, 1), date(2022, 10, 7), date(2024, 6, 30)])
def test_long_before_the_article_nothing_of_it_is_supported_by_measures(day: date) -> None:
    early = check_file("article-2025-12", day)
    assert early.to_json()["as_of"] == day.isoformat()
    assert early["article-us-relaxed-2025"].verdict == "unsupported"
    assert early["article-state-dc-domestic"].verdict == "unsupported"
    if day.year < 2023:
        assert early["article-rivals-h200"].verdict == "unsupported"  # nobody knew of the H200


# user data flips verdicts


def test_a_users_chip_flips_the_bandwidth_claim(tmp_path: Path) -> None:
    data = own_chip(tmp_path, 5000)
    report = check_file("article-2025-12", THEN, data)
    assert report["article-4p8-tbs"].verdict == "supported"
    assert report["article-4p8-tbs"].figures[0].what == "huawei-own"
    assert report["article-nearly-double-us"].verdict == "contradicted"


def test_a_users_chip_of_low_confidence_makes_it_undecidable(tmp_path: Path) -> None:
    assert check_file("article-2025-12", THEN, own_chip(tmp_path, 5000, "low"))[
        "article-4p8-tbs"
    ].verdict == ("undecidable")


def test_a_users_chip_can_double_the_us(tmp_path: Path) -> None:
    assert check_file("article-2025-12", THEN, own_chip(tmp_path, 14400))[
        "article-nearly-double-us"
    ].verdict == ("supported")


def test_a_part_that_ships_later_does_not_count_yet(tmp_path: Path) -> None:
    data = own_chip(tmp_path, 5000, quarter="2026Q3")
    assert check_file("article-2025-12", THEN, data)["article-4p8-tbs"].verdict == "contradicted"
    assert check_file("article-2025-12", None, data)["article-4p8-tbs"].verdict == "supported"


def test_the_text_gives_reason_and_distance(then: ClaimsReport) -> None:
    text = then.to_text()
    assert "article-4p8-tbs: contradicted (confidence medium)" in text
    assert "off by -1600 GB/s (-33% of the claim)" in text
