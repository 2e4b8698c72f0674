"""What happened in a quarter: everything the outcomes are read from."""

from jaxtyping import Array, Float

from countervail.model.types import Draws, record


@record
class Flows:
    """What happened in a quarter: everything the outcomes are read from. Draws last."""

    stock: Float[Array, "bloc draw"]
    stock_effective: Float[Array, "bloc draw"]
    stock_bases: Float[Array, "basis bloc draw"]
    unpowered: Float[Array, "bloc draw"]
    power_gw: Float[Array, "bloc draw"]
    inflow: Float[Array, "bloc draw"]
    inflow_fp4: Float[Array, "bloc draw"]
    inflow_vendor: Float[Array, "vendor draw"]  # thousand H100e, all buyers
    inflow_nvidia: Float[Array, "bloc draw"]
    cn_pathways: Float[Array, "pathway draw"]  # legal imports, domestic, proxy fabrication, smuggled
    remote_added: Draws
    remote: Draws
    units: Float[Array, "bloc vendor draw"]
    revenue: Float[
        Array, "bloc vendor draw"
    ]  # USD bn, what vendors keep: what buyers pay plus subsidy less the fee
    outlay: Float[Array, "bloc draw"]
    fee: Draws
    subsidy: Draws
    best: Float[Array, "two vendor draw"]  # TPP, bandwidth GB/s
    leapfrog: Float[Array, "two draw"]  # 1 where the best Chinese part beats the best US part: TPP, bandwidth
    limits: Float[Array, "input draw"]  # what each input alone would have let Huawei make, thousand packages
    binding: Float[Array, "input draw"]  # 1 for the input that binds Huawei
    made: Float[Array, "maker draw"]
    wafers: Draws  # thousand a quarter
    die_yield: Draws
    hbm_stacks: Draws  # thousand available in the quarter
    unmet: Float[Array, "bloc draw"]
    wish: Float[Array, "bloc draw"]
    slots_used: Draws
    stack_shares: Float[Array, "group stack draw"]  # blocs, then the world
    fragmentation: Float[Array, "index draw"]  # world, US-CN, in CN, in AL, in RW
    porting_cost: Draws
    rnd: Float[Array, "vendor draw"]
    lag_months: Draws
    frontier: Draws
    output_gain: Float[Array, "bloc draw"]
    fragmentation_loss: Draws
    smuggled_units: Draws
    rental_usd_h: Draws
    us_access: Draws
    acceptance: Draws
    input_cost: Draws
    shares: Float[Array, "dimension draw"]  # US share by dimension of leadership
    sovereignty: Float[Array, "two draw"]
    verdicts: Float[Array, "side dimension draw"]
    turned: Float[Array, "exporter draw"]  # share of units for China that are the part without licence
    residuals: Float[Array, "identity draw"]  # relative, zero but for rounding
