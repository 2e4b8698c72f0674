"""The summary in plain words: each sentence is chosen by a rule and holds numbers of the results."""

from typing import TYPE_CHECKING

import numpy as np

from countervail.report.numbers import number, percent, span, words
from countervail.report.reasons import Drivers
from countervail.report.tables import chosen_years, difference

if TYPE_CHECKING:
    from countervail.ensemble import Result

PATHS = {
    "Legal imports": "legal imports",
    "Domestic": "domestic chips",
    "Proxy fabrication": "proxy fabrication",
    "Smuggled": "smuggling",
}
DIMENSIONS = ("compute", "economy", "military", "innovation", "sovereignty")
INPUTS = {"Plan": "orders", "Dies": "good dies", "HBM": "high-bandwidth memory", "Packaging": "packaging"}
CLEAR = 0.9  # share of draws from which a sign counts as the same throughout
SMALL = 0.03  # relative change below which something counts as unmoved
WIDE = 100  # ratio of the ends of a 90% range from which a quantity counts as not known


class Teller:
    """Writes sentences about a run."""

    def __init__(self, results: "list[Result]") -> None:
        self.results, self.base = results, results[0]
        years = chosen_years(self.base.years[0], self.base.years[-1])
        self.near = years[0] if years else self.base.years[-1]
        self.end = self.base.years[-1]

    def at(self, variable: str, region: str, year: int, result: "Result | None" = None) -> np.ndarray:
        """Return `[draw]` of an outcome in a year."""
        r = result or self.base
        return r.annual(variable, region)[1][r.years.index(year)]

    def level(self, variable: str, region: str, year: int, share: bool = False, digits: int = 3) -> str:
        """Return a median with its 90% range: 2.61 million (1.72 to 3.89 million)."""
        low, middle, high = quantiles(self.at(variable, region, year))
        if share:
            return f"{percent(middle)} ({percent(low)} to {percent(high)})"
        return f"{words(middle, digits)} ({span(low, high, digits)})"

    def later(self) -> bool:
        """Say whether the run goes beyond the first year of interest."""
        return self.end > self.near

    def groups(self) -> list[tuple[str, list[str]]]:
        """Return headings with their sentences."""
        found = [
            ("Compute", [self.compute(), self.power()]),
            ("China's supply", [self.pathways(), self.binding(), self.domestic_share()]),
            ("Companies", [self.nvidia()]),
            ("Models and software", [self.lag(), self.software()]),
            ("Who leads", [self.leads()]),
        ]
        if len(self.results) > 1:
            found.append(
                ("What the policies change", [self.knowledge(), *(self.change(r) for r in self.results[1:])])
            )
        return [(head, [s for s in lines if s]) for head, lines in found]

    def all(self) -> list[str]:
        """Return every sentence, those on what is not known among them."""
        return [s for _, lines in self.groups() for s in lines] + self.unknown()

    def compute(self) -> str:
        """Tell the installed compute of both sides, and where the ratio goes."""
        us, cn = (self.level("Compute|Stock", r, self.near) for r in ("US", "CN"))
        ratio = self.level("Compute|Stock ratio", "US to CN", self.near)
        text = (
            f"At the end of {self.near} China has {cn} H100e installed and the United States {us}, "
            f"{ratio} for each unit in China."
        )
        if self.later():
            before = self.at("Compute|Stock ratio", "US to CN", self.near)
            after = self.at("Compute|Stock ratio", "US to CN", self.end)
            text += (
                f" By {self.end} the ratio is {self.level('Compute|Stock ratio', 'US to CN', self.end)}; "
                f"it {moves('widens', 'narrows', after > before)}."
            )
        return text

    def power(self) -> str:
        """Tell which side has chips without power."""
        parts = []
        for region, name in (("US", "the United States"), ("CN", "China")):
            share = self.at("Compute|Stock|Unpowered", region, self.end) / self.at(
                "Compute|Stock", region, self.end
            )
            low, middle, high = quantiles(share)
            parts.append(
                f"{percent(middle)} ({percent(low)} to {percent(high)}) of what is installed in {name}"
            )
        return f"Waiting for power in {self.end}: {parts[0]}, and {parts[1]}."

    def pathways(self) -> str:
        """Tell the largest pathway of compute into China."""
        sentences = []
        for year in dict.fromkeys((self.near, self.end)):
            flows = np.stack([self.at(f"Compute|Inflow|{p}", "CN", year) for p in PATHS])
            first = np.bincount(flows.argmax(0), minlength=len(PATHS)) / flows.shape[1]
            order = np.argsort(-first)
            names = list(PATHS.values())
            said = [f"{names[i]} in {percent(float(first[i]))}" for i in order if first[i] > 0]
            sentences.append(
                f"in {year} the largest source of new compute in China is {', '.join(said)} of draws"
            )
        text = "; ".join(sentences)
        return text[0].upper() + text[1:] + "."

    def binding(self) -> str:
        """Tell what holds back Huawei's output."""
        parts = []
        for year in dict.fromkeys((self.near, self.end)):
            shares = {n: float(self.at(f"Supply|Binding|{k}", "CN", year).mean()) for k, n in INPUTS.items()}
            first, second = sorted(shares, key=lambda k: -shares[k])[:2]
            parts.append(
                f"at the end of {year} {first} in {percent(shares[first])} of draws "
                f"and {second} in {percent(shares[second])}"
            )
        return f"What binds Huawei's output most often: {'; '.join(parts)}."

    def domestic_share(self) -> str:
        """Tell the domestic share of China's market."""
        share = ("Market|Domestic share", "CN")
        now = self.level(*share, self.near, True)
        text = f"Domestic makers hold {now} of China's accelerator market by value in {self.near}"
        if self.later():
            text += f" and {self.level(*share, self.end, True)} in {self.end}"
        return text + "."

    def nvidia(self) -> str:
        """Tell NVIDIA's revenue and China's part of it."""
        v = "Chips|Revenue|NVIDIA"
        part = self.at(v, "CN", self.near) / np.maximum(self.at(v, "World", self.near), 1e-9)
        low, middle, high = quantiles(part)
        text = (
            f"NVIDIA earns USD {self.level(v, 'World', self.near)} bn from accelerators in {self.near}, "
            f"of which China is {percent(middle)} ({percent(low)} to {percent(high)})"
        )
        if self.later():
            text += f"; in {self.end} it earns USD {self.level(v, 'World', self.end)} bn"
        return text + "."

    def lag(self) -> str:
        """Tell the lag of the best Chinese model."""
        v = ("AI|Frontier lag", "CN")
        ahead = float((self.at(*v, self.end) < 0).mean())
        years = dict.fromkeys((self.near, self.end))
        parts = " and ".join(f"{self.level(*v, y)} months in {y}" for y in years)
        return (
            f"The best Chinese model trails the best US one by {parts}; "
            f"China is ahead in {percent(ahead)} of draws in {self.end}."
        )

    def software(self) -> str:
        """Tell the fragmentation between the two sides."""
        v = ("Ecosystem|Fragmentation", "US to CN")
        parts = " and ".join(
            f"{self.level(*v, y, share=True)} in {y}" for y in dict.fromkeys((self.near, self.end))
        )
        return f"Of work written for US hardware, {parts} would not run unported on Chinese hardware."

    def leads(self) -> str:
        """Tell the shares of draws in which each side leads at the end."""
        parts = []
        for d in DIMENSIONS:
            us, cn = (
                float(self.at(f"Leadership|{d}|{side}", "World", self.end).mean()) for side in ("US", "CN")
            )
            parts.append(
                f"{d}: US {percent(us)}, China {percent(cn)}, neither {percent(max(1 - us - cn, 0))}"
            )
        return (
            f"Share of draws in which each side leads in {self.end}: {'; '.join(parts)}. "
            "These are shares of draws under the assumptions, not odds of events."
        )

    def knowledge(self) -> str:
        """Warn where scenarios differ in what is known, not in policy alone."""
        own = self.base.provenance.get("parameters")
        differ = [
            r for r in self.results[1:] if r.provenance.get("parameters") != own or r.as_of != self.base.as_of
        ]
        if not differ:
            return ""
        names = ", ".join(f"{r.scenario.id}" + (f" (known by {r.as_of})" if r.as_of else "") for r in differ)
        return (
            f"Not like with like: {names} and {self.base.scenario.id} rest on different knowledge or assumptions, "
            "so part of the difference is what was known, not the policy."
        )

    def change(self, other: "Result") -> str:
        """Tell what a scenario changes against the first, and which signs are open."""
        year = self.end
        asked = (
            ("China's installed compute", "Compute|Stock", "CN"),
            ("compute from Chinese makers", "Compute|Inflow|Domestic", "CN"),
            ("NVIDIA's revenue", "Chips|Revenue|NVIDIA", "World"),
            ("the lag of Chinese models", "AI|Frontier lag", "CN"),
        )
        parts, open_, still = [], [], []
        for name, variable, region in asked:
            change = difference(self.base, other, variable, region)[-1]
            up, down = float((change > 0).mean()), float((change < 0).mean())
            if variable != "AI|Frontier lag" and _small(
                change / np.maximum(self.at(variable, region, year), 1e-9)
            ):
                still.append(name)
                continue
            if max(up, down) < CLEAR:
                open_.append(f"{name} (up in {percent(up)}, down in {percent(down)})")
                continue
            before = self.at(variable, region, year)
            if variable == "AI|Frontier lag":
                low, middle, high = quantiles(change)
                parts.append(f"{name} by {_sign(middle)} months ({_sign(low)} to {_sign(high)})")
            else:
                low, middle, high = quantiles(change / np.maximum(before, 1e-9))
                parts.append(f"{name} by {_pct(middle)} ({_pct(low)} to {_pct(high)})")
        text = f"{other.scenario.id} against {self.base.scenario.id} in {year}: "
        if parts:
            text += "changes " + ", ".join(parts)
        if open_:
            text += ("; the " if parts else "the ") + f"direction is open for {', '.join(open_)}"
        if still:
            text += (
                "; it " if parts or open_ else "it "
            ) + f"leaves {' and '.join(still)} within {100 * SMALL:.0f}%"
        return text + "."

    def unknown(self) -> list[str]:
        """Say what is not known, by rules on the results and on what they rest on."""
        return [s for s in (self.horizon(), self.wide(), self.basis(), self.driver(), self.war()) if s]

    def horizon(self) -> str:
        """Tell where announced roadmaps end."""
        start = self.base.scenario.extrapolation_from
        if start > self.base.until:
            return ""
        return (
            f"From {start} on no roadmap is announced: what chips can do then is extrapolated, "
            "and shaded in the charts."
        )

    def wide(self) -> str:
        """Tell which headline outcomes span more than a factor of a hundred."""
        found = []
        for spec in self.base.variables.values():
            if not spec.headline or spec.unit.startswith("share") or spec.unit == "months":
                continue
            for region in spec.all_regions:
                low, _, high = quantiles(self.at(spec.variable, region, self.end))
                if high > WIDE * max(low, 0) and high > 0 and low >= 0:
                    where = {"CN": "China", "US": "United States"}.get(region, region)
                    found.append(f"{_lower(spec.label)} ({where})")
        if not found:
            return ""
        many = ", ".join(found)
        return (
            f"The 90% range spans more than a factor of {WIDE} in {self.end} for: {many}. Read these as open."
        )

    def basis(self) -> str:
        """Tell how far the ratio depends on the unit."""
        medians = {}
        for name, suffix in (
            ("8-bit", ""),
            ("16-bit", "|FP16 basis"),
            ("4-bit", "|FP4 basis"),
            ("memory bandwidth", "|Bandwidth"),
        ):
            us, cn = (self.at(f"Compute|Stock{suffix}", r, self.near) for r in ("US", "CN"))
            medians[name] = float(np.median(us / cn))
        low, high = min(medians, key=lambda k: medians[k]), max(medians, key=lambda k: medians[k])
        return (
            f"The ratio of US to Chinese compute in {self.near} depends on what is counted: "
            f"{number(medians[low])} by {low}, {number(medians[high])} by {high} (medians)."
        )

    def driver(self) -> str:
        """Tell which parameter China's stock follows most."""
        from countervail.report.record import parameter_rows

        found = Drivers(self.base).of(self.at("Compute|Stock", "CN", self.end), 1)
        if not found:
            return ""
        row = {p["id"]: p for p in parameter_rows([self.base])}[found[0].parameter]
        return (
            f"The spread of China's compute in {self.end} follows most one input, {_lower(row['label'])} "
            f"({row['id']}, basis: {row['basis']}, rank correlation {found[0].correlation:+.2f})."
        )

    def war(self) -> str:
        """Give the caveat on military power."""
        return (
            "How compute turns into military power is not known: no tested elasticity exists, "
            "and nothing here forecasts a war."
        )


def quantiles(values: np.ndarray) -> tuple[float, float, float]:
    """Return 5%, median and 95%."""
    from countervail.ensemble import summary

    low, middle, high = summary.quantiles(values, (0.05, 0.5, 0.95)).tolist()
    return low, middle, high


def moves(up: str, down: str, rises: np.ndarray) -> str:
    """Return which way something goes, as a share of draws."""
    share = float(rises.mean())
    if share >= 0.5:
        return f"{up} in {percent(share)} of draws"
    return f"{down} in {percent(1 - share)} of draws"


def _small(moved: np.ndarray) -> bool:
    low, _, high = quantiles(moved)
    return max(abs(low), abs(high)) < SMALL


def _lower(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def _pct(share: float) -> str:
    return f"{100 * share:+.0f}%" if abs(share) >= 0.005 else "0%"


def _sign(value: float) -> str:
    return ("+" if value > 0 else "") + number(value, 2)
