"""Drawing in SVG: scales, ticks and the few shapes the charts are made of. Colours come from the page's style."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from countervail.language import Speaker, speaker
from countervail.periods import quarter_name

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 16, 28
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """Maps values to pixels, linearly or by logarithm."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the pixel of a value; beyond the scale is held at its edge."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            value = math.log10(max(value, self.low))
        else:
            low, high = self.low, self.high
        share = (min(max(value, low), high) - low) / (high - low)
        return self.start + share * (self.end - self.start)


def linear_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers from at or below `low` to at or above `high`."""
    if not high > low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / count
    size = 10.0 ** math.floor(math.log10(raw))
    step = size * next(s for s in STEPS if s * size >= raw * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Return powers of ten, with 2 and 5 between them where the range is short."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    last = max(last, first + 1)
    decades = last - first
    marks = (1, 2, 5) if decades <= 2 else (1, 3) if decades <= 4 else (1,)
    ticks = [m * 10.0**e for e in range(first, last + 1) for m in marks]
    inside = [t for t in ticks if low * 0.999 <= t <= high * 1.001]
    step = math.ceil(len(inside) / 8)
    return inside[::step] if len(inside) >= 2 else [10.0**first, 10.0**last]


def year_ticks(first: float, last: float, most: int = 6) -> list[int]:
    """Return quarter indices of year starts to label, at most `most` of them."""
    years = [y for y in range(2022, 2042) if first <= (y - 2022) * 4 <= last]
    step = next(s for s in (1, 2, 4, 5, 10) if math.ceil(len(years) / s) <= most)
    return [(y - 2022) * 4 for y in years if (y - 2022) % step == 0]


@dataclass
class Frame:
    """A plot with its axes; x is the quarter index, 0 at the start of 2022.

    `low`, `high` are the values the plot must hold; the axis is widened to round numbers.
    """

    first: float
    last: float
    low: float
    high: float
    log: bool = False
    percent: bool = False
    shade_from: float | None = None  # start of the extrapolated part
    right: float = RIGHT
    width: float = WIDTH
    height: float = HEIGHT
    say: Speaker = field(default_factory=speaker)
    parts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.log:
            self.low = self.low if self.low > 0 else self.high / 1e4
            self.high = max(self.high, self.low * 2)
            self.y_ticks = log_ticks(self.low, self.high)
            low, high = min(self.low, self.y_ticks[0]), max(self.high, self.y_ticks[-1])
        else:
            self.y_ticks = linear_ticks(self.low, self.high)
            low, high = self.y_ticks[0], self.y_ticks[-1]
        self.bottom, self.top = low, high
        self.x = Scale(self.first, self.last, LEFT, self.width - self.right)
        self.y = Scale(low, high, self.height - BOTTOM, TOP, self.log)
        self._axes()

    def add(self, part: str) -> None:
        """Put a shape on top of what is there."""
        self.parts.append(part)

    def _axes(self) -> None:
        left, right = LEFT, self.width - self.right
        if self.shade_from is not None and self.shade_from < self.last:
            x = self.x(max(self.shade_from, self.first))
            self.add(rect(x, TOP, right - x, self.height - BOTTOM - TOP, "ext"))
            if right - x > 60:
                self.add(text(right, TOP - 5, self.say("chart.extrapolated"), "axis faint", "end"))
        for tick in self.y_ticks:
            y = self.y(tick)
            self.add(line(left, y, right, y, "zero" if tick == 0 and self.low < 0 else "grid"))
            label = f"{100 * tick:.4g}%" if self.percent else self.say.short(tick)
            self.add(text(left - 6, y + 4, label, "axis", "end"))
        base = self.height - BOTTOM
        for tick in year_ticks(self.first, self.last):
            x = self.x(tick)
            self.add(line(x, base, x, base + 4, "tick"))
            self.add(text(x, base + 17, quarter_name(tick)[:4], "axis", "middle"))
        self.add(line(left, base, right, base, "base"))

    def svg(self, title: str, description: str) -> str:
        """Return the picture, with its title and description for those who do not see it."""
        return svg("".join(self.parts), self.width, self.height, title, description)


def svg(content: str, width: float, height: float, title: str, description: str) -> str:
    """Return an SVG element that scales to its column."""
    label = quoteattr(f"{title}. {description}")
    return f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label={label}>{content}</svg>'


def text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    """Return a text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return a straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def rect(x: float, y: float, width: float, height: float, kind: str, title: str = "") -> str:
    """Return a rectangle; `title` shows when the pointer rests on it."""
    shape = f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" class="{kind}"'
    return f"{shape}><title>{escape(title)}</title></rect>" if title else shape + "/>"


def circle(x: float, y: float, radius: float, kind: str, title: str = "") -> str:
    """Return a dot."""
    shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{kind}"'
    return f"{shape}><title>{escape(title)}</title></circle>" if title else shape + "/>"


def arrow(x: float, y: float, way: int, kind: str) -> str:
    """Return a small arrow head that says that a bar goes on; `way` is -1 up, 1 down."""
    return f'<polygon points="{_join([(x - 4, y), (x + 4, y), (x, y + 7 * way)])}" class="{kind}"/>'


def polyline(points: Sequence[tuple[float, float]], kind: str) -> str:
    """Return a line through points."""
    return f'<polyline points="{_join(points)}" class="{kind}"/>'


def band(xs: Sequence[float], lower: Sequence[float], upper: Sequence[float], kind: str) -> str:
    """Return the area between two lines."""
    points = [*zip(xs, upper, strict=True), *reversed(list(zip(xs, lower, strict=True)))]
    return f'<polygon points="{_join(points)}" class="{kind}"/>'


def _join(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
