"""Step 5, letters to single firms: they bind the addressee and no one else."""

from countervail.rules.us_export.case import UNKNOWN, UNPUBLISHED, Deal, Decision
from countervail.rules.us_export.parties import RESTRICTED
from countervail.rules.us_export.trace import both, either


def august_2022(deal: Deal) -> Decision | None:
    """Judge by the letters of August 2022: A100, H100, MI250, and later parts as fast and connected."""
    rule = deal.get("us-2022-08-isinformed")
    if rule is None or not deal.addressed(rule):
        return None
    chip, t = deal.chip, deal.trace
    if not t.place("destination", deal.place, rule["destinations"].value, rule.id, rule.cite("letter")):
        return None
    if t.words("product named in the letter", chip.keys, rule["products"]):
        return Decision(UNPUBLISHED, rule.id, rule.cite("letter"))
    if t.words("product said not to be affected", chip.keys, rule["not_products"]):
        return None
    caught = both(t.test(rule["tpp_min"], chip.tpp), t.test(rule["io_min"], chip.interconnect_gb_s))
    if caught is None:
        missing = tuple(f for f in ("tpp", "interconnect_gb_s") if getattr(chip, f) is None)
        return Decision(UNKNOWN, rule.id, rule.cite("letter"), missing=missing)
    return Decision(UNPUBLISHED, rule.id, rule.cite("letter")) if caught else None


def august_2023(deal: Deal) -> Decision | None:
    """Judge by the letters of August 2023, whose countries were never published."""
    rule = deal.get("us-2023-08-mideast-letters")
    if rule is None or not deal.addressed(rule):
        return None
    t = deal.trace
    if not t.words("product named in the letter", deal.chip.keys, rule["products"]):
        return None
    if not t.place(
        "destination (assumed)", deal.place, rule["destinations"].value, rule.id, rule.cite("letter")
    ):
        return None
    note = "the letter's countries were not published; members of D:4 in the Middle East are assumed"
    return Decision(UNPUBLISHED, rule.id, rule.cite("letter"), notes=(note,))


def april_2025(deal: Deal) -> Decision | None:
    """Judge by the letters of April 2025: H20, MI308, and parts at or above the reported bandwidth lines."""
    rule = deal.get("us-2025-04-h20-letters")
    if rule is None or not deal.addressed(rule):
        return None
    chip, t = deal.chip, deal.trace
    here = t.place("destination", deal.place, RESTRICTED, rule.id, rule.cite("place"))
    if not here:
        home = deal.based_in_restricted
        t.fact(
            "headquartered in Macau or D:5", home, True, rule.id, rule.cite("headquarters"), "headquarters"
        )
        if not home:
            return None
    clause = "named" if here else "headquarters"
    if t.words("product named in the letter", chip.keys, rule["products"]):
        return Decision(UNPUBLISHED, rule.id, rule.cite(clause))
    memory, link = chip.memory_bandwidth_gb_s, chip.interconnect_gb_s
    total = None if memory is None or link is None else memory + link
    if total is None and (memory or link):
        known = (memory or 0.0) + (link or 0.0)
        total = known if known >= rule["sum_min"].value else None
    reached = either(
        t.test(rule["memory_min"], memory), t.test(rule["io_min"], link), t.test(rule["sum_min"], total)
    )
    if reached is None:
        missing = tuple(f for f in ("memory_bandwidth_gb_s", "interconnect_gb_s") if getattr(chip, f) is None)
        return Decision(UNKNOWN, rule.id, rule.cite("bandwidth"), missing=missing)
    if not reached:
        return None
    note = "the bandwidth lines were reported by the press and never published by BIS"
    return Decision(UNPUBLISHED, rule.id, rule.cite("bandwidth" if here else "headquarters"), notes=(note,))
