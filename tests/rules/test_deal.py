"""How the words of a case are read: kinds of movement, kinds of buyers, names."""

import pytest

from countervail.rules.deal import clean, party, transaction
from countervail.rules.register import load_register


@pytest.mark.parametrize(
    ("text", "from_us", "in_country", "by_foundry", "remote"),
    [
        ("export from US", True, False, False, False),
        ("export from the United States", True, False, False, False),
        ("export from Taiwan", False, False, False, False),
        ("reexport / export from abroad", False, False, False, False),
        ("in-country transfer", False, True, False, False),
        ("transfer (in-country)", False, True, False, False),
        ("export by foundry (FDP)", False, False, True, False),
        ("use of foreign-made item", False, False, False, False),
        ("remote access", True, False, False, True),
    ],
)
def test_types_of_movement(
    text: str, from_us: bool, in_country: bool, by_foundry: bool, remote: bool
) -> None:
    tx = transaction("CN", {"type": text})
    assert (tx.exported_from_us, tx.in_country, tx.by_foundry, tx.remote_access) == (
        from_us,
        in_country,
        by_foundry,
        remote,
    )


def test_a_stated_fact_beats_the_type() -> None:
    assert transaction("CN", {"type": "export from US", "exported_from_us": False}).exported_from_us is False


@pytest.mark.parametrize(
    ("facts", "kind", "found"),
    [
        ({"type": "technical analysis of foreign-made item"}, "commercial", True),
        ({"type": "use of foreign-made item", "purpose": "destructive testing"}, "commercial", True),
        ({"type": "purchase for analysis"}, "research_laboratory", True),
        ({"type": "use of foreign-made item"}, "research_laboratory", False),
        ({"technical_analysis_only": True}, "commercial", True),
    ],
)
def test_technical_analysis_is_said(facts: dict, kind: str, found: bool) -> None:
    assert transaction("DE", facts, kind).technical_analysis is found


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("fabless designer", "fabless_designer"),
        ("research laboratory", "research_laboratory"),
        ("government", "state"),
        ("state-owned enterprise", "state"),
        ("cloud provider", "cloud"),
        ("military institute", "military"),
        ("shop", "commercial"),
    ],
)
def test_free_words_of_a_case_file(word: str, kind: str) -> None:
    assert party(word, "CN", None, {"kind": word}, load_register(), strict=False).kind == kind


def test_a_named_group_stays_that_group_abroad() -> None:
    found = party("ByteDance", "MY", None, {}, load_register())
    assert (found.kind, found.ultimate_parent_headquarters) == ("cloud", "CN")


def test_text_from_a_command_line_becomes_values() -> None:
    facts = clean({"military": "false", "tpp-share": "0.2", "name": "G42", "n": 3})
    assert facts == {"military": False, "tpp_share": 0.2, "name": "G42", "n": 3}
