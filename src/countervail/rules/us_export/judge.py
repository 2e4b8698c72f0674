"""The judgement in order: parties, item, destination, exceptions, letters, review policy, money."""

from dataclasses import replace
from typing import Any

from countervail.rules.outcome import Chip, Condition, Outcome, Party, Transaction
from countervail.rules.regime import Law
from countervail.rules.us_export import bills, money, parties
from countervail.rules.us_export.case import FREE, GP10, UNKNOWN, Class, Deal, Decision, stricter
from countervail.rules.us_export.classify import classify
from countervail.rules.us_export.letters import august_2022
from countervail.rules.us_export.licence import decide
from countervail.rules.us_export.trace import Trace

SCREENING = Condition(
    "entity_list, military", "no listed or military party is involved", None, "us-entity-list", "part 744"
)
BASED = Condition(
    "ultimate_parent_headquarters",
    "neither the end user nor its ultimate parent is headquartered in Macau or D:5",
    None,
    "us-2023-10-ac-ifr",
    "headquarters test",
)


def open_deal(chip: Chip, transaction: Transaction, party: Party, law: Law, record: bool) -> Deal:
    """Return the deal with its places; an end user without stated headquarters is taken as local."""
    home = party.headquarters or transaction.destination
    parent = party.ultimate_parent_headquarters or home
    places = law.places
    here = places[transaction.destination]
    trace = Trace(record, law.sources)
    return Deal(chip, transaction, party, law, here, places[home], places[parent], trace)


def judge(chip: Chip, transaction: Transaction, party: Party, law: Law) -> Outcome:
    """Return the explained outcome of one deal under one law."""
    deal = open_deal(chip, transaction, party, law, True)
    item, decision = settle(deal)
    fee, details = charges(deal, decision)
    return Outcome(
        outcome=decision.outcome,
        measure=decision.measure,
        clause=decision.clause,
        classification=classification(item, decision),
        conditions=decision.conditions + screening(deal, decision),
        fee=fee,
        cap=decision.cap,
        trace=tuple(deal.trace.tests),
        missing=decision.missing,
        notes=tuple(deal.notes) + decision.notes,
        details=details,
    )


def settle(deal: Deal) -> tuple[Class | None, Decision]:
    """Return the classification (None before any control) and the decision of a deal."""
    chinese = parties.chinese_design(deal)
    if not chinese:
        decision = parties.domestic(deal) or remote(deal) or on_parties(deal)
        item = classify(deal)
        if decision:
            return item, decision
        return item, by_item(deal, item)
    item = classify(deal)
    if item.missing:
        decision = parties.gp10(deal, item)
    else:
        decision = parties.gp10(deal, item)
    if decision:
        return item, decision
    if deal.place.us and not deal.transaction.stated_type:
        return item, Decision(FREE, None, "a sale inside the United States is no export")
    if not parties.reached_by_ear(deal):
        return item, Decision(FREE, None, "Chinese design, not known to be subject to the EAR")
    decision = on_parties(deal)
    return (item, decision) if decision else (item, by_item(deal, item))


def on_parties(deal: Deal) -> Decision | None:
    """Return a decision that rests on the parties alone, or None; a softer listing becomes a floor."""
    if deal.place.embargo:
        letter = august_2022(deal)
        decision = letter if letter and letter.outcome != UNKNOWN else parties.embargo(deal)
        if letter and decision is letter:
            deal.notes.append("part 746 also requires a licence, under a policy of denial")
        if decision:
            return decision
    on_list = parties.listed(deal)
    if on_list and on_list.outcome == "licence_required_case_by_case":
        deal.floor, on_list = on_list, None
    return on_list or parties.affiliate(deal) or parties.military(deal) or parties.supercomputer(deal)


def remote(deal: Deal) -> Decision | None:
    """Decide on renting computing from abroad: no export until the Remote Access Security Act is in force."""
    if not deal.transaction.remote_access:
        return None
    bill = deal.get("bill-remote-access")
    if bill:
        deal.notes.append(bill.cite("remote"))
        return None
    return Decision(FREE, None, "remote access is no export, reexport or transfer of the chip")


def by_item(deal: Deal, item: Class) -> Decision:
    """Return the decision on the item; where figures are missing, on every way it could fall."""
    lever = bills.ceilings(deal)
    if lever is not None:
        return stricter(lever, deal.floor)
    if not item.missing:
        return finish(deal, item, decide(deal, item))
    ways = [Class("none", item.measure, item.clause, item.datacentre)]
    if deal.chip.is_hbm_stack:
        ways.append(Class("3A090.c", item.measure, item.clause))
    elif deal.get("us-2023-10-ac-ifr"):
        ways += [Class("3A090.a", item.measure, item.clause, flag) for flag in flags(deal)]
        ways.append(Class("3A090.b", item.measure, item.clause, True))
    else:
        ways.append(Class("3A090", item.measure, item.clause, note="2022 form"))
    quiet = replace(deal, trace=Trace(False))
    found = [finish(quiet, way, decide(quiet, way)) for way in ways]
    first = found[0]
    if all(d.outcome == first.outcome for d in found):
        deal.notes.append(
            "the classification is not known: " + ", ".join(item.missing) + "; every reading gives this"
        )
        return finish(deal, ways[0], decide(deal, ways[0]))
    named = [d for d in found if d.outcome == UNKNOWN]
    missing = tuple(dict.fromkeys(item.missing + tuple(m for d in named for m in d.missing)))
    return Decision(UNKNOWN, item.measure, item.clause, missing=missing)


def flags(deal: Deal) -> tuple[bool, ...]:
    """Return the possible answers to whether the chip is for data centres."""
    return (True, False) if deal.chip.datacentre is None else (deal.chip.datacentre,)


def finish(deal: Deal, item: Class, decision: Decision) -> Decision:
    """Apply what stands beside the review policy: a floor from the party, bills, a scenario's measures."""
    decision = stricter(decision, deal.floor)
    for bill in (bills.safe_chips(deal, item), bills.overwatch(deal, item)):
        decision = stricter(decision, bill)
    decision = bills.demanded(deal, item, decision)
    return bills.written_by_scenario(deal, decision)


def charges(deal: Deal, decision: Decision) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return fee and details (duty band, revenue share, days of notice, authorised volume)."""
    share, said = money.revenue_share(deal, decision)
    tax, bands = money.duty(deal, decision)
    return share or tax, {**decision.details, **bands, **said}


def classification(item: Class | None, decision: Decision) -> str:
    """Return the classification as the case file words it."""
    letters = ("us-2022-08-isinformed", "us-2023-08-mideast-letters", "us-2025-04-h20-letters")
    if decision.details.get("early"):
        return "3A090.a"
    if item is None or item.eccn == "none":
        if decision.measure in letters and decision.outcome != UNKNOWN:
            return "is-informed letter"
        if item is not None and item.missing:
            return "unknown"
    return item.text if item is not None else "none"


def screening(deal: Deal, decision: Decision) -> tuple[Condition, ...]:
    """Return the conditions on facts of the party that nobody stated."""
    if decision.outcome.endswith("denial") or decision.outcome in (GP10, UNKNOWN) or deal.place.us:
        return ()
    party, found = deal.party, []
    if (
        party.key is None
        and (party.entity_list is None or party.military is None)
        and party.kind != "military"
    ):
        found.append(SCREENING)
    unknown_home = party.ultimate_parent_headquarters is None and party.headquarters is None
    if unknown_home and not deal.place.restricted and deal.get("us-2023-10-ac-ifr"):
        found.append(BASED)
    return tuple(found)
