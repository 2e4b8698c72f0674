"""The records of the rules: chip, transaction and party go in, an explained outcome comes out."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

OUTCOMES: dict[str, str] = {
    "no_licence_required": "may ship without a licence",
    "authorised_without_licence_listed_party": "a party on an approved list may receive without a licence",
    "licence_exception_ACA": "licence exception without notice",
    "licence_exception_NAC_notify": "licence exception after notice to BIS; if refused, a licence is needed",
    "no_enforcement_technical_analysis": "BIS has said that it will not pursue this use",
    "licence_required_presumption_of_approval": "licence needed and normally granted",
    "licence_required_case_by_case": "licence needed, judged on its merits",
    "licence_required_policy_not_published": "licence needed, review policy not published",
    "licence_required_presumption_of_denial": "licence needed and normally refused",
    "prohibited_without_authorisation_GP10": "handling presumed unlawful without authorisation",
    "undetermined": "a figure the rule needs is not known",
}
"""Outcome words from the most to the least permissive; `undetermined` stands apart."""

WORDS: tuple[str, ...] = tuple(OUTCOMES)
CODES: dict[str, int] = {word: code for code, word in enumerate(WORDS)}

IMPORT_OUTCOMES: dict[str, str] = {
    "admitted": "no Chinese rule or guidance found that stops it",
    "case_by_case_approval": "admitted only with approval in the single case",
    "discouraged": "guidance or regulators advise against it",
    "barred_for_state_funded": "barred for buyers or projects with state money",
    "not_admitted": "not let in",
    "undetermined": "a fact the rule needs is not known",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """What the rules read of a chip; `None` means unknown, never zero. Rates are dense.

    `tpp` is TOPS times bit length, largest over formats. `performance_density` is TPP per mm2 of logic die
    on a non-planar process. Bandwidths are GB/s, interconnect counted in both directions.
    """

    name: str
    id: str | None = None
    designer: str | None = None
    designer_country: str | None = None
    tpp: float | None = None
    performance_density: float | None = None
    die_area_mm2: float | None = None
    memory_bandwidth_gb_s: float | None = None
    interconnect_gb_s: float | None = None
    memory_gb: float | None = None
    memory_type: str | None = None
    datacentre: bool | None = None  # designed or marketed for data centres
    for_market: str | None = None  # global | china-variant | domestic
    status: str | None = None  # shipping | announced | cancelled | rumoured
    release_quarter: str | None = None
    foundry: str | None = None
    eccn: str | None = None  # a known classification: 3A090.a, 3A090.b, 3A090.c or none
    eccn_prevails: bool = False  # the figures are estimates only, the known classification stands
    # loose HBM stacks (3A090.c)
    is_hbm_stack: bool = False
    memory_bandwidth_density: float | None = None  # GB/s per mm2 of package
    # what a foundry or packager knows of a die (presumption of January 2025)
    node_nm: float | None = None
    planar: bool | None = None
    approved_designer: bool | None = None
    approved_osat: bool | None = None
    packaged_outside_d5_by_fab: bool | None = None
    transistors_bn: float | None = None
    has_hbm: bool | None = None
    # derived once, so that the hot path compares booleans and not strings
    keys: frozenset[str] = frozenset()  # lower-case product keys it answers to ("h20", "mi308")
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transaction:
    """The deal: where to, what kind of movement, and facts stated about it (the keys of the case file)."""

    destination: str  # ISO2
    type: str = "export from US"
    exported_from_us: bool = True
    in_country: bool = False
    by_foundry: bool = False
    use_only: bool = False  # use, purchase or service of an item made abroad
    technical_analysis: bool = False
    continued_use: bool = False
    remote_access: bool = False
    stated_type: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Party:
    """The end user. `None` means not stated: the outcome then carries a condition."""

    kind: str = "commercial"  # commercial consumer military state cloud research_laboratory fabless_designer
    name: str | None = None
    headquarters: str | None = None
    ultimate_parent_headquarters: str | None = None
    entity_list: bool | None = None
    military: bool | None = None
    owned_pct_by_listed: float | None = None
    key: str | None = None  # key of a named party in data/parties.yaml: huawei, g42
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Test:
    """One test of one clause. `passed` is `value op threshold`; `None` means that the value is unknown.

    `margin` is value minus threshold where both are numbers.
    """

    test: str
    value: Any
    op: str  # >= > < <= is in not_in
    threshold: Any
    passed: bool | None
    measure: str
    clause: str
    source: str = ""
    quantity: str = ""  # the field of Chip, Party or Transaction that was read

    @property
    def margin(self) -> float | None:
        """Return value minus threshold, or None where that has no meaning."""
        a, b = self.value, self.threshold
        if isinstance(a, bool) or isinstance(b, bool):
            return None
        if isinstance(a, (int, float)) and isinstance(b, (int, float)):
            return round(a - b, 6)
        return None

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the command contract, plus the comparison and where it stands."""
        threshold = sorted(self.threshold) if isinstance(self.threshold, (set, frozenset)) else self.threshold
        value = sorted(self.value) if isinstance(self.value, (set, frozenset)) else self.value
        return {
            "test": self.test,
            "value": value,
            "op": self.op,
            "threshold": threshold,
            "passed": self.passed,
            "margin": self.margin,
            "measure": self.measure,
            "clause": self.clause,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold for the outcome; `met` is None where nobody stated the fact."""

    fact: str
    text: str
    met: bool | None
    measure: str
    clause: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the condition as plain data."""
        return {
            "fact": self.fact,
            "text": self.text,
            "met": self.met,
            "measure": self.measure,
            "clause": self.clause,
        }


@dataclass(frozen=True, slots=True)
class Flip:
    """A single change that gives another outcome: `kind` is chip, party or date."""

    kind: str
    field: str
    value: Any
    new_value: Any
    outcome: str
    measure: str
    clause: str
    relative_change: float | None = None  # share of the value, for figures of the chip
    days: int | None = None  # for dates, signed

    def to_json(self) -> dict[str, Any]:
        """Return the flip as plain data."""
        return {
            "kind": self.kind,
            "field": self.field,
            "from": _plain(self.value),
            "to": _plain(self.new_value),
            "outcome": self.outcome,
            "measure": self.measure,
            "clause": self.clause,
            "relative_change": self.relative_change,
            "days": self.days,
        }


@dataclass(frozen=True, slots=True)
class Import:
    """What the Chinese side says of the same deal (destinations CN, HK, MO only)."""

    outcome: str  # a word of IMPORT_OUTCOMES
    measure: str | None
    clause: str
    conditions: tuple[Condition, ...] = ()
    trace: tuple[Test, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the command contract."""
        return {
            "outcome": self.outcome,
            "measure": self.measure,
            "clause": self.clause,
            "conditions": [c.to_json() for c in self.conditions],
            "trace": [t.to_json() for t in self.trace],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """An explained decision.

    `measure` and `clause` name what decided. `missing` names the unknown figures of `undetermined`.
    `fee` is `{rate, kind, ...}`, `cap` is `{share, ...}` or `{chips, ...}`; None where there is none.
    """

    outcome: str
    measure: str | None
    clause: str
    classification: str = ""
    conditions: tuple[Condition, ...] = ()
    fee: dict[str, Any] | None = None
    cap: dict[str, Any] | None = None
    trace: tuple[Test, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)  # notification_days, section_232_band, ...
    flips: tuple[Flip, ...] | None = None  # None: not asked for
    import_: Import | None = None

    @property
    def code(self) -> int:
        """Return the integer code of the outcome word."""
        return CODES[self.outcome]

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the command contract."""
        return {
            "outcome": self.outcome,
            "meaning": OUTCOMES[self.outcome],
            "measure": self.measure,
            "clause": self.clause,
            "classification": self.classification,
            "conditions": [c.to_json() for c in self.conditions],
            "fee": self.fee,
            "cap": self.cap,
            "trace": [t.to_json() for t in self.trace],
            "flips": [f.to_json() for f in self.flips or ()],
            "import": self.import_.to_json() if self.import_ else None,
            "missing": list(self.missing),
            "notes": list(self.notes),
            **self.details,
        }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
