"""Everything that users see stands in both languages, and the two say it about the same things."""

import re
from collections.abc import Mapping
from string import Formatter

import pytest

from countervail import language
from countervail.errors import UserError
from countervail.language import catalogue, english, text
from countervail.language.catalogue import MAIN
from countervail.report import charts, reasons
from countervail.rules.outcome import IMPORT_OUTCOMES, OUTCOMES

ZH = "zh-Hans"
HAN = re.compile("[\u4e00-\u9fff]")
# Words of English that a Chinese text may hold: names, ids, symbols of equations, units.
ALLOWED = set(
    """
    ACA AMD ASML Affiliates Ascend Atlas Autotalks B30A Blackwell CANN CC-BY CLI CUDA DRAM DUV EAR ECCN EDA EUV FDP
    FP16 FP4 FP8 GAIN GPU H100e HBM Humain LPDDR MATCH MiniMax Mind NAC NVLink OVERWATCH PPU Pax Pro ROCm RTX SAFE
    Silica TPP TechInsights Act AI DeepSeek Qwen countervail Anthropic SuperPoD
    PyTorch UVEU NVEU Rubin Hopper TFLOPS TOPS
    acemoglu goldman bloom alfaro-ree beta theta tau lambda rate crowding waste delay thrift brake busy push known mfu
    status-quo current-law full-denial h200-relaxed article outcomes.csv outcomes.xlsx result.nc run.json code strong
    compute_decides processor_form capability reactions bandwidth_exponent price_exponent TB/s GB/s GW kW
    """.split()
)


def rows(kind: str) -> Mapping[str, Mapping[str, str]]:
    return catalogue(ZH).get(kind, {})


@pytest.mark.parametrize("kind", english.kinds())
def test_every_id_of_the_data_has_a_chinese_text_for_every_field(kind: str):
    table, ours = english.table(kind), rows(kind)
    assert table
    missing = [(id, f) for id, row in table.items() for f in row if not ours.get(id, {}).get(f)]
    assert not missing
    assert set(ours) - set(table) == set(), "texts about things that do not exist"


def test_every_word_and_template_of_english_has_a_chinese_one():
    for kind, table in catalogue("en").items():
        assert set(table) == set(rows(kind)), kind
        empty = [i for i, row in rows(kind).items() if not row["label"] and i != "join.sentence"]
        assert not empty


def test_templates_have_the_same_holes():
    for key, row in catalogue("en")["report"].items():
        assert holes(row["label"]) == holes(rows("report")[key]["label"]), key


def holes(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_markup_of_templates_is_the_same():
    for key, row in catalogue("en")["report"].items():
        tags = [sorted(re.findall(r"</?\w+>", x)) for x in (row["label"], rows("report")[key]["label"])]
        assert tags[0] == tags[1], key


def test_what_mechanisms_tell_is_there_in_chinese():
    for name in reasons.all_mechanisms():
        m, ours = reasons.mechanism(name), rows("mechanism")[name]
        for field in ("first", "prose", "limits"):
            assert bool(getattr(m, field)) == bool(ours[field]), (name, field)


def test_charts_differences_and_bases_are_there_in_chinese():
    table = charts.table()
    for part in table["sections"]:
        assert ("intro" in part) == ("intro" in rows("section")[part["id"]])
        for c in part["charts"]:
            assert ("note" in c) == ("note" in rows("chart")[c["id"]]), c["id"]
            for name in c.get("parts", {}):
                assert text("report", f"part.{name}", lang=ZH) != f"part.{name}"
    assert {f"{d['outcome']}@{d['region']}" for d in table["differences"]} == set(rows("difference"))
    assert {b["outcome"] for b in table["bases"]} == set(rows("base"))


def test_words_of_the_rules_are_there_in_chinese():
    assert set(rows("outcome_word")) == set(OUTCOMES)
    assert set(rows("import_word")) == set(IMPORT_OUTCOMES)
    assert all(
        {"label", "explanation"} == r.keys()
        for k in ("outcome_word", "import_word")
        for r in rows(k).values()
    )


def test_every_unit_side_group_and_basis_in_use_is_there_in_chinese():
    from countervail import api
    from countervail.evidence import load

    levers, outcomes = api.levers(), api.outcomes()
    priors = [p for table in load().priors.values() for p in table.values()]
    used = {
        "unit": {x["unit"] for x in levers} | {x["unit"] for x in outcomes} | {p.unit for p in priors},
        "side": {x["side"] for x in levers} | {e.side for e in load().timeline},
        "lever_group": {x["group"] for x in levers},
        "region": {r for x in outcomes for r in x["regions"]},
        "basis": {p.basis for p in priors},
        "confidence": {p.confidence for p in priors},
        "favours": {p.favours for p in priors},
    }
    for kind, words in used.items():
        assert words - set(rows(kind)) == set(), kind


def test_outcomes_of_vendors_stacks_and_dimensions_are_filled_in():
    from countervail import api

    for row in api.outcomes():
        said = text("outcome", row["variable"], lang=ZH)
        assert HAN.search(said), row["variable"]
        assert "<" not in said
    assert text("outcome", "Chips|Units|Huawei", lang=ZH) == "华为加速器交付量"
    assert text("outcome", "Leadership|military|CN", lang=ZH) == "中国领先的抽样比例，军事"
    assert text("outcome", "Chips|Compute|NVIDIA|By bloc") == "NVIDIA compute delivered legally"


def test_chinese_texts_hold_no_english_but_names_and_units():
    found = []
    for kind, table in catalogue(ZH).items():
        if kind in ("alliance", "standard", "organisation"):
            continue  # full of names; no sentence of theirs is left in English, as the test below says
        for id, row in table.items():
            for field, said in row.items():
                bare = re.sub(r"\{\w+\}|<\w+>|(?:us|cn)-\d[\w-]+|\[[^\]]*\]|`[^`]*`|\S*[=*/]\S*", " ", said)
                words = re.findall(r"[A-Za-z][A-Za-z_.-]{3,}", bare)
                odd = [w for w in words if w.rstrip(".-") not in ALLOWED]
                if odd and ".background." not in id:  # notes on the literature are full of its names
                    found.append((kind, id, field, odd))
    assert not found


def test_no_chinese_text_holds_an_english_sentence():
    for kind, table in catalogue(ZH).items():
        for id, row in table.items():
            for said in row.values():
                bare = re.sub(r"<[^>]*>|\{\w+\}", " ", said)
                assert not re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", bare), (kind, id)


def test_chinese_texts_use_chinese_signs():
    for kind, table in catalogue(ZH).items():
        for id, row in table.items():
            for said in row.values():
                if len(re.findall(HAN, said)) > 8:
                    assert not re.search(r"[\u4e00-\u9fff][,;:?!]", said), (kind, id)


def test_a_language_nobody_speaks_is_refused():
    with pytest.raises(UserError, match="unknown language 'fr'"):
        text("lever", "us_export_fee", lang="fr")


def test_what_has_no_translation_falls_back_to_english():
    assert text("measure", "a-measure-of-the-user", lang=ZH, default="My measure") == "My measure"
    assert text("scenario", "mine", "title", ZH) == "mine"
    assert text("lever", "us_export_fee") == "Fee or duty on sales to China"


def test_rows_are_localised_by_field():
    row = {"id": "status-quo", "title": "Status quo, the truce renewed", "base": "current-law", "n": 3}
    assert language.localised("scenario", row, "en") == row
    said = language.localised("scenario", row, ZH)
    assert said == {**row, "title": "现状：休战延续"}


def test_the_main_field_answers_for_the_label():
    for kind, field in MAIN.items():
        id = next(i for i, row in rows(kind).items() if field in row)
        assert text(kind, id, lang=ZH) == rows(kind)[id][field]


def test_glossary_terms_are_whole_and_sourced():
    from countervail.evidence import load

    terms = language.glossary()
    assert len({t["en"] for t in terms}) == len(terms) >= 60
    known = load().sources
    for t in terms:
        assert HAN.search(t["zh"]) or t["zh"].isascii(), t
        assert t["sources"] or t["from_memory"], t["en"]
        for s in t["sources"]:
            assert (
                s.startswith(("https://", "http://"))
                or s in known
                or re.search("[\u4e00-\u9fff]", s)
                or " " in s
            ), s
