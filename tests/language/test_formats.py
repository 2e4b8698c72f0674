"""Numbers, dates and quarters as each language writes them."""

from datetime import date

import pytest

from countervail import language
from countervail.language import speaker

ZH = "zh-Hans"


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (2_610_000, "2.61 million", "261万"),
        (213e9, "213 billion", "2,130亿"),
        (1.1e12, "1.10 trillion", "1.10万亿"),
        (17_300_000, "17.3 million", "1,730万"),
        (9_996, "10,000", "1.00万"),
        (860, "860", "860"),
        (-25_000, "-25,000", "-2.50万"),
        (0.0, "0", "0"),
        (float("nan"), "n/a", "无数据"),
    ],
)
def test_large_numbers(value: float, en: str, zh: str):
    assert language.words(value) == en
    assert language.words(value, ZH) == zh


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [(2.5e6, "2.5M", "250万"), (3e5, "300k", "30万"), (4000, "4k", "4000"), (5e8, "500M", "5亿")],
)
def test_axes(value: float, en: str, zh: str):
    assert language.short(value) == en
    assert language.short(value, ZH) == zh


def test_ranges():
    assert language.span(1.75e6, 3.88e6) == "1.75 to 3.88 million"
    assert language.span(1.75e6, 3.88e6, ZH) == "175万至388万"
    assert language.span(9000, 2e4, ZH) == "9,000至2.00万"


@pytest.mark.parametrize(
    ("share", "en", "zh"),
    [(0.0, "0%", "0%"), (0.001, "under 1%", "不足1%"), (0.5, "50%", "50%"), (0.999, "over 99%", "超过99%")],
)
def test_shares(share: float, en: str, zh: str):
    assert language.percent(share) == en
    assert language.percent(share, ZH) == zh


def test_dates_and_quarters():
    assert language.date(date(2026, 11, 9)) == "9 November 2026"
    assert language.date(date(2026, 11, 9), ZH) == "2026年11月9日"
    assert language.quarter("2026Q4") == "2026Q4"
    assert language.quarter("2026Q4", ZH) == "2026年第四季度"
    assert language.quarter("2032", ZH) == "2032年"


def test_money_in_sentences_is_counted_in_each_language_s_own_units():
    assert speaker().money(190, 213, 240) == "USD 213 (190 to 240) bn"
    assert speaker(ZH).money(190, 213, 240) == "2,130亿（1,900亿至2,400亿）美元"


def test_a_template_that_does_not_exist_is_a_mistake():
    with pytest.raises(KeyError, match="no template"):
        speaker(ZH)("nothing")
