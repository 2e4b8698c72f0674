"""What a range comes from: parameters, structural switches, paths from outside, chance, discrepancy, uncertain policy.

Pick and freeze: two independent sets of draws A and B; for each group of inputs a third that takes the group from A and
the rest from B. The correlation of A's outcomes with those of the third is the group's first-order share of the
variance (sobol-1993, saltelli-2010); ranks are used, since outcomes are skewed. A and B themselves, which share
nothing, correlate by chance; this is taken off in proportion to what a group leaves. What the shares leave is
interaction.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.ensemble import posterior as posteriors
from countervail.ensemble.result import Result
from countervail.files import read_yaml

if TYPE_CHECKING:
    from countervail.scenario import ScenarioInputs

TABLE = Path(__file__).parent / "data" / "input_groups.yaml"
TAUGHT, PATHS, SWITCHES, REST = (
    "taught by history",
    "exogenous paths",
    "structural switches",
    "other parameters",
)
CHANCE, DISCREPANCY, POLICY = "chance", "discrepancy", "uncertain policy"
GROUPS = (TAUGHT, PATHS, SWITCHES, REST, CHANCE, DISCREPANCY, POLICY)
HEADLINES = (
    ("Compute|Stock", "US"),
    ("Compute|Stock", "CN"),
    ("Compute|Stock ratio", "US to CN"),
    ("Compute|Inflow", "CN"),
    ("Compute|Inflow|Legal imports", "CN"),
    ("Compute|Inflow|Domestic", "CN"),
    ("Compute|Inflow|Smuggled", "CN"),
    ("Market|Domestic share", "CN"),
    ("Supply|Packages", "CN"),
    ("AI|Frontier lag", "CN"),
    ("Ecosystem|Fragmentation", "US to CN"),
    ("Innovation|Index", "US"),
)


def decompose(
    scenario: "str | ScenarioInputs" = "status-quo",
    periods: Sequence[str] = ("2026Q4", "2028Q4", "2030Q4"),
    draws: int = 1000,
    seed: int = 0,
    outcomes: Sequence[tuple[str, str]] = HEADLINES,
    until: str | None = None,
) -> list[dict[str, Any]]:
    """Return for each outcome and period the share of its variance (of ranks) that each group explains alone.

    `[{variable, region, period, shares: {group: share}, interaction}]`; shares have an error of about 0.03 at 1,000
    draws and are cut at zero. `until` is the horizon to run to, the last period by default.
    """
    from countervail.periods import quarter_index
    from countervail.scenario import build

    until = until or max(periods)
    inputs = build(scenario, until=until) if isinstance(scenario, str) else scenario
    made = _Maker(inputs, quarter_index(until) + 1, draws, seed)
    base = made.run(set(GROUPS))
    places = [(variable, region, period) for variable, region in outcomes for period in periods]
    whole = [_ranks(base.at(*place)) for place in places]
    other = made.run(set())
    chance = [_correlation(a, _ranks(other.at(*place))) for a, place in zip(whole, places, strict=True)]
    shares: list[dict[str, float]] = [{} for _ in places]
    for group in made.groups:
        frozen = made.run({group})
        for place, ranks, luck, row in zip(places, whole, chance, shares, strict=True):
            row[group] = _share(ranks, _ranks(frozen.at(*place)), luck)
    return [
        {
            "variable": variable,
            "region": region,
            "period": period,
            "shares": row,
            "interaction": max(0.0, 1 - sum(row.values())),
        }
        for (variable, region, period), row in zip(places, shares, strict=True)
    ]


class _Maker:
    """Makes runs whose groups of inputs come from one of two sets of draws."""

    def __init__(self, inputs: "ScenarioInputs", quarters: int, draws: int, seed: int) -> None:
        from countervail.ensemble import discrepancy
        from countervail.ensemble.beliefs import beliefs
        from countervail.ensemble.draws import parameter_matrix, shock_array
        from countervail.evidence import load
        from countervail.model.parameters import names
        from countervail.model.shocks import SHOCKS

        self.inputs, self.quarters, self.draws, self.seed = inputs, quarters, draws, seed
        chosen, origin = beliefs(
            load(), names(), inputs.assumptions, inputs.parameter_overrides, inputs.as_of
        )
        held = posteriors.default(inputs.as_of)
        taught = set(held.held(origin)) if held else set()
        self.names = names()
        self.kind = [kind_of(n, taught) for n in self.names]
        self.sets = []
        for k in range(2):
            matrix = parameter_matrix(self.names, chosen, seed, k * draws, draws)
            shocks = shock_array(SHOCKS, quarters, seed, k * draws, draws)
            start = 0
            if held:
                rows = k * (held.rows // 2)  # rows of B are other rows than those of A
                matrix, shocks = held.put(matrix, shocks, self.names, tuple(taught), seed, rows)
                start = k * (draws + (rows - draws) % held.rows)  # the same rows, and other chance
            factors = discrepancy.factors(held, quarters, seed, start or k * draws, draws)
            self.sets.append((matrix, shocks, factors))
        uncertain = {POLICY} if len(inputs.variants) > 1 else set()
        present = set(self.kind) | {CHANCE, DISCREPANCY} | uncertain
        self.groups = [g for g in GROUPS if g in present]

    def run(self, from_a: set[str]) -> Result:
        """Return a run with the named groups from set A, the others from set B."""
        import jax

        from countervail.ensemble import engine, layer
        from countervail.ensemble.runner import LIFE, _members

        (a, za, fa), (b, zb, fb) = self.sets
        take_a = np.array([k in from_a for k in self.kind])
        matrix = np.where(take_a[:, None], a, b)
        shocks = (za if CHANCE in from_a else zb).astype(np.float32)
        layout = engine.layout()
        first = 0 if POLICY in from_a else self.draws
        members = _members([p for _, p in self.inputs.variants], self.seed, first, self.draws)
        rows: np.ndarray | None = None
        for (policy, _), member in zip(self.inputs.variants, members, strict=True):
            cut = jax.tree.map(lambda x: x[: self.quarters], policy)
            if len(member) == 0:
                continue
            whole = _whole(cut, matrix[:, member], shocks[:, :, member])
            if rows is None:
                rows = np.empty((*whole.shape[:2], self.draws), np.float32)
            rows[:, :, member] = whole
        assert rows is not None
        until = f"{2022 + (self.quarters - 1) // 4}Q{(self.quarters - 1) % 4 + 1}"
        leave = layer.leave_share(matrix[self.names.index(LIFE)])
        seen = layer.Layer(rows, layout, fa if DISCREPANCY in from_a else fb, leave)
        return Result(
            self.inputs, self.draws, self.seed, until, None, rows, layout, self.names, matrix, {}, seen
        )


def _whole(policy: Any, matrix: np.ndarray, shocks: np.ndarray) -> np.ndarray:
    """Return the model's output `[quarter, row, draw]` of some draws."""
    from countervail.ensemble import engine

    pieces: dict[int, np.ndarray] = {}

    def take(first: int, output: np.ndarray) -> None:
        pieces[first] = output

    engine.blocks(policy, matrix.astype(np.float32), shocks, take)
    return np.concatenate([pieces[i] for i in sorted(pieces)], 2)


@cache
def table() -> tuple[tuple[str, ...], dict[str, tuple[str, str]]]:
    """Return the beginnings of names of paths, and for each switch the two forms it weighs."""
    rows = read_yaml(TABLE)
    return tuple(rows["paths"]), {r["parameter"]: tuple(r["between"]) for r in rows["switches"]}


def kind_of(name: str, taught: set[str]) -> str:
    """Return the group of a parameter."""
    paths, switches = table()
    if name in taught:
        return TAUGHT
    if name in switches:
        return SWITCHES
    return PATHS if name.startswith(paths) else REST


def _ranks(x: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata

    return rankdata(x)


def _share(a: np.ndarray, b: np.ndarray, luck: float = 0.0) -> float:
    """Return the correlation of ranks less what is chance, cut at zero."""
    found = _correlation(a, b)
    return max(0.0, found - (1 - found) * luck)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation; an outcome that never differs has none."""
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
