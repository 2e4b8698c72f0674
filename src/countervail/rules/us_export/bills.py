"""Proposals and levers: they change a decision only where a regime has switched them on."""

from countervail.rules.deal import fact_flag
from countervail.rules.outcome import Condition
from countervail.rules.us_export.case import CASE, DENIAL, UNKNOWN, Class, Deal, Decision, stricter
from countervail.rules.us_export.trace import both, either, holds

ADVANCED = ("3A090.a", "3A090.b", "3A090")


def ceilings(deal: Deal) -> Decision | None:
    """Apply the ceilings of TPP and bandwidth: below both lines the stated policy, else denial."""
    rule = deal.get("lever-us-ceilings")
    if rule is None:
        return None
    lines = [(rule.get("tpp_lt"), deal.chip.tpp), (rule.get("bandwidth_lt"), deal.chip.memory_bandwidth_gb_s)]
    lines = [(p, v) for p, v in lines if p is not None]
    where = rule["destinations"].value
    if not lines or (where.isdisjoint(deal.place.groups) and where.isdisjoint(deal.parent.groups)):
        return None
    below = both(*(deal.trace.test(p, v) for p, v in lines if p is not None))
    if below is None:
        missing = tuple(p.quantity for p, v in lines if p is not None and v is None)
        return Decision(UNKNOWN, rule.id, rule.cite("ceiling"), missing=missing)
    return Decision(rule["policy"].value if below else DENIAL, rule.id, rule.cite("ceiling"))


def safe_chips(deal: Deal, item: Class) -> Decision | None:
    """Apply the SAFE Chips Act: statutory denial to foreign adversaries above any of its lines."""
    rule = deal.get("bill-safe-chips")
    if rule is None or deal.chip.datacentre is False:
        return None
    where = rule["destinations"].value
    if where.isdisjoint(deal.place.groups) and where.isdisjoint(deal.parent.groups):
        return None
    chip, t = deal.chip, deal.trace
    memory, link = chip.memory_bandwidth_gb_s, chip.interconnect_gb_s
    total = None if memory is None or link is None else memory + link
    caught = either(
        item.eccn in ADVANCED,
        t.test(rule["tpp_min"], chip.tpp),
        both(t.test(rule["mid_tpp_min"], chip.tpp), t.test(rule["mid_pd_min"], chip.performance_density)),
        both(t.test(rule["low_tpp_min"], chip.tpp), t.test(rule["low_pd_min"], chip.performance_density)),
        t.test(rule["memory_min"], memory),
        t.test(rule["io_min"], link),
        t.test(rule["sum_min"], total),
    )
    if caught is None:
        fields = ("tpp", "performance_density", "memory_bandwidth_gb_s", "interconnect_gb_s")
        missing = tuple(f for f in fields if getattr(chip, f) is None)
        return Decision(UNKNOWN, rule.id, rule.cite("denial"), missing=missing)
    return Decision(DENIAL, rule.id, rule.cite("denial")) if caught else None


def overwatch(deal: Deal, item: Class) -> Decision | None:
    """Apply the AI OVERWATCH Act: the top class is barred from countries of concern."""
    rule = deal.get("bill-ai-overwatch")
    if rule is None or item.eccn not in ADVANCED or rule["destinations"].value.isdisjoint(deal.place.groups):
        return None
    barred = deal.trace.test(rule["bar_tpp_min"], deal.chip.tpp)
    return Decision(DENIAL, rule.id, rule.cite("bar")) if barred else None


def demanded(deal: Deal, item: Class, decision: Decision) -> Decision:
    """Add the conditions of the GAIN AI, Chip Security and OVERWATCH bills; a failed one denies."""
    conditions = list(decision.conditions)
    restricted = deal.place.restricted or deal.based_in_restricted
    for measure, reach in (("bill-gain-ai", restricted), ("bill-chip-security", not deal.place.us)):
        rule = deal.get(measure)
        if rule is None or not reach or item.eccn not in ADVANCED:
            continue
        for row in rule.conditions:
            stated = fact_flag(deal.transaction.facts, row["fact"])
            met = deal.trace.fact(row["text"], stated, True, rule.id, rule.cite(row["clause"]), row["fact"])
            conditions.append(Condition(row["fact"], row["text"], met, rule.id, rule.cite(row["clause"])))
            if met is False:
                decision = stricter(Decision(DENIAL, rule.id, rule.cite(row["clause"])), decision)
    rule = deal.get("bill-ai-overwatch")
    if rule and decision.outcome == CASE and not rule["destinations"].value.isdisjoint(deal.place.groups):
        days = int(rule["review_days"].value)
        text = f"{days} days of congressional review without objection"
        conditions.append(Condition("congressional_review", text, None, rule.id, rule.cite("review")))
    if len(conditions) != len(decision.conditions):
        decision.conditions = tuple(conditions)
    return decision


def written_by_scenario(deal: Deal, decision: Decision) -> Decision:
    """Apply measures that a scenario wrote itself: `match`, `destinations`, `outcome`, `relaxes`."""
    for rule in deal.law.active.values():
        word = rule.data.get("outcome")
        if word is None:
            continue
        where = frozenset(rule.data.get("destinations") or ())
        everywhere = not where
        if not everywhere and where.isdisjoint(deal.place.groups):
            continue
        results = []
        for p in rule.parameters.values():
            if p.quantity and p.op:
                value = quantity(deal, p.quantity)
                deal.trace.test(p, value)
                results.append(holds(p.op, value, p.value))
        met = (either if rule.data.get("match") == "any" else both)(*results)
        clause = rule.measure.citation or rule.measure.name
        if met is None:
            continue
        new = Decision(word, rule.id, clause)
        if met and (new.rank < decision.rank if rule.data.get("relaxes") else new.rank > decision.rank):
            decision = new
    return decision


def quantity(deal: Deal, name: str) -> float | None:
    """Return the value of a quantity that a parameter names: a figure of the chip, or a numeric fact."""
    chip = deal.chip
    if name == "bandwidth_sum_gb_s":
        a, b = chip.memory_bandwidth_gb_s, chip.interconnect_gb_s
        return None if a is None or b is None else a + b
    if hasattr(chip, name):
        return getattr(chip, name)
    value = deal.transaction.facts.get(name)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
