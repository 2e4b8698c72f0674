"""What is known: chips, measures, history, alliances, standards, priors and their sources."""

from countervail.evidence.load import Evidence, load
from countervail.evidence.records import (
    Accelerator,
    Alliance,
    Entity,
    Event,
    Measure,
    Observation,
    Prior,
    PriorModel,
    Rate,
    Source,
    Standard,
)

__all__ = [
    "Accelerator",
    "Alliance",
    "Entity",
    "Event",
    "Evidence",
    "Measure",
    "Observation",
    "Prior",
    "PriorModel",
    "Rate",
    "Source",
    "Standard",
    "load",
]
