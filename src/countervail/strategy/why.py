"""Why an outcome differs between two runs: shares of what was changed, pathways, mechanisms and parameters.

Everything comes from runs on the same draws. Shares of levers and measures add up to the change (`shapley`), pathways
add up to it too (`pathways`). A mechanism's effect is how much of the change disappears when both runs are made
without it; these do not add up, since mechanisms work through each other.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.errors import UserError
from countervail.periods import quarter_index
from countervail.strategy import answer, changes, pathways, shapley
from countervail.strategy.ranks import check_draws

if TYPE_CHECKING:
    from countervail.ensemble import Result
    from countervail.scenario import Scenario, ScenarioInputs

Progress = Callable[[int, int], None]
Settings = Mapping[str, Any] | Sequence[Any] | None

EXACT = 5  # up to so many changes all subsets are run; beyond, a few orders
MOST_EXACT = 8  # and when asked, up to so many
RUNS = 24  # about so many runs for the orders
SWITCH_DRAWS = 128  # draws of the runs without a mechanism: one block of the compiled program
NOTE = "Effects of mechanisms do not add up: each is what disappears of the change when that mechanism alone is off."


def why(
    scenario: "str | Path | Scenario" = "status-quo",
    outcome: str = "Compute|Stock",
    region: str | None = None,
    period: str = "2030",
    *,
    set: Settings = None,  # noqa: A002 - the name of the option
    against: "str | Path | Scenario | None" = None,
    against_set: Settings = None,
    draws: int = 256,
    seed: int = 0,
    until: str = "2032Q4",
    as_of: date | str | None = None,
    data_dir: Path | None = None,
    exact: bool = False,
    progress: Progress | None = None,
    workers: int | None = None,
    horizon: str | None = None,
) -> dict[str, Any]:
    """Return why an outcome is what it is under a scenario with settings, against another run on the same draws.

    Parameters
    ----------
    scenario, set
        The run to explain.
    outcome, region, period
        Which number: a variable of the table of outcomes, a region of it (the first by default), a year or quarter.
    against, against_set
        The run to set it against; by default the same scenario without settings.
    draws
        Draws of each run.
    exact
        Run every subset of up to eight changes instead of a few orders; takes longer.
    progress
        Called with runs done and in all, between runs, from the calling thread. What it raises ends the work.
    workers
        Runs at a time; the number of cores, at most two, by default. The result does not depend on it.
    horizon
        As in `ensemble.run`: last quarter that is simulated.

    Returns
    -------
    dict
        `variable, region, period, unit`; `base`, `value`, `change` (quantiles and mean; `change` with `share_up`);
        `levers` (what was changed, each with its `contribution`); `pathways`; `mechanisms` (each with its `effect`);
        `parameters` (which go most with the size of the change); `method, note, draws, runs, elapsed_ms`.

    Raises
    ------
    UserError
        When nothing differs between the two, or anything is not as said above.
    """
    from countervail.ensemble import run
    from countervail.ensemble.again import again
    from countervail.ensemble.outcomes import find

    started = perf_counter()
    check_draws(draws)
    spec = find(outcome, region)
    region = region or spec.all_regions[0]
    pair = _pair(scenario, set, against, against_set)
    last = _last_quarter(period, until)
    parts = pair.changes(last)
    if not parts:
        raise UserError(
            "nothing differs between the two runs",
            "change a lever with --set, or name a scenario with --against",
        )
    n = len(parts)
    every = n <= (MOST_EXACT if exact else EXACT)
    chosen = [] if every else shapley.orders(n, RUNS, seed)
    subsets = shapley.all_subsets(n) if every else shapley.subsets_of(chosen)
    inputs = {s: _build(pair, [k for i in s for k in parts[i].keys], until, as_of, data_dir) for s in subsets}
    none, all_ = frozenset(), frozenset(range(n))
    switches = [k for k in pathways.table()["knockouts"] if _matters(k, inputs[none], inputs[all_])]
    few = min(draws, SWITCH_DRAWS)
    keys = {s: _key(x) for s, x in inputs.items()}
    todo = {keys[s]: inputs[s] for s in subsets}
    jobs = _Jobs(len(todo) + 2 * len(switches), progress, workers)

    ends: dict[str, Result] = {}  # the two runs themselves; of those in between only the outcome is kept

    def first(key: str) -> np.ndarray:
        x = todo[key]
        result = run(x, draws, seed, until, data_dir=data_dir, workers=1, horizon=horizon)
        if key in (keys[none], keys[all_]):
            ends[key] = result
        return result.at(outcome, region, period).astype(np.float64)

    def off(job: tuple[frozenset[int], Mapping[str, Any]]) -> np.ndarray:
        s, switch = job
        result = again(ends[keys[s]], switch["settings"], few, workers=1, horizon=horizon)
        return result.at(outcome, region, period).astype(np.float64)

    seen = dict(zip(todo, jobs.all(first, list(todo)), strict=True))
    values = {s: seen[keys[s]] for s in subsets}
    before, after = ends[keys[none]], ends[keys[all_]]
    base, value = values[none], values[all_]
    change = value - base
    shares = shapley.exact(n, values) if every else shapley.over_orders(n, values, chosen)
    without = jobs.all(off, [(s, k) for k in switches for s in (none, all_)])
    effects = [change[:few] - (b - a) for a, b in zip(without[::2], without[1::2], strict=True)]
    flat = spec.kind == "share_of_draws"
    in_force = [{k: float(v[last]) for k, v in inputs[s].lever_paths.items()} for s in (none, all_)]
    found = pathways.pathways(before, after, outcome, region, period)
    return {
        "variable": outcome,
        "region": region,
        "period": period,
        "unit": spec.unit,
        "scenario": pair.after.id,
        "against": pair.before.id,
        "base": answer.numbers(base, flat),
        "value": answer.numbers(value, flat),
        "change": {**answer.numbers(change, flat), "share_up": float(np.mean(change > 0))},
        "levers": answer.change_rows(parts, shares, change, flat, in_force),
        "pathways": answer.pathway_rows(found, change, flat),
        "mechanisms": answer.mechanism_rows(switches, effects, change[:few], flat),
        "parameters": answer.parameter_rows(after, change),
        "method": answer.method(n, every, len(chosen)),
        "note": NOTE,
        "draws": draws,
        "mechanism_draws": few,
        "seed": seed,
        "until": until,
        "runs": jobs.done,
        "elapsed_ms": round(1000 * (perf_counter() - started)),
    }


class _Jobs:
    """Jobs done two at a time, counted for the caller between them."""

    def __init__(self, total: int, progress: Progress | None, workers: int | None) -> None:
        self.total, self.progress = total, progress
        self.workers = workers or min(2, os.cpu_count() or 1)
        self.done = 0

    def all(self, one: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Return `one(item)` of every item, in order; what `progress` raises drops the jobs not begun."""
        found = []
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(one, item) for item in items]
            try:
                for future in futures:
                    found.append(future.result())
                    self.done += 1
                    if self.progress:
                        self.progress(self.done, self.total)
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return found


def _build(
    pair: changes.Pair,
    chosen: Sequence[changes.Key],
    until: str,
    as_of: date | str | None,
    data_dir: Path | None,
) -> "ScenarioInputs":
    """Return the inputs of the run that has the chosen pieces."""
    from countervail.scenario import build

    scenario, settings = pair.mixed(chosen)
    return build(scenario, until=until, set=settings, as_of=as_of, data_dir=data_dir)


def _key(inputs: "ScenarioInputs") -> str:
    """Return a name for what a run depends on."""
    digest = hashlib.blake2b(digest_size=16)
    for policy, probability in inputs.variants:
        digest.update(repr(probability).encode())
        for name in type(policy).__dataclass_fields__:
            digest.update(np.asarray(getattr(policy, name)).tobytes())
    digest.update(
        repr((inputs.assumptions, sorted(inputs.parameter_overrides.items()), inputs.as_of)).encode()
    )
    return digest.hexdigest()


def _last_quarter(period: str, until: str) -> int:
    """Return the index of the last quarter of a year or quarter of the run."""
    end = quarter_index(until)
    try:
        last = quarter_index(period if "Q" in period else f"{period}Q4")
    except UserError:
        raise UserError(f"'{period}' is no year or quarter", "write it like 2030 or 2030Q2") from None
    if not 0 <= last <= end:
        raise UserError(
            f"{period} is outside the run (2022Q1 to {until})", "choose a year or quarter inside it"
        )
    return last


def _pair(scenario: Any, set: Settings, against: Any, against_set: Settings) -> changes.Pair:  # noqa: A002
    from countervail.scenario import Scenario, load_scenario
    from countervail.scenario.levers import settings

    def loaded(x: Any) -> Scenario:
        return x if isinstance(x, Scenario) else load_scenario(x)

    after = loaded(scenario)
    before = after if against is None else loaded(against)
    return changes.Pair(before, after, tuple(settings(against_set)), tuple(settings(set)))


def _matters(switch: Mapping[str, Any], before: "ScenarioInputs", after: "ScenarioInputs") -> bool:
    """Say whether a mechanism could matter: one that a lever or flag must wake is asleep at zero in both runs."""
    lever = switch.get("asleep_without")
    return lever is None or any(
        np.any(np.asarray(getattr(policy, lever)) != 0) for i in (before, after) for policy, _ in i.variants
    )
