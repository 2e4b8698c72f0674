"""Step 2, the item: which paragraph of 3A090 it meets in the form in force on the day."""

from countervail.rules.outcome import Chip
from countervail.rules.regime import Active
from countervail.rules.us_export.case import Class, Deal
from countervail.rules.us_export.trace import both, either

_NAMES = {
    "tpp": "tpp",
    "performance_density": "performance_density (or die_area_mm2)",
    "interconnect_gb_s": "interconnect_gb_s",
    "datacentre": "designed_or_marketed_for_datacentre",
}


def missing_figures(chip: Chip, *fields: str) -> tuple[str, ...]:
    """Return the names of those figures that are unknown."""
    return tuple(_NAMES.get(f, f) for f in fields if getattr(chip, f) is None)


def classify(deal: Deal) -> Class:
    """Return the classification on the day; `missing` names figures that the answer depends on."""
    chip = deal.chip
    if chip.is_hbm_stack:
        return hbm(deal)
    foundry = deal.get("us-2025-01-foundry-dd")
    if foundry and (deal.transaction.by_foundry or (chip.node_nm is not None and chip.tpp is None)):
        presumed = presumption(deal, foundry)
        if presumed:
            return presumed
    rule = deal.get("us-2023-10-ac-ifr")
    if rule:
        found = form_2023(deal, rule)
    elif rule := deal.get("us-2022-10-ac-ifr"):
        found = form_2022(deal, rule)
    else:
        return Class("none", None, "no AI-chip control in force", chip.datacentre, note="no AI-chip ECCN yet")
    return known(deal, found)


def known(deal: Deal, found: Class) -> Class:
    """Use a classification on public record where figures are missing, or are estimates only."""
    chip = deal.chip
    if chip.eccn and (chip.eccn_prevails or found.missing):
        eccn = chip.eccn if chip.eccn.startswith("3A090") else "none"
        deal.notes.append(
            f"classified on public record as {chip.eccn}, its figures are not published or estimated"
        )
        return Class(eccn, found.measure, "classification on public record", chip.datacentre is not False)
    return found


def form_2022(deal: Deal, rule: Active) -> Class:
    """Return 3A090 in its first form: performance AND chip-to-chip I/O at or above the lines."""
    chip, t = deal.chip, deal.trace
    fast = t.test(rule["tpp_min"], chip.tpp)
    linked = t.test(rule["io_min"], chip.interconnect_gb_s)
    caught = both(fast, linked)
    if caught:
        return Class("3A090", rule.id, rule.cite("caught"), chip.datacentre, note="2022 form")
    if caught is None:
        return Class(
            "none", rule.id, rule.cite("caught"), missing=missing_figures(chip, "tpp", "interconnect_gb_s")
        )
    clause = rule.cite("io" if linked is False else "performance")
    return Class("none", rule.id, clause, chip.datacentre, note="below 3A090, 2022 form")


def form_2023(deal: Deal, rule: Active) -> Class:
    """Return 3A090.a, .b or none by TPP and density, with the note on parts not for data centres."""
    chip, t = deal.chip, deal.trace
    tpp, density, datacentre = chip.tpp, chip.performance_density, chip.datacentre
    if chip.planar and density is None:
        density = (
            0.0  # only non-planar dies count as applicable area, so a planar part has no density to meet
        )
    a1 = t.test(rule["a1_tpp_min"], tpp)
    if a1:
        return Class("3A090.a", rule.id, rule.cite("a1"), datacentre)
    small = t.test(rule["note2_tpp_lt"], tpp) if datacentre is not True else None
    if datacentre is False and small:
        return Class("none", rule.id, rule.cite("note2"), False)
    a2 = both(t.test(rule["a2_tpp_min"], tpp), t.test(rule["a2_pd_min"], density))
    b1 = both(
        t.test(rule["b1_tpp_min"], tpp),
        t.test(rule["b1_tpp_lt"], tpp),
        t.test(rule["b1_pd_min"], density),
        t.test(rule["b1_pd_lt"], density),
    )
    b2 = both(
        t.test(rule["b2_tpp_min"], tpp),
        t.test(rule["b2_pd_min"], density),
        t.test(rule["b2_pd_lt"], density),
    )
    if either(a1, a2, b1, b2) is False:
        return Class("none", rule.id, rule.cite("below"), datacentre)
    if a1 is None or None in (a2, b1, b2):
        if not (a2 or (a2 is False and (b1 or b2))):
            return Class(
                "none",
                rule.id,
                rule.cite("a1"),
                datacentre,
                missing_figures(chip, "tpp", "performance_density"),
            )
    if datacentre is None:
        return Class("none", rule.id, rule.cite("note2"), None, (_NAMES["datacentre"],))
    if datacentre is False:  # the note's own line lies below a.1
        return (
            Class("none", rule.id, rule.cite("note2"), False)
            if small
            else Class("3A090.a", rule.id, rule.cite("a2"), False)
        )
    if a2:
        return Class("3A090.a", rule.id, rule.cite("a2"), True)
    return Class("3A090.b", rule.id, rule.cite("b1" if b1 else "b2"), True)


def hbm(deal: Deal) -> Class:
    """Return 3A090.c for loose HBM above the density line."""
    rule = deal.get("us-2024-12-fdp-hbm")
    if rule is None:
        return Class("none", None, "no control of loose HBM in force")
    dense = deal.trace.test(rule["density_min"], deal.chip.memory_bandwidth_density)
    if dense is None:
        return Class("none", rule.id, rule.cite("c"), missing=("memory_bandwidth_density",))
    return Class("3A090.c", rule.id, rule.cite("c")) if dense else Class("none", rule.id, rule.cite("below"))


def presumption(deal: Deal, rule: Active) -> Class | None:
    """Return 3A090.a by presumption, or none where it is rebutted; None where the figures decide."""
    chip, t = deal.chip, deal.trace
    node = t.test(rule["node_max_nm"], chip.node_nm)
    if chip.planar is False:
        node = True
    if node is False:
        return (
            None
            if chip.tpp is not None
            else Class("none", rule.id, rule.cite("presumption"), note="not presumed")
        )
    if node is None:
        return (
            None
            if chip.tpp is not None
            else Class("none", rule.id, rule.cite("presumption"), missing=("node_nm",))
        )
    if t.fact(
        "approved or authorised designer attests",
        chip.approved_designer,
        True,
        rule.id,
        rule.cite("designer"),
    ):
        if chip.tpp is None:
            return Class("none", rule.id, rule.cite("designer"), note="presumption rebutted")
        return None  # the attested figures decide
    few = t.test(rule["transistors_lt_bn"], chip.transistors_bn)
    more = rule.get("transistors_no_hbm_lt_bn")
    if more and not few and chip.has_hbm is False:
        few = t.test(more, chip.transistors_bn)
    for attests, clause in ((chip.packaged_outside_d5_by_fab, "fab"), (chip.approved_osat, "osat")):
        if (
            t.fact("packaged where the count can be attested", attests, True, rule.id, rule.cite(clause))
            and few
        ):
            return Class("none", rule.id, rule.cite(clause), note="presumption rebutted")
    return Class("3A090.a", rule.id, rule.cite("presumption"), True, note="presumed")
