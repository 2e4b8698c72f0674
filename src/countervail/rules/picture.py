"""Show the regime: a picture of outcomes through time, and the table of every line the measures draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from countervail.rules.check import Span, timeline
from countervail.rules.chips import resolve
from countervail.rules.outcome import OUTCOMES
from countervail.rules.regime import Regime

SHORT = {
    "no_licence_required": ("no licence needed", "#1b9e77"),
    "authorised_without_licence_listed_party": ("free for approved parties", "#66c2a5"),
    "licence_exception_ACA": ("exception, no notice", "#a6d854"),
    "licence_exception_NAC_notify": ("exception after notice", "#e6d44a"),
    "no_enforcement_technical_analysis": ("not pursued", "#b3b3b3"),
    "licence_required_presumption_of_approval": ("licence, usually granted", "#8da0cb"),
    "licence_required_case_by_case": ("licence, case by case", "#7570b3"),
    "licence_required_policy_not_published": ("licence, policy not published", "#e08214"),
    "licence_required_presumption_of_denial": ("licence, usually refused", "#b2182b"),
    "prohibited_without_authorisation_GP10": ("presumed unlawful", "#67001f"),
    "undetermined": ("a figure is missing", "#dddddd"),
}
"""Short label and colour of each outcome word."""

_LEFT, _ROW, _WIDTH, _TOP = 150, 26, 760, 34


def timeline_svg(
    chips: Sequence[str],
    to: str = "CN",
    start: date = date(2022, 1, 1),
    end: date = date(2027, 12, 31),
    regime: Regime | None = None,
) -> str:
    """Return an SVG picture of the outcome for some chips through time."""
    law = regime or Regime.load()
    days = (end - start).days + 1

    def x(day: date) -> float:
        return _LEFT + _WIDTH * max(0, min(days, (day - start).days)) / days

    rows = [(resolve(c).name, _within(timeline(c, to, measures=law), start, end)) for c in chips]
    used = [w for w in OUTCOMES if any(s.outcome == w for _, spans in rows for s in spans)]
    height = _TOP + _ROW * len(rows) + 20 + 18 * ((len(used) + 2) // 3)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 20} {height}" '
        f'font-family="sans-serif" font-size="12" role="img">',
        f"<title>US export outcome for {len(rows)} chips to {escape(to)}, {start.year} to {end.year}</title>",
        f'<rect width="100%" height="{height}" fill="#ffffff"/>',
    ]
    for year in range(start.year, end.year + 1):
        at = x(date(year, 1, 1))
        foot = _TOP + _ROW * len(rows)
        out.append(f'<line x1="{at:.1f}" y1="{_TOP - 8}" x2="{at:.1f}" y2="{foot}" stroke="#ccc"/>')
        out.append(f'<text x="{at + 3:.1f}" y="{_TOP - 12}" fill="#444">{year}</text>')
    for row, (name, spans) in enumerate(rows):
        y = _TOP + _ROW * row
        text = escape(_label(name))
        at = f'x="{_LEFT - 8}" y="{y + 15}"'
        out.append(f'<text {at} text-anchor="end" fill="#222">{text}</text>')
        for span in spans:
            left, right = x(span.start), _LEFT + _WIDTH * ((min(span.through, end) - start).days + 1) / days
            label, colour = SHORT[span.outcome]
            said = f"{span.start} to {span.through}: {label} ({span.clause})"
            out.append(
                f'<rect x="{left:.1f}" y="{y}" width="{right - left:.1f}" height="{_ROW - 6}" '
                f'fill="{colour}">'
                f"<title>{escape(said)}</title></rect>"
            )
    for n, word in enumerate(used):
        label, colour = SHORT[word]
        left, y = _LEFT + (n % 3) * 250, _TOP + _ROW * len(rows) + 12 + 18 * (n // 3)
        out.append(f'<rect x="{left}" y="{y}" width="12" height="12" fill="{colour}"/>')
        out.append(f'<text x="{left + 18}" y="{y + 11}" fill="#222">{escape(label)}</text>')
    return "\n".join([*out, "</svg>", ""])


def _within(spans: list[Span], start: date, end: date) -> list[Span]:
    return [s for s in spans if s.through >= start and s.start <= end]


def _label(name: str) -> str:
    for maker in ("NVIDIA ", "AMD Instinct ", "GeForce "):
        name = name.replace(maker, "")
    return name if len(name) <= 22 else name[:21] + "."


@dataclass(frozen=True, slots=True)
class Line:
    """One dated line of a measure."""

    measure: str
    clause: str
    label: str
    op: str
    value: Any
    unit: str
    start: date
    source: str
    confidence: str


def lines(regime: Regime | None = None) -> list[Line]:
    """Return every numeric line that the US measures draw, in order of date."""
    found = []
    for measure in (regime or Regime.load()).measures.values():
        if measure.actor != "US":
            continue
        clauses = measure.data.get("clauses") or {}
        for name, dated in measure.parameters.items():
            meta = measure.data["parameters"][name]
            for start, value in dated:
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    cite = clauses.get(meta.get("clause", ""), {}).get("cite", measure.citation)
                    found.append(
                        Line(
                            measure.id,
                            cite,
                            meta.get("label", name),
                            meta.get("op", ""),
                            value,
                            meta.get("unit", ""),
                            start,
                            meta.get("source", ""),
                            meta.get("confidence", measure.data.get("confidence", "")),
                        )
                    )
    return sorted(found, key=lambda line: (line.start, line.measure))
