"""Steps 3, 4 and 6: destination and headquarters, licence exceptions, licence review policy."""

from countervail.rules.chips import sold_as_part
from countervail.rules.deal import fact_flag, fact_number, said_so
from countervail.rules.outcome import Chip, Condition
from countervail.rules.regime import Active
from countervail.rules.us_export.case import (
    ACA,
    APPROVAL,
    CASE,
    DENIAL,
    FREE,
    LISTED,
    NAC,
    UNKNOWN,
    UNPUBLISHED,
    Class,
    Deal,
    Decision,
)
from countervail.rules.us_export.letters import april_2025, august_2022, august_2023
from countervail.rules.us_export.parties import RESTRICTED

CONTROLLED = frozenset({"D:1", "D:4"})
ALLIES = frozenset({"A:5", "A:6"})


def decide(deal: Deal, item: Class) -> Decision:
    """Return the decision on an item of a known classification."""
    if item.eccn == "3A090.c" or deal.chip.is_hbm_stack:
        return loose_hbm(deal, item)
    rule = deal.get("us-2023-10-ac-ifr")
    if rule:
        return since_2023(deal, item, rule)
    early = early_notice(deal)
    if early:
        return early
    return since_2022(deal, item)


def since_2022(deal: Deal, item: Class) -> Decision:
    """Decide by the rule of October 2022 and the letters beside it."""
    rule = deal.get("us-2022-10-ac-ifr")
    if rule and item.eccn == "3A090":
        if deal.trace.place(
            "destination", deal.place, rule["destinations"].value, rule.id, rule.cite("destination")
        ):
            home = deal.parent.friendly
            deal.trace.fact(
                "headquartered in the US, A:5 or A:6",
                home,
                True,
                rule.id,
                rule.cite("review"),
                "headquarters",
            )
            if home and not deal.closed:
                return Decision(CASE, rule.id, rule.cite("review"))
            return Decision(DENIAL, rule.id, item.clause)
        below = Decision(FREE, rule.id, rule.cite("destination"))
    else:
        below = Decision(FREE, item.measure, item.clause)
    return august_2022(deal) or august_2023(deal) or below


def early_notice(deal: Deal) -> Decision | None:
    """Decide by the notice that put the new rule in force early for NVIDIA's data-centre parts."""
    rule = deal.get("us-2023-10-nvidia-notice")
    if rule is None or not deal.addressed(rule) or deal.chip.datacentre is False:
        return None
    if not deal.trace.test(rule["tpp_min"], deal.chip.tpp):
        return None
    if deal.place.restricted or deal.based_in_restricted:
        return Decision(DENIAL, rule.id, rule.cite("notice"), details={"early": True})
    if deal.place.controlled:
        return Decision(APPROVAL, rule.id, rule.cite("notice"), details={"early": True})
    return None


def since_2023(deal: Deal, item: Class, rule: Active) -> Decision:
    """Decide by the rule of October 2023 as amended since."""
    t, place = deal.trace, deal.place
    if item.eccn == "none":
        decision = Decision(FREE, item.measure, item.clause)
    elif t.place("destination", place, RESTRICTED, rule.id, rule.cite("place")):
        decision = restricted(deal, item, rule, rule.cite("denial"))
    elif based_there(deal, rule):
        decision = restricted(deal, item, rule, headquarters_clause(deal, rule))
    elif uae := in_uae(deal):
        decision = uae
    elif t.place("destination", place, CONTROLLED, rule.id, rule.cite("place")) and not t.place(
        "close ally", place, ALLIES, rule.id, rule.cite("outside")
    ):
        decision = controlled(deal, item, rule)
    else:
        decision = worldwide(deal, item) or Decision(FREE, rule.id, rule.cite("outside"))
    if decision.outcome in (FREE, ACA, NAC) and not deal.transaction.continued_use:
        return april_2025(deal) or decision
    return decision


def based_there(deal: Deal, rule: Active) -> bool:
    """Ask the headquarters test: recipient or ultimate parent headquartered in Macau or D:5."""
    cite = headquarters_clause(deal, rule)
    home = deal.trace.place("headquarters", deal.headquarters, RESTRICTED, rule.id, cite)
    return deal.trace.place("ultimate parent", deal.parent, RESTRICTED, rule.id, cite) or home


def headquarters_clause(deal: Deal, rule: Active) -> str:
    """Return the citation of the headquarters test on the day; the text moved in January 2025."""
    if guidance := deal.get("us-2026-05-hq-guidance"):
        return guidance.cite("headquarters")
    return rule.cite("headquarters_2025" if deal.law.start.year >= 2025 else "headquarters")


def exception_item(item: Class) -> bool:
    """Return whether NAC or ACA may be used: a data-centre .b part, or an .a part not for data centres."""
    return (item.eccn == "3A090.b" and item.datacentre is True) or (
        item.eccn == "3A090.a" and item.datacentre is False
    )


def restricted(deal: Deal, item: Class, rule: Active, cite: str) -> Decision:
    """Decide for Macau, D:5 and firms headquartered there: NAC, the January 2026 review, or denial."""
    tx, guidance = deal.transaction, deal.get("us-2026-05-hq-guidance")
    if guidance and tx.continued_use and not deal.place.restricted:
        return Decision(FREE, guidance.id, guidance.cite("relief"))
    if exception_item(item) and not deal.closed:
        corrections = deal.get("us-2024-04-corrections")
        if corrections and tx.in_country and deal.place.restricted:
            return Decision(ACA, corrections.id, corrections.cite("in_country"))
        if said_so(tx.facts, "refused") or said_so(tx.facts, "nac", "denied"):
            if corrections:
                return Decision(CASE, corrections.id, corrections.cite("less_sensitive"))
            return Decision(DENIAL, rule.id, rule.cite("nac_refused"))
        days = int(rule["nac_notice_days"].value)
        notice = Condition(
            "nac_notice_cleared",
            f"notice to BIS, {days} days before shipping, and no objection",
            None,
            rule.id,
            rule.cite("nac"),
        )
        return Decision(
            NAC, rule.id, f"{item.clause}; {rule.cite('nac')}", (notice,), details={"notification_days": days}
        )
    relief = deal.get("us-2026-01-h200-rule")
    if relief:
        return january_2026(deal, relief)
    notes = ()
    if announced := deal.get("us-2025-12-h200-announcement"):
        notes = (announced.cite("announced"),)
    clause = item.clause if deal.place.restricted else cite
    return Decision(DENIAL, rule.id, clause, notes=notes)


def sold_in_us(chip: Chip) -> bool | None:
    """Return whether a chip of the evidence base was on sale in the US in mid-January 2026."""
    if chip.id is None or not sold_as_part(chip.designer):
        return None
    if chip.for_market in ("china-variant", "domestic") or chip.status in (
        "rumoured",
        "cancelled",
        "announced",
    ):
        return False
    return chip.release_quarter <= "2025Q4" if chip.release_quarter else None


def january_2026(deal: Deal, rule: Active) -> Decision:
    """Decide by the review policy of January 2026: case by case if every condition is met, else denial."""
    t, chip, tx = deal.trace, deal.chip, deal.transaction
    deny: list[str] = []
    if not t.place("destination", deal.place, rule["destinations"].value, rule.id, rule.cite("located")):
        return Decision(
            DENIAL, "us-2023-10-ac-ifr", headquarters_clause(deal, deal.law.active["us-2023-10-ac-ifr"])
        )
    if not t.fact(
        "exported from the United States",
        tx.exported_from_us and not tx.in_country,
        True,
        rule.id,
        rule.cite("from_us"),
    ):
        deny.append("from_us")
    slow = t.test(rule["tpp_lt"], chip.tpp)
    narrow = t.test(rule["bandwidth_lt"], chip.memory_bandwidth_gb_s)
    if slow is False or narrow is False:
        deny.append("limits")
    if deal.closed or deal.military:
        t.fact("military or listed end user", True, False, rule.id, rule.cite("part744"))
        deny.append("part744")
    conditions, failed = certifications(deal, rule)
    deny += failed
    if deny:
        return Decision(DENIAL, rule.id, rule.cite(deny[0]), conditions)
    if slow is None or narrow is None:
        missing = tuple(f for f in ("tpp", "memory_bandwidth_gb_s") if getattr(chip, f) is None)
        return Decision(UNKNOWN, rule.id, rule.cite("limits"), missing=missing)
    share = rule["cap_share"].value
    cap = {
        "share": share,
        "of": "aggregate TPP of the product shipped to US customers",
        "scope": "per product",
    }
    return Decision(CASE, rule.id, rule.cite("case_by_case"), conditions, cap=cap)


def certifications(deal: Deal, rule: Active) -> tuple[tuple[Condition, ...], list[str]]:
    """Return the conditions of the January 2026 rule, and the clauses of those stated as failed."""
    facts = deal.transaction.facts
    conditions: list[Condition] = []
    failed: list[str] = []
    for row in rule.conditions:
        name, clause = row["fact"], row["clause"]
        if row.get("kinds") and deal.party.kind not in row["kinds"]:
            continue
        met: bool | None
        if row.get("numeric"):
            value = fact_number(facts, name)
            met = deal.trace.test(rule["cap_share"], value)
        else:
            stated = fact_flag(facts, name)
            if stated is None and name == "commercially_available_in_us_on_2026_01_15":
                stated = sold_in_us(deal.chip)
            if stated is None and not row.get("ask", True):
                continue
            must = row.get("must", True)
            met = deal.trace.fact(row["text"], stated, must, rule.id, rule.cite(clause), name)
        if met is False:
            failed.append(clause)
        conditions.append(Condition(name, row["text"], met, rule.id, rule.cite(clause)))
    return tuple(conditions), failed


def in_uae(deal: Deal) -> Decision | None:
    """Decide for the UAE since July 2026: approved parties are free, others need a licence."""
    rule = deal.get("us-2026-07-uae")
    if rule is None or rule["destinations"].value.isdisjoint(deal.place.groups):
        return None
    deal.trace.place("destination", deal.place, rule["destinations"].value, rule.id, rule.cite("licence"))
    approvals = approved(deal)
    if deal.party.kind == "state" and "UAE" in deal.headquarters.groups and "UAE" in deal.parent.groups:
        return Decision(LISTED, rule.id, rule.cite("government"))
    valid = rule.get("supplement_8_valid")
    if "uae_supplement_8" in approvals and valid and valid.value:
        return Decision(LISTED, rule.id, rule.cite("supplement_8"))
    if "uae_us_firm" in approvals and deal.parent.us:
        return Decision(LISTED, rule.id, rule.cite("us_firms"))
    return Decision(UNPUBLISHED, rule.id, rule.cite("licence"))


def approved(deal: Deal) -> frozenset[str]:
    """Return the approvals of a named party."""
    key = deal.party.key
    return deal.law.register.parties[key].approvals if key else frozenset()


def controlled(deal: Deal, item: Class, rule: Active) -> Decision:
    """Decide for D:1 and D:4 outside D:5, A:5 and A:6: validated user, ACA, or approval."""
    veu = deal.get("us-2024-09-dc-veu")
    if veu and (
        deal.transaction.facts.get("data_centre_veu") is True or deal.transaction.facts.get("veu") is True
    ):
        return Decision(LISTED, veu.id, veu.cite("veu"))
    if exception_item(item) and not deal.closed:
        corrections = deal.get("us-2024-04-corrections")
        active, clause = (corrections, corrections.cite("aca")) if corrections else (rule, rule.cite("aca"))
        return Decision(ACA, active.id, clause)
    if (diffusion := deal.get("us-2025-01-ai-diffusion")) and item.eccn == "3A090.a":
        return allocation(deal, diffusion)
    gulf = deal.get("us-2025-11-gulf-authorisations")
    if gulf and "gulf" in approved(deal):
        chips = int(gulf["chips_max"].value)
        return Decision(
            APPROVAL,
            gulf.id,
            f"{rule.cite('approval')}; {gulf.cite('volume')}",
            cap={"chips": chips},
            details={"authorised_volume_chips": chips},
        )
    return Decision(APPROVAL, rule.id, rule.cite("approval"))


def validated(deal: Deal) -> Decision | None:
    """Decide for a validated data-centre end user outside D:5 and Macau."""
    rule, facts = deal.get("us-2024-09-dc-veu"), deal.transaction.facts
    if rule and (said_so(facts, "veu") or said_so(facts, "validated_end_user")):
        return Decision(LISTED, rule.id, rule.cite("veu"))
    return None


def worldwide(deal: Deal, item: Class) -> Decision | None:
    """Decide by the AI Diffusion rule, where its worldwide requirement counts (scope de-jure)."""
    rule = deal.get("us-2025-01-ai-diffusion")
    if rule is None or item.eccn != "3A090.a":
        return None
    if deal.place.tier1 and deal.headquarters.tier1 and deal.parent.tier1:
        return Decision(
            FREE, rule.id, rule.cite("aia"), notes=("by licence exception AIA, on certification",)
        )
    if exception_item(item) and not deal.closed:
        return Decision(ACA, rule.id, rule.cite("aca"))
    return allocation(deal, rule)


def allocation(deal: Deal, rule: Active) -> Decision:
    """Decide for the middle tier: small quantities free, approval up to the country's allocation."""
    facts = deal.transaction.facts
    if veu := validated(deal):
        return veu
    small = fact_number(facts, "consignee_tpp_this_year")
    if small is not None and deal.trace.test(rule["lpp_tpp"], small):
        return Decision(FREE, rule.id, rule.cite("lpp"), notes=("by licence exception LPP",))
    used = fact_number(facts, "country_tpp_used")
    within = deal.trace.test(rule["country_cap_tpp"], used)
    cap = {"tpp": rule["country_cap_tpp"].value, "scope": "country, 2025 to 2027"}
    if within is False:
        return Decision(DENIAL, rule.id, rule.cite("cap"), cap=cap)
    return Decision(APPROVAL, rule.id, rule.cite("worldwide"), cap=cap)


def loose_hbm(deal: Deal, item: Class) -> Decision:
    """Decide for loose HBM stacks: Macau and D:5 only, with a narrow exception."""
    rule = deal.get("us-2024-12-fdp-hbm")
    if rule is None or item.eccn == "none":
        return Decision(FREE, item.measure, item.clause)
    if not deal.trace.place("destination", deal.place, RESTRICTED, rule.id, rule.cite("place")):
        return Decision(FREE, rule.id, rule.cite("place"))
    thin = deal.trace.test(rule["exception_lt"], deal.chip.memory_bandwidth_density)
    if thin and deal.parent.friendly and not deal.closed:
        return Decision(FREE, rule.id, rule.cite("exception"), notes=("by licence exception HBM",))
    return Decision(DENIAL, rule.id, rule.cite("c"))
