"""Chips by short name, and rows of any table by id."""

import json

import pytest

from countervail.errors import UserError
from countervail.evidence import load


@pytest.fixture(scope="module")
def ev():
    return load()


@pytest.mark.parametrize(
    ("text", "chip"),
    [
        ("H200", "nvidia-h200-sxm"),
        ("h200", "nvidia-h200-sxm"),
        ("H100", "nvidia-h100-sxm"),
        ("H20", "nvidia-h20-96gb"),
        ("H20 141GB", "nvidia-h20-141gb"),
        ("A100", "nvidia-a100-sxm-80gb"),
        ("A800", "nvidia-a800-sxm"),
        ("B200", "nvidia-b200"),
        ("MI308", "amd-mi308x"),
        ("Ascend 910C", "huawei-ascend-910c"),
        ("RTX Pro 6000D", "nvidia-rtx-pro-6000d"),
        ("NVIDIA H200 SXM 141GB", "nvidia-h200-sxm"),
        ("nvidia-h200-sxm", "nvidia-h200-sxm"),
    ],
)
def test_short_names_resolve(ev, text, chip):
    assert ev.find_accelerator(text).id == chip


def test_an_ambiguous_name_lists_the_matches(ev):
    with pytest.raises(UserError, match="fits several chips") as caught:
        ev.find_accelerator("Ascend 910B")
    for i in (1, 2, 3, 4):
        assert f"huawei-ascend-910b{i}" in caught.value.hint


@pytest.mark.parametrize("text", ["H2000", "", "  ", "no such chip"])
def test_an_unknown_name_is_an_error_with_a_hint(ev, text):
    with pytest.raises(UserError) as caught:
        ev.find_accelerator(text)
    assert caught.value.hint


def test_aliases_point_at_chips_that_exist(ev):
    from countervail.evidence.read import aliases

    assert set(aliases().values()) <= set(ev.accelerators)


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("H200", "accelerators"),
        ("us-2026-01-h200-rule", "measures"),
        ("cn-bigfund-3", "measures"),
        ("al-tencent-enflame", "alliances"),
        ("cann", "standards"),
        ("pm-epoch-gate", "prior_models"),
        ("t016", "timeline"),
        ("fr_2026_01", "sources"),
        ("leakage.background.smuggled_chips_2024", "priors"),
        ("leakage.rent_elasticity", "priors"),
        ("amd_mi300_purchases_by_buyer:Meta:2024", "history"),
    ],
)
def test_show_finds_rows_of_every_table(ev, text, table):
    row = ev.show(text)
    assert row["table"] == table
    assert row["id"]
    json.dumps(row)


def test_show_writes_the_sources_out(ev):
    sources = ev.show("H200")["sources"]
    assert sources[0]["title"]
    assert all({"id", "known_since", "grade"} <= set(s) for s in sources)


def test_show_of_an_unknown_id_suggests(ev):
    with pytest.raises(UserError, match="unknown evidence id") as caught:
        ev.show("us-2026-01-h200-rul")
    assert "us-2026-01-h200-rule" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "near"),
    [("H20X", "H20 "), ("h20x", "H20 "), ("Ascend 910X", "Ascend 910C"), ("semi-hmb", "semi_hbm")],
)
def test_show_suggests_short_names_and_ids_whatever_their_case(ev, text, near):
    with pytest.raises(UserError) as caught:
        ev.show(text)
    assert near in caught.value.hint.rstrip("?") + " "


def test_tables_are_rows_with_ids_ready_for_json(ev):
    tables = ev.tables()
    assert {"accelerators", "measures", "history", "sources", "priors", "alliances", "timeline"} <= set(
        tables
    )
    for rows in tables.values():
        ids = [row["id"] for row in rows]
        assert all(ids)
        assert len(ids) == len(set(ids))
    json.dumps(tables)
