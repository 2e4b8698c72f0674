"""The best chip that needs no licence on a day: a search of the design space under the law.

Die area, dies, throughput, memory and links move inside what a node allows (data/nodes.yaml). Legality is
asked of the code of a single check, so a changed line changes the design. SciPy's differential evolution
searches; a walk along the lines of the law then settles the last unit, and a test compares with brute force.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from countervail.errors import UserError, unknown
from countervail.files import read_yaml
from countervail.rules.deal import day
from countervail.rules.flips import decide, lines
from countervail.rules.groups import country_code
from countervail.rules.outcome import Chip, Outcome, Party, Transaction
from countervail.rules.regime import Law, Regime
from countervail.rules.us_export import judge

GOALS = ("tpp", "bandwidth", "decode", "training")
FREE = "no_licence_required"
_DATA = Path(str(resources.files("countervail.rules"))) / "data"
_SIZE_COST, _SIDE = 2e-6, 1e-3  # break ties: smaller dies, then the other figures


@dataclass(frozen=True, slots=True)
class Limits:
    """What a node allows on a day."""

    node: str
    tpp_per_mm2: float
    max_dies: int
    reticle_mm2: float
    bandwidth: float
    memory_gb: float
    interconnect: float

    @property
    def area(self) -> float:
        """Return the largest logic area in mm2."""
        return self.reticle_mm2 * self.max_dies

    @property
    def tpp(self) -> float:
        """Return the largest TPP."""
        return self.area * self.tpp_per_mm2


@dataclass(frozen=True, slots=True)
class Binding:
    """A line of the law that stops the design: its slack, and how far it would have to move not to."""

    measure: str
    clause: str
    quantity: str
    value: float
    threshold: float
    slack: float
    moves_to: float

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the command contract."""
        return {
            "measure": self.measure,
            "clause": self.clause,
            "quantity": self.quantity,
            "value": self.value,
            "threshold": self.threshold,
            "slack": self.slack,
            "moves_to": self.moves_to,
            "move": round(self.moves_to - self.threshold, 4),
        }


@dataclass(frozen=True, slots=True)
class Design:
    """The best legal part, what binds it, and the best part of the node without the law."""

    on: date
    to: str
    maximise: str
    node: str
    chip: dict[str, float]
    binding: tuple[Binding, ...]
    unconstrained: dict[str, float]
    score: float
    outcome: Outcome
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the command contract."""
        return {
            "on": self.on.isoformat(),
            "to": self.to,
            "maximise": self.maximise,
            "node": self.node,
            "chip": self.chip,
            "binding": [b.to_json() for b in self.binding],
            "unconstrained": self.unconstrained,
            "score": self.score,
            "outcome": self.outcome.outcome,
            "notes": list(self.notes),
        }


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    return read_yaml(_DATA / "nodes.yaml")


def limits(on: date, node: str | None = None, max_dies: int | None = None) -> Limits:
    """Return the limits of a node on a day; None takes the newest node of that day."""
    data = _tables()
    known = {name: row for name, row in data["nodes"].items() if row["from"] <= on}
    if node is not None and node not in data["nodes"]:
        raise unknown("node", node, data["nodes"])
    if not known and node is None:
        raise UserError(f"no node in the table on {on}", "choose a later day, or name one with node=")
    name = node or max(known, key=lambda n: known[n]["from"])
    row = data["nodes"][name]

    def latest(table: str) -> dict[str, Any]:
        rows = [r for r in data[table] if r["from"] <= on] or data[table][:1]
        return rows[-1]

    dies = row["max_dies"] if max_dies is None else max_dies
    if not 1 <= dies <= 16:
        raise UserError(f"max_dies is {dies}", "choose 1 to 16")
    memory = latest("memory")
    return Limits(
        name,
        row["tpp_per_mm2"],
        dies,
        data["reticle_mm2"]["value"],
        memory["gb_s"],
        memory["gb"],
        latest("interconnect")["gb_s"],
    )


Point = tuple[float, float, float, float]  # area mm2, TPP, memory GB/s, link GB/s


def score(point: Point, most: Limits, goal: str) -> float:
    """Return what a design is worth, from 0 to about 1."""
    area, tpp, memory, link = point
    shares = {
        "tpp": tpp / most.tpp,
        "memory_bandwidth_gb_s": memory / most.bandwidth,
        "interconnect_gb_s": link / most.interconnect,
    }
    side = _SIDE * sum(shares.values()) - _SIZE_COST * area / most.area
    if goal == "tpp":
        return shares["tpp"] + side
    if goal == "bandwidth":
        return shares["memory_bandwidth_gb_s"] + side
    weights = {k: v for k, v in _tables()["weights"][goal].items() if k != "basis"}
    return 1.0 / sum(w / max(shares[k], 1e-9) for k, w in weights.items()) + side


def rounded(point: Any, most: Limits) -> Point:
    """Return a design in whole units that the node can make."""
    area = min(max(round(float(point[0]), 1), 10.0), most.area)
    tpp = float(int(min(max(float(point[1]), 1.0), area * most.tpp_per_mm2)))
    return (
        area,
        tpp,
        float(int(min(max(point[2], 1), most.bandwidth))),
        float(int(min(max(point[3], 1), most.interconnect))),
    )


def part(point: Point, most: Limits, designer: str | None) -> Chip:
    """Return the chip of a design."""
    area, tpp, memory, link = point
    return Chip(
        "design",
        designer=designer,
        designer_country="US",
        tpp=tpp,
        performance_density=tpp / area,
        die_area_mm2=area,
        memory_bandwidth_gb_s=memory,
        interconnect_gb_s=link,
        memory_gb=most.memory_gb,
        datacentre=True,
    )


def walk(point: Point, law: Law, most: Limits, goal: str, legal: Callable[[Point], bool]) -> Point:
    """Move one figure at a time to the best legal value beside each line, until nothing improves."""
    drawn = lines(law)
    best = rounded(point, most)
    while True:
        found = best
        area, tpp, memory, link = best
        densities = drawn.get("performance_density", set())
        sums = drawn.get("bandwidth_sum_gb_s", set())
        tries: list[Any] = [(most.area, tpp, memory, link), (area, most.tpp, memory, link)]
        tries += [(area, tpp, most.bandwidth, link), (area, tpp, memory, most.interconnect)]
        tries += [(area, t - 1, memory, link) for t in drawn.get("tpp", ())]
        tries += [(most.area, t - 1, memory, link) for t in drawn.get("tpp", ())]
        tries += [(area, math.ceil(d * area) - 1, memory, link) for d in densities]
        tries += [(tpp / d + 0.1, tpp, memory, link) for d in densities]
        tries += [(tpp / most.tpp_per_mm2 + 0.1, tpp, memory, link)]
        tries += [(area, tpp, m - 1, link) for m in drawn.get("memory_bandwidth_gb_s", ())]
        tries += [(area, tpp, memory, i - 1) for i in drawn.get("interconnect_gb_s", ())]
        for total in sums:
            tries += [(area, tpp, total - link - 1, link), (area, tpp, memory, total - memory - 1)]
            tries += [(area, tpp, m - 1, total - m) for m in drawn.get("memory_bandwidth_gb_s", ())]
            tries += [(area, tpp, total - i, i - 1) for i in drawn.get("interconnect_gb_s", ())]
        for candidate in tries:
            new = rounded(candidate, most)
            if score(new, most, goal) > score(found, most, goal) + 1e-12 and legal(new):
                found = new
        if found == best:
            return best
        best = found


def design(
    on: "str | date",
    to: str,
    maximise: str = "tpp",
    *,
    node: str | None = None,
    max_dies: int | None = None,
    designer: str | None = None,
    headquarters: str | None = None,
    measures: Regime | None = None,
    as_of: date | None = None,
    seed: int = 0,
) -> Design:
    """Return the best part that needs no licence for a plain commercial buyer.

    Parameters
    ----------
    on, to
        Day and destination.
    maximise
        tpp, bandwidth, decode (memory counts most) or training (compute and links count most).
    node, max_dies
        A node of data/nodes.yaml (None: the newest of the day) and the number of dies it may join.
    designer
        Letters to single firms bind only their addressees; None is taken as bound.
    headquarters
        Where the buyer's group is based, if not at the destination.
    measures, as_of, seed
        The regime, the date of knowledge, and the seed of the search.
    """
    if maximise not in GOALS:
        raise unknown("goal", maximise, GOALS)
    when, destination = day(on), country_code(to, "destination")
    regime = measures or Regime.load(as_of)
    law = regime.at(when)
    most = limits(when, node, max_dies)
    home = country_code(headquarters, "headquarters") if headquarters else None
    tx, party = Transaction(destination), Party(headquarters=home)
    seen: dict[Point, bool] = {}

    def legal(point: Point) -> bool:
        if point not in seen:
            seen[point] = decide(part(point, most, designer), tx, party, law).outcome == FREE
        return seen[point]

    top = rounded((most.area, most.tpp, most.bandwidth, most.interconnect), most)
    best = top if legal(top) else search(law, most, maximise, legal, seed)
    chip = part(best, most, designer)
    outcome = judge(chip, tx, party, law)
    head = (when, destination, maximise, most.node)
    if outcome.outcome != FREE:
        notes = (f"no part goes without a licence: {outcome.measure}, {outcome.clause}",)
        return Design(*head, {}, (), figures(top, most), 0.0, outcome, notes)
    binding = () if best == top else bindings(best, top, most, maximise, designer, tx, party, law)
    worth = score(best, most, maximise)
    return Design(*head, figures(best, most), binding, figures(top, most), worth, outcome)


def search(law: Law, most: Limits, goal: str, legal: Callable[[Point], bool], seed: int) -> Point:
    """Return the best legal design by differential evolution and a walk along the lines of the law."""
    from scipy.optimize import differential_evolution

    def place(x: Any) -> Point:
        # shares of the limits on a log scale, since the law may leave only a small corner of the space
        share = 10.0 ** x[1:]
        tpp = share[0] * x[0] * most.tpp_per_mm2
        return rounded((x[0], tpp, share[1] * most.bandwidth, share[2] * most.interconnect), most)

    def cost(x: Any) -> float:
        point = place(x)
        return -score(point, most, goal) if legal(point) else 0.0

    bounds = [(10.0, most.area), (-4.0, 0.0), (-2.5, 0.0), (-2.5, 0.0)]
    found = differential_evolution(cost, bounds, rng=seed, popsize=20, maxiter=100, tol=1e-6, polish=False)
    starts = [place(found.x), (most.area, 1.0, 1.0, 1.0)]
    walked = [walk(p, law, most, goal, legal) for p in starts]
    return max((p for p in walked if legal(p)), key=lambda p: score(p, most, goal), default=walked[-1])


def figures(point: Point, most: Limits) -> dict[str, float]:
    """Return a design with the column names of accelerators.csv."""
    area, tpp, memory, link = point
    dies = -(-area // most.reticle_mm2)
    return {
        "tpp": tpp,
        "performance_density": round(tpp / area, 4),
        "die_area_mm2": area,
        "n_logic_dies": dies,
        "memory_bandwidth_gb_s": memory,
        "memory_gb": most.memory_gb,
        "interconnect_gb_s": link,
    }


def bindings(
    best: Point,
    top: Point,
    most: Limits,
    goal: str,
    designer: str | None,
    tx: Transaction,
    party: Party,
    law: Law,
) -> tuple[Binding, ...]:
    """Return the lines that stop each figure: those whose test turns when it is pushed just past them."""
    chip = part(best, most, designer)
    now = {_key(t): t for t in judge(chip, tx, party, law).trace}
    steps = {"tpp": (0, 1, 0, 0), "die_area_mm2": (-1, 0, 0, 0), "memory_bandwidth_gb_s": (0, 0, 1, 0)}
    steps["interconnect_gb_s"] = (0, 0, 0, 1)
    free = figures(top, most)
    found: dict[tuple[str, str, str, float], Binding] = {}
    for step in steps.values():
        pushed = tuple(a + b for a, b in zip(best, step, strict=True))
        within = (pushed[0] > 10, pushed[1] <= pushed[0] * most.tpp_per_mm2, pushed[2] <= most.bandwidth)
        if not all(within) or pushed[3] > most.interconnect:
            continue
        other = judge(part(pushed, most, designer), tx, party, law)  # pyright: ignore[reportArgumentType]
        if other.outcome == FREE:
            continue
        for test in other.trace:
            before = now.get(_key(test))
            if before is None or before.passed == test.passed or not isinstance(test.threshold, (int, float)):
                continue
            value, line = float(before.value), float(test.threshold)
            key = (test.measure, test.clause, test.quantity, line)
            aim = free.get(test.quantity, line)
            if test.quantity == "bandwidth_sum_gb_s":
                aim = free["memory_bandwidth_gb_s"] + free["interconnect_gb_s"]
            found[key] = Binding(
                test.measure, test.clause, test.quantity, value, line, round(line - value, 4), aim
            )
    return tuple(sorted(found.values(), key=lambda b: abs(b.slack) / max(b.threshold, 1e-9)))


def _key(test: Any) -> tuple[str, str, str, str]:
    return test.measure, test.clause, test.test, test.op
