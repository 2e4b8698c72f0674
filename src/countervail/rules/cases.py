"""Run a file of worked cases: facts inline, an expected outcome, and a report of each miss."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from countervail.errors import UserError
from countervail.files import read_yaml
from countervail.rules.chips import chip_from_spec
from countervail.rules.cn_import import judge_import
from countervail.rules.deal import day, party, transaction
from countervail.rules.groups import country_code
from countervail.rules.outcome import IMPORT_OUTCOMES, OUTCOMES, Outcome
from countervail.rules.regime import Regime
from countervail.rules.us_export import judge

FACTS = (
    "notification_days",
    "section_232_duty",
    "section_232_band",
    "revenue_share",
    "revenue_share_codified",
    "authorised_volume_chips",
)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case with what was expected and what the rules say."""

    id: str
    title: str
    passed: bool
    expected: str
    outcome: Outcome
    misses: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            "id": self.id,
            "title": self.title,
            "passed": self.passed,
            "expected": self.expected,
            "outcome": self.outcome.outcome,
            "measure": self.outcome.measure,
            "clause": self.outcome.clause,
            "misses": list(self.misses),
        }


def _other_class(found: str, stated: str) -> bool:
    """Return whether two classifications contradict each other; a letter beside a paragraph does not."""
    a, b = (text.split(" (")[0].split(",")[0].strip() for text in (found, stated))
    judged = ("3A090", "none")
    if not (a.startswith(judged) and b.startswith(judged)):
        return False
    return not (a.startswith(b) or b.startswith(a))


def _same(found: object, wanted: object) -> bool:
    """Return whether an amount is as expected; one that no rule gives counts as none."""
    return wanted in (None, 0, False) if found is None else found == wanted


def run_cases(source: "str | Path | dict[str, Any]", regime: Regime | None = None) -> list[CaseResult]:
    """Return the result of every case of a file (or of its data), judged on the facts the case states."""
    if isinstance(source, (str, Path)):
        data, where = read_yaml(Path(source)), str(source)
    else:
        data, where = source, "cases"
    rows = data.get("cases") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise UserError(f"{where} has no list of cases", "start the file with cases:")
    law = regime or Regime.load()
    return [run_case(row, f"{where}, case {_label(row, i)}", law) for i, row in enumerate(rows)]


def _label(row: Any, index: int) -> str:
    return str(row.get("id", index + 1)) if isinstance(row, dict) else str(index + 1)


def _part(row: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    part = row.get(key)
    if part is None:
        part = {}
    if not isinstance(part, dict):
        raise UserError(f"{where}: {key} is not a mapping")
    return part


def run_case(row: Any, where: str, regime: Regime) -> CaseResult:
    """Return the result of one case."""
    if not isinstance(row, dict):
        raise UserError(f"{where} is not a mapping", "a case has date, chip, transaction, end_user, expected")
    chip = chip_from_spec(_part(row, "chip", where), f"{where}: chip", strict=False)
    deal, buyer = _part(row, "transaction", where), _part(row, "end_user", where)
    if not deal.get("destination"):
        raise UserError(f"{where}: transaction has no destination")
    if not row.get("date"):
        raise UserError(f"{where} has no date", "add date: 2026-02-10")
    expected = _part(row, "expected", where)
    word, gate = str(expected.get("outcome", "")), expected.get("import")
    if gate is not None and gate not in IMPORT_OUTCOMES:
        raise UserError(f"{where}: '{gate}' is no import word", "use one of " + ", ".join(IMPORT_OUTCOMES))
    if word not in OUTCOMES and (word or gate is None):
        raise UserError(f"{where}: '{word}' is no outcome word", "use one of " + ", ".join(OUTCOMES))
    on, destination = day(row["date"]), country_code(str(deal["destination"]), "destination")
    kind = str(buyer.get("kind") or "").lower().replace(" ", "_")
    user = party(kind, destination, None, buyer, regime.register, strict=False)
    tx = transaction(destination, {**buyer, **deal}, user.kind, chip.designer_country == "CN")
    scope = str(row.get("scope", "enforced"))
    outcome = judge(chip, tx, user, regime.at(on, scope))
    misses = []
    if gate is not None:  # a case of the Chinese gate
        found = judge_import(chip, tx, user, on, regime)
        outcome = replace(outcome, import_=found)
        if found is None or found.outcome != gate:
            misses.append(f"import is {found.outcome if found else 'not judged'}, expected {gate}")
        if "measure" in expected and found and found.measure != expected["measure"]:
            misses.append(f"the measure is {found.measure}, expected {expected['measure']}")
    if word and outcome.outcome != word:
        misses.append(f"outcome is {outcome.outcome}, expected {word}")
    stated = str(expected.get("classification") or "")
    if _other_class(outcome.classification, stated):
        misses.append(f"classification is {outcome.classification}, expected {stated}")
    for key in FACTS:
        if key in expected and not _same(outcome.details.get(key), expected[key]):
            misses.append(f"{key} is {outcome.details.get(key)}, expected {expected[key]}")
    wanted = word or str(gate)
    return CaseResult(_label(row, 0), str(row.get("title", "")), not misses, wanted, outcome, tuple(misses))
