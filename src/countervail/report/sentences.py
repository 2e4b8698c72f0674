"""The summary in plain words: each sentence is chosen by a rule and holds numbers of the results.

The words are templates of `language/data/<lang>/report.yaml`; here stand the rules that choose and fill them.
"""

from typing import TYPE_CHECKING

import numpy as np

from countervail.language import Speaker, speaker
from countervail.report.reasons import Drivers
from countervail.report.tables import chosen_years, difference

if TYPE_CHECKING:
    from countervail.ensemble import Result

PATHS = ("Legal imports", "Domestic", "Proxy fabrication", "Smuggled")
DIMENSIONS = ("compute", "economy", "military", "innovation", "sovereignty")
INPUTS = ("Plan", "Dies", "HBM", "Packaging")
BASES = {"8-bit": "", "16-bit": "|FP16 basis", "4-bit": "|FP4 basis", "bandwidth": "|Bandwidth"}
ASKED = {
    "stock": ("Compute|Stock", "CN"),
    "domestic": ("Compute|Inflow|Domestic", "CN"),
    "nvidia": ("Chips|Revenue|NVIDIA", "World"),
    "lag": ("AI|Frontier lag", "CN"),
}
CLEAR = 0.9  # share of draws from which a sign counts as the same throughout
SMALL = 0.03  # relative change below which something counts as unmoved
WIDE = 100  # ratio of the ends of a 90% range from which a quantity counts as not known


class Teller:
    """Writes sentences about a run, in one language."""

    def __init__(self, results: "list[Result]", say: Speaker | None = None) -> None:
        self.results, self.base = results, results[0]
        self.say = say or speaker()
        years = chosen_years(self.base.years[0], self.base.years[-1])
        self.near = years[0] if years else self.base.years[-1]
        self.end = self.base.years[-1]

    def at(self, variable: str, region: str, year: int, result: "Result | None" = None) -> np.ndarray:
        """Return `[draw]` of an outcome in a year."""
        r = result or self.base
        return r.annual(variable, region)[1][r.years.index(year)]

    def level(self, variable: str, region: str, year: int, share: bool = False, digits: int = 3) -> str:
        """Return a median with its 90% range: 2.61 million (1.72 to 3.89 million)."""
        values = self.at(variable, region, year)
        if share:
            return self.share(values)
        low, middle, high = quantiles(values)
        return self.say.ranged(self.say.words(middle, digits), self.say.span(low, high, digits))

    def share(self, values: np.ndarray) -> str:
        """Return the median of shares with its 90% range: 40% (31% to 52%)."""
        low, middle, high = quantiles(values)
        return self.say.ranged(self.say.percent(middle), self.say.shares(low, high))

    def years(self) -> tuple[int, ...]:
        """Return the year of interest and the last one."""
        return tuple(dict.fromkeys((self.near, self.end)))

    def later(self) -> bool:
        """Say whether the run goes beyond the first year of interest."""
        return self.end > self.near

    def groups(self) -> list[tuple[str, list[str]]]:
        """Return headings with their sentences."""
        found = [
            ("compute", [self.compute(), self.power()]),
            ("supply", [self.pathways(), self.binding(), self.domestic_share()]),
            ("companies", [self.nvidia()]),
            ("software", [self.lag(), self.software()]),
            ("leads", [self.leads()]),
        ]
        if len(self.results) > 1:
            found.append(("changes", [self.knowledge(), *(self.change(r) for r in self.results[1:])]))
        return [(self.say(f"head.{head}"), [s for s in lines if s]) for head, lines in found]

    def all(self) -> list[str]:
        """Return every sentence, those on what is not known among them."""
        return [s for _, lines in self.groups() for s in lines] + self.unknown()

    def compute(self) -> str:
        """Tell the installed compute of both sides, and where the ratio goes."""
        ratio = ("Compute|Stock ratio", "US to CN")
        us, cn = (self.level("Compute|Stock", r, self.near) for r in ("US", "CN"))
        parts = [self.say("compute.near", year=self.near, us=us, cn=cn, ratio=self.level(*ratio, self.near))]
        if self.later():
            rises = self.at(*ratio, self.end) > self.at(*ratio, self.near)
            moves = way(self.say, "compute.widens", "compute.narrows", rises)
            parts.append(
                self.say("compute.later", year=self.end, ratio=self.level(*ratio, self.end), moves=moves)
            )
        return self.say.list(parts, "sentence")

    def power(self) -> str:
        """Tell which side has chips without power."""
        parts = {}
        for region in ("US", "CN"):
            waiting = self.at("Compute|Stock|Unpowered", region, self.end)
            share = self.share(waiting / self.at("Compute|Stock", region, self.end))
            parts[region] = self.say("power.part", share=share, region=self.say(f"the.{region}"))
        return self.say("power.all", year=self.end, us=parts["US"], cn=parts["CN"])

    def pathways(self) -> str:
        """Tell the largest pathway of compute into China."""
        sentences = []
        for year in self.years():
            flows = np.stack([self.at(f"Compute|Inflow|{p}", "CN", year) for p in PATHS])
            first = np.bincount(flows.argmax(0), minlength=len(PATHS)) / flows.shape[1]
            said = [
                self.say(
                    "pathways.part",
                    name=self.say(f"pathway.{PATHS[i]}"),
                    share=self.say.percent(float(first[i])),
                )
                for i in np.argsort(-first)
                if first[i] > 0
            ]
            sentences.append(self.say("pathways.year", year=year, parts=self.say.list(said)))
        text = self.say.list(sentences, "semicolon")
        return self.say("pathways.all", text=text[0].upper() + text[1:])

    def binding(self) -> str:
        """Tell what holds back Huawei's output."""
        parts = []
        for year in self.years():
            shares = {k: float(self.at(f"Supply|Binding|{k}", "CN", year).mean()) for k in INPUTS}
            first, second = sorted(shares, key=lambda k: -shares[k])[:2]
            filled = {"first": self.say(f"input.{first}"), "share": self.say.percent(shares[first])}
            filled |= {"second": self.say(f"input.{second}"), "rest": self.say.percent(shares[second])}
            parts.append(self.say("binding.year", year=year, **filled))
        return self.say("binding.all", parts=self.say.list(parts, "semicolon"))

    def domestic_share(self) -> str:
        """Tell the domestic share of China's market."""
        share = ("Market|Domestic share", "CN")
        now = self.level(*share, self.near, True)
        if not self.later():
            return self.say("domestic.near", now=now, year=self.near)
        later = self.level(*share, self.end, True)
        return self.say("domestic.both", now=now, year=self.near, later=later, end=self.end)

    def nvidia(self) -> str:
        """Tell NVIDIA's revenue and China's part of it."""
        v = "Chips|Revenue|NVIDIA"
        world = self.at(v, "World", self.near)
        part = self.share(self.at(v, "CN", self.near) / np.maximum(world, 1e-9))
        filled = {"money": self.say.money(*quantiles(world)), "year": self.near, "part": part}
        if not self.later():
            return self.say("nvidia.near", **filled)
        later = self.say.money(*quantiles(self.at(v, "World", self.end)))
        return self.say("nvidia.both", **filled, end=self.end, later=later)

    def lag(self) -> str:
        """Tell the lag of the best Chinese model."""
        v = ("AI|Frontier lag", "CN")
        ahead = self.say.percent(float((self.at(*v, self.end) < 0).mean()))
        parts = [self.say("lag.part", level=self.level(*v, y), year=y) for y in self.years()]
        return self.say("lag.all", parts=self.say.list(parts, "and"), ahead=ahead, year=self.end)

    def software(self) -> str:
        """Tell the fragmentation between the two sides."""
        v = ("Ecosystem|Fragmentation", "US to CN")
        parts = [self.say("software.part", level=self.level(*v, y, share=True), year=y) for y in self.years()]
        return self.say("software.all", parts=self.say.list(parts, "and"))

    def leads(self) -> str:
        """Tell the shares of draws in which each side leads at the end."""
        parts = []
        for d in DIMENSIONS:
            us, cn = (
                float(self.at(f"Leadership|{d}|{side}", "World", self.end).mean()) for side in ("US", "CN")
            )
            shares = {"us": us, "cn": cn, "neither": max(1 - us - cn, 0)}
            said = {k: self.say.percent(v) for k, v in shares.items()}
            parts.append(self.say("leads.part", dimension=self.say.text("dimension", d), **said))
        return self.say("leads.all", year=self.end, parts=self.say.list(parts, "semicolon"))

    def knowledge(self) -> str:
        """Warn where scenarios differ in what is known, not in policy alone."""
        own = self.base.provenance.get("parameters")
        names = [
            self.say("knowledge.name", id=r.scenario.id, day=r.as_of) if r.as_of else r.scenario.id
            for r in self.results[1:]
            if r.provenance.get("parameters") != own or r.as_of != self.base.as_of
        ]
        if not names:
            return ""
        return self.say("knowledge.all", names=self.say.list(names), base=self.base.scenario.id)

    def change(self, other: "Result") -> str:
        """Tell what a scenario changes against the first, and which signs are open."""
        found: dict[str, list[str]] = {"moved": [], "unsure": [], "still": []}
        for key, (variable, region) in ASKED.items():
            change = difference(self.base, other, variable, region)[-1]
            kind, text = self._changed(key, change, self.at(variable, region, self.end))
            found[kind].append(text)
        signs = {"moved": "comma", "unsure": "comma", "still": "also"}
        parts = [
            self.say(f"change.{k}", parts=self.say.list(v, signs[k]), **self._small(k))
            for k, v in found.items()
            if v
        ]
        text = self.say.list(parts, "semicolon")
        names = {"other": other.scenario.id, "base": self.base.scenario.id}
        return self.say("change.head", year=self.end, text=text, **names)

    def _small(self, kind: str) -> dict[str, str]:
        return {"small": f"{100 * SMALL:.0f}%"} if kind == "still" else {}

    def _changed(self, key: str, change: np.ndarray, before: np.ndarray) -> tuple[str, str]:
        """Return whether a change is clear, open in sign, or too small to matter, and what to say of it."""
        name, months = self.say(f"change.{key}"), key == "lag"
        moved = change if months else change / np.maximum(before, 1e-9)
        low, middle, high = quantiles(moved)
        if not months and max(abs(low), abs(high)) < SMALL:
            return "still", name
        up, down = float((change > 0).mean()), float((change < 0).mean())
        if max(up, down) < CLEAR:
            shares = {"up": self.say.percent(up), "down": self.say.percent(down)}
            return "unsure", self.say("change.open", name=name, **shares)
        say = self._months if months else _pct
        filled = {"low": say(low), "middle": say(middle), "high": say(high)}
        return "moved", self.say("change.months" if months else "change.percent", name=name, **filled)

    def _months(self, value: float) -> str:
        return ("+" if value > 0 else "") + self.say.number(value, 2)

    def unknown(self) -> list[str]:
        """Say what is not known, by rules on the results and on what they rest on."""
        return [s for s in (self.horizon(), self.wide(), self.basis(), self.driver(), self.war()) if s]

    def horizon(self) -> str:
        """Tell where announced roadmaps end."""
        start = self.base.scenario.extrapolation_from
        return "" if start > self.base.until else self.say("horizon", start=self.say.quarter(start))

    def wide(self) -> str:
        """Tell which headline outcomes span more than a factor of a hundred."""
        found = []
        for spec in self.base.variables.values():
            if not spec.headline or spec.unit.startswith("share") or spec.unit == "months":
                continue
            for region in spec.all_regions:
                low, _, high = quantiles(self.at(spec.variable, region, self.end))
                if high > WIDE * max(low, 0) and high > 0 and low >= 0:
                    label = _lower(self.say.text("outcome", spec.variable, default=spec.label))
                    found.append(self.say("wide.part", label=label, region=self.say.text("region", region)))
        if not found:
            return ""
        return self.say("wide.all", factor=WIDE, year=self.end, parts=self.say.list(found))

    def basis(self) -> str:
        """Tell how far the ratio depends on the unit."""
        medians = {}
        for name, suffix in BASES.items():
            us, cn = (self.at(f"Compute|Stock{suffix}", r, self.near) for r in ("US", "CN"))
            medians[name] = float(np.median(us / cn))
        low, high = min(medians, key=lambda k: medians[k]), max(medians, key=lambda k: medians[k])
        least, most = self.say.number(medians[low]), self.say.number(medians[high])
        names = {"low": self.say(f"basis.{low}"), "high": self.say(f"basis.{high}")}
        return self.say("basis.all", year=self.near, least=least, most=most, **names)

    def driver(self) -> str:
        """Tell which parameter China's stock follows most."""
        from countervail.report.record import parameter_rows

        found = Drivers(self.base).of(self.at("Compute|Stock", "CN", self.end), 1)
        if not found:
            return ""
        row = {p["id"]: p for p in parameter_rows([self.base])}[found[0].parameter]
        return self.say(
            "driver",
            year=self.end,
            label=_lower(self.say.text("parameter", row["id"], default=row["label"])),
            id=row["id"],
            basis=self.say.text("basis", row["basis"]),
            correlation=f"{found[0].correlation:+.2f}",
        )

    def war(self) -> str:
        """Give the caveat on military power."""
        return self.say("war")


def quantiles(values: np.ndarray) -> tuple[float, float, float]:
    """Return 5%, median and 95%."""
    from countervail.ensemble import summary

    low, middle, high = summary.quantiles(values, (0.05, 0.5, 0.95)).tolist()
    return low, middle, high


def way(say: Speaker, up: str, down: str, rises: np.ndarray) -> str:
    """Return which way something goes, as a share of draws; `up` and `down` are templates."""
    share = float(rises.mean())
    return say(up, share=say.percent(share)) if share >= 0.5 else say(down, share=say.percent(1 - share))


def _lower(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def _pct(share: float) -> str:
    return f"{100 * share:+.0f}%" if abs(share) >= 0.005 else "0%"
