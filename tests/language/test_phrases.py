"""What rules and claims say is said in Chinese too: over the shipped claims and a sweep of chips, days and buyers."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from countervail.language import phrase, phrased
from countervail.language.phrases import KEYS

ZH = "zh-Hans"
DAYS = (
    "2022-09-15", "2022-11-01", "2023-09-15", "2023-12-01", "2024-12-20", "2025-03-01", "2025-04-20", "2025-06-01",
    "2025-09-01", "2025-11-20", "2026-01-20", "2026-03-01", "2026-08-01", "2026-11-20", "2027-06-01",
)  # fmt: skip
KINDS = ("commercial", "military", "state", "cloud", "consumer", "research_laboratory", "fabless_designer")
SWEPT = (
    "nvidia-h200-sxm",
    "nvidia-h20",
    "nvidia-a100-80gb-sxm",
    "huawei-ascend-910c",
    "amd-mi325x",
    "nvidia-b200",
)


def said(document: Any, inside: bool = False) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from said(value, key in KEYS)
    elif isinstance(document, (list, tuple)):
        for value in document:
            yield from said(value, inside)
    elif isinstance(document, str) and inside:
        yield document


def english_in(text: str) -> bool:
    return bool(re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", text))


def test_every_reason_of_the_shipped_claims_is_told_in_chinese():
    from countervail.claims import check_file

    for day in (None, "2025-12-31"):
        from countervail.periods import parse_date

        report = check_file("article-2025-12", as_of=parse_date(day) if day else None).to_json()
        for claim in report["claims"]:
            for a in claim["assertions"]:
                told = phrase(a["reason"], ZH)
                assert told != a["reason"]
                assert not english_in(told), told


def test_what_the_rules_say_is_told_in_chinese():
    from countervail.evidence import load
    from countervail.rules import check

    chips = [c for c in SWEPT if c in load().accelerators]
    assert len(chips) >= 4
    left = set()
    for i, chip in enumerate(chips):
        for to in ("CN", "HK", "AE", "SG", "RU"):
            for j, on in enumerate(DAYS):
                if to != "CN" and (i + j) % 3:
                    continue
                kind = KINDS[(i + j) % len(KINDS)]
                scope = ("enforced", "de-jure")[i % 2]
                seat = ("CN", None, "US")[(i + j) % 3]
                found = check(chip, to=to, on=on, end_user=kind, scope=scope, headquarters=seat).to_json()
                left |= {t for t in said(phrased(found, ZH)) if english_in(t)}
    assert not left


def test_a_document_keeps_its_shape_and_its_words():
    row = {"outcome": "admitted", "trace": [{"test": "TPP of the chip", "value": 3}], "notes": ["part 746"]}
    assert phrased(row, "en") is row
    assert phrased(row, ZH) == {
        "outcome": "admitted",
        "trace": [{"test": "该芯片的TPP", "value": 3}],
        "notes": ["第746部分"],
    }


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("H20 has 4000 GB/s, the claim is above 4800", "H20为4000 GB/s，该说法为高于4800"),
        ("what nobody has said before", "what nobody has said before"),
        (
            "notice to BIS, 25 days before shipping, and no objection",
            "发货前25天通知美国商务部工业与安全局，且未被反对",
        ),
    ],
)
def test_what_is_filled_in_is_kept(english: str, chinese: str):
    assert phrase(english, ZH) == chinese
