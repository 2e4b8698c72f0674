"""The form of a claims file: statements as structured assertions that the evidence can answer.

A claim holds one or more assertions. Each has a `kind` and says what is claimed of which things, by which
date. `docs/claims.md` lists the vocabulary; the models below are the rule.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from countervail.errors import UserError
from countervail.files import read_yaml

Comparison = Literal["above", "at_least", "below", "at_most"]
Confidence = Literal["high", "medium", "low"]
Column = Literal[
    "tpp",
    "h100e",
    "performance_density",
    "fp16_tflops_dense",
    "fp8_or_int8_tops_dense",
    "fp4_tops_dense",
    "memory_gb",
    "memory_bandwidth_gb_s",
    "interconnect_gb_s",
    "die_area_mm2",
    "tdp_w",
    "price_usd_low",
    "price_usd_high",
]
UNITS: dict[str, str] = {
    "tpp": "TPP",
    "h100e": "H100e",
    "performance_density": "TPP/mm2",
    "fp16_tflops_dense": "TFLOPS",
    "fp8_or_int8_tops_dense": "TOPS",
    "fp4_tops_dense": "TOPS",
    "memory_gb": "GB",
    "memory_bandwidth_gb_s": "GB/s",
    "interconnect_gb_s": "GB/s",
    "die_area_mm2": "mm2",
    "tdp_w": "W",
    "price_usd_low": "USD",
    "price_usd_high": "USD",
}


class Form(BaseModel):
    """No unknown fields: a misspelt one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ChipSet(Form):
    """Which chips are meant; every field given must hold. `status` is that of the day in question."""

    ids: list[str] = []  # ids, aliases or unique names
    designer_country: str | None = None
    designer: str | None = None
    vendor: str | None = None
    for_market: list[Literal["global", "china-variant", "domestic"]] = []
    status: list[Literal["shipping", "announced", "cancelled", "rumoured"]] = ["shipping"]
    datacentre: bool | None = None


class Assertion(Form):
    """What all assertions carry: the least confidence that counts, and the date that is meant."""

    minimum_confidence: Confidence = "medium"
    by: date | None = None  # the claim's date, or the date of the check
    note: str = ""


class ChipThreshold(Assertion):
    """Any (or every) chip of a set has a figure above or below a value."""

    kind: Literal["chip_threshold"]
    chips: ChipSet
    column: Column
    comparison: Comparison
    value: Annotated[float, Field(allow_inf_nan=False)]
    quantifier: Literal["any", "all"] = "any"


class ChipRatio(Assertion):
    """The best figure of one set, divided by the best figure of another, is above or below a ratio."""

    kind: Literal["chip_ratio"]
    chips: ChipSet
    reference: ChipSet
    column: Column
    comparison: Comparison
    value: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class ChipCompare(Assertion):
    """One chip of a set reaches a share of a reference chip in enough columns."""

    kind: Literal["chip_compare"]
    chips: ChipSet
    reference: str
    columns: Annotated[list[Column], Field(min_length=1)]
    comparison: Literal["above", "at_least"] = "at_least"
    share: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    needed: Annotated[int, Field(ge=1)] | Literal["any", "most", "all"] = "most"

    @property
    def count(self) -> int:
        """Return in how many columns the share must be reached."""
        n = len(self.columns)
        return (
            {"any": 1, "most": n // 2 + 1, "all": n}[self.needed]
            if isinstance(self.needed, str)
            else self.needed
        )

    @model_validator(mode="after")
    def _fits(self) -> "ChipCompare":
        if self.count > len(self.columns):
            raise ValueError(f"needed is {self.count}, but there are only {len(self.columns)} columns")
        return self


class MeasureExists(Assertion):
    """A government has an act of a kind, as far as the status says, announced or in force in a window."""

    kind: Literal["measure_exists"]
    actor: Literal["US", "CN"]
    ids: list[str] = []
    mechanism: list[str] = []
    about: list[str] = []  # words of which one must stand in its name, summary or whom it binds
    status: Literal["considered", "announced", "in_force"] = "announced"
    since: date | None = None  # not earlier than this


class EventExists(Assertion):
    """A dated move stands in the timeline."""

    kind: Literal["event_exists"]
    side: str
    action: list[str] = []
    about: list[str] = []
    since: date | None = None


class RuleOutcome(Assertion):
    """The licence outcome of a chip changed between two days, or was one of some words on the second."""

    kind: Literal["rule_outcome"]
    chip: str
    to: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    end_user: str = "commercial"
    since: date | None = None
    change: Literal["relaxed", "tightened", "unchanged"] | None = None
    outcome: list[str] = []

    @model_validator(mode="after")
    def _one(self) -> "RuleOutcome":
        if (self.change is None) == (not self.outcome):
            raise ValueError("give either change (with since) or outcome")
        if self.change is not None and self.since is None:
            raise ValueError("change needs since, the day to compare with")
        if self.since and self.by and self.since >= self.by:
            raise ValueError(f"it compares {self.since} with {self.by}: since must be earlier than by")
        return self


class HistoryThreshold(Assertion):
    """A series of one actor, summed or taken over periods, is above or below a value."""

    kind: Literal["history_threshold"]
    series: str
    actor: str
    aggregate: Literal["sum", "latest", "max", "mean"] = "latest"
    from_period: str | None = None
    to_period: str | None = None
    comparison: Comparison
    value: Annotated[float, Field(allow_inf_nan=False)]
    unit: str | None = None
    series_is: Literal["exact", "upper_bound", "lower_bound"] = "exact"  # of what the claim speaks of


class AllianceExists(Assertion):
    """An alliance holds all of some members, and at least one of others."""

    kind: Literal["alliance_exists"]
    members: Annotated[list[str], Field(min_length=1)]
    with_any: list[str] = []


AnyAssertion = Annotated[
    ChipThreshold
    | ChipRatio
    | ChipCompare
    | MeasureExists
    | EventExists
    | RuleOutcome
    | HistoryThreshold
    | AllianceExists,
    Field(discriminator="kind"),
]


class Claim(Form):
    """One statement: text for people, assertions for the check."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=120)]
    text: Annotated[str, Field(min_length=1)]
    by: date | None = None
    combine: Literal["all", "any"] = "all"
    assertions: Annotated[list[AnyAssertion], Field(min_length=1)]
    note: str = ""


class ClaimsFile(Form):
    """A file of claims."""

    title: str = ""
    source: str = ""
    claims: Annotated[list[Claim], Field(min_length=1)]

    @model_validator(mode="after")
    def _distinct(self) -> "ClaimsFile":
        seen: set[str] = set()
        for claim in self.claims:
            if claim.id in seen:
                raise ValueError(f"the id {claim.id} is used twice")
            seen.add(claim.id)
        return self


def read_claims(path: Path) -> ClaimsFile:
    """Return the claims of a file; a mistake is one sentence that names the claim and the field."""
    data = read_yaml(path)
    if not isinstance(data, dict) or "claims" not in data:
        raise UserError(f"{path}: a claims file needs a list under 'claims'", "see docs/claims.md")
    try:
        return ClaimsFile.model_validate(data)
    except ValidationError as error:
        raise UserError(
            f"{path}: {_sentence(error, data)}", "see docs/claims.md for the vocabulary"
        ) from None


def _sentence(error: ValidationError, data: dict[str, Any]) -> str:
    """Return the first mistake as 'claim X, assertions[0].column: what is wrong'."""
    first = error.errors()[0]
    kinds = AnyAssertion.__args__[0].__args__  # pyright: ignore[reportAttributeAccessIssue]
    tags = {k.model_fields["kind"].annotation.__args__[0] for k in kinds}
    path = [p for p in first["loc"] if p not in tags]
    where = ""
    if len(path) > 1 and path[0] == "claims" and isinstance(path[1], int):
        claim = data["claims"][path[1]]
        where = f"claim {claim.get('id', path[1]) if isinstance(claim, dict) else path[1]}"
        path = path[2:]
    field = ""
    for part in path:
        field += f"[{part}]" if isinstance(part, int) else f".{part}" if field else str(part)
    message = str(first["msg"]).removeprefix("Value error, ")
    message = {
        "Extra inputs are not permitted": "unknown field",
        "Field required": "the field is missing",
    }.get(message, message)
    given = first.get("input")
    if first["type"] not in ("missing", "extra_forbidden") and isinstance(given, (str, int, float)):
        message += f" (given: {given})"
    return ", ".join(x for x in (where, field) if x) + (": " if where or field else "") + message
