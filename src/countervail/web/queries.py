"""The parameters of requests: what a URL or a body may say, with limits and examples."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from countervail.errors import UserError
from countervail.periods import LAST_QUARTER, quarter_index
from countervail.scenario.files import list_scenarios
from countervail.web.settings import Limits

MOST_DRAWS = Limits().draws
QUARTER = r"^\d{4}Q[1-4]$"
SCENARIOS = [s.id for s in list_scenarios()]
ENUM: Any = {"enum": SCENARIOS}

ScenarioId = Annotated[
    str,
    Field(
        description="A shipped scenario.",
        max_length=80,
        json_schema_extra=ENUM,
        examples=["status-quo"],
    ),
]
Set = Annotated[
    list[str],
    Field(
        description="A lever or parameter: ID=VALUE[@FROM[:TO]]. Repeat for more; later ones win.",
        examples=[["us_export_fee=0.4@2027Q1"]],
        max_length=Limits().sets,
    ),
]


class Strict(BaseModel):
    """Parameters, of which an unknown one is an error."""

    model_config = ConfigDict(extra="forbid")


class Lang(Strict):
    """The language of labels."""

    lang: Literal["en", "zh-Hans"] = Field("en", description="Language of labels.", examples=["en"])


class Known(Lang):
    """A list of what is known, as of a day."""

    as_of: str | None = Field(
        None, description="Use only what was known on this day.", examples=["2025-12-31"], max_length=20
    )


class Run(Known):
    """The parameters that a run has everywhere."""

    draws: int = Field(1000, description="Draws of the uncertain parameters.", ge=1, le=MOST_DRAWS)
    seed: int = Field(0, description="The same seed gives the same figures.", ge=0, lt=2**63)
    until: str = Field("2032Q4", description="Last quarter, 2022Q4 to 2040Q4.", pattern=QUARTER)
    set: Set = []


class OneRun(Run):
    """A run of one scenario."""

    scenario: ScenarioId = "status-quo"


class RunQuery(OneRun):
    """GET /run."""

    periods: Literal["default", "all"] = Field(
        "default", description="Every quarter of headline outcomes, or of all."
    )


class CompareQuery(Run):
    """GET /compare."""

    scenario: list[ScenarioId] = Field(
        ["status-quo", "full-denial"],
        description="Two or more; the first is the base.",
        min_length=2,
        max_length=Limits().scenarios,
    )
    periods: Literal["default", "all"] = "default"


class SeriesQuery(OneRun):
    """GET /series."""

    outcome: list[str] = Field(
        [],
        description="VARIABLE@REGION; repeat for more. Those of the default charts if none is named.",
        examples=[["Compute|Stock@CN", "AI|Frontier lag@CN"]],
        max_length=Limits().outcomes,
    )
    weights: str = Field(
        "",
        description="Weights of a composite, your own: compute:1,economy:0.5. None: no composite.",
        examples=["compute:1,economy:1,military:1,innovation:1,sovereignty:1"],
        max_length=300,
    )


class WhyQuery(OneRun):
    """GET /why."""

    variable: str = Field(description="The outcome.", examples=["Compute|Stock"], max_length=80)
    region: str | None = Field(None, examples=["CN"], max_length=20)
    period: str = Field("2030", description="A year or a quarter.", pattern=r"^\d{4}(Q[1-4])?$")
    against: ScenarioId | None = None
    against_set: Set = []
    draws: int = Field(256, ge=1, le=Limits().interactive_draws)


Settings = dict[str, float | str] | Annotated[list[str], Field(max_length=Limits().sets)]


class RunBody(Strict):
    """POST /run: as GET, or with a scenario file's text."""

    scenario: ScenarioId | None = None
    scenario_yaml: str | None = Field(
        None, description="The text of a scenario file; `base` names a shipped scenario.", max_length=200_000
    )
    draws: int = Field(1000, ge=1, le=MOST_DRAWS)
    seed: int = Field(0, ge=0, lt=2**63)
    until: str = Field("2032Q4", pattern=QUARTER)
    set: Settings = Field([], examples=[{"us_export_fee@2027Q1": 0.4}])
    as_of: str | None = Field(None, max_length=20)
    periods: Literal["default", "all"] = "default"


class CompareBody(Strict):
    """POST /compare: as GET; `scenario_yaml` joins as the last scenario."""

    scenarios: list[ScenarioId] = Field(["status-quo", "full-denial"], max_length=Limits().scenarios)
    scenario_yaml: str | None = Field(None, max_length=200_000)
    draws: int = Field(1000, ge=1, le=MOST_DRAWS)
    seed: int = Field(0, ge=0, lt=2**63)
    until: str = Field("2032Q4", pattern=QUARTER)
    set: Settings = []
    as_of: str | None = Field(None, max_length=20)
    periods: Literal["default", "all"] = "default"


def check_run(query: Any, limits: Limits, scenarios: int = 1) -> list[str]:
    """Refuse a run that cannot be, before it takes a place in the queue; return its settings in one spelling."""
    from countervail.ensemble.runner import FEWEST_QUARTERS, LONGEST
    from countervail.scenario.levers import settings, span_name

    if query.draws * scenarios > limits.draws:
        raise UserError(
            f"{query.draws} draws of {scenarios} scenarios are more than {limits.draws:,} in all"
            if scenarios > 1
            else f"draws is {query.draws}",
            f"ask for at most {limits.draws // scenarios:,}; for more use: countervail run --draws N",
        )
    if not FEWEST_QUARTERS - 1 <= quarter_index(query.until) < LONGEST:
        raise UserError(f"until is {query.until}", f"give a quarter from 2022Q4 to {LAST_QUARTER}")
    given = settings(query.set)
    if len(given) > limits.sets:
        raise UserError(f"{len(given)} settings are more than {limits.sets}", "move fewer levers")
    return [f"{s.id}={s.step.value!r}@{span_name(s.step)}" for s in given]


def identity(query: BaseModel, settings: list[str], as_of: Any) -> dict[str, Any]:
    """Return what the answer depends on, in one spelling."""
    return {**query.model_dump(exclude={"set"}), "set": settings, "as_of": as_of}
