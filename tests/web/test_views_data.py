"""What the views rest on: lines follow the measure files, nothing names a source that is not there."""

from datetime import date

import pytest

from countervail import rules
from countervail.errors import UserError
from countervail.evidence import load
from countervail.web.settings import Settings
from countervail.web.views import beliefs, known, lines, mechanisms, rests, scores


def at(found: dict, day: str) -> int:
    """Return the stretch that holds a day."""
    return max(i for i, d in enumerate(found["days"]) if d <= day)


def test_the_map_gives_each_chip_the_outcome_of_a_single_check() -> None:
    found = lines.rules_map("CN")
    for day in ("2022-09-01", "2023-11-17", "2025-05-01", "2026-02-01"):
        for chip in ("nvidia-h100-sxm", "nvidia-h20-96gb", "nvidia-h200-sxm", "huawei-ascend-910c"):
            word = found["words"][found["chips"][chip][at(found, day)]]
            assert word == rules.check(chip, to="CN", on=day).outcome, (chip, day)


@pytest.mark.parametrize(
    ("day", "measure", "quantity", "least", "below"),
    [
        ("2022-11-01", "us-2022-10-ac-ifr", "interconnect_gb_s", 600, None),
        ("2023-12-01", "us-2023-10-ac-ifr", "performance_density", 5.92, None),
        ("2025-05-01", "us-2025-04-h20-letters", "memory_bandwidth_gb_s", 1400, None),
        ("2026-02-01", "us-2026-01-h200-rule", "tpp", None, 21000),
    ],
)
def test_lines_of_the_day_apply_to_china(
    day: str, measure: str, quantity: str, least: float | None, below: float | None
) -> None:
    zones = lines.thresholds(date.fromisoformat(day), "CN")["zones"]
    bounds = [
        z["bounds"][quantity]
        for z in zones
        if z["measure"] == measure and quantity in z["bounds"] and z["applies"]
    ]
    assert [least, below] in bounds


def test_no_line_applies_to_an_ally_and_bills_are_only_proposals() -> None:
    found = lines.thresholds(date(2026, 2, 1), "GB")
    assert not any(z["applies"] for z in found["zones"] if z["kind"] == "licence")
    assert {p["measure"] for p in found["proposals"]} >= {"bill-safe-chips", "bill-ai-overwatch"}
    assert all(z["measure"] not in {p["measure"] for p in found["proposals"]} for z in found["zones"])


def test_a_zone_is_in_force_in_the_days_the_map_says() -> None:
    found = lines.rules_map("CN")
    h200 = next(z for z in found["zones"] if z["measure"] == "us-2026-01-h200-rule")
    assert [found["days"][i] for i in h200["spans"][0]][0] == "2026-01-15"


def test_the_band_joins_both_sides_without_a_gap() -> None:
    found = lines.band("H200", "CN")
    for side in ("export", "import"):
        spans = found[side]
        assert (spans[0]["from"], spans[-1]["to"]) == ("2018-01-01", "2040-12-31")
        for a, b in zip(spans, spans[1:], strict=False):
            assert (date.fromisoformat(b["from"]) - date.fromisoformat(a["to"])).days == 1
            assert (a["outcome"], a["measure"], a["clause"]) != (b["outcome"], b["measure"], b["clause"])
    assert lines.band("H200", "AE")["import"] == []


def test_everything_that_names_a_source_is_found_from_the_source() -> None:
    ev = load()
    for chip in list(ev.accelerators.values())[:20]:
        for key in chip.sources:
            assert ("chip", chip.id) in {(r["kind"], r["id"]) for r in rests.rests_on(key)["rests_on"]}
    found = {(r["kind"], r["id"]) for r in rests.rests_on("fr_2026_01")["rests_on"]}
    assert {("measure", "us-2026-01-h200-rule"), ("rule", "us-2026-01-h200-rule")} <= found
    for prior in ev.priors["fabrication"].values():
        for key in prior.sources:
            assert ("parameter", prior.key) in {(r["kind"], r["id"]) for r in rests.rests_on(key)["rests_on"]}


def test_the_country_groups_are_found_from_their_source() -> None:
    kinds = {(r["kind"], r["id"]) for r in rests.rests_on("ecfr_740_supp1")["rests_on"]}
    assert {("group", "D:5"), ("group", "A:5")} <= kinds


def test_every_source_that_something_names_can_be_opened() -> None:
    for key in rests.index():
        assert rests.source(key)["title"], key


def test_every_source_in_a_trace_can_be_opened() -> None:
    found = rules.check("H200", to="CN", on="2026-11-01")
    assert found.import_
    for test in (*found.trace, *found.import_.trace):
        opened = rests.rests_on(test.source)
        assert test.measure in {r["id"] for r in opened["rests_on"]} or not test.source.startswith("http"), (
            test
        )


def test_what_rests_on_a_source_is_named_in_the_language() -> None:
    english, chinese = (rests.rests_on("fr_2026_01", lang)["rests_on"] for lang in ("en", "zh-Hans"))
    assert [r["id"] for r in english] == [r["id"] for r in chinese]
    assert all(a["name"] != b["name"] for a, b in zip(english, chinese, strict=True))


def test_an_unknown_source_is_a_sentence_with_a_hint() -> None:
    with pytest.raises(UserError) as caught:
        rests.rests_on("fr_2026_1")
    assert "fr_2026_01" in caught.value.hint


def test_claims_show_what_was_known_then_and_now() -> None:
    found = known.claims()
    assert found["written"] == "2025-12-31"
    assert all(
        c["then"] in ("supported", "contradicted", "unsupported", "undecidable") for c in found["claims"]
    )
    assert {c["verdict"] for c in found["claims"]} >= {"supported", "contradicted"}


def test_every_measure_that_a_rule_names_has_a_page() -> None:
    from countervail.rules.regime import Regime

    for key, held in Regime.load().measures.items():
        page = known.measure(key)
        assert page["name"]
        assert len(page["rule"]["lines"]) == len(held.parameters)
        for source in page["rule"]["sources"]:
            assert rests.source(source)["title"]


def test_rows_are_in_the_language_asked_for() -> None:
    english, chinese = known.tables(), known.tables("zh-Hans")
    assert len(english["measures"]) == len(chinese["measures"])
    same = sum(a["name"] == b["name"] for a, b in zip(english["measures"], chinese["measures"], strict=True))
    assert same == 0


def test_priors_and_posteriors_are_in_order() -> None:
    found = beliefs.parameters()
    for row in found["parameters"]:
        for kind in ("prior", "posterior"):
            if row[kind]:
                values = [row[kind][n] for n in beliefs.NAMES]
                assert values == sorted(values), row["id"]
    moved = [r for r in found["parameters"] if r["posterior"]]
    assert moved, "history moved nothing"
    assert all(r["contraction"] is not None for r in moved)


def test_the_prior_shown_is_the_prior_of_the_file() -> None:
    row = beliefs.parameter("fabrication.learning_rate")
    prior = load().priors["fabrication"]["learning_rate"].prior or {}
    assert row["prior"]["p50"] == pytest.approx(prior["p50"], rel=1e-3)
    shape = row["density"]
    assert len(shape["x"]) == len(shape["prior"])
    assert max(shape["prior"]) == 1


@pytest.mark.parametrize("name", mechanisms.names())
def test_every_mechanism_has_a_page_with_its_equation(name: str) -> None:
    page = mechanisms.mechanism(name)
    kinds = {b["kind"] for b in page["blocks"]}
    assert "text" in kinds
    assert page["functions"]
    assert page["parameters"] or page["outcomes"]


@pytest.mark.parametrize("name", mechanisms.names())
def test_the_equation_is_the_same_in_both_languages(name: str) -> None:
    pages = [mechanisms.mechanism(name, lang) for lang in ("en", "zh-Hans")]
    english, chinese = ([b["text"] for b in p["blocks"] if b["kind"] == "equation"] for p in pages)
    assert english == chinese
    assert pages[0]["blocks"][0] != pages[1]["blocks"][0]


def test_all_mechanisms_show_an_equation() -> None:
    without = [
        n for n in mechanisms.names() if all(b["kind"] == "text" for b in mechanisms.mechanism(n)["blocks"])
    ]
    assert without == []


def test_the_shipped_scores_are_of_this_model_and_its_hindcasts() -> None:
    held = scores.shipped(Settings().presets)
    assert held is not None, "renew them with: python -m countervail.web.presets"
    for hindcast in held["hindcasts"]:
        assert hindcast["parameters"] == f"posterior {hindcast['cutoff']}"
        assert len(hindcast["points"]) >= hindcast["overall"]["n"] > 20


def test_shipped_scores_of_another_model_are_not_shown(tmp_path) -> None:
    text = (Settings().presets / scores.FILE).read_text(encoding="utf-8")
    (tmp_path / scores.FILE).write_text(text.replace(scores.made_from()["fingerprint"], "another"))
    assert scores.shipped(tmp_path) is None
    assert scores.shipped(tmp_path / "nowhere") is None
