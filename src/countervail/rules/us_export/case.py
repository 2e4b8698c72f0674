"""One deal under one law: what the steps of the judgement read, and the decision they hand back."""

from dataclasses import dataclass, field
from typing import Any

from countervail.rules.groups import Place
from countervail.rules.outcome import CODES, Chip, Condition, Party, Transaction
from countervail.rules.regime import Active, Law
from countervail.rules.us_export.trace import Trace

FREE = "no_licence_required"
LISTED = "authorised_without_licence_listed_party"
ACA = "licence_exception_ACA"
NAC = "licence_exception_NAC_notify"
ANALYSIS = "no_enforcement_technical_analysis"
APPROVAL = "licence_required_presumption_of_approval"
CASE = "licence_required_case_by_case"
UNPUBLISHED = "licence_required_policy_not_published"
DENIAL = "licence_required_presumption_of_denial"
GP10 = "prohibited_without_authorisation_GP10"
UNKNOWN = "undetermined"


@dataclass(slots=True)
class Decision:
    """What one step decides. `missing` names what must be known for another answer."""

    outcome: str
    measure: str | None
    clause: str
    conditions: tuple[Condition, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cap: dict[str, Any] | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """Return how strict the outcome is; a larger number is stricter."""
        return CODES[self.outcome]


@dataclass(slots=True)
class Class:
    """The classification of the item on the day."""

    eccn: str  # 3A090.a, 3A090.b, 3A090.c, 3A090 (2022 form) or none
    measure: str | None
    clause: str
    datacentre: bool | None = True
    missing: tuple[str, ...] = ()
    note: str = ""

    @property
    def text(self) -> str:
        """Return the classification as the case file words it."""
        return (self.eccn if self.eccn != "none" else "none (below 3A090)") + (
            f" ({self.note})" if self.note else ""
        )


@dataclass(slots=True)
class Deal:
    """A chip, a transaction and a party under the law of a day."""

    chip: Chip
    transaction: Transaction
    party: Party
    law: Law
    place: Place
    headquarters: Place
    parent: Place
    trace: Trace
    closed: bool = False  # licence exceptions are closed to this party
    military: bool = False
    floor: Decision | None = None  # a decision on the party that others may only make stricter
    notes: list[str] = field(default_factory=list)

    def get(self, measure: str) -> Active | None:
        """Return a measure if it is in force."""
        return self.law.active.get(measure)

    @property
    def based_in_restricted(self) -> bool:
        """Return whether the party or its ultimate parent is headquartered in Macau or D:5."""
        return self.headquarters.restricted or self.parent.restricted

    def addressed(self, rule: Active) -> bool:
        """Return whether a letter to single firms binds the designer; an unnamed one is taken as bound."""
        designer = self.chip.designer
        if designer is None:
            return True
        firms = rule["addressees"].value
        name = designer.lower()
        return any(name == f.lower() or name.startswith(f.lower() + " ") for f in firms)


def stricter(a: Decision, b: Decision | None) -> Decision:
    """Return the stricter of two decisions."""
    return a if b is None or a.rank >= b.rank else b
