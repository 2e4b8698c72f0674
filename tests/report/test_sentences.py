"""The summary says what the results say."""

import numpy as np
import pytest

from countervail.ensemble import Result
from countervail.language import speaker
from countervail.report import sentences
from countervail.report.numbers import number, percent, span, words
from countervail.report.sentences import Teller, way


def ranged(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values.astype(np.float64), (0.05, 0.5, 0.95))
    return f"{words(middle)} ({span(low, high)})"


def shared(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values.astype(np.float64), (0.05, 0.5, 0.95))
    return f"{percent(middle)} ({percent(low)} to {percent(high)})"


def test_levels_equal_the_results(several: list[Result]):
    base, teller = several[0], Teller(several)
    text = " ".join(teller.all())
    for variable, region, year in (
        ("Compute|Stock", "US", 2026),
        ("Compute|Stock", "CN", 2026),
        ("Compute|Stock ratio", "US to CN", 2026),
        ("Compute|Stock ratio", "US to CN", 2028),
        ("Chips|Revenue|NVIDIA", "World", 2026),
        ("AI|Frontier lag", "CN", 2028),
    ):
        assert ranged(base.at(variable, region, str(year))) in text.replace(") bn", ")"), variable
    assert shared(base.at("Market|Domestic share", "CN", "2028")) in text
    assert shared(base.at("Ecosystem|Fragmentation", "US to CN", "2026")) in text


def test_leads_equal_the_results(several: list[Result]):
    base = several[0]
    text = Teller(several).leads()
    for d in ("compute", "economy", "military", "innovation", "sovereignty"):
        us, cn = (float(base.at(f"Leadership|{d}|{s}", "World", "2028").mean()) for s in ("US", "CN"))
        assert f"{d}: US {percent(us)}, China {percent(cn)}, neither {percent(max(1 - us - cn, 0))}" in text
    assert "not odds of events" in text


def test_changes_are_of_paired_draws(several: list[Result]):
    base, other = several[0], several[2]
    a, b = (r.at("Compute|Stock", "CN", "2028") for r in (base, other))
    low, middle, high = np.quantile(((b - a) / a).astype(np.float64), (0.05, 0.5, 0.95))
    text = Teller(several).change(other)
    up, down = float((b > a).mean()), float((b < a).mean())
    if max(up, down) >= sentences.CLEAR:
        assert (
            f"China's installed compute by {100 * middle:+.0f}% ({100 * low:+.0f}% to {100 * high:+.0f}%)"
            in text
        )
    else:
        assert f"China's installed compute (up in {percent(up)}, down in {percent(down)})" in text


def test_an_open_direction_is_called_open(several: list[Result]):
    from dataclasses import replace

    base = several[0]
    mixed = replace(base, rows=base.rows[:, :, ::-1].copy(), layer=None, cache={})
    mixed.scenario = replace(base.scenario, id="mixed")
    assert "direction is open for China's installed compute" in Teller([base, mixed]).change(mixed)


def test_the_same_run_twice_changes_nothing(several: list[Result]):
    from dataclasses import replace

    twin = replace(several[0], scenario=replace(several[0].scenario, id="twin"))
    text = Teller([several[0], twin]).change(twin)
    assert "leaves China's installed compute" in text
    assert "within 3%" in text


@pytest.mark.parametrize(
    ("rises", "text"),
    [
        ([1, 1, 1, 0], "widens in 75% of draws"),
        ([0, 0, 0, 1], "narrows in 75% of draws"),
        ([1, 1], "widens in 100% of draws"),
    ],
)
def test_direction_goes_with_the_larger_share(rises: list[int], text: str):
    assert way(speaker(), "compute.widens", "compute.narrows", np.array(rises, bool)) == text


def test_what_is_not_known_names_basis_and_war(several: list[Result]):
    base = several[0]
    text = " ".join(Teller(several).unknown())
    us, cn = (base.at("Compute|Stock|FP4 basis", r, "2026") for r in ("US", "CN"))
    assert number(float(np.median(us / cn))) in text
    assert "no tested elasticity" in text
    assert "extrapolated" in text


def test_a_short_run_does_not_speak_of_what_lies_beyond_it(single: list[Result]):
    text = " ".join(Teller(single).all())
    assert "2028" not in text
    assert "extrapolated" not in text
    assert "2026" in text
