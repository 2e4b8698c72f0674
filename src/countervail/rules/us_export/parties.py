"""Step 1, the parties: Chinese designs (GP10), embargoes, Entity List, affiliates, military end users."""

from countervail.rules.chips import foundries_reached
from countervail.rules.us_export.case import (
    ANALYSIS,
    CASE,
    DENIAL,
    FREE,
    GP10,
    UNKNOWN,
    Class,
    Deal,
    Decision,
)

RESTRICTED = frozenset({"MACAU", "D:5"})


def chinese_design(deal: Deal) -> bool:
    """Return whether the chip is designed by a Chinese firm and is not at a foundry abroad."""
    return deal.chip.designer_country in ("CN", "HK", "MO") and not deal.transaction.by_foundry


def reached_by_ear(deal: Deal) -> bool:
    """Return whether a Chinese design is subject to the EAR: in the US, or made with US tools abroad."""
    if deal.transaction.stated_type and deal.transaction.exported_from_us:
        return True
    foundry = (deal.chip.foundry or "").lower()
    ruled = deal.get("us-2022-10-ac-ifr") or deal.get("us-2023-10-ac-ifr")
    return bool(ruled) and any(name in foundry for name in foundries_reached())


def gp10(deal: Deal, item: Class) -> Decision | None:
    """Judge a Chinese design that meets 3A090: presumed made in breach of the EAR, anywhere."""
    rule = deal.get("us-2025-05-nonenforcement-and-gp10")
    if rule is None:
        return None
    named = deal.trace.words("named in the guidance", deal.chip.keys, rule["products"])
    meets = named or item.eccn in ("3A090.a", "3A090.b")
    if not meets:
        if item.missing:
            return Decision(UNKNOWN, rule.id, rule.cite("gp10"), missing=item.missing)
        return None
    if deal.transaction.technical_analysis:
        deal.trace.fact("only for technical analysis", True, True, rule.id, rule.cite("analysis"))
        return Decision(ANALYSIS, rule.id, rule.cite("analysis"))
    note = "getting the chip only for technical analysis or destructive tests would not be pursued"
    return Decision(GP10, rule.id, rule.cite("gp10"), notes=(note,))


def embargo(deal: Deal) -> Decision | None:
    """Judge a destination under the embargoes of part 746."""
    rule = deal.get("us-part-746-embargoes")
    if rule is None or not deal.place.embargo:
        return None
    deal.trace.place("destination", deal.place, frozenset({"EMBARGO"}), rule.id, rule.cite("embargo"))
    return Decision(DENIAL, rule.id, rule.cite("embargo"))


def listed(deal: Deal) -> Decision | None:
    """Judge a party on the Entity List, by a stated fact or by its name and the day."""
    party, register = deal.party, deal.law.register
    listing = register.listed.get(party.key) if party.key else None
    on_list = (
        party.entity_list if party.entity_list is not None else (listing is not None if party.key else None)
    )
    rule = deal.get(listing.measure if listing else "us-entity-list") or deal.get("us-entity-list")
    if rule is None:
        return None
    cite = listing.cite if listing else rule.cite("listed")
    deal.trace.fact("end user on the Entity List", on_list, False, rule.id, cite, "entity_list")
    if not on_list:
        return None
    deal.closed = True
    policy = listing.policy if listing else DENIAL
    if policy == CASE and deal.transaction.destination == "US":
        return None
    return Decision(policy, rule.id, cite)


def affiliate(deal: Deal) -> Decision | None:
    """Judge a party owned by listed parties (the 50% rule of September 2025, stayed for a year)."""
    owned = deal.party.owned_pct_by_listed
    rule = deal.get("us-2025-09-affiliates")
    if owned is None or deal.party.entity_list is True:
        return None
    if rule is None:
        if owned > 0:
            deal.notes.append(
                "owned in part by listed parties: a red flag, ownership does not decide on this day"
            )
        return None
    if deal.trace.test(rule["owned_min_pct"], owned):
        deal.closed = True
        return Decision(DENIAL, rule.id, rule.cite("owned"))
    return None


def military(deal: Deal) -> Decision | None:
    """Judge a military end user of the countries of 744.21."""
    stated = deal.party.military is True or deal.party.kind == "military"
    if not stated:
        return None
    deal.military = deal.closed = True
    rule = deal.get("us-2020-06-military-end-user")
    if rule is None:
        return None
    group = frozenset({"MEU"})
    here = deal.trace.place("destination", deal.place, group, rule.id, rule.cite("military"))
    home = deal.trace.place("headquarters", deal.headquarters, group, rule.id, rule.cite("military"))
    parent = deal.parent.meu
    return Decision(DENIAL, rule.id, rule.cite("military")) if here or home or parent else None


def supercomputer(deal: Deal) -> Decision | None:
    """Judge a supercomputer end use in China (2022) or in Macau and D:5 (2023)."""
    use = str(deal.transaction.facts.get("end_use") or "").lower()
    if "supercomputer" not in use and deal.transaction.facts.get("supercomputer") is not True:
        return None
    rule = deal.get("us-2023-10-ac-ifr")
    if rule and deal.place.restricted:
        return Decision(DENIAL, rule.id, rule.cite("supercomputer"))
    rule = deal.get("us-2022-10-ac-ifr")
    if rule and not rule["destinations"].value.isdisjoint(deal.place.groups):
        return Decision(DENIAL, rule.id, rule.cite("supercomputer"))
    return None


def domestic(deal: Deal) -> Decision | None:
    """Judge a sale inside the United States: no export."""
    return Decision(FREE, None, "a sale inside the United States is no export") if deal.place.us else None
