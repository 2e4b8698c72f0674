"""What a range comes from: taught parameters, prior-only ones by kind, chance, uncertain policy.

Pick and freeze: two independent sets of draws A and B; for each group of inputs a third that takes the group from A and
the rest from B. The correlation of A's outcomes with those of the third is the group's first-order share of the
variance (sobol-1993, saltelli-2010); ranks are used, since outcomes are skewed. What the shares leave is interaction.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from countervail.ensemble import posterior as posteriors
from countervail.ensemble.result import Result

# Prior-only parameters by what they are: paths that come from outside, and how the world behaves.
PATHS = ("demand.", "technology.", "upstream.", "power.", "fabrication.domestic_hbm", "fabrication.wafers")
GROUPS = ("taught by history", "exogenous paths", "structure and behaviour", "chance", "uncertain policy")
HEADLINES = (
    ("Compute|Stock", "US"),
    ("Compute|Stock", "CN"),
    ("Compute|Stock ratio", "US to CN"),
    ("Compute|Inflow|Smuggled", "CN"),
    ("Market|Domestic share", "CN"),
    ("AI|Frontier lag", "CN"),
    ("Ecosystem|Fragmentation", "US to CN"),
)


def decompose(
    scenario: str = "status-quo",
    periods: Sequence[str] = ("2026Q4", "2028Q4", "2030Q4"),
    draws: int = 1000,
    seed: int = 0,
    outcomes: Sequence[tuple[str, str]] = HEADLINES,
) -> list[dict[str, Any]]:
    """Return for each outcome and period the share of its variance (of ranks) that each group explains alone.

    `[{variable, region, period, shares: {group: share}, interaction}]`; shares have an error of about 0.03 at 1,000
    draws and are cut at zero.
    """
    from countervail.periods import quarter_index
    from countervail.scenario import build

    until = max(periods)
    inputs = build(scenario, until=until)
    made = _Maker(inputs, quarter_index(until) + 1, draws, seed)
    base = made.run(set(GROUPS))
    out = []
    frozen = {g: made.run({g}) for g in made.groups}
    for variable, region in outcomes:
        for period in periods:
            a = _ranks(base.at(variable, region, period))
            shares = {g: _share(a, _ranks(r.at(variable, region, period))) for g, r in frozen.items()}
            rest = max(0.0, 1 - sum(shares.values()))
            out.append(
                {
                    "variable": variable,
                    "region": region,
                    "period": period,
                    "shares": shares,
                    "interaction": rest,
                }
            )
    return out


class _Maker:
    """Makes runs whose groups of inputs come from one of two sets of draws."""

    def __init__(self, inputs: Any, quarters: int, draws: int, seed: int) -> None:
        from countervail.ensemble.beliefs import beliefs
        from countervail.ensemble.draws import parameter_matrix, shock_array
        from countervail.ensemble.runner import LONGEST
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
        self.kind = [_kind(n, taught) for n in self.names]
        self.sets = []
        for first in (0, draws):
            matrix = parameter_matrix(self.names, chosen, seed, first, draws)
            shocks = shock_array(SHOCKS, quarters, LONGEST, seed, first, draws)
            if held:
                start = first and held.rows // 2  # rows of B are other rows than those of A
                matrix, shocks = held.put(matrix, shocks, self.names, tuple(taught), seed, start)
            self.sets.append((matrix, shocks))
        self.uncertain = len(inputs.variants) > 1
        present = set(self.kind) | {"chance"} | ({"uncertain policy"} if self.uncertain else set())
        self.groups = [g for g in GROUPS if g in present]

    def run(self, from_a: set[str]) -> Result:
        """Return a run with the named groups from set A, the others from set B."""
        import jax

        from countervail.ensemble import engine
        from countervail.ensemble.runner import _members

        (a, za), (b, zb) = self.sets
        take_a = np.array([k in from_a for k in self.kind])
        matrix = np.where(take_a[:, None], a, b)
        shocks = (za if "chance" in from_a else zb).astype(np.float32)
        layout = engine.layout()
        first = 0 if "uncertain policy" in from_a else self.draws
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
        return Result(self.inputs, self.draws, self.seed, until, None, rows, layout, self.names, matrix, {})


def _whole(policy: Any, matrix: np.ndarray, shocks: np.ndarray) -> np.ndarray:
    """Return the model's output `[quarter, row, draw]` of some draws."""
    from countervail.ensemble import engine

    pieces: dict[int, np.ndarray] = {}

    def take(first: int, output: np.ndarray) -> None:
        pieces[first] = output

    engine.blocks(policy, matrix.astype(np.float32), shocks, take)
    return np.concatenate([pieces[i] for i in sorted(pieces)], 2)


def _kind(name: str, taught: set[str]) -> str:
    if name in taught:
        return "taught by history"
    return "exogenous paths" if name.startswith(PATHS) else "structure and behaviour"


def _ranks(x: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata

    return rankdata(x)


def _share(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation of ranks, cut at zero; an outcome that never differs has none."""
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return max(0.0, float(np.corrcoef(a, b)[0, 1]))
