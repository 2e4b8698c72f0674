import pytest

from countervail.report.numbers import number, percent, short, signed, span, words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (12345.6, "12,300"), (999.6, "1,000"), (9.996, "10.0"), (2.678, "2.68"), (0.0456, "0.0456"),
        (0.05, "0.05"), (-1234, "-1,230"), (1.5e-6, "1.50e-06"), (float("nan"), "n/a"), (float("inf"), "n/a"),
    ],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value: float, text: str):
    assert number(value) == text


def test_large_numbers_are_written_with_words():
    assert words(2_678_000) == "2.68 million"
    assert words(1_234_000_000) == "1.23 billion"
    assert words(45_600) == "45,600"


def test_a_range_says_a_shared_word_once_and_never_mixes_scales():
    assert span(1_750_000, 3_880_000) == "1.75 to 3.88 million"
    assert span(427e6, 1.9e9) == "427 million to 1.90 billion"
    assert span(4_210, 851e6) == "4,210 to 851 million"
    assert span(-3.4, 17.7) == "-3.40 to 17.7"
    assert span(0, 0) == "0 to 0"


def test_a_share_that_is_not_all_or_none_never_reads_as_all_or_none():
    assert [percent(x) for x in (0, 0.001, 0.5, 0.995, 0.9999, 1)] == [
        "0%", "under 1%", "50%", "over 99%", "over 99%", "100%",
    ]  # fmt: skip


def test_axis_labels_and_signs():
    assert [short(x) for x in (0, 0.05, 2500, 3e5, 2.5e6, 1e9)] == [
        "0",
        "0.05",
        "2.5k",
        "300k",
        "2.5M",
        "1bn",
    ]
    assert signed(1.25) == "+1.25"
    assert signed(-1.25) == "-1.25"
