"""The records of the evidence base: one class per table, each row with its source and its dates.

Two dates matter on every row: when it holds (`release_quarter`, `effective`, `period`) and since when it is
known (`known_since`, the date of the source). `load(as_of=...)` filters by the second.
"""

from datetime import date as Day
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from countervail import names

Confidence = Literal["high", "medium", "low"]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=120)]
Quarter = Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(ge=0, allow_inf_nan=False)]

VENDORS = (*names.VENDORS, "US other")
LICENCE = "CC-BY-4.0"


class Row(BaseModel):
    """What every row carries: sources, confidence, the date it became known, licence and attribution."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=True)

    sources: list[str] = []
    confidence: Confidence
    known_since: Day
    licence: str = LICENCE
    attribution: str = ""


class Source(BaseModel):
    """Where a figure or fact comes from; other tables name it by its key."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    id: Key
    title: str
    publisher: str = ""
    url: str | None = None
    date: str | None = None  # as printed: 2025, 2025-11 or 2025-11-05
    known_since: Day
    seen: Literal["page", "quoted", "no"] = "quoted"  # opened; read as quoted elsewhere; not opened
    grade: Confidence
    licence: str = "facts only"
    attribution: str = ""
    note: str = ""


class Earlier(BaseModel):
    """What a row said before `until`, for figures that were announced one way and changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    until: Day
    values: dict[str, Any]
    source: str


class Range(BaseModel):
    """The span of what sources print for one figure of a chip."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    low: Positive
    high: Positive
    note: str = ""


class Accelerator(Row):
    """One AI accelerator. Rates are dense, in 10^12 operations per second; memory in 10^9 bytes."""

    id: Key
    name: str
    designer: str
    vendor: Literal[VENDORS]  # pyright: ignore[reportInvalidTypeForm]
    designer_country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    announced: Day | None = None
    release_quarter: Quarter | None = None
    eol_quarter: Quarter | None = None
    foundry: str | None = None
    process_node: str | None = None
    die_area_mm2: Positive | None = None
    n_logic_dies: Positive | None = None
    fp16_tflops_dense: Positive | None = None
    fp8_or_int8_tops_dense: Positive | None = None
    fp4_tops_dense: Positive | None = None
    memory_type: str | None = None
    memory_gb: Positive | None = None
    memory_bandwidth_gb_s: Positive | None = None
    interconnect_gb_s: Positive | None = None  # both directions summed over all chip-to-chip links
    hbm_stacks: Positive | None = None
    packages_per_cowos_wafer: Positive | None = None
    tdp_w: Positive | None = None
    price_usd_low: Positive | None = None
    price_usd_high: Positive | None = None
    tpp: Positive | None = None
    for_market: Literal["global", "china-variant", "domestic"] = "global"
    designed_for_datacentre: bool = True
    status: Literal["shipping", "announced", "cancelled", "rumoured"]
    known_since_basis: str = "announcement"
    from_memory: list[str] = []
    not_opened: list[str] = []  # hosts listed for the reader that were not opened
    earlier: list[Earlier] = []
    ranges: dict[str, Range] = {}  # field -> what sources print, where they disagree
    notes: str = ""

    @property
    def performance_density(self) -> float | None:
        """Return TPP per mm2 of applicable die area, or None where either is unknown."""
        if self.tpp is None or not self.die_area_mm2:
            return None
        return self.tpp / self.die_area_mm2

    @property
    def h100e(self) -> float | None:
        """Return dense 8-bit throughput over an H100 (1,979 TOPS); 16-bit where no 8-bit rate exists."""
        rate = self.fp8_or_int8_tops_dense or self.fp16_tflops_dense
        return None if rate is None else rate / 1979.0


class Suspension(BaseModel):
    """A stretch in which a measure is not applied; `through` is the last day, None while open-ended."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=True)

    from_: Day = Field(alias="from")
    through: Day | None = None
    by: str = ""


class Later(BaseModel):
    """What became known later about a measure; it replaces the fields it names from `known_since` on."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    known_since: Day
    what: str
    status: str | None = None
    effective: Day | None = None
    ended: Day | None = None
    enforcement_ended: Day | None = None
    suspensions: list[Suspension] | None = None
    summary: str | None = None
    details: dict[str, Any] = {}
    sources: list[str] = []


class Measure(Row):
    """One act of a government: what it controls, when it was announced, took effect and ended."""

    id: Key
    actor: Literal["US", "CN"]
    name: str
    citation: str = ""
    issuing_body: str = ""
    announced: Day
    published: Day | None = None
    effective: Day | None = None
    ended: Day | None = None  # the last day in force
    enforcement_ended: Day | None = None  # still law, not enforced from this day on
    suspensions: list[Suspension] = []
    status: str = ""
    summary: str = ""
    mechanisms: list[str] = []
    binds: list[str] = []
    details: dict[str, Any] = {}  # thresholds, conditions, shares and further dates as the source gives them
    proposal: bool = False
    encode: bool = True  # False: a claim kept for the record that nothing supports
    date_precision: Literal["day", "month", "quarter", "year"] = "day"
    from_memory: list[str] = []  # fields written from memory; ["all"] for the whole row
    later: list[Later] = []


class Entity(Row):
    """One addition to the US Entity List."""

    id: Key
    entity: str
    listed: Day
    citation: str = ""
    policy: str = ""
    note: str = ""
    from_memory: bool = False


class Observation(Row):
    """One observed or forecast value of a series for one actor and period."""

    id: str
    series_id: Key
    period: Annotated[str, Field(pattern=r"^\d{4}(Q[1-4])?$")]
    actor: str
    value: Number
    low: Number | None = None
    high: Number | None = None
    unit: str
    basis: str = ""  # qualifies the unit: "cumulative since 2022Q1", "half-year", "of value"
    source: str
    cited_as: str = ""
    known_since_basis: Literal["source", "reporting_lag"]
    forecast: bool = False
    published: Day | None = None
    from_memory: bool = False
    notes: str = ""


class Prior(Row):
    """What is believed about one parameter of a mechanism before history is looked at."""

    mechanism: str
    parameter: str
    label: str
    unit: str
    prior: dict[str, Any] | None = None
    basis: Literal["measured", "derived", "expert", "assumption"]
    favours: Literal["US", "CN", "none", "unclear"] = "unclear"
    note: str = ""
    from_memory: bool = False
    background: bool = False  # a figure of the literature that is no parameter of the model
    hindsight: bool = False  # set by load(as_of=...): it rests on later sources, so its range is doubled
    symbol: str = ""
    topic: str = ""  # the question of the literature review this figure answers
    values: Any = None  # dated values where the source gives a path

    @property
    def key(self) -> str:
        """Return the id: mechanism.parameter, or mechanism.background.name."""
        return f"{self.mechanism}.{'background.' if self.background else ''}{self.parameter}"


class Alliance(Row):
    """Who joined with whom: cloud firms, model firms and chip makers."""

    id: Key
    name: str
    kind: str
    started: str = ""
    lead: str = ""
    members: list[str] = []
    aim: str = ""
    openness: str = ""
    effect_type: str = ""
    figures: dict[str, Any] = {}
    figures_known_since: Day | None = None
    notes: str = ""
    disagreement: str = ""
    from_memory: list[str] = []


class Standard(Row):
    """A software stack, number format or fabric, or a measured fact about crossing between stacks."""

    id: Key
    kind: Literal["standard", "compatibility"]
    name: str
    bloc: str = ""
    layer: str = ""
    owner: str = ""
    since: str = ""
    openness: str = ""
    runs_on: list[str] = []
    members: list[str] = []
    compat: str = ""
    figures: dict[str, Any] = {}
    value: Any = None
    unit: str = ""
    figures_known_since: Day | None = None
    notes: str = ""
    disagreement: str = ""
    from_memory: list[str] = []


class Event(Row):
    """One dated move of a government or a company."""

    id: Key
    date: Day
    side: str
    action: str
    target: str
    text: str
    publisher: str = ""
    from_memory: bool = False


class Rate(Row):
    """A macro rate of one quarter: the CNY/USD rate or the US price level."""

    id: str
    series: Literal["cny_per_usd", "us_gdp_deflator"]
    quarter: Quarter
    value: Positive
    unit: str
    from_memory: bool = True
    notes: str = ""


class PriorModel(Row):
    """A published model or tool near this contest: how it works, what it lacks, what to learn from it."""

    id: Key
    name: str
    section: str
    how: str = ""
    users_get: str = ""
    lacks: str = ""
    lesson: str = ""
    notes: str = ""
    from_memory: bool = False
