"""Builds a scenario: one `Policy` path for each way its uncertain measures may turn out."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.errors import UserError, unknown
from countervail.periods import (
    LAST_QUARTER,
    parse_date,
    quarter_index,
    quarter_name,
    quarter_of,
    quarter_span,
)
from countervail.scenario import judging, levers, paths, regimes
from countervail.scenario.files import MAX_UNCERTAIN, Change, Scenario, load_scenario
from countervail.scenario.levers import QUARTERS, Setting, Step
from countervail.scenario.policy import assemble, in_numbers
from countervail.scenario.products import Part, roadmaps
from countervail.scenario.timeline import Dated, measures_in
from countervail.scenario.window import Window, offers, unrestricted

if TYPE_CHECKING:
    from countervail.evidence import Evidence
    from countervail.model.policy import Policy

WINDOW_LEVERS = ("us_tpp_ceiling", "us_bandwidth_ceiling", "us_approval_share", "cn_import_gate")
CAP_OPEN = 5.0  # a cap share above this is no cap, as in the model
EXPORTERS = ("NVIDIA", "AMD")
LAST_OBSERVED = date(2026, 3, 31)  # the history table ends here


@dataclass(frozen=True)
class MeasureUse:
    """A measure as the scenario holds it, for a timeline. Days; `last` None means open."""

    id: str
    actor: str
    name: str
    first: date
    last: date | None
    suspensions: tuple[tuple[date, date | None], ...] = ()
    probability: float = 1.0
    renewed: date | None = None  # day on which a suspension would expire that is taken as renewed
    changed: bool = False  # the scenario added, ended or moved it


@dataclass(frozen=True)
class ScenarioInputs:
    """What the ensemble needs of a scenario.

    `variants` are policy paths of 2022Q1 to 2040Q4 with their probabilities; `assumptions` replace priors
    (parameter id to distribution); `parameter_overrides`, a value or a distribution, do the same (from --set).
    """

    id: str
    title: str
    summary: str
    variants: list[tuple["Policy", float]]
    assumptions: dict[str, dict[str, Any]]
    parameter_overrides: dict[str, float | dict[str, Any]]
    measures: list[MeasureUse]
    extrapolation_from: str
    as_of: date | None
    until: str
    variant_labels: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    provenance: dict[str, str] = field(default_factory=dict)
    # of the most likely variant: each lever by quarter, and the steps that a scenario or a user set
    lever_paths: dict[str, np.ndarray] = field(default_factory=dict)
    lever_steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)


def build(
    scenario: str | Path | Scenario,
    until: str = "2032Q4",
    set: Any = None,  # noqa: A002 - the name of the option
    as_of: date | str | None = None,
    data_dir: Path | None = None,
) -> ScenarioInputs:
    """Return the inputs of a scenario.

    Parameters
    ----------
    scenario
        Id of a shipped scenario, path of a file, or a loaded scenario.
    until
        Last quarter wanted; arrays always run to 2040Q4.
    set
        Settings: texts `ID=VALUE[@FROM[:TO]]`, a mapping, or parsed. Parameter ids fix a parameter or give it a range.
    as_of
        Only what was known by then; replaces the scenario's own date.
    data_dir
        A folder with the user's own chips, measures or history.
    """
    levers.check_quarter(until, "until")
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    day = _as_of(loaded, as_of)
    given = levers.settings(set)
    evidence, maps, _ = _evidence(day, data_dir)
    lever_sets = [s for s in given if not s.is_parameter]
    overrides = {s.id: s.belief.get("value", s.belief) for s in given if s.is_parameter}
    if overrides or loaded.assumptions:
        _check_parameters(_evidence(None, data_dir)[0], overrides, loaded)
    variants, labels, first, likely = [], [], None, (0.0, {}, {})
    for on, probability, label in combinations(loaded):
        dated, window, lever_paths = _variant(loaded, on, lever_sets, day, data_dir)
        variants.append((assemble(window, lever_paths, loaded.reactions, loaded.fragmented), probability))
        labels.append(label)
        first = first or dated
        if probability > likely[0]:
            likely = (probability, in_numbers(lever_paths, window), _steps(loaded, on, lever_sets))
    ends = {v: window.roadmap_end[i] for i, v in enumerate(maps)}
    return ScenarioInputs(
        id=loaded.id,
        title=loaded.title,
        summary=loaded.summary,
        variants=variants,
        assumptions=loaded.assumptions,
        parameter_overrides=overrides,
        measures=_uses(loaded, evidence, first or {}),
        extrapolation_from=quarter_name(max(int(min(ends["NVIDIA"], ends["Huawei"])) + 1, 0)),
        as_of=day,
        until=until,
        variant_labels=labels,
        settings=[f"{s.id}={s.step.value}@{levers.span_name(s.step)}" for s in given],
        provenance={"scenario": " <- ".join(reversed(loaded.layers)), **_hashes(), **_layer_hashes(loaded)},
        lever_paths=likely[1],
        lever_steps=likely[2],
    )


def window_of(
    scenario: str,
    set: Any = None,  # noqa: A002
    as_of: date | str | None = None,
) -> tuple[Window, dict[str, np.ndarray]]:
    """Return the window and the lever paths of the most likely variant of a scenario, for reading."""
    loaded = load_scenario(scenario)
    day = _as_of(loaded, as_of)
    on = max(combinations(loaded), key=lambda c: c[1])[0]
    return _variant(loaded, on, levers.settings(set), day, None)[1:]


def combinations(scenario: Scenario) -> list[tuple[frozenset[int], float, str]]:
    """Return how the uncertain measures may turn out: indices of changes that hold, probability, label."""
    fixed = frozenset(i for i, c in enumerate(scenario.changes) if c.probability == 1)
    open_ = [i for i, c in enumerate(scenario.changes) if 0 < c.probability < 1]
    if len(open_) > MAX_UNCERTAIN:
        raise UserError(
            f"scenario '{scenario.id}' has {len(open_)} uncertain measures, more than {MAX_UNCERTAIN}",
            "make some certain (leave probability out)",
        )
    out = []
    for choice in product((True, False), repeat=len(open_)):
        p, names = 1.0, []
        for i, holds in zip(open_, choice, strict=True):
            change = scenario.changes[i]
            p *= change.probability if holds else 1 - change.probability
            names.append(("" if holds else "not ") + change.id)
        chosen = fixed | {i for i, holds in zip(open_, choice, strict=True) if holds}
        out.append((chosen, p, ", ".join(names)))
    return out


@cache
def _evidence(
    as_of: date | None, data_dir: Path | None
) -> tuple["Evidence", dict[str, tuple[Part, ...]], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return the evidence, the roadmaps, and what vendors sell where no rule stands in the way."""
    from countervail.evidence import load

    evidence = load(as_of, data_dir)
    maps = roadmaps(evidence)
    return evidence, maps, unrestricted(maps, _observed_until(as_of))


@cache
def _figures(as_of: date | None, data_dir: Path | None) -> tuple[list[float], list[float]]:
    """Return the TPP and the bandwidth of every part the exporters may sell."""
    maps = _evidence(as_of, data_dir)[1]
    chips = judging.chips_of([maps[v] for v in EXPORTERS])
    found = [(c.tpp for c in chips), (c.memory_bandwidth_gb_s for c in chips)]
    tpp, bandwidth = (sorted({float(x) for x in column if x is not None}) for column in found)
    return tpp, bandwidth


def _as_of(scenario: Scenario, as_of: date | str | None) -> date | None:
    if as_of is None:
        return None if scenario.as_of is None else parse_date(scenario.as_of)
    return as_of if isinstance(as_of, date) else parse_date(as_of)


def _observed_until(as_of: date | None) -> float:
    """Return the last quarter whose launches count as seen; later ones are announcements."""
    day = min(as_of, LAST_OBSERVED) if as_of else LAST_OBSERVED
    return float(quarter_index(quarter_of(day)))


class _Recent(OrderedDict[Any, Any]):
    """A small cache that forgets the oldest entry."""

    def fetch(self, key: Any, make: Any, keep: int) -> Any:
        value = self.get(key)
        if value is None:
            value = self[key] = make()
            while len(self) > keep:
                self.popitem(last=False)
        return value


_rules, _windows, _judged = _Recent(), _Recent(), _Recent()


def _variant(
    scenario: Scenario, on: frozenset[int], given: list[Setting], as_of: date | None, data_dir: Path | None
) -> tuple[dict[str, Dated], Window, dict[str, np.ndarray]]:
    """Return the measures, the window and the lever paths of one variant; the costly parts are kept."""
    # measures written in the scenario without a rule only move levers: they share the judgement of the rules
    legal = frozenset(i for i in on if scenario.changes[i].kind != "own" or scenario.changes[i].rule)
    key = (
        repr([scenario.changes[i] for i in sorted(legal)]),
        repr(scenario.regime),
        scenario.renewed,
        as_of,
        data_dir,
    )
    base, regime = _rules.fetch(key, lambda: _ruled(scenario, legal, as_of, data_dir), 64)
    known, all_ = _evidence(as_of, data_dir)[0], _evidence(None, data_dir)[0]
    dated = measures_in(scenario, known, all_, on, regime.measures)
    steps = _steps(scenario, on, given)
    lever_paths = {
        row.id: paths.path(row.id, base.get(row.id, paths.default_of(row.id)), steps.get(row.id, ()))
        for row in levers.list_levers()
    }
    ceilings = tuple(
        regimes.told_apart(steps.get(id, ()), figures)
        for id, figures in zip(WINDOW_LEVERS[:2], _figures(as_of, data_dir), strict=True)
    )
    shares = [lever_paths[id] for id in WINDOW_LEVERS[2:]]
    cap_set = np.nan_to_num(lever_paths["us_volume_cap_share"], nan=CAP_OPEN) < CAP_OPEN
    window_key = (key, ceilings, *(s.tobytes() for s in shares), cap_set.tobytes())

    def make() -> Window:
        _, maps, plain_mix = _evidence(as_of, data_dir)
        exporters = [maps[v] for v in EXPORTERS]
        plain = _judged.fetch(key, lambda: judging.judge(exporters, regime), 32)
        moved, ruling = regimes.with_ceilings(regime, *ceilings), plain
        if moved is not regime:
            start = min(step.start for steps in ceilings for step in steps)
            again = (key, ceilings)
            past = regimes.crossing(regime, moved)
            ruling = _judged.fetch(
                again, lambda: judging.judge_again(exporters, plain, moved, start, past), 32
            )
        approval, gate = shares
        central = judging.central(_evidence(None, None)[0], approval)
        return offers(maps, plain_mix, ruling, *central, gate, cap_set)

    return dated, _windows.fetch(window_key, make, 64), lever_paths


def _ruled(
    scenario: Scenario, on: frozenset[int], as_of: date | None, data_dir: Path | None
) -> tuple[dict[str, np.ndarray], Any]:
    """Return the levers' paths by the rules, and the regime."""
    regime = regimes.regime_of(scenario, on, as_of)
    known, all_ = _evidence(as_of, data_dir)[0], _evidence(None, data_dir)[0]
    dated = measures_in(scenario, known, all_, on, regime.measures)
    floors = judging.share_floors(regime)
    base = {id: paths.from_measures(id, dated, floors, as_of) for id in paths.rule_paths()}
    return base | regimes.ceilings(regime), regime


def _steps(scenario: Scenario, on: frozenset[int], given: list[Setting]) -> dict[str, tuple[Step, ...]]:
    """Return the steps of each lever: the scenario's, then those of measures written in it, then --set."""
    out: dict[str, tuple[Step, ...]] = {}
    for id, steps in scenario.levers:
        out[id] = out.get(id, ()) + steps
    for i, change in enumerate(scenario.changes):
        if i in on:
            for id, steps in change.levers:
                out[id] = out.get(id, ()) + tuple(_within(change, steps))
    for setting in given:
        out[setting.id] = (*out.get(setting.id, ()), setting.step)
    return out


def _within(change: Change, steps: tuple[Step, ...]) -> list[Step]:
    first, last = change.start or 0, QUARTERS - 1 if change.stop is None else change.stop
    cut = [Step(s.value, max(s.start, first), min(s.end, last)) for s in steps]
    return [s for s in cut if s.start <= s.end]


def _check_parameters(evidence: "Evidence", overrides: dict[str, Any], scenario: Scenario) -> None:
    known = {
        f"{m}.{p}": row
        for m, rows in evidence.priors.items()
        for p, row in rows.items()
        if not row.background
    }
    for id in (*overrides, *scenario.assumptions):
        if id not in known:
            raise unknown("parameter", id, known)
    for id, belief in overrides.items():
        prior = known[id].prior or {}
        low, high = prior.get("min", -np.inf), prior.get("max", np.inf)
        for value in (belief["low"], belief["high"]) if isinstance(belief, dict) else (belief,):
            if not low <= value <= high:
                raise UserError(
                    f"{id}={value:g} is beyond its range", f"choose a value from {low:g} to {high:g}"
                )
    for id, prior in scenario.assumptions.items():
        where = f"{scenario.layers[-1]}: assumption {id}"
        if not isinstance(prior, dict) or "dist" not in prior:
            raise UserError(f"{where} is no distribution", "write {dist: lognormal, p5: 1, p50: 3, p95: 8}")
        numbers = [
            levers.as_number(v, f"{where}: {k}")
            for k, v in prior.items()
            if k in ("p5", "p50", "p95", "low", "high")
        ]
        if numbers != sorted(numbers):
            raise UserError(f"{where}: the quantiles are not in order", "write p5 <= p50 <= p95")


def _uses(scenario: Scenario, evidence: "Evidence", dated: dict[str, Dated]) -> list[MeasureUse]:
    horizon = quarter_span(QUARTERS - 1)[1]
    rows = []
    for d in dated.values():
        if d.first is None or d.first > horizon or (d.last is not None and d.last < d.first):
            continue
        held = evidence.measures.get(d.id)
        changed = d.own or d.enacted or held is None or held.effective != d.first
        rows.append(
            MeasureUse(
                d.id, d.actor, d.name, d.first, d.last, d.suspensions, d.probability, d.renewed, changed
            )
        )
    return sorted(rows, key=lambda r: (r.actor, r.first, r.id))


@cache
def _hashes() -> dict[str, str]:
    from countervail.scenario.provenance import shipped_hashes

    return shipped_hashes()


def _layer_hashes(scenario: Scenario) -> dict[str, str]:
    from countervail.scenario.provenance import file_hash

    return {f"file {layer}": file_hash(Path(layer)) for layer in scenario.layers if Path(layer).is_file()}


def last_quarter() -> str:
    """Return the last quarter a scenario reaches."""
    return LAST_QUARTER
