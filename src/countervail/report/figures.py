"""The kinds of chart: fans over observed points, stacked areas, and dots with ranges."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from countervail.language import Speaker, speaker
from countervail.report.svg import BOTTOM as MARGIN
from countervail.report.svg import (
    LEFT,
    TOP,
    WIDTH,
    Frame,
    Scale,
    arrow,
    band,
    circle,
    line,
    linear_ticks,
    polyline,
    rect,
    svg,
    text,
)

SIDE = 11  # width of one end bar in the margin of a fan chart


@dataclass(frozen=True)
class Series:
    """Quantiles `[period, 5]` of one scenario or region."""

    name: str
    style: str  # class of the page's style: s0, s1, ...
    values: np.ndarray
    fan: bool = True  # bands, or the median and a bar at the end


@dataclass(frozen=True)
class Observed:
    """A figure from a source. `first`, `last` are quarter indices of what it covers."""

    first: float
    last: float
    value: float
    low: float | None
    high: float | None
    label: str
    late: bool = False  # later than what the run could know


@dataclass
class Chart:
    """What a chart of periods holds. `at` are positions on the axis of quarters."""

    title: str
    unit: str
    periods: list[str]
    at: list[float]
    series: list[Series]
    observed: list[Observed] = field(default_factory=list)
    log: bool = False
    percent: bool = False
    shade_from: float | None = None
    words: Speaker = field(default_factory=speaker)

    def say(self, value: float) -> str:
        """Return a value with its unit."""
        return self.words.percent(value) if self.percent else self.words.words(value)

    def say_median(self, q: Sequence[float] | np.ndarray) -> str:
        """Return the median of five quantiles, with the 90% range in brackets."""
        return self.words.ranged(self.say(float(q[2])), self.say_range(float(q[0]), float(q[4])))

    def say_range(self, low: float, high: float) -> str:
        """Return a range of values."""
        return self.words.shares(low, high) if self.percent else self.words.span(low, high)

    def named(self, q: Sequence[float] | np.ndarray, name: str) -> str:
        """Return a name with the median and range of its quantiles."""
        return self.words("chart.colon", name=name, value=self.say_median(q))


def fan(chart: Chart) -> str:
    """Return a chart with 50% and 90% bands of the fans, medians of the rest, and observed points."""
    sides = [s for s in chart.series if not s.fan]
    values = np.concatenate(
        [s.values.ravel() if s.fan else np.append(s.values[:, 2], s.values[-1, 1:4]) for s in chart.series]
    )
    seen = [v for o in chart.observed for v in (o.value, o.low, o.high) if v is not None]
    reach = np.concatenate([values, np.array(seen or values[:1])])
    low, high = _limits(reach, chart)
    first, last = _edges(chart.at)
    right = 14 + SIDE * len(sides)
    frame = Frame(
        first, last, low, high, chart.log, chart.percent, chart.shade_from, right=right, say=chart.words
    )
    xs = [frame.x(a) for a in chart.at]
    for s in chart.series:
        if s.fan:
            y = [[frame.y(float(v)) for v in s.values[:, k]] for k in range(5)]
            frame.add(band(xs, y[0], y[4], f"b90 {s.style}"))
            frame.add(band(xs, y[1], y[3], f"b50 {s.style}"))
    for s in chart.series:
        y = [frame.y(float(v)) for v in s.values[:, 2]]
        frame.add(polyline(list(zip(xs, y, strict=True)), f"median {s.style}"))
    for i, s in enumerate(sides):
        x = frame.width - right + SIDE * (i + 0.8)
        low90, low50, middle, high50, high90 = (frame.y(float(v)) for v in s.values[-1])
        frame.add(line(x, low90, x, high90, f"bar90 {s.style}"))
        frame.add(line(x, low50, x, high50, f"bar50 {s.style}"))
        tip = chart.words(
            "chart.tip",
            name=s.name,
            period=chart.words.quarter(chart.periods[-1]),
            value=chart.say_median(s.values[-1]),
        )
        for beyond, edge, way in (
            (s.values[-1][4] > frame.top, high90, -1),
            (s.values[-1][0] < frame.bottom, low90, 1),
        ):
            if beyond:
                frame.add(arrow(x, edge, way, f"area {s.style}"))
        frame.add(circle(x, middle, 3.2, f"dot {s.style}", tip))
    _hits(frame, chart)
    for o in chart.observed:
        _observed(frame, o)
    return frame.svg(chart.title, describe(chart))


def stacked(
    chart: Chart,
    names: Sequence[str],
    values: np.ndarray,
    whole: bool = False,
    total: np.ndarray | None = None,
) -> str:
    """Return areas on top of each other; `values` is `[period, part]`, `whole` when the parts add up to one."""
    top = values.sum(1)
    high = 1.0 if whole else float(max(top.max(), 0 if total is None else total.max()))
    first, last = _edges(chart.at)
    frame = Frame(first, last, 0.0, high or 1.0, False, chart.percent, chart.shade_from, say=chart.words)
    xs = [frame.x(a) for a in chart.at]
    below = np.zeros(len(values))
    for i in range(values.shape[1]):
        above = below + values[:, i]
        frame.add(band(xs, [frame.y(v) for v in below], [frame.y(v) for v in above], f"area p{i}"))
        below = above
    if total is not None:
        frame.add(polyline([(x, frame.y(float(v))) for x, v in zip(xs, total, strict=True)], "total"))
    for j, period in enumerate(chart.periods):
        parts = [
            chart.words("chart.part", name=n, value=chart.say(float(v)))
            for n, v in zip(names, values[j], strict=True)
            if v > 0
        ]
        tip = chart.words("chart.colon", name=chart.words.quarter(period), value=chart.words.list(parts))
        _hit(frame, chart.at, j, tip)
    return frame.svg(chart.title, chart.words("chart.stacked", names=chart.words.list(names)))


def dot_ranges(
    title: str,
    unit: str,
    rows: Sequence[tuple[str, str, Sequence[float]]],
    say: Speaker | None = None,
) -> str:
    """Return one line per row with the 90% range, the 50% range and the median of a difference, around zero.

    Parameters
    ----------
    rows
        Label, style and the five quantiles.
    """
    say = say or speaker()
    left, gap, height = 136, 24, 24 * len(rows) + 34
    numbers = [v for _, _, q in rows for v in q]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    if low == high:
        low, high = -1.0, 1.0
    ticks = linear_ticks(low, high, 4)
    x = Scale(ticks[0], ticks[-1], left, WIDTH - 22)
    parts = []
    for tick in ticks:
        parts.append(line(x(tick), 6, x(tick), height - 24, "zero" if tick == 0 else "grid"))
        label = ("+" if tick > 0 else "-" if tick < 0 else "") + say.short(abs(tick))
        parts.append(text(x(tick), height - 8, label, "axis", "middle"))
    for i, (label, style, q) in enumerate(rows):
        y = 18 + gap * i
        parts.append(text(left - 10, y + 4, _cut(label), "axis", "end"))
        value = say.ranged(say.number(q[2]), say.range(q[0], q[4]))
        tip = say("chart.dot", label=label, value=value, unit=unit)
        parts.append(line(x(q[0]), y, x(q[4]), y, f"bar90 {style}"))
        parts.append(line(x(q[1]), y, x(q[3]), y, f"bar50 {style}"))
        parts.append(circle(x(q[2]), y, 4, f"dot {style}", tip))
    return svg(
        "".join(parts),
        WIDTH,
        height,
        title,
        say("chart.dots"),
    )


def _cut(label: str, most: int = 20) -> str:
    """Return a label that fits beside the axis: its start and its last word."""
    if len(label) <= most:
        return label
    start, _, last = label.rpartition(" ")
    return f"{start[: most - len(last) - 3]}.. {last}"


def describe(chart: Chart) -> str:
    """Return one sentence for those who do not see the chart."""
    parts = chart.words.list([chart.named(s.values[-1], s.name) for s in chart.series], "semicolon")
    period = chart.words.quarter(chart.periods[-1])
    return chart.words("chart.describe", unit=chart.unit, period=period, parts=parts)


def _limits(values: np.ndarray, chart: Chart) -> tuple[float, float]:
    """Return what the axis must hold; a log axis ends a decade below the smallest median."""
    high = float(values.max())
    if chart.log:
        medians = np.concatenate([s.values[:, 2] for s in chart.series])
        medians = medians[medians > 0]
        least = float(medians.min()) / 10 if medians.size else high / 1e4
        reach = values[values >= least]
        return max(float(reach.min()) if reach.size else least, high / 1e9), high
    low = min(float(values.min()), 0.0)
    return low, high if high > low else low + 1.0


def _edges(at: Sequence[float]) -> tuple[float, float]:
    half = (at[1] - at[0]) / 2 if len(at) > 1 else 0.5
    return max(at[0] - half, 0.0), at[-1] + (half if half >= 1 else 0.5)


def _observed(frame: Frame, o: Observed) -> None:
    """Put a figure from a source on the chart: a dot with its range, as wide as the time it covers."""
    x, y = frame.x((o.first + o.last) / 2), frame.y(o.value)
    if o.low is not None and o.high is not None and o.high > o.low:
        frame.add(line(x, frame.y(o.low), x, frame.y(o.high), "seen-range"))
    if o.last - o.first > 1.5:
        frame.add(line(frame.x(o.first), y, frame.x(o.last), y, "seen-range"))
    frame.add(circle(x, y, 3, "seen late" if o.late else "seen", o.label))


def _hits(frame: Frame, chart: Chart) -> None:
    """Add a column per period whose title tells the numbers when the pointer rests on it."""
    for j, period in enumerate(chart.periods):
        parts = chart.words.list([chart.named(s.values[j], s.name) for s in chart.series], "semicolon")
        _hit(frame, chart.at, j, chart.words("chart.hit", period=chart.words.quarter(period), parts=parts))


def _hit(frame: Frame, at: Sequence[float], j: int, tip: str) -> None:
    half = (at[1] - at[0]) / 2 if len(at) > 1 else 0.5
    x1, x2 = frame.x(at[j] - half), frame.x(at[j] + half)
    frame.add(rect(max(x1, LEFT), TOP, x2 - max(x1, LEFT), frame.height - MARGIN - TOP, "hit", tip))
