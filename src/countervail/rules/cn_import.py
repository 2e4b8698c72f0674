"""The Chinese gate: may a chip that the US lets go enter China, and for whom.

Most of it is guidance, known from reports and never published. It works in three ways; a clause says which:

- `firms`: told to firms headquartered in the mainland; it follows them to Hong Kong and Macau;
- `customs`: applied at the mainland border; Hong Kong and Macau are separate customs territories;
- `sites`: data centres in the mainland.

A clause applies if the chip, the buyer, the place and the facts fit. Of the clauses that apply the
strictest word decides, unless a later act supersedes it; among equals the latest act is named. Chips of
Chinese design are always admitted. A fact nobody stated becomes a condition; the share of completion of a
state-funded site, where nobody states it, is taken as low.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from countervail.errors import UserError
from countervail.periods import quarter_index, quarter_span
from countervail.rules.cn_mandates import InputControl, Mandate, input_controls, mandates
from countervail.rules.cn_measures import Clause, Content, When, change_dates, in_force, regime_of, tokens
from countervail.rules.outcome import IMPORT_OUTCOMES, Chip, Condition, Import, Party, Test, Transaction
from countervail.rules.regime import FIRST_DAY, LAST_DAY, Regime

__all__ = [
    "BUYERS",
    "ImportTable",
    "InputControl",
    "Mandate",
    "import_table",
    "input_controls",
    "is_domestic",
    "judge_import",
    "mandates",
]

PLACES = ("CN", "HK", "MO")
REFUSALS = ("barred_for_state_funded", "not_admitted")
STRICTNESS = {word: rank for rank, word in enumerate(w for w in IMPORT_OUTCOMES if w != "undetermined")}
CHINESE_DESIGNERS = tuple(
    tokens(n)
    for n in (
        "Huawei,HiSilicon,Ascend,T-Head,Alibaba,Baidu,Kunlunxin,Kunlun,Enflame,Cambricon,Hygon,Moore Threads,"
        "MetaX,Biren,Iluvatar,Iluvatar CoreX,Tencent,ByteDance,CN other,Phytium,Loongson"
    ).split(",")
)
BOOLEAN_FACTS = (
    "state_funded",  # the data-centre project has had state money
    "state_owned",  # an agency or a state-owned enterprise
    "public_hub",  # a publicly owned computing hub
    "national_grid",  # a site of the planned national AI grid
    "new_data_centre",
    "us_licence",  # the shipment has a US licence, or needs none
    "critical_infrastructure",
    "barred_user",  # of the users that the planned limits of January 2026 bar
)
SHARE_FACTS = ("completion_share", "domestic_share")  # of the site, and of its chips after the purchase
MAINLAND_KINDS = ("state", "military")


def judge_import(
    chip: Chip, transaction: Transaction, party: Party, on: date, regime: Regime | None = None
) -> Import | None:
    """Return what the Chinese side says of the deal on `on`; None where the goods do not go to CN, HK or MO.

    `regime` holds the measures; None means the shipped ones.
    """
    if transaction.destination not in PLACES:
        return None
    domestic = is_domestic(chip)
    if domestic:
        test = Test("chip of Chinese design", True, "is", True, True, "", "", "", "designer")
        return Import("admitted", None, "domestic chips pass the gate", trace=(test,))
    clauses = in_force(regime_of(regime), on)
    if not clauses:
        return Import("admitted", None, "no Chinese measure in force", notes=())
    case = _Case(
        chip,
        transaction,
        party,
        facts_of(transaction, party),
        on,
        domestic,
        _words(chip),
        tokens(party.name or ""),
    )
    return _decide(case, clauses)


@dataclass(slots=True)
class _Case:
    chip: Chip
    transaction: Transaction
    party: Party
    facts: dict[str, Any]
    on: date
    domestic: bool | None
    words: str  # of the chip
    buyer: str  # words of the buyer's name


@dataclass(slots=True)
class _Hit:
    """How one clause meets the case: it applies, or only its conditions do, or a figure is missing."""

    measure: Content
    clause: Clause
    applies: bool
    conditional: bool = False
    by_class: bool = False
    missing: str = ""


def _decide(case: _Case, clauses: tuple[tuple[Content, Clause], ...]) -> Import:
    trace: list[Test] = []
    hits = [h for m, c in clauses if (h := _meet(case, m, c, trace)) is not None]
    gone = {id for h in hits if h.applies or h.missing for id in h.measure.supersedes}
    hits = [h for h in hits if h.measure.id not in gone]
    best = max((h for h in hits if h.applies and h.clause.word), key=_rank, default=None)
    unknown = max((h for h in hits if h.missing and h.clause.word), key=_rank, default=None)
    if unknown and (best is None or _rank(unknown)[0] > _rank(best)[0]):
        note = f"the {unknown.missing} of the chip is not known, and the clause turns on it"
        return Import("undetermined", unknown.measure.id, unknown.clause.id, (), tuple(trace), (note,))
    if best is None:
        clause = "no clause in force covers this chip and buyer"
        return Import("admitted", None, clause, _conditions(hits), tuple(trace), ())
    return Import(
        best.clause.word or "admitted",
        best.measure.id,
        f"{best.clause.id}: {best.clause.text}",
        () if best.clause.word in REFUSALS else _conditions(hits),
        tuple(trace),
        _notes(case, best),
    )


def _rank(hit: _Hit) -> tuple[int, date, date]:
    """Order hits: stricter words first, then later acts."""
    return STRICTNESS[hit.clause.word or "admitted"], hit.measure.effective, hit.clause.from_ or FIRST_DAY


def _meet(case: _Case, measure: Content, clause: Clause, trace: list[Test]) -> _Hit | None:
    """Return how the clause meets the case, adding its tests to the trace up to the first that fails."""

    def test(
        what: str, value: Any, op: str, threshold: Any, passed: bool | None, quantity: str
    ) -> bool | None:
        trace.append(
            Test(what, value, op, threshold, passed, measure.id, clause.id, measure.source, quantity)
        )
        return passed

    covered, by_class, missing = _covers(case, clause, test)
    if covered is False:
        return None
    party, place = case.party, case.transaction.destination
    home = party.ultimate_parent_headquarters or party.headquarters or place
    if clause.reach == "firms":
        if place != "CN" and not test(
            "buyer headquartered in the mainland", home, "is", "CN", home == "CN", "headquarters"
        ):
            return None
    elif place != "CN" and not test("goods enter the mainland", place, "is", "CN", False, "destination"):
        return None
    kind = "military" if party.military else party.kind
    if clause.kinds and not test("kind of buyer", kind, "in", clause.kinds, kind in clause.kinds, "end_user"):
        return None
    if clause.not_kinds and not test(
        "kind of buyer", kind, "not_in", clause.not_kinds, kind not in clause.not_kinds, "end_user"
    ):
        return None
    if clause.names:
        named = any(n in case.buyer for n in clause.names)
        if not test("buyer is named", party.name, "in", clause.label, named, "name"):
            return None
    applies, conditional = True, False
    for when in clause.when:
        value = case.facts.get(when.fact)
        passed = None if value is None else _compare(value, when)
        test(when.fact.replace("_", " "), value, when.op, when.threshold, passed, when.fact)
        if passed is False or (passed is None and when.unknown == "fails"):
            return None
        if passed is None and when.unknown == "condition":
            applies, conditional = False, True
    if covered is None and not conditional:
        return _Hit(measure, clause, False, missing=missing)
    return _Hit(measure, clause, applies, conditional, by_class)


def _covers(case: _Case, clause: Clause, test: Any) -> tuple[bool | None, bool, str]:
    """Say whether the clause covers the chip (None: unknown), whether by class, and what is missing."""
    chip, chips = case.chip, clause.chips
    if case.domestic is None:
        return None, False, "designer"
    if chips.vendors:
        maker = (chip.designer or case.words).lower()
        if not any(v in maker for v in chips.vendors):
            return False, False, ""
        test("designer", chip.designer, "in", chips.label, True, "designer")
    if chips.names:
        if any(n in case.words or n.strip() in chip.keys for n in chips.names):
            test("chip is named", chip.name, "in", chips.label, True, "name")
            return True, False, ""
        if chips.class_tpp is None:
            return False, False, ""
    if (chips.datacentre or chips.class_tpp is not None) and chip.datacentre is False:
        return False, False, ""
    line = chips.class_tpp if chips.class_tpp is not None else chips.tpp_at_least
    if line is None:
        return True, False, ""
    passed = None if chip.tpp is None else chip.tpp >= float(line)
    test("TPP of the chip", chip.tpp, ">=", line, passed, "tpp")
    return passed, chips.class_tpp is not None, "TPP" if passed is None else ""


def _compare(value: Any, when: When) -> bool:
    if when.op == "is":
        return bool(value) is bool(when.threshold)
    if when.op == "<":
        return value < when.threshold
    return value <= when.threshold if when.op == "<=" else value >= when.threshold


def _conditions(hits: Iterable[_Hit]) -> tuple[Condition, ...]:
    out: dict[str, Condition] = {}
    for hit in hits:
        if hit.missing or (hit.clause.word is not None and not hit.applies and not hit.conditional):
            continue
        fact = next((w.fact for w in hit.clause.when if w.unknown == "condition"), "")
        for text in hit.clause.conditions:
            out.setdefault(text, Condition(fact, text, None, hit.measure.id, hit.clause.id))
    return tuple(out.values())


def _notes(case: _Case, best: _Hit) -> tuple[str, ...]:
    notes = []
    if best.by_class:
        notes.append(
            "no report names this chip; the act is read to cover parts that need a US licence by their TPP"
        )
    if best.clause.reading:
        notes.append("no report names this chip; that the guidance covers it is our reading")
    if best.clause.otherwise and any(case.facts.get(w.fact) is None for w in best.clause.when):
        notes.append(best.clause.otherwise)
    if best.measure.confidence != "high":
        notes.append(f"known from reports only (confidence {best.measure.confidence}); no text is published")
    return tuple(notes)


def facts_of(transaction: Transaction, party: Party) -> dict[str, Any]:
    """Return the facts that clauses test: those stated, and those that follow from the kind of buyer."""
    kind = "military" if party.military else party.kind
    state = kind in MAINLAND_KINDS
    facts: dict[str, Any] = {
        "state_funded": True if state else (False if kind == "consumer" else None),
        "state_owned": True if kind == "state" else False,
        "public_hub": kind == "state",
        "national_grid": None if kind == "state" else False,
    }
    stated = {**party.facts, **transaction.facts}
    facts.update({k: v for k in BOOLEAN_FACTS if (v := _true(stated, k)) is not None})
    facts.update({k: v for k in SHARE_FACTS if (v := _share(stated, k)) is not None})
    barred = state or facts["state_owned"] or bool(facts.get("critical_infrastructure"))
    facts.setdefault("barred_user", barred)
    return facts


def _true(facts: dict[str, Any], key: str) -> bool | None:
    value = facts.get(key)
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("true", "yes", "false", "no"):
        return word in ("true", "yes")
    raise UserError(f"fact {key} is '{value}', true or false is expected", "leave it out if unknown")


def _share(facts: dict[str, Any], key: str) -> float | None:
    value = facts.get(key)
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1:
        raise UserError(f"fact {key} is '{value}', a share from 0 to 1 is expected", "write 0.3 for 30%")
    return number


@lru_cache(maxsize=4096)
def is_domestic(chip: Chip) -> bool | None:
    """Say whether a chip is of Chinese design; None where neither country nor designer is known."""
    if chip.designer_country:
        return chip.designer_country == "CN"
    if chip.for_market == "domestic":
        return True
    if chip.for_market == "china-variant":
        return False
    words = tokens(chip.designer or "")
    if any(n in words or n in tokens(chip.name) for n in CHINESE_DESIGNERS):
        return True
    return False if chip.designer else None


@lru_cache(maxsize=4096)
def _words(chip: Chip) -> str:
    return tokens(f"{chip.name} {chip.id or ''}")


@dataclass(frozen=True)
class ImportTable:
    """The share of days of each quarter under each import word: `shares[quarter, product, buyer, word]`."""

    quarters: tuple[str, ...]
    products: tuple[str, ...]
    buyers: tuple[str, ...]
    words: tuple[str, ...]
    shares: Any  # float64 array

    def of(self, quarter: str, product: str, buyer: str) -> dict[str, float]:
        """Return the words of one cell with their shares of days, the zero ones left out."""
        cell = self.shares[
            self.quarters.index(quarter), self.products.index(product), self.buyers.index(buyer)
        ]
        return {w: float(s) for w, s in zip(self.words, cell, strict=True) if s > 0}


BUYERS = {
    "state": Party(kind="state", headquarters="CN"),
    "cloud": Party(kind="cloud", headquarters="CN"),
    "other": Party(kind="commercial", headquarters="CN"),
}
"""The buyers of the model in China. Facts not stated stay unknown, as in a single check."""


def import_table(
    products: Iterable[Chip], quarters: Iterable[str], regime: Regime | None = None, destination: str = "CN"
) -> ImportTable:
    """Return, for all products, quarters and buyers at once, the share of days under each import word.

    Each product and buyer is judged once between two changes of the measures; the days are then counted.
    """
    import numpy as np

    chips, names, rules = tuple(products), tuple(quarters), regime_of(regime)
    edges = [FIRST_DAY, *(d for d in change_dates(rules) if d > FIRST_DAY)]
    spans = [quarter_span(quarter_index(q)) for q in names]
    starts = np.array([d.toordinal() for d in edges], dtype=np.int64)
    ends = np.append(starts[1:], LAST_DAY.toordinal() + 1)
    first = np.array([a.toordinal() for a, _ in spans], dtype=np.int64)[:, None]
    after = np.array([b.toordinal() + 1 for _, b in spans], dtype=np.int64)[:, None]
    days = np.clip(np.minimum(after, ends) - np.maximum(first, starts), 0, None)  # [quarter, stretch]
    kept = _CODES.setdefault(rules, {})
    for chip in chips:
        if (chip, destination) not in kept:
            kept[chip, destination] = _codes(chip, rules, destination, edges)
    codes = np.array([kept[c, destination] for c in chips], dtype=np.int64)
    onehot = np.eye(len(IMPORT_OUTCOMES))[codes.reshape(len(chips), len(BUYERS), len(edges))]
    shares = np.einsum("qs,pbsw->qpbw", days / (after - first), onehot)
    return ImportTable(
        names, tuple(c.id or c.name for c in chips), tuple(BUYERS), tuple(IMPORT_OUTCOMES), shares
    )


_CODES: WeakKeyDictionary[Regime, dict[tuple[Chip, str], list[list[int]]]] = WeakKeyDictionary()


def _codes(chip: Chip, regime: Regime, destination: str, edges: list[date]) -> list[list[int]]:
    """Return the word of a chip for each buyer in each stretch between two changes, as indices."""
    words = list(IMPORT_OUTCOMES)
    transaction = Transaction(destination=destination)
    judged = (
        [judge_import(chip, transaction, party, day, regime) for day in edges] for party in BUYERS.values()
    )
    return [[words.index(j.outcome) if j else 0 for j in row] for row in judged]
