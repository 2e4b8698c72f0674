"""Step 7, money: the 15% arrangement and the Section 232 duty."""

from typing import Any

from countervail.rules.us_export.case import CASE, FREE, GP10, UNPUBLISHED, Deal, Decision
from countervail.rules.us_export.trace import both


def revenue_share(deal: Deal, decision: Decision) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return the vendor's share to the government on licensed H20 and MI308 sales, which no rule codifies."""
    rule = deal.get("us-2025-08-15pct")
    if rule is None or decision.outcome != UNPUBLISHED or decision.measure != "us-2025-04-h20-letters":
        return None, {}
    if not deal.trace.words("product of the arrangement", deal.chip.keys, rule["products"]):
        return None, {}
    rate = rule["rate"].value
    fee = {
        "rate": rate,
        "kind": "revenue_share",
        "base": "revenue from licensed sales of the chip",
        "payer": "vendor",
        "codified": False,
        "measure": rule.id,
    }
    return fee, {"revenue_share": rate, "revenue_share_codified": False}


def duty(deal: Deal, decision: Decision) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return the import duty that falls on a foreign-made chip that passes through the US on its way out."""
    rule = deal.get("us-2026-01-s232")
    tx, chip = deal.transaction, deal.chip
    if rule is None or decision.outcome == GP10 or chip.designer_country == "CN":
        return None, {}
    passes = tx.exported_from_us and not deal.place.us
    band = None
    for number in (1, 2):
        limits = ("tpp_gt", "tpp_lt", "bandwidth_gt", "bandwidth_lt")
        values = (chip.tpp, chip.tpp, chip.memory_bandwidth_gb_s, chip.memory_bandwidth_gb_s)
        tests = (deal.trace.test(rule[f"band_{number}_{k}"], v) for k, v in zip(limits, values, strict=True))
        if both(*tests):
            band = number
    if not passes or tx.facts.get("section_232_exempt") is True:
        band = None
    rate = rule["rate"].value if band else 0.0
    details = {"section_232_duty": rate, "section_232_band": band}
    if not band or decision.outcome not in (CASE, FREE, UNPUBLISHED):
        return None, details
    fee = {
        "rate": rate,
        "kind": "section_232_duty",
        "base": "value on import into the United States",
        "payer": "importer",
        "codified": True,
        "band": band,
        "measure": rule.id,
    }
    return fee, details
