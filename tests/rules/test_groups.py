"""Countries, their dated groups, and named parties."""

from datetime import date

import pytest

from countervail.errors import UserError
from countervail.rules.groups import countries, country_code, load_groups
from countervail.rules.regime import Regime
from countervail.rules.register import load_register

REGIME = Regime.load()


def test_all_countries_have_a_code_and_a_name() -> None:
    names = countries()
    assert len(names) == 250 and names["NO"] == "Norway" and all(len(c) == 2 for c in names)


@pytest.mark.parametrize(("text", "code"), [("cn", "CN"), ("Germany", "DE"), ("UK", "GB"), ("Macao", "MO")])
def test_countries_are_found_by_code_and_name(text: str, code: str) -> None:
    assert country_code(text) == code


def test_an_unknown_country_is_an_error() -> None:
    with pytest.raises(UserError, match="unknown country 'Narnia'"):
        country_code("Narnia")


@pytest.mark.parametrize(
    ("group", "code", "day", "inside"),
    [
        ("D:5", "NI", date(2024, 3, 14), False),
        ("D:5", "NI", date(2024, 3, 15), True),
        ("D:5", "KH", date(2026, 2, 2), True),
        ("D:5", "KH", date(2026, 2, 3), False),
        ("D:1", "KH", date(2026, 2, 3), True),
        ("D:4", "AE", date(2026, 7, 9), True),
        ("D:4", "AE", date(2026, 7, 10), False),
        ("D:3", "AE", date(2026, 7, 10), False),
        ("A:5", "AE", date(2026, 7, 9), False),
        ("A:5", "AE", date(2026, 7, 10), True),
        ("D:5", "RU", date(2021, 3, 17), False),
        ("D:5", "RU", date(2021, 3, 18), True),
        ("D:5", "ET", date(2021, 11, 1), True),
        ("D:5", "CY", date(2024, 1, 1), False),  # in A:6
        ("A:6", "CY", date(2020, 12, 28), True),
        ("A:5", "IN", date(2018, 8, 3), True),
        ("CHINA", "HK", date(2024, 1, 1), True),
    ],
)
def test_membership_by_day(group: str, code: str, day: date, inside: bool) -> None:
    assert (group in REGIME.at(day).place(code).groups) is inside


def test_the_rule_exempts_allies_and_reaches_macau() -> None:
    law = REGIME.at(date(2024, 6, 1))
    israel, macau = law.place("IL"), law.place("MO")
    assert "D:4" in israel.groups and not israel.controlled and not israel.restricted
    assert macau.restricted
    assert law.place("HK") is law.place("CN")  # one destination to the law


def test_later_changes_are_not_known_before() -> None:
    then = load_groups(date(2024, 1, 1)).places(date(2026, 8, 1), frozenset())
    assert "D:4" in then["AE"].groups and "D:5" not in then["NI"].groups


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Huawei Technologies Co., Ltd.", "huawei"),
        ("Inspur", "inspur"),
        ("Inspur subsidiary (listed 2025-03-25)", "inspur_subsidiaries"),
        ("Microsoft UAE", "microsoft"),
        ("Metallurgy Ltd", None),
    ],
)
def test_parties_are_found_by_whole_words(name: str, key: str | None) -> None:
    found = load_register().find(name)
    assert (found.key if found else None) == key
