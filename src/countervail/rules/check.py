"""The questions a user asks: may it ship, how did that change, which chips changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from countervail.errors import UserError
from countervail.rules.chips import all_chips, resolve
from countervail.rules.deal import END_USER_KEYS, clean, day, party, transaction
from countervail.rules.groups import country_code
from countervail.rules.outcome import Chip, Outcome, Party, Transaction
from countervail.rules.regime import LAST_DAY, Regime
from countervail.rules.us_export import judge

TRANSACTION_KEYS = (
    "type",
    "destination",
    "exported_from_us",
    "technical_analysis_only",
    "purpose",
    "end_use",
    "supercomputer",
    "nac_refused",
    "nac_notice_refused",
    "data_centre_veu",
    "veu",
    "section_232_exempt",
    "country_tpp_used",
    "consignee_tpp_this_year",
)
CHINESE_IMPORTS = ("CN", "HK", "MO")


@lru_cache(maxsize=8)
def fact_names(regime: Regime) -> frozenset[str]:
    """Return the names of all facts that some rule reads."""
    names = {*END_USER_KEYS, *TRANSACTION_KEYS}
    for measure in regime.measures.values():
        names.update(row["fact"] for row in measure.data.get("conditions") or () if isinstance(row, dict))
        names.update(p.get("quantity", "") for p in (measure.data.get("parameters") or {}).values())
        for clause in measure.data.get("clauses") or ():
            if isinstance(clause, dict):
                names.update(w["fact"] for w in clause.get("when") or () if "fact" in w)
    return frozenset(names)


def parts(
    chip: Chip,
    to: str,
    end_user: str,
    headquarters: str | None,
    facts: dict[str, Any],
    regime: Regime,
) -> tuple[Transaction, Party]:
    """Return the transaction and the party of a question."""
    destination = country_code(to, "destination")
    buyer = party(end_user, destination, headquarters, facts, regime.register)
    return transaction(destination, facts, buyer.kind, chip.designer_country == "CN"), buyer


def check(
    chip: "str | dict[str, Any] | Chip",
    *,
    to: str,
    on: "str | date",
    end_user: str = "commercial",
    headquarters: str | None = None,
    facts: Mapping[str, Any] | None = None,
    scope: str = "enforced",
    measures: Regime | None = None,
    as_of: date | None = None,
    flips: bool = False,
) -> Outcome:
    """Return whether a chip may go to a buyer on a day, why, and what would change the answer.

    Parameters
    ----------
    chip
        An id, unique name or alias of the evidence base, or a spec with the column names of accelerators.csv.
    to, on
        Destination (ISO2 code or name) and day.
    end_user
        A kind (commercial, consumer, military, state, cloud, research_laboratory, fabless_designer) or the
        name of a party in data/parties.yaml.
    headquarters
        Country where the end user is headquartered; taken as local where not stated.
    as_of
        Judge by what was known on this day.
    facts
        Facts of the deal, under the keys of a case file's `transaction` and `end_user`. What is not stated
        becomes a condition.
    scope
        `enforced`, or `de-jure` for what is printed but not enforced.
    measures
        The regime to judge by; None means the shipped one, as known on `as_of`.
    flips
        Also search the smallest single changes that give another outcome.

    """
    regime = measures or Regime.load(as_of)
    what = resolve(chip, as_of)
    when = on if isinstance(on, date) else day(on)
    said = clean(dict(facts)) if facts else {}
    tx, buyer = parts(what, to, end_user, headquarters, said, regime)
    outcome = judge(what, tx, buyer, regime.at(when, scope))
    if said:
        unread = sorted(set(said) - fact_names(regime))
        if unread:
            outcome = replace(outcome, notes=(*outcome.notes, "no rule reads: " + ", ".join(unread)))
    if tx.destination in CHINESE_IMPORTS:
        outcome = replace(outcome, import_=_import(what, tx, buyer, when, regime))
    if flips:
        from countervail.rules.flips import find_flips

        outcome = replace(outcome, flips=find_flips(what, tx, buyer, when, regime, scope, outcome))
    return outcome


def _import(chip: Chip, tx: Transaction, buyer: Party, when: date, regime: Regime) -> Any:
    try:
        from countervail.rules.cn_import import judge_import
    except ImportError:
        return None
    return judge_import(chip, tx, buyer, when, regime)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of days with one outcome."""

    start: date
    through: date
    outcome: str
    measure: str | None
    clause: str

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the command contract."""
        return {
            "from": self.start.isoformat(),
            "to": self.through.isoformat(),
            "outcome": self.outcome,
            "measure": self.measure,
            "clause": self.clause,
        }


def timeline(
    chip: "str | dict[str, Any] | Chip",
    to: str,
    *,
    end_user: str = "commercial",
    headquarters: str | None = None,
    facts: Mapping[str, Any] | None = None,
    scope: str = "enforced",
    measures: Regime | None = None,
    as_of: date | None = None,
) -> list[Span]:
    """Return the outcome through time as spans from 2018 to 2040."""
    regime = measures or Regime.load(as_of)
    what = resolve(chip, as_of)
    tx, buyer = parts(what, to, end_user, headquarters, clean(dict(facts or {})), regime)
    spans: list[Span] = []
    for index in range(len(regime.boundaries)):
        law = regime.law(index, scope)
        found = judge(what, tx, buyer, law)
        key = (found.outcome, found.measure, found.clause)
        if spans and (spans[-1].outcome, spans[-1].measure, spans[-1].clause) == key:
            spans[-1] = replace(spans[-1], through=law.through)
        else:
            spans.append(Span(law.start, law.through, *key))
    return spans


@dataclass(frozen=True, slots=True)
class Change:
    """A chip whose outcome differs between two days."""

    id: str
    name: str
    before: Outcome
    after: Outcome

    def to_json(self) -> dict[str, Any]:
        """Return the change as plain data."""
        return {
            "id": self.id,
            "name": self.name,
            "before": {
                "outcome": self.before.outcome,
                "measure": self.before.measure,
                "clause": self.before.clause,
            },
            "after": {
                "outcome": self.after.outcome,
                "measure": self.after.measure,
                "clause": self.after.clause,
            },
        }


def diff(
    from_date: "str | date",
    to_date: "str | date",
    to: str,
    *,
    end_user: str = "commercial",
    headquarters: str | None = None,
    scope: str = "enforced",
    measures: Regime | None = None,
    as_of: date | None = None,
) -> list[Change]:
    """Return the chips of the evidence base whose outcome differs between two days."""
    regime = measures or Regime.load(as_of)
    first, second = day(from_date), day(to_date)
    if first > LAST_DAY or second > LAST_DAY:
        raise UserError(f"dates end on {LAST_DAY}", "choose earlier days")
    changes = []
    for chip in all_chips(as_of):
        tx, buyer = parts(chip, to, end_user, headquarters, {}, regime)
        before, after = (judge(chip, tx, buyer, regime.at(d, scope)) for d in (first, second))
        if before.outcome != after.outcome:
            changes.append(Change(chip.id or chip.name, chip.name, before, after))
    return changes
