"""Flips: the smallest single change that gives another outcome, found by search."""

from datetime import date

from countervail.rules import check
from countervail.rules.chips import resolve
from countervail.rules.flips import scaled
from countervail.rules.regime import Regime


def flips(chip: object, to: str, on: str, **kwargs: object) -> dict[tuple[str, str], object]:
    found = check(chip, to=to, on=on, flips=True, **kwargs)  # pyright: ignore[reportArgumentType]
    assert found.flips is not None
    return {(f.kind, f.field): f for f in found.flips}


def test_the_h20_sat_just_inside_two_lines() -> None:
    found = flips("H20", "CN", "2024-06-01")
    assert found["chip", "tpp"].new_value == 2400  # pyright: ignore
    assert found["chip", "tpp"].outcome == "licence_exception_NAC_notify"  # pyright: ignore
    area = found["chip", "die_area_mm2"].new_value  # pyright: ignore
    assert 2368 / area >= 3.2 > 2368 / (area + 0.2)
    later = found["date", "on"]
    assert later.new_value == date(2025, 4, 9)  # pyright: ignore


def test_each_flip_really_flips() -> None:
    for chip, to, on in [
        ("A800", "CN", "2022-12-01"),
        ("H200", "CN", "2026-02-01"),
        ("H100", "MY", "2024-06-01"),
    ]:
        base = check(chip, to=to, on=on, flips=True)
        assert base.flips
        part = resolve(chip)
        for flip in base.flips:
            assert flip.outcome != base.outcome
            if flip.kind == "date":
                assert check(chip, to=to, on=flip.new_value).outcome == flip.outcome
            elif flip.field in ("tpp", "memory_bandwidth_gb_s", "interconnect_gb_s", "die_area_mm2"):
                moved = scaled(part, flip.field, flip.new_value)
                assert check(moved, to=to, on=on).outcome == flip.outcome
            elif flip.field == "headquarters and ultimate parent":
                assert check(chip, to=to, on=on, headquarters=flip.new_value).outcome == flip.outcome


def test_the_a800_was_one_link_away() -> None:
    found = flips("A800", "CN", "2022-12-01")
    assert found["chip", "interconnect_gb_s"].new_value == 600  # pyright: ignore


def test_flips_follow_an_edited_line() -> None:
    moved = Regime.load().with_parameter("us-2026-01-h200-rule", "tpp_lt", 18000)
    found = flips("H200", "CN", "2026-02-01", measures=moved)
    assert found["chip", "tpp"].new_value == 18000  # pyright: ignore


def test_the_first_flip_is_the_smallest_change_of_the_chip() -> None:
    found = check("H20", to="CN", on="2024-06-01", flips=True).flips
    assert found is not None
    sizes = [abs(f.relative_change) for f in found if f.relative_change is not None]
    assert sizes == sorted(sizes)
    assert found[0].field == "tpp"


def test_no_flips_unless_asked() -> None:
    assert check("H20", to="CN", on="2024-06-01").flips is None
