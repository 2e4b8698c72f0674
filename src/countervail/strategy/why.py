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
from countervail.strategy import changes, pathways, shapley
from countervail.strategy.ranks import check_draws, rank_correlation, threshold

if TYPE_CHECKING:
    from countervail.ensemble import Result
    from countervail.scenario import Scenario, ScenarioInputs

Progress = Callable[[int, int], None]
Settings = Mapping[str, Any] | Sequence[Any] | None

EXACT = 5  # up to so many changes all subsets are run; beyond, a few orders
MOST_EXACT = 8  # and when asked, up to so many
RUNS = 24  # about so many runs for the orders
SWITCH_DRAWS = 128  # draws of the runs without a mechanism: one block of the compiled program
PARAMETERS = 5
CANCELLED = 0.2  # a mean change below this share of the mean size of the change is no base for shares
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

    def first(x: "ScenarioInputs") -> "Result":
        return run(x, draws, seed, until, data_dir=data_dir, workers=1, horizon=horizon)

    def off(job: tuple[frozenset[int], Mapping[str, Any]]) -> np.ndarray:
        s, switch = job
        result = again(held[keys[s]], switch["settings"], few, workers=1, horizon=horizon)
        return result.at(outcome, region, period).astype(np.float64)

    held = dict(zip(todo, jobs.all(first, list(todo.values())), strict=True))
    seen = {k: r.at(outcome, region, period).astype(np.float64) for k, r in held.items()}
    values = {s: seen[keys[s]] for s in subsets}
    before, after = held[keys[none]], held[keys[all_]]
    base, value = values[none], values[all_]
    change = value - base
    shares = shapley.exact(n, values) if every else shapley.over_orders(n, values, chosen)
    without = jobs.all(off, [(s, k) for k in switches for s in (none, all_)])
    effects = [change[:few] - (b - a) for a, b in zip(without[::2], without[1::2], strict=True)]
    flat = spec.kind == "share_of_draws"

    def numbers(x: np.ndarray) -> dict[str, float]:
        return _numbers(x, flat)

    in_force = [{k: float(v[last]) for k, v in inputs[s].lever_paths.items()} for s in (none, all_)]
    rows = [
        {**_change_row(c, in_force), "contribution": numbers(s), "share": _share(s, change)}
        for c, s in zip(parts, shares, strict=True)
    ]
    found = pathways.pathways(before, after, outcome, region, period)
    return {
        "variable": outcome,
        "region": region,
        "period": period,
        "unit": spec.unit,
        "scenario": pair.after.id,
        "against": pair.before.id,
        "base": numbers(base),
        "value": numbers(value),
        "change": {**numbers(change), "share_up": float(np.mean(change > 0))},
        "levers": sorted(rows, key=lambda r: -abs(r["contribution"]["mean"])),
        "pathways": [
            {
                "id": p.id,
                "label": p.label,
                "base": numbers(p.before),
                "value": numbers(p.after),
                "change": numbers(p.change),
                "share": _share(p.change, change),
            }
            for p in found
        ],
        "mechanisms": sorted(
            (
                {
                    "id": k["id"],
                    "mechanism": k["mechanism"],
                    "title": k["title"],
                    "without": k["without"],
                    "effect": numbers(e),
                    "share": _share(e, change[:few]),
                    "settings": k["settings"],
                }
                for k, e in zip(switches, effects, strict=True)
            ),
            key=lambda r: -abs(r["effect"]["mean"]),
        ),
        "parameters": _parameters(after, change),
        "method": _method(n, every, len(chosen)),
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


def _numbers(x: np.ndarray, flat: bool) -> dict[str, float]:
    """Return quantiles and mean over draws; of a share of draws there is no range."""
    from countervail.ensemble import summary

    mean = float(x.mean())
    q = [mean] * 5 if flat else summary.quantiles(x).tolist()
    return {**dict(zip(summary.QUANTILE_NAMES, q, strict=True)), "mean": mean}


def _share(part: np.ndarray, change: np.ndarray) -> float | None:
    """Return the mean of a part over the mean change; None where draws of both signs all but cancel in the mean."""
    mean = float(change.mean())
    return float(part.mean()) / mean if abs(mean) > CANCELLED * float(np.abs(change).mean()) else None


def _change_row(c: changes.Change, in_force: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return a change as a row; of a lever also the numbers in force in the period, where the rules give one."""
    row: dict[str, Any] = {
        "id": c.id, "label": c.label, "kind": c.kind, "side": c.side, "group": c.group,
        "from": c.before, "to": c.after, "since": c.start,
    }  # fmt: skip
    if c.kind == "lever":
        numbers = [paths.get(c.id, float("nan")) for paths in in_force]
        row |= {k: None if x != x else x for k, x in zip(("from_value", "to_value"), numbers, strict=True)}
    if c.members:
        row["members"] = [_change_row(m, in_force) for m in c.members]
    return row


def _parameters(after: "Result", change: np.ndarray) -> list[dict[str, Any]]:
    """Return the parameters that go most with the size of the change, none that chance could explain."""
    from countervail.evidence import load

    if change.size < 2:
        return []
    known = {p.key: p for own in load().priors.values() for p in own.values() if not p.background}
    found = rank_correlation(after.parameters, change)[:, 0]
    order = [int(k) for k in np.argsort(-np.abs(found), kind="stable")[:PARAMETERS]]
    least = threshold(change.size)
    rows = []
    for k in order:
        prior = known[after.parameter_names[k]]
        if abs(found[k]) >= least:
            rows.append(
                {
                    "id": prior.key,
                    "label": prior.label,
                    "correlation": float(found[k]),
                    "basis": prior.basis,
                    "sources": list(prior.sources),
                }
            )
    return rows


def _method(n: int, every: bool, orders: int) -> str:
    """Return in words how the shares were found."""
    if n == 1:
        return "one change: all of it"
    if every:
        return f"Shapley values of {n} changes, exact: every subset of them was run"
    return (
        f"Shapley values of {n} changes over {orders} orders of them, half of them the reverse of the others"
    )
