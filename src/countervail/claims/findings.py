"""What one assertion comes to, and how several are combined into the verdict of a claim."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from countervail.evidence import Accelerator, Evidence, load

Verdict = Literal["supported", "contradicted", "unsupported", "undecidable"]
RANK = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True)
class Figure:
    """One figure or fact that a verdict rests on."""

    what: str  # id of the chip, measure, series, alliance or event
    name: str
    quantity: str
    value: Any
    unit: str = ""
    date: str = ""
    confidence: str = "medium"
    sources: tuple[str, ...] = ()
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in self.__dict__.items()}


@dataclass(frozen=True)
class OffBy:
    """How far off the claim is: evidence minus claim, in the unit, and as a share of the claim."""

    value: float
    unit: str
    relative: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the distance as plain data."""
        return {"value": self.value, "unit": self.unit, "relative": self.relative}


@dataclass(frozen=True)
class Finding:
    """The verdict on one assertion, with what it rests on."""

    verdict: Verdict
    reason: str
    figures: tuple[Figure, ...] = ()
    off_by: OffBy | None = None
    kind: str = ""

    @property
    def confidence(self) -> str | None:
        """Return the lowest confidence of its figures, None where there are none."""
        return min((f.confidence for f in self.figures), key=RANK.__getitem__, default=None)

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return {
            "kind": self.kind,
            "verdict": self.verdict,
            "reason": self.reason,
            "off_by": self.off_by.to_json() if self.off_by else None,
        }


@dataclass(frozen=True)
class ClaimResult:
    """One claim with its verdict."""

    id: str
    text: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    source_urls: dict[str, str] = field(default_factory=dict)

    @property
    def figures(self) -> list[Figure]:
        """Return the figures of all findings, the deciding ones first, none twice."""
        deciding = [f for f in self.findings if f.verdict == self.verdict]
        others = [f for f in self.findings if f.verdict != self.verdict]
        return list(dict.fromkeys(x for f in [*deciding, *others] for x in f.figures))

    @property
    def sources(self) -> list[str]:
        """Return the source keys behind the figures."""
        return list(dict.fromkeys(s for f in self.figures for s in f.sources))

    @property
    def deciding(self) -> list[Finding]:
        """Return the findings that give the verdict."""
        return [f for f in self.findings if f.verdict == self.verdict]

    @property
    def confidence(self) -> str | None:
        """Return the lowest confidence among the findings that give the verdict."""
        return min((c for f in self.deciding if (c := f.confidence)), key=RANK.__getitem__, default=None)

    @property
    def off_by(self) -> OffBy | None:
        """Return how far off the first deciding finding is that has a distance."""
        return next((f.off_by for f in self.deciding if f.off_by), None)

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the command contract, and the reason of each assertion."""
        return {
            "id": self.id,
            "text": self.text,
            "verdict": self.verdict,
            "figures": [f.to_json() for f in self.figures],
            "sources": [{"id": s, "url": self.source_urls.get(s)} for s in self.sources],
            "confidence": self.confidence,
            "off_by": self.off_by.to_json() if self.off_by else None,
            "assertions": [f.to_json() for f in self.findings],
        }


ALL: Sequence[Verdict] = ("contradicted", "unsupported", "undecidable", "supported")
ANY: Sequence[Verdict] = ("supported", "undecidable", "unsupported", "contradicted")


@lru_cache(maxsize=2)
def everything(evidence: Evidence) -> Evidence:
    """Return the evidence without its date: it tells a typing error from the not yet known."""
    return evidence if evidence.as_of is None else load(data_dir=evidence.data_dir)


def known_chip(evidence: Evidence, text: str) -> Accelerator | None:
    """Return a chip by id, alias or unique name; None where it was not known yet on the day."""
    chip = everything(evidence).find_accelerator(text)
    return evidence.accelerators.get(chip.id)


def combined(verdicts: Iterable[Verdict], how: str) -> Verdict:
    """Return the verdict of a claim: with `all` the worst of its assertions decides, with `any` the best."""
    order = ALL if how == "all" else ANY
    return min(verdicts, key=order.index)


def holds(value: float, comparison: str, reference: float) -> bool:
    """Say whether `value comparison reference` is true."""
    if comparison == "above":
        return value > reference
    if comparison == "at_least":
        return value >= reference
    return value < reference if comparison == "below" else value <= reference


def distance(value: float, reference: float, unit: str) -> OffBy:
    """Return evidence minus claim, and the same as a share of the claim."""
    gap = value - reference
    return OffBy(round(gap, 6), unit, round(gap / abs(reference), 4) if reference else None)
