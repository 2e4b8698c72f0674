"""Targets: what each series of the history table says about the model. Data in `data/targets.yaml`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from countervail.errors import UserError
from countervail.files import read_yaml
from countervail.periods import quarter_index, quarter_name

TABLE = Path(__file__).parent / "data" / "targets.yaml"
FORECAST = "_forecast"
Knots = tuple[tuple[str, float], ...]
_KEYS = set(
    "series actors outcome region late turns half_year since mean currency scale scale_sd plus times over complement"
    " error group role twin from to chart why".split()
)


@dataclass(frozen=True)
class Error:
    """How far an observation may lie from the world: `dist`, its width, and what is added to both sides of a log."""

    dist: Literal["lognormal", "normal", "mixture", "upper"] = "lognormal"
    log_sd: float = 0.2
    sd: float = 0.0
    floor: float = 0.0
    low_weight: float = 0.2  # mixture: weight of a source of low confidence; the others share the rest


@dataclass(frozen=True)
class Term:
    """A sum of outcomes in one region."""

    outcomes: tuple[str, ...]
    region: str


@dataclass(frozen=True)
class Target:
    """One line of the table: some rows of history, what the model calls them, and how far to trust them."""

    series: str
    role: Literal["fitted", "validation", "not_used"]
    actors: tuple[str, ...] = ()  # empty: every actor that no other line of the series names
    top: Term | None = None
    bottom: Term | None = None
    late: bool = False
    turns: Knots = ()
    half_year: bool = False
    since: str = ""
    mean: bool = False
    currency: str = "USD"
    scale: float = 1.0
    scale_sd: float = 0.0
    plus: Knots | tuple[str, str] = ()
    times: tuple[str, ...] = ()
    complement: bool = False
    error: Error = field(default_factory=Error)
    group: str = ""
    twin: str = ""
    first: str = ""  # first and last period that may be fitted
    last: str = ""
    chart: bool | None = None  # drawn over the outcome's chart; by default where the definitions agree
    why: str = ""

    @property
    def plain(self) -> bool:
        """Return whether an observation, rescaled, can be drawn over the outcome's own chart."""
        if self.chart is not None:
            return self.chart
        one = self.top is not None and len(self.top.outcomes) == 1 and not self.twin
        return one and not (
            self.bottom or self.since or self.plus or self.times or self.half_year or self.mean
        )

    @property
    def variable(self) -> str:
        """Return the outcome's name, for tables."""
        return "" if self.top is None else " + ".join(self.top.outcomes)

    def fits(self, period: str) -> bool:
        """Return whether a row of this period may enter a likelihood."""
        inside = period >= self.first and (not self.last or period[: len(self.last)] <= self.last)
        return self.role == "fitted" and not self.twin and inside


@cache
def targets() -> tuple[Target, ...]:
    """Return every line of the table."""
    return tuple(_target(row, i) for i, row in enumerate(read_yaml(TABLE)["targets"]))


def base_series(series: str) -> str:
    """Return the series a forecast is about, or the series itself."""
    return series.removesuffix(FORECAST)


def find(series: str, actor: str) -> Target | None:
    """Return the line that holds a series and actor, or None. A forecast has the line of what it forecasts."""
    wanted = base_series(series)
    rest = None
    for target in targets():
        if target.series == wanted:
            if actor in target.actors:
                return target
            if not target.actors:
                rest = target
    return rest


def span(period: str) -> tuple[int, int]:
    """Return the first and last quarter index of a period written `2025Q2` or `2025`."""
    if "Q" in period:
        q = quarter_index(period)
        return q, q
    first = quarter_index(f"{period}Q1")
    return first, first + 3


def weights(target: Target, period: str, kind: str) -> dict[int, float]:
    """Return how much of each quarter an observation of this period holds.

    Parameters
    ----------
    target
        The line of the table.
    period
        `2025Q2` or `2025`.
    kind
        How the outcome adds up over a year: sum, end or mean.
    """
    first, last = span(period)
    if kind == "end":
        return {last: 1.0}
    if target.half_year and "Q" in period:
        first = last - 1
    if target.since:
        first = quarter_index(target.since)
    share = 1 / (last - first + 1) if kind == "mean" or target.mean else 1.0
    out: dict[int, float] = {}
    for q in range(first, last + 1):
        for k, w in _late(target, q) if target.late else ((q, 1.0),):
            out[k] = out.get(k, 0.0) + w * share
    return out


def _late(target: Target, q: int) -> tuple[tuple[int, float], ...]:
    """Return what a company's quarter holds of its calendar quarter and of the next."""
    kept = {quarter_index(name): share for name, share in target.turns}
    return (q, kept.get(q, 2 / 3)), (q + 1, 1 - kept.get(q + 1, 2 / 3))


def knot_value(knots: Knots, period: str, until: str | None = None) -> float:
    """Return a path of knots at the middle of a period; knots after `until` are not read."""
    seen = [(quarter_index(q), v) for q, v in knots if until is None or q <= until]
    seen = seen or [(quarter_index(knots[0][0]), knots[0][1])]
    first, last = span(period)
    at = (first + last) / 2
    if at <= seen[0][0]:
        return seen[0][1]
    for (a, x), (b, y) in zip(seen, seen[1:], strict=False):
        if a <= at <= b:
            return x + (y - x) * (at - a) / (b - a)
    return seen[-1][1]


def end_of(period: str) -> str:
    """Return the quarter in which a period ends."""
    return quarter_name(span(period)[1])


def _target(row: dict[str, Any], number: int) -> Target:
    where = f"targets.yaml: line {number + 1} ({row.get('series', '?')})"
    odd = set(row) - _KEYS
    if odd:
        raise UserError(f"{where}: unknown field '{sorted(odd)[0]}'", "known: " + ", ".join(sorted(_KEYS)))
    role = row["role"]
    if role not in ("fitted", "validation", "not_used"):
        raise UserError(f"{where}: role is '{role}'", "write fitted, validation or not_used")
    if role == "not_used" and not row.get("why"):
        raise UserError(f"{where}: a row that is not used must say why")
    plus = row.get("plus", ())
    over = row.get("over")
    return Target(
        series=row["series"],
        role=role,
        actors=tuple(row.get("actors", ())),
        top=_term(row["outcome"], row["region"]) if "outcome" in row else None,
        bottom=_term(over["outcome"], over["region"]) if over else None,
        late=row.get("late", False),
        turns=tuple(sorted(row.get("turns", {}).items())),
        half_year=row.get("half_year", False),
        since=row.get("since", ""),
        mean=row.get("mean", False),
        currency=row.get("currency", "USD"),
        scale=float(row.get("scale", 1.0)),
        scale_sd=float(row.get("scale_sd", 0.0)),
        plus=tuple(sorted(plus.items())) if isinstance(plus, dict) else tuple(plus),
        times=tuple(row.get("times", ())),
        complement=row.get("complement", False),
        error=Error(**row.get("error", {})),
        group=row.get("group", ""),
        twin=row.get("twin", ""),
        first=str(row.get("from", "")),
        last=str(row.get("to", "")),
        chart=row.get("chart"),
        why=row.get("why", ""),
    )


def _term(outcome: str | Iterable[str], region: str) -> Term:
    return Term((outcome,) if isinstance(outcome, str) else tuple(outcome), region)
