"""What is uncertain: one record per mechanism, filled from a matrix of draws."""

import dataclasses

from jaxtyping import Array, Float

from countervail.model.leadership import Leadership
from countervail.model.mechanisms.alliances import Alliances
from countervail.model.mechanisms.capability import Capability
from countervail.model.mechanisms.demand import Demand
from countervail.model.mechanisms.economy import Economy
from countervail.model.mechanisms.ecosystem import Ecosystem
from countervail.model.mechanisms.expansion import Expansion
from countervail.model.mechanisms.fabrication import Fabrication
from countervail.model.mechanisms.hbm import Hbm
from countervail.model.mechanisms.input_controls import InputControls
from countervail.model.mechanisms.investment import Investment
from countervail.model.mechanisms.leakage import Leakage
from countervail.model.mechanisms.military import Military
from countervail.model.mechanisms.power import Power
from countervail.model.mechanisms.procurement import Procurement
from countervail.model.mechanisms.reactions import Reactions
from countervail.model.mechanisms.retirement import Retirement
from countervail.model.mechanisms.rivalry import Rivalry
from countervail.model.mechanisms.spillovers import Spillovers
from countervail.model.mechanisms.technology import Technology
from countervail.model.mechanisms.trade import Trade
from countervail.model.mechanisms.upstream import Upstream
from countervail.model.mechanisms.workloads import Workloads
from countervail.model.types import record


@record
class Parameters:
    """All uncertain numbers, one record per mechanism."""

    demand: Demand
    technology: Technology
    fabrication: Fabrication
    hbm: Hbm
    expansion: Expansion
    upstream: Upstream
    power: Power
    trade: Trade
    leakage: Leakage
    workloads: Workloads
    procurement: Procurement
    retirement: Retirement
    ecosystem: Ecosystem
    alliances: Alliances
    investment: Investment
    rivalry: Rivalry
    spillovers: Spillovers
    capability: Capability
    economy: Economy
    military: Military
    input_controls: InputControls
    reactions: Reactions
    leadership: Leadership


def names() -> tuple[str, ...]:
    """Return `mechanism.parameter` of every parameter, in the order of the rows of a matrix of draws."""
    return tuple(
        f"{group.name}.{field.name}"
        for group in dataclasses.fields(Parameters)
        for field in dataclasses.fields(group.type)  # pyright: ignore[reportArgumentType]
    )


def from_matrix(matrix: Float[Array, "parameter draw"]) -> Parameters:
    """Return the records that a matrix of draws fills, rows in the order of `names`."""
    rows = iter(matrix)
    groups = {}
    for group in dataclasses.fields(Parameters):
        cls = group.type
        groups[group.name] = cls(**{f.name: next(rows) for f in dataclasses.fields(cls)})  # pyright: ignore
    return Parameters(**groups)
