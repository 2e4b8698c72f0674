"""What a run gives: every draw of every outcome, with units, and how it was made."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.ensemble import outcomes, summary
from countervail.ensemble.blocks import BLOCK, Blocks, by_block
from countervail.ensemble.layer import Layer
from countervail.ensemble.lines import EMPTY, Line, Lines
from countervail.ensemble.outcomes import OutcomeSpec
from countervail.ensemble.threads import THREADS, each
from countervail.errors import UserError
from countervail.periods import quarter_name

if TYPE_CHECKING:
    import xarray as xr

    from countervail.scenario import ScenarioInputs

LINES = 256  # sorted at a time
MANY_VALUES = 200_000  # from which threads pay


@dataclass
class Result:
    """One scenario's ensemble.

    `rows` is float32 `[quarter, row, draw]`, the flows of the model in the order of `layout`; read outcomes with
    `values` and `annual`, which put the discrepancy on (`layer`; None: as simulated). `parameters` is float64
    `[parameter, draw]` in the order of `parameter_names`. Of runs above 20,000 draws only the first are held; `summary`
    speaks for all of them.
    """

    scenario: "ScenarioInputs"
    draws: int
    seed: int
    until: str
    as_of: str | None
    rows: "np.ndarray | Blocks"
    layout: dict[str, tuple[int, tuple[int, ...]]]
    parameter_names: tuple[str, ...]
    parameters: np.ndarray
    provenance: dict[str, Any] = field(default_factory=dict)
    layer: Layer | None = None
    streamed: list[dict[str, Any]] | None = None  # the summary over all draws, where only the first are held
    cache: dict[Any, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def quarters(self) -> list[str]:
        """Return the names of the quarters, 2022Q1 first."""
        return [quarter_name(i) for i in range(self.rows.shape[0])]

    @property
    def years(self) -> list[int]:
        """Return the calendar years that are complete."""
        return [2022 + i for i in range(self.rows.shape[0] // 4)]

    @property
    def variables(self) -> dict[str, OutcomeSpec]:
        """Return the spec of every outcome by name."""
        return outcomes.table()

    def values(self, variable: str, region: str) -> np.ndarray:
        """Return `[quarter, draw]` of an outcome, in its unit. Flows are per quarter."""
        spec = outcomes.find(variable, region)
        top, bottom = self._read(spec, region)
        return self._finish(spec, region, top, bottom)

    def annual(self, variable: str, region: str) -> tuple[list[int], np.ndarray]:
        """Return complete years and `[year, draw]`: sums for flows, year ends for stocks, means for rates.

        A ratio is the ratio of the yearly numbers.
        """
        spec = outcomes.find(variable, region)
        top, bottom = self._read(spec, region)
        n = len(self.years)

        def year(x: np.ndarray) -> np.ndarray:
            q = x[: 4 * n].reshape(n, 4, -1)
            return q.sum(1) if spec.period == "sum" else q[:, 3] if spec.period == "end" else q.mean(1)

        return self.years, self._finish(spec, region, year(top), None if bottom is None else year(bottom))

    def at(self, variable: str, region: str, period: str) -> np.ndarray:
        """Return `[draw]` of an outcome in a period written `2026Q4` or `2026`."""
        if "Q" in period:
            if period not in self.quarters:
                raise UserError(f"{period} is outside the run ({self.quarters[0]} to {self.quarters[-1]})")
            return self.values(variable, region)[self.quarters.index(period)]
        years, values = self.annual(variable, region)
        if not period.isdigit() or int(period) not in years:
            raise UserError(f"{period} is no complete year of the run", f"years: {years[0]} to {years[-1]}")
        return values[years.index(int(period))]

    def quantiles(
        self, variable: str, region: str, probabilities: tuple[float, ...] = summary.QUANTILES
    ) -> np.ndarray:
        """Return `[quarter, probability]` of an outcome."""
        spec = outcomes.find(variable, region)
        values = self.values(variable, region)
        if spec.kind == "share_of_draws":
            return np.repeat(summary.mean(values)[:, None], len(probabilities), 1)
        return summary.quantiles(values, probabilities)

    def summary(self, periods: str = "default") -> list[dict[str, Any]]:
        """Return a row per outcome, region and period: quantiles and mean.

        `default`: calendar years, and every quarter of headline outcomes. `all`: every quarter of every outcome too.
        """
        if periods not in ("default", "all"):
            raise UserError(f"unknown choice of periods '{periods}'", "use default or all")
        if self.streamed is not None:
            return self.streamed

        lines = Lines(self.layout, self.rows.shape[0], periods == "all")
        values, sums = self.read(lines)
        return rows_of(lines.heads, ranked_quantiles(values), summary.in_order(sums) / values.shape[1])

    def read(
        self, lines: Lines, workers: int = THREADS, values: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return `[line, draw]` float32 of every line of a summary, and float64 sums over blocks of draws.

        They are written into `values` where it is given.
        """
        held = by_block(self.rows)
        if values is None:
            values = np.empty((len(lines.heads), self.rows.shape[2]), np.float32)
        sums = np.empty((len(lines.heads), -(-values.shape[1] // BLOCK)))

        def some(share: int) -> None:
            for first, rows in held[share::workers]:
                lines.read(rows, self.layer, first, values, sums)

        each(some, range(min(workers, len(held))), workers > 1 and len(held) > 1)
        return values, sums

    def to_xarray(self) -> "xr.Dataset":
        """Return a Dataset `[scenario, draw, quarter, region]` with unit and long name on each variable."""
        import xarray as xr

        data = {}
        for spec in self.variables.values():
            regions = list(spec.all_regions)
            stacked = np.stack([self.values(spec.variable, r).T for r in regions], -1)[None]
            axis = f"region_{spec.variable.replace('|', '_')}" if regions != ["World"] else "world"
            data[spec.variable.replace("|", "__").replace("/", "_")] = (
                ("scenario", "draw", "quarter", axis),
                stacked.astype(np.float32),
                {
                    "units": spec.unit,
                    "long_name": spec.label,
                    "iamc_variable": spec.variable,
                    "predictive": str(spec.predictive and self.layer is not None).lower(),
                    "regions": ", ".join(regions),
                },
            )
        coords = {
            "scenario": [self.scenario.id],
            "draw": np.arange(self.rows.shape[2]),
            "quarter": self.quarters,
        }
        return xr.Dataset(data, coords=coords, attrs={"title": self.scenario.title, "seed": self.seed})

    def _read(self, spec: OutcomeSpec, region: str) -> tuple[np.ndarray, np.ndarray | None]:
        """Return numerator and denominator `[quarter, draw]` as the model has them."""
        top, bottom = spec.source(region)
        return self._flow(top), None if bottom is None else self._flow(bottom)

    def _flow(self, reference: outcomes.Reference) -> np.ndarray:
        """Return the sum of the rows a reference names, `[quarter, draw]`; several are summed in float64."""
        source = self.rows if self.layer is None else self.layer
        rows = outcomes.row_numbers(self.layout, reference)
        if len(rows) == 1:
            return source[:, rows[0]]
        if rows not in self.cache:
            total = np.zeros((self.rows.shape[0], self.rows.shape[2]))
            for r in rows:
                total += source[:, r]
            self.cache[rows] = total.astype(np.float32)
        return self.cache[rows]

    def _finish(
        self, spec: OutcomeSpec, region: str, top: np.ndarray, bottom: np.ndarray | None
    ) -> np.ndarray:
        """Return scaled values; an empty denominator gives zero."""
        value = top if bottom is None else top / np.maximum(bottom, np.float32(EMPTY))
        value = value * np.float32(spec.scale) if spec.scale != 1 else value
        return 1 - value if spec.turned(region) else value


def ranked_quantiles(values: np.ndarray) -> np.ndarray:
    """Return the default quantiles of `[line, draw]`, which are sorted in place, on threads where that is long."""

    def some(first: int) -> np.ndarray:
        part = values[first : first + LINES]
        part.sort(-1)
        return summary.of_ranked(part)

    return np.concatenate(each(some, range(0, len(values), LINES), values.size > MANY_VALUES))


def rows_of(heads: list[Line], quantiles: np.ndarray, means: np.ndarray) -> list[dict[str, Any]]:
    """Return a row per line: quantiles and mean. A share of draws is its mean and has no range."""
    return [
        {
            "variable": head.variable,
            "region": head.region,
            "unit": head.unit,
            "period": head.period,
            **dict(zip(summary.QUANTILE_NAMES, [mean] * len(q) if head.share_of_draws else q, strict=True)),
            "mean": mean,
        }
        for head, q, mean in zip(heads, quantiles.tolist(), means.tolist(), strict=True)
    ]
