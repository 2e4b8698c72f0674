"""What differs between two runs, piece by piece, and scenarios in between that have some of the pieces.

A piece is the path of a lever, an entry of `measures`, a parameter, an assumption, or one of the scenario's switches.
Pieces are grouped where there are too many to tell apart: levers by side and group, measures with the levers of the
same instrument.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from countervail.periods import quarter_name
from countervail.scenario import Scenario, Setting
from countervail.scenario import files as scenario_files
from countervail.scenario.levers import QUARTERS, Step, lever, list_levers
from countervail.scenario.paths import rule_paths

Key = tuple[str, Any]
MOST = 12  # more pieces than this are grouped
MOST_MEASURES = 3  # more entries of `measures` than this are grouped with the levers of their instrument
SWITCHES = {
    "renewed": ("Expiring suspensions", {True: "renewed", False: "end as written"}),
    "reactions": ("Governments that answer events", {None: "off"}),
    "fragmented": ("Effect of fragmentation on the frontier", {True: "on", False: "off"}),
    "as_of": ("What was known", {None: "all that is known"}),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change, or a group of them, between two runs. `start` is the first quarter in which they differ."""

    id: str
    label: str
    kind: str  # lever | measure | parameter | assumption | switch | group
    side: str  # US | CN | world | none
    group: str
    before: Any
    after: Any
    start: str | None
    keys: frozenset[Key]
    members: tuple["Change", ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two runs to explain: scenario and settings before, and after."""

    before: Scenario
    after: Scenario
    settings_before: tuple[Setting, ...] = ()
    settings_after: tuple[Setting, ...] = ()
    _kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def mixed(self, chosen: Iterable[Key]) -> tuple[Scenario, list[Setting]]:
        """Return the scenario and the settings that have the chosen pieces from after, and the rest from before."""
        keys = set(chosen)

        def pick(kind: str, id: Any) -> int:
            return int((kind, id) in keys)

        levers: list[tuple[str, tuple[Step, ...]]] = []
        settings: list[Setting] = []
        for id in self._ids("lever"):
            k = pick("lever", id)
            levers += [e for e in (self.before, self.after)[k].levers if e[0] == id]
            settings += [s for s in (self.settings_before, self.settings_after)[k] if s.id == id]
        for id in self._ids("parameter"):
            k = pick("parameter", id)
            settings += [s for s in (self.settings_before, self.settings_after)[k] if s.id == id]
        regime: list[tuple[str, Any]] = []
        for id in self._ids("regime"):
            regime += [e for e in (self.before, self.after)[pick("regime", id)].regime if e[0] == id]
        held = (self.before.assumptions, self.after.assumptions)
        assumed = {
            id: held[k][id] for id in self._ids("assumption") if id in held[k := pick("assumption", id)]
        }
        switches = {name: getattr((self.before, self.after)[pick("switch", name)], name) for name in SWITCHES}
        changes = [
            c for i, (old, new) in enumerate(self._measures()) for c in (new if pick("measure", i) else old)
        ]
        mixed = replace(
            self.after,
            changes=tuple(changes),
            levers=tuple(levers),
            assumptions=assumed,
            regime=tuple(regime),
            **switches,
        )
        return mixed, settings

    def pieces(self, quarter: int) -> list[Change]:
        """Return every piece that differs; values of levers are those of `quarter`."""
        return [
            *self._levers(quarter),
            *self._measure_changes(),
            *self._parameters(),
            *self._assumptions(),
            *self._switches(),
        ]

    def changes(self, quarter: int) -> list[Change]:
        """Return what differs as at most about `MOST` changes."""
        pieces = self.pieces(quarter)
        measures = [c for c in pieces if c.kind == "measure"]
        if len(pieces) <= MOST and len(measures) <= MOST_MEASURES:
            return pieces
        return grouped(pieces, {c.group for c in measures} if len(pieces) <= MOST else None)

    def _ids(self, kind: str) -> list[str]:
        """Return the ids of all pieces of a kind on either side, in the order in which they are written."""
        both, given = (self.before, self.after), (*self.settings_before, *self.settings_after)
        if kind == "lever":
            written = {id for s in both for id, _ in s.levers} | {s.id for s in given if not s.is_parameter}
            return [row.id for row in list_levers() if row.id in written]
        if kind == "parameter":
            return list(dict.fromkeys(s.id for s in given if s.is_parameter))
        if kind == "regime":
            return list(dict.fromkeys(id for s in both for id, _ in s.regime))
        return list(dict.fromkeys(id for s in both for id in s.assumptions))

    def _steps(self, side: int, id: str) -> tuple[Step, ...]:
        scenario = (self.before, self.after)[side]
        own = [s for i, steps in scenario.levers if i == id for s in steps]
        given = (self.settings_before, self.settings_after)[side]
        return (*own, *(s.step for s in given if s.id == id))

    def _levers(self, quarter: int) -> list[Change]:
        out = []
        for id in self._ids("lever"):
            before, after = self._steps(0, id), self._steps(1, id)
            if before == after:
                continue
            row = lever(id)
            paths = [[_value(steps, id, q) for q in range(QUARTERS)] for steps in (before, after)]
            first = next((q for q in range(QUARTERS) if paths[0][q] != paths[1][q]), None)
            out.append(
                Change(
                    id,
                    row.label,
                    "lever",
                    row.side,
                    row.group,
                    paths[0][quarter],
                    paths[1][quarter],
                    None if first is None else quarter_name(first),
                    frozenset({("lever", id)}),
                )  # fmt: skip
            )
        return out

    def _measures(self) -> list[tuple[list[scenario_files.Change], list[scenario_files.Change]]]:
        """Return the entries of `measures` in order, as pairs of what stands there before and after."""
        if "measures" not in self._kept:
            old, new = [_plain(c) for c in self.before.changes], [_plain(c) for c in self.after.changes]
            pairs: list[Any] = []
            for word, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
                if word == "equal":
                    pairs += [([x], [x]) for x in self.after.changes[c:d]]
                else:
                    pairs += [([x], []) for x in self.before.changes[a:b]]
                    pairs += [([], [x]) for x in self.after.changes[c:d]]
            self._kept["measures"] = pairs
        return self._kept["measures"]

    def _measure_changes(self) -> list[Change]:
        out = []
        for i, (old, new) in enumerate(self._measures()):
            if old == new:
                continue
            entry = (new or old)[0]
            words, (side, group) = _effect(entry), _whose(entry)
            out.append(
                Change(
                    entry.id, _measure_name(entry), "measure", side, group,
                    words if old else "as before", words if new else "as before",
                    None if entry.start is None else quarter_name(entry.start), frozenset({("measure", i)}),
                )  # fmt: skip
            )  # fmt: skip
        for id in self._ids("regime"):
            before, after = ([v for k, v in s.regime if k == id] for s in (self.before, self.after))
            if before != after:
                old, new = (str(v[-1]) if v else "as written" for v in (before, after))
                side, group = _side_of(id)
                out.append(
                    Change(id, id, "measure", side, group, old, new, None, frozenset({("regime", id)}))
                )
        return out

    def _parameters(self) -> list[Change]:
        out = []
        for id in self._ids("parameter"):
            before, after = self._steps(0, id), self._steps(1, id)
            if before != after:
                old, new = (s[-1].value if s else "drawn" for s in (before, after))
                keys = frozenset({("parameter", id)})
                out.append(Change(id, _label(id), "parameter", "none", "parameters", old, new, None, keys))
        return out

    def _assumptions(self) -> list[Change]:
        out = []
        for id in self._ids("assumption"):
            before, after = self.before.assumptions.get(id), self.after.assumptions.get(id)
            if before != after:
                keys = frozenset({("assumption", id)})
                old, new = (v if v is not None else "prior" for v in (before, after))
                out.append(Change(id, _label(id), "assumption", "none", "parameters", old, new, None, keys))
        return out

    def _switches(self) -> list[Change]:
        out = []
        for name, (label, words) in SWITCHES.items():
            before, after = getattr(self.before, name), getattr(self.after, name)
            if before != after:
                old, new = (words[v] if v in words else _said(name, v) for v in (before, after))
                keys = frozenset({("switch", name)})
                out.append(Change(name, label, "switch", "world", "scenario", old, new, None, keys))
        return out


def grouped(pieces: list[Change], only: set[str] | None = None) -> list[Change]:
    """Return the pieces with those of one side and group as one change; `only` limits it to these groups."""
    gathered: dict[tuple[str, str], list[Change]] = {}
    for p in pieces:
        own = p.kind == "switch" or (only is not None and p.group not in only)
        gathered.setdefault(("", p.id) if own else (p.side, p.group), []).append(p)
    out = []
    for (side, group), members in gathered.items():
        if len(members) == 1:
            out.append(members[0])
            continue
        who = {"US": "US", "CN": "Chinese"}.get(side, "")
        label = f"{who} {group}".strip()
        starts = [m.start for m in members if m.start]
        keys = frozenset(k for m in members for k in m.keys)
        out.append(
            Change(
                f"{side}:{group}".lower().replace(" ", "-"),
                label[:1].upper() + label[1:],
                "group",
                side,
                group,
                None,
                None,
                min(starts, default=None),
                keys,
                tuple(members),
            )  # fmt: skip
        )
    return out


def _said(switch: str, value: Any) -> str:
    return f"on from {quarter_name(value)}" if switch == "reactions" else str(value)


def _value(steps: tuple[Step, ...], id: str, quarter: int) -> Any:
    """Return what a lever is set to in a quarter; its default where nothing sets it."""
    held = [s.value for s in steps if s.start <= quarter <= s.end]
    return held[-1] if held else lever(id).default


def _plain(change: scenario_files.Change) -> str:
    """Return an entry of `measures` as text, without the file it stands in."""
    return repr(replace(change, where=""))


def _effect(entry: scenario_files.Change) -> str:
    """Return what an entry of `measures` does."""
    at = "" if entry.start is None else f" from {quarter_name(entry.start)}"
    until = "" if entry.stop is None else f" to {quarter_name(entry.stop)}"
    chance = "" if entry.probability == 1 else f", with probability {entry.probability:g}"
    return f"ended{at}" if entry.kind == "end" else f"in force{at}{until}{chance}"


@cache
def _known() -> dict[str, Any]:
    from countervail.evidence import load

    return dict(load().measures)


def _measure_name(entry: scenario_files.Change) -> str:
    if entry.name:
        return entry.name
    if entry.id in _known():
        return _known()[entry.id].name
    return f"{len(_like(entry.id))} measures like {entry.id}"


def _like(id: str) -> list[str]:
    """Return the measures that an id means, which may hold `*`."""
    return [k for k in _known() if fnmatchcase(k, id)]


def _side_of(id: str) -> tuple[str, str]:
    """Return side and group of a measure: a Chinese one goes with the lever it moves, a US one with export rules."""
    base = id.partition(".")[0]
    found = _like(base)
    side = _known()[found[0]].actor if found else base[:2].upper()
    if side != "CN":
        return "US", "export rules"
    moved = [
        row for row, entry in rule_paths().items() for step in entry["steps"] if step.get("measure") in found
    ]
    return "CN", lever(moved[0]).group if moved else "demand side"


def _whose(entry: scenario_files.Change) -> tuple[str, str]:
    side, group = _side_of(entry.id)
    if entry.levers:
        row = lever(entry.levers[0][0])
        side, group = row.side, row.group
    return (entry.actor or side), group


def _label(id: str) -> str:
    """Return the label of a parameter."""
    from countervail.evidence import load

    mechanism, _, name = id.partition(".")
    row = load().priors.get(mechanism, {}).get(name)
    return row.label if row else id
