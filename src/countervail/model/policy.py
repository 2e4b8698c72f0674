"""What governments and product plans fix for each quarter. Nothing else differs between scenarios.

Inside `step` each array has lost its first axis (quarter) and ends in a draw axis of size one, so that
moving a lever changes numbers, never shapes, and recompiles nothing.
"""

from jaxtyping import Array, Float

from countervail.model.types import record


@record
class Policy:
    """One quarter of rules, levers and product plans. `q` = quarter axis where the record holds a whole path."""

    # Products on offer, after the export rules have been applied. 5 segments x 9 vendors x 12 fields.
    parts: Float[Array, "*q segment vendor field one"]
    # How much of the wish for that part may ship: share of the quarter (and of the ramp) under each US word.
    us_words: Float[Array, "*q segment exporter us_word one"]
    # The Chinese answer to the same part, for state, cloud and other buyers. Sums to one.
    cn_words: Float[Array, "*q cn_buyer exporter cn_word one"]
    # Beside that part a part without licence: its figures, how far it is on offer, and the Chinese answer to it.
    free_parts: Float[Array, "*q exporter field one"]
    free_share: Float[Array, "*q exporter one"]
    free_cn_words: Float[Array, "*q cn_buyer exporter cn_word one"]
    # 1 where rules hold a segment's part below the one sold at home, so that it does not grow with the frontier.
    held_back: Float[Array, "*q segment vendor one"]
    china_only: Float[Array, "*q exporter one"]  # share of the China offer that is lost when China shuts
    # TPP and bandwidth (GB/s) of the best part on sale anywhere: among those seen, then with those only announced.
    best: Float[Array, "*q vendor four one"]
    announced: Float[
        Array, "*q vendor one"
    ]  # share of a vendor's mix that was only announced when data ended
    roadmap_end: Float[Array, "*q vendor one"]  # quarter index of each vendor's last announced launch

    # US levers
    us_approval_share: Float[Array, "*q one"]  # replaces the share approved; below 0 = as the words say
    us_volume_cap_share: Float[Array, "*q one"]  # of the same product's units sold to US buyers; 9 = no cap
    us_capped_product: Float[
        Array, "*q exporter one"
    ]  # share of a vendor's US units that are the capped product
    us_under_cap: Float[
        Array, "*q exporter one"
    ]  # 1 where the first part offered to China falls under that cap
    us_volume_cap_units: Float[Array, "*q one"]  # thousand units a quarter; 1e6 = no cap
    us_export_fee: Float[Array, "*q one"]  # share of the price taken by the US on sales to China
    us_review_delay: Float[Array, "*q one"]  # quarters a licence takes beyond the word's own delay
    us_equipment_controls: Float[Array, "*q one"]  # 0 none, 1 as in 2026, 2 twice as strict
    us_hbm_controls: Float[Array, "*q one"]  # 0 free imports, 1 as the December 2024 rule
    us_enforcement: Float[Array, "*q one"]  # effort, 1 = 2025
    us_remote_access_control: Float[Array, "*q one"]  # 0 none, 1 all rental to Chinese groups barred
    us_rd_support: Float[Array, "*q one"]  # USD bn a year of public R&D money beyond 2025
    us_export_promotion: Float[Array, "*q one"]  # 0 none, 1 strong, in AL and RW
    us_power_build: Float[Array, "*q one"]  # factor on the rate at which power is added
    al_alignment: Float[Array, "*q one"]  # 0 allies sell freely, 1 as in 2026, 2 full

    # Chinese levers
    cn_domestic_share: Float[Array, "*q cn_buyer one"]  # mandated share of the budget for domestic parts
    cn_import_gate: Float[
        Array, "*q one"
    ]  # of parts under licence, replaces the share admitted; below 0 = as the words say
    cn_price_subsidy: Float[Array, "*q one"]  # share of the price of a domestic part
    cn_energy_subsidy: Float[Array, "*q one"]  # share of the power bill of domestic parts
    cn_foundry_investment: Float[Array, "*q one"]  # factor on planned wafer additions
    cn_hbm_investment: Float[Array, "*q one"]  # factor on planned HBM additions
    cn_rd_grants: Float[Array, "*q one"]  # USD bn a year beyond 2025
    cn_alliance_strength: Float[Array, "*q one"]  # 1 = as in 2026
    cn_standards_openness: Float[Array, "*q one"]  # 0 closed, 1 fully open
    cn_input_controls: Float[Array, "*q one"]  # 0 none, 1 as written in October 2025
    cn_offshore_rental: Float[Array, "*q one"]  # 1 = as in 2025
    cn_enforcement: Float[Array, "*q one"]  # China's own effort against smuggled parts, 1 = 2025
    cn_power_build: Float[Array, "*q one"]

    # Demand: factor on the growth of budgets after 2026
    demand_growth_us: Float[Array, "*q one"]
    demand_growth_cn: Float[Array, "*q one"]
    demand_growth_other: Float[Array, "*q one"]

    reactions: Float[Array, "*q one"]  # 1 = governments answer events, 0 = they do not
    fragmented: Float[Array, "*q one"]  # 0 only in the counterfactual that measures what fragmentation costs
