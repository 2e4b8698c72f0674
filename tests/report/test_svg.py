from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countervail.report.figures import Chart, Observed, Series, dot_ranges, fan, stacked
from countervail.report.svg import Frame, Scale, linear_ticks, log_ticks, year_ticks


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_linear_ticks_hold_the_range_in_even_round_steps(low: float, size: float):
    ticks = linear_ticks(low, low + size)
    assert 2 <= len(ticks) <= 12
    slack = 1e-6 * max(abs(low), size)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + size - slack
    steps = np.diff(ticks)
    assert np.allclose(steps, steps[0], rtol=1e-3, atol=1e-9)


def test_linear_ticks_of_a_single_value():
    assert linear_ticks(0, 0)[0] <= 0 < linear_ticks(0, 0)[-1]


@given(st.floats(-5, 12), st.floats(0.1, 8))
def test_log_ticks_rise_and_are_few(exponent: float, decades: float):
    ticks = log_ticks(10**exponent, 10 ** (exponent + decades))
    assert 2 <= len(ticks) <= 8
    assert ticks == sorted(set(ticks))


def test_log_ticks_by_length():
    assert log_ticks(100, 10_000) == pytest.approx([100, 200, 500, 1000, 2000, 5000, 10_000])
    assert log_ticks(1, 1e6) == pytest.approx([1, 10, 100, 1000, 1e4, 1e5, 1e6])


def test_years_start_at_their_first_quarter():
    assert year_ticks(0, 44) == [0, 8, 16, 24, 32, 40]  # 2022, 2024, ... 2032
    assert year_ticks(0, 20) == [0, 4, 8, 12, 16, 20]


def test_a_scale_maps_its_ends_and_holds_what_lies_beyond():
    linear, log = Scale(0, 10, 100, 200), Scale(1, 100, 300, 0, log=True)
    assert [linear(v) for v in (0, 5, 10, 99)] == [100, 150, 200, 200]
    assert [log(v) for v in (1, 10, 100, 0)] == pytest.approx([300, 150, 0, 300])


def chart(values: np.ndarray, **kwargs) -> Chart:
    at = [i + 0.5 for i in range(len(values))]
    return Chart("A <title> & more", "units", [f"2022Q{i + 1}" for i in range(len(values))], at, **kwargs,
                 series=[Series("base", "s0", values), Series("other", "s1", values * 1000, fan=False)])  # fmt: skip


def parse(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


@pytest.mark.parametrize("log", [False, True])
def test_a_fan_has_bands_medians_bars_and_points(log: bool):
    values = np.tile([1.0, 2, 3, 4, 5], (4, 1))
    seen = [Observed(0, 1, 2.5, 2, 3, "2022Q1: 2.5"), Observed(2, 3, 2.5, None, None, "later", late=True)]
    root = parse(fan(chart(values, observed=seen, log=log, shade_from=2)))
    kinds = [e.get("class") for e in root.iter()]
    assert (
        kinds.count("b90 s0")
        == kinds.count("b50 s0")
        == kinds.count("median s0")
        == kinds.count("median s1")
        == 1
    )
    assert "b90 s1" not in kinds
    assert kinds.count("seen") == kinds.count("seen late") == kinds.count("seen-range") == 1
    assert "ext" in kinds
    assert root.get("role") == "img"
    assert "A <title> & more" in root.get("aria-label", "")


def test_a_bar_of_another_scenario_that_leaves_the_axis_has_an_arrow():
    values = np.tile([1.0, 2, 3, 4, 5], (4, 1))
    high = np.array([[1.0, 2, 3, 4, 5]] * 3 + [[1.0, 2, 3, 4, 5000]])
    plain = chart(values)
    plain.series = [plain.series[0], Series("other", "s1", high, fan=False)]
    arrows = [e for e in parse(fan(plain)).iter() if e.get("class") == "area s1"]
    assert len(arrows) == 1


def test_nothing_is_drawn_outside_the_picture():
    values = np.abs(np.random.default_rng(0).lognormal(0, 2, (8, 5))).cumsum(1)
    root = parse(fan(chart(values)))
    numbers = [float(n) for e in root.iter() for p in e.get("points", "").split() for n in p.split(",")]
    assert min(numbers) >= 0
    assert max(numbers) <= 480


def test_stacked_areas_end_where_the_whole_ends():
    values = np.array([[0.2, 0.3, 0.5]] * 4)
    root = parse(stacked(chart(np.ones((4, 5)), percent=True), ["a", "b", "c"], values, whole=True))
    tops = [
        min(float(p.split(",")[1]) for p in e.get("points", "").split())
        for e in root.iter()
        if "area" in (e.get("class") or "")
    ]
    frame = Frame(0, 4, 0, 1)
    assert tops[-1] == pytest.approx(frame.y(1.0))
    assert tops == sorted(tops, reverse=True)


def test_a_difference_of_nothing_is_drawn_on_zero():
    root = parse(dot_ranges("t", "H100e", [("a 2028", "s1", [0.0] * 5)]))
    zero = next(e for e in root.iter() if e.get("class") == "zero")
    dot = next(e for e in root.iter() if e.get("class") == "dot s1")
    assert float(dot.get("cx", 0)) == pytest.approx(float(zero.get("x1", 1)), abs=0.1)
