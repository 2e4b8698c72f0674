"""Builds the charts of the report from results, by the table `data/charts.yaml`."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.files import read_yaml
from countervail.language import Speaker, speaker
from countervail.periods import quarter_index
from countervail.report import figures
from countervail.report.figures import Chart, Observed, Series
from countervail.report.reasons import Drivers, Reasons, reasons
from countervail.report.tables import yearly

if TYPE_CHECKING:
    from countervail.ensemble import Result

TABLE = Path(__file__).parent / "data" / "charts.yaml"
Points = dict[tuple[str, str], list[dict[str, Any]]]


@dataclass
class Figure:
    """A finished chart: picture, legend, what it says in words, its numbers, and what it rests on."""

    id: str
    title: str
    unit: str
    svg: str
    legend: list[tuple[str, str, str]]  # kind, style, words
    caption: str
    note: str
    table: tuple[list[str], list[list[str]]]
    why: Reasons
    inside: tuple[int, int, int] = (0, 0, 0)  # points seen, within 50%, within 90%
    chart: Chart | None = field(default=None, repr=False)
    held: str = ""  # template that says whether the ranges hold the discrepancy


@cache
def table() -> dict[str, Any]:
    """Return the table of charts."""
    return read_yaml(TABLE)


class Builder:
    """Makes charts of some results."""

    def __init__(
        self,
        results: "list[Result]",
        parameters: dict[str, dict[str, Any]],
        points: Points,
        say: Speaker | None = None,
    ) -> None:
        self.results, self.base = results, results[0]
        self.say = say or speaker()
        self.parameters, self.points = parameters, points
        self.drivers = Drivers(self.base)

    def figure(self, row: dict[str, Any]) -> Figure:
        """Return one chart of the table."""
        if row["kind"] in ("stack", "shares", "mix"):
            return self._stacked(row)
        return self._fan(row)

    def _fan(self, row: dict[str, Any]) -> Figure:
        spec = self.base.variables[row["outcome"]]
        quarterly = row["step"] == "quarter"
        periods, at = self._periods(quarterly, spec.period)
        if row["kind"] == "regions":
            who = [
                (self.say.text("region", region, default=name), f"r{region}", self.base, region)
                for region, name in row["regions"].items()
            ]
        else:
            who = [(r.scenario.id, f"s{i}", r, row["region"]) for i, r in enumerate(self.results)]
        series = []
        for i, (name, style, r, region) in enumerate(who):
            values = r.quantiles(spec.variable, region) if quarterly else yearly(r, spec.variable, region)
            series.append(Series(name, style, values, fan=i == 0 or row["kind"] == "regions"))
        seen, sources, inside = self._observed(row, spec.period, quarterly)
        flow = spec.period == "sum" and spec.unit not in ("1", "share")
        unit = self.say.unit({"1": "ratio", "share": "share, percent"}.get(spec.unit, spec.unit))
        if flow:
            unit = self.say("chart.per_quarter" if quarterly else "chart.per_year", unit=unit)
        title, note = self._texts(row)
        chart = Chart(
            title,
            unit,
            periods,
            at,
            series,
            seen,
            bool(row.get("log")),
            spec.unit == "share",
            self._shade(),
            self.say,
        )
        legend = [("fan" if s.fan else "median", s.style, s.name) for s in series]
        if seen:
            legend.append(("seen", "", self.say("chart.seen")))
        if any(o.late for o in seen):
            legend.append(("seen late", "", self.say("chart.seen_late")))
        drivers = self.drivers.of(self._end(row["outcome"], who[-1 if row["kind"] == "regions" else 0][3]))
        return Figure(
            row["id"], title, unit, figures.fan(chart), legend, self._caption(chart, inside), note, _numbers(chart),
            reasons(list(spec.mechanisms), drivers, self.parameters, sources), inside, chart, self._held(spec),
        )  # fmt: skip

    def _stacked(self, row: dict[str, Any]) -> Figure:
        names = [self.say(f"part.{name}") for name in row["parts"]]
        title, note = self._texts(row)
        parts = [yearly(self.base, v, r) for v, r in row["parts"].values()]
        shares = row["kind"] != "stack"
        values = self._mix(row) if row["kind"] == "mix" else np.stack([p[:, 2] for p in parts], 1)
        spec = self.base.variables[next(iter(row["parts"].values()))[0]]
        periods, at = self._periods(False, spec.period)
        if shares:
            unit = self.say.unit("share of draws" if row["kind"] == "shares" else "mean share over the draws")
        else:
            unit = self.say("chart.per_year", unit=self.say.unit(spec.unit))
        if row["kind"] == "mix":
            parts = [np.repeat(values[:, i, None], 5, 1) for i in range(len(names))]
        series = [Series(n, f"p{i}", p) for i, (n, p) in enumerate(zip(names, parts, strict=True))]
        total = yearly(self.base, *row["total"]) if row["kind"] == "stack" else None
        shade = self._shade()
        chart = Chart(title, unit, periods, at, series, percent=shares, shade_from=shade, words=self.say)
        picture = figures.stacked(chart, names, values, shares, None if total is None else total[:, 2])
        legend = [("area", f"p{i}", n) for i, n in enumerate(names)]
        if total is not None:
            legend.append(("total", "", self.say("chart.sum")))
        mechanisms = list(
            dict.fromkeys(m for v, _ in row["parts"].values() for m in self.base.variables[v].mechanisms)
        )
        outcome = row.get("total") or list(row["parts"].values())[1]
        why = reasons(mechanisms, self.drivers.of(self._end(*outcome)), self.parameters, [])
        return Figure(
            row["id"], title, unit, picture, legend, self._parts_caption(chart, names, values),
            note, _numbers(chart, shares), why, chart=chart, held="" if shares else self._held(spec),
        )  # fmt: skip

    def _held(self, spec: Any) -> str:
        """Return the template that says what the ranges of an outcome hold."""
        return "chart.predictive" if spec.predictive and self.base.layer is not None else "chart.simulated"

    def _texts(self, row: dict[str, Any]) -> tuple[str, str]:
        """Return title and note of a chart in the language of the report."""
        return (
            self.say.text("chart", row["id"], "title", row["title"]),
            self.say.text("chart", row["id"], "note", row["note"]) if "note" in row else "",
        )

    def _mix(self, row: dict[str, Any]) -> np.ndarray:
        """Return the mean over draws of each part's share of their sum, `[year, part]`; these add up to one."""
        parts = np.stack([self.base.annual(v, r)[1] for v, r in row["parts"].values()], 1).astype(np.float64)
        return (parts / parts.sum(1, keepdims=True).clip(1e-9)).mean(-1)

    def _periods(self, quarterly: bool, kind: str) -> tuple[list[str], list[float]]:
        """Return names of periods and where they stand: flows in the middle, stocks at the end."""
        offset = 1.0 if kind == "end" else 0.5
        if quarterly:
            return self.base.quarters, [i + offset for i in range(len(self.base.quarters))]
        years = self.base.years
        return [str(y) for y in years], [4.0 * (y - 2022) + (4.0 if kind == "end" else 2.0) for y in years]

    def _shade(self) -> float:
        return float(max(quarter_index(self.base.scenario.extrapolation_from), 0))

    def _end(self, variable: str, region: str) -> np.ndarray:
        return self.base.annual(variable, region)[1][-1]

    def _observed(
        self, row: dict[str, Any], kind: str, quarterly: bool
    ) -> tuple[list[Observed], list[str], tuple[int, int, int]]:
        """Return observed points in the unit of the chart, their sources, and how many lie inside the base's bands."""
        if row["kind"] == "regions":
            keys = [(row["outcome"], region) for region in row["regions"]]
        else:
            keys = [(row["outcome"], row["region"]), *(tuple(k) for k in row.get("observed", ()))]
        found = [(k, p) for k in keys for p in self.points.get(k, ())]
        found += [
            ((row["outcome"], row.get("region", "")), p)
            for s in row.get("series", ())
            for p in self.points.get((s, ""), ())
        ]
        seen, sources, within = [], [], [0, 0, 0]
        for (variable, region), p in found:
            period = str(p["period"])
            if not quarterly and "Q" in period and kind == "sum":
                continue  # a quarter's flow has no place among years
            first = quarter_index(period if "Q" in period else f"{period}Q1")
            last = first + (1 if "Q" in period else 4)
            if last > len(self.base.quarters):
                continue
            scale = 0.25 if quarterly and kind == "sum" and "Q" not in period else 1.0
            value, low, high = (
                None if v is None else float(v) * scale for v in (p["value"], p["low"], p["high"])
            )
            assert value is not None
            said = self.say.words(value)
            if low is not None and high is not None:
                said = self.say.ranged(said, self.say.between(low, high))
            label = self.say("chart.colon", name=self.say.quarter(period), value=said)
            late = self.base.as_of is not None and str(p.get("known_since") or _day(last)) > self.base.as_of
            start = last - 0.5 if kind == "end" else first
            seen.append(
                Observed(
                    start,
                    last if kind != "end" else last + 0.5,
                    value,
                    low,
                    high,
                    self.say.list((label, p["series_id"], p["source"])),
                    late,
                )
            )
            sources.append(str(p["source"]))
            draws = self.base.at(variable, region, period) * scale
            q = np.quantile(draws, (0.05, 0.25, 0.75, 0.95))
            within = [
                within[0] + 1,
                within[1] + int(q[1] <= value <= q[2]),
                within[2] + int(q[0] <= value <= q[3]),
            ]
        return seen, sources, (within[0], within[1], within[2])

    def _caption(self, chart: Chart, inside: tuple[int, int, int]) -> str:
        """Return the chart in words: where it stands in 2026 and at the end, and how it meets what was seen."""
        wanted = [p for p in ("2026Q4", "2026", chart.periods[-1]) if p in chart.periods]
        periods = list(dict.fromkeys(wanted))
        lines = []
        for s in chart.series if chart.series[-1].fan else chart.series[:1]:
            parts = [
                self.say(
                    "chart.period",
                    value=chart.say_median(s.values[chart.periods.index(p)]),
                    period=self.say.quarter(p),
                )
                for p in periods
            ]
            lines.append(self.say("chart.line", name=s.name, parts=self.say.list(parts)))
        if inside[0]:
            lines.append(self.say("chart.inside", seen=inside[0], most=inside[2], half=inside[1]))
        return self.say.list(lines, "sentence")

    def _parts_caption(self, chart: Chart, names: list[str], values: np.ndarray) -> str:
        lines = []
        for period in dict.fromkeys(p for p in ("2026", chart.periods[-1]) if p in chart.periods):
            row = values[chart.periods.index(period)]
            parts = [
                self.say(
                    "chart.part", name=n if n.isupper() else n[0].lower() + n[1:], value=chart.say(float(v))
                )
                for n, v in zip(names, row, strict=True)
            ]
            name = self.say.quarter(period)
            lines.append(self.say("chart.line", name=name, parts=self.say.list(parts)))
        return self.say.list(lines, "sentence")


def _numbers(chart: Chart, single: bool = False) -> tuple[list[str], list[list[str]]]:
    """Return the table behind a chart: year ends or years, with the range of each series."""
    keep = [i for i, p in enumerate(chart.periods) if not p.endswith(("Q1", "Q2", "Q3"))]
    rows = []
    for i in keep:
        cells = []
        for s in chart.series:
            q = [float(v) for v in s.values[i]]
            cells.append(chart.say(q[2]) if single else chart.say_median(q))
        rows.append([chart.periods[i], *cells])
    return ["", *(s.name for s in chart.series)], rows


def _day(quarters: int) -> str:
    """Return a date that sorts after the end of the last of so many quarters."""
    year, q = 2022 + (quarters - 1) // 4, (quarters - 1) % 4
    return f"{year}-{3 * q + 3:02d}-31"
