"""What Chinese measures ask beside the gate: domestic shares of buyers, and export controls on inputs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from countervail.rules.cn_measures import CnMeasure, measures_of

BUYERS = ("state", "cloud", "other")


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


STRICT = {"licence": 0, "end_use_review": 1, "ban": 2}


def mandates(on: date, regime: Any = None) -> dict[str, Mandate]:
    """Return the domestic share floor of each buyer on `on`; the highest floor in force decides.

    The range is that of the deciding measure: how far a floor binds in practice is not published.
    """
    out = {buyer: Mandate(buyer, 0.0, 0.0, 0.0, None) for buyer in BUYERS}
    for measure in measures_of(regime):
        if not measure.floors or not measure.in_force(on):
            continue
        for floor in measure.floors:
            if floor.floor > out[floor.buyer].floor:
                out[floor.buyer] = Mandate(
                    floor.buyer, floor.floor, floor.low, floor.high, measure.id, measure.source, floor.note
                )
    return out


def input_controls(
    on: date, regime: Any = None, towards: str = "US", end_use: str = "civil"
) -> dict[str, InputControl]:
    """Return the inputs whose export to `towards` China controls on `on`, each with the strictest treatment.

    A suspended ban leaves the licence of an earlier measure; `end_use="military"` adds what is not suspended.
    """
    out: dict[str, InputControl] = {}
    for measure in measures_of(regime):
        for item in measure.inputs:
            if not _applies(measure, item, on) or item.towards not in ("all", towards):
                continue
            if item.end_use and item.end_use != end_use:
                continue
            held = out.get(item.name)
            if held is None or STRICT[item.treatment] > STRICT[held.treatment]:
                out[item.name] = InputControl(
                    item.name,
                    item.treatment,
                    item.towards,
                    measure.id,
                    item.clause,
                    item.from_ or measure.effective,
                    item.end_use,
                    measure.source,
                    measure.confidence,
                )
    return out


def _applies(measure: CnMeasure, item: Any, on: date) -> bool:
    if not measure.begun(on) or (item.suspended and measure.suspended(on)):
        return False
    return (item.from_ is None or item.from_ <= on) and (item.through is None or on <= item.through)
