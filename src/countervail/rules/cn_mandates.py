"""What Chinese measures ask beside the gate: domestic shares of buyers, and export controls on inputs."""

from dataclasses import dataclass
from datetime import date

from countervail.rules.cn_measures import floors_on, inputs_on, regime_of
from countervail.rules.regime import Regime

BUYERS = ("state", "cloud", "other")
STRICT = {"licence": 0, "end_use_review": 1, "ban": 2}


@dataclass(frozen=True, slots=True)
class Mandate:
    """The least domestic share of new purchases of one buyer; `measure` is None where nothing is asked."""

    buyer: str
    floor: float
    low: float
    high: float
    measure: str | None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class InputControl:
    """The strictest control on one input towards one country."""

    input: str
    treatment: str  # licence end_use_review ban
    towards: str
    measure: str
    clause: str
    since: date
    end_use: str
    source: str
    confidence: str


def mandates(on: date, regime: Regime | None = None) -> dict[str, Mandate]:
    """Return the domestic share floor of each buyer on `on`; the highest floor in force decides.

    The range is that of the deciding measure: how far a floor binds in practice is not published. It moves
    with the floor where a scenario sets another one.
    """
    out = {buyer: Mandate(buyer, 0.0, 0.0, 0.0, None) for buyer in BUYERS}
    for found, floor, value in floors_on(regime_of(regime), on):
        if value > out[floor.buyer].floor:
            low, high = min(floor.low, value), max(floor.high, value)
            out[floor.buyer] = Mandate(floor.buyer, value, low, high, found.id, found.source, floor.note)
    return out


def input_controls(
    on: date, regime: Regime | None = None, towards: str = "US", end_use: str = "civil"
) -> dict[str, InputControl]:
    """Return the inputs whose export to `towards` China controls on `on`, each with the strictest treatment.

    A suspended ban leaves the licence of an earlier measure; `end_use="military"` adds what is not suspended.
    """
    out: dict[str, InputControl] = {}
    for found, item in inputs_on(regime_of(regime), on):
        if item.towards not in ("all", towards) or (item.end_use and item.end_use != end_use):
            continue
        held = out.get(item.name)
        if held is None or STRICT[item.treatment] > STRICT[held.treatment]:
            out[item.name] = InputControl(
                item.name,
                item.treatment,
                item.towards,
                found.id,
                item.clause,
                item.from_ or found.effective,
                item.end_use,
                found.source,
                found.confidence,
            )
    return out
