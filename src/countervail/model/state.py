"""What there is at the start of a quarter, and what there was at the start of 2022."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from countervail.model.parameters import Parameters
from countervail.model.types import (
    BASES,
    BLOC_ROWS,
    BLOCS,
    BUYERS,
    CN_VENDORS,
    HUAWEI,
    IN_HOUSE,
    NVIDIA,
    STACKS,
    VENDORS,
    ByBloc,
    ByBuyer,
    ByStack,
    ByVendor,
    Draws,
    record,
)


@record
class State:
    """The world at the start of a quarter. Draws last; units as in `types`."""

    stock: Float[Array, "age buyer vendor draw"]  # thousand H100e; two ages give an Erlang-2 life
    stock_bases: Float[Array, "age basis bloc draw"]  # the same stock in the other bases
    remote: Draws  # thousand H100e rented abroad by Chinese users
    inventory: ByVendor  # US vendors: packaging slots' worth of parts; Chinese makers: packages
    orders: ByVendor  # smoothed orders, in the same units as inventory
    backlog: ByBuyer  # USD bn refused for want of supply and kept
    demand_log: ByBloc  # log growth of budgets since 2026Q4
    demand_shock: ByBloc  # persistent log shock of budgets
    cowos: Draws  # world packaging capacity, thousand wafers a month
    wafers: Draws  # Chinese wafers for AI parts, thousand a month
    cumulative_wafers: Draws  # thousand, Chinese foundries only
    packaging: Draws  # Chinese packaging capacity, thousand packages a quarter
    domestic_hbm: Draws  # thousand stacks a quarter
    dies: Draws  # die bank, thousand good dies
    hbm: Draws  # HBM stockpile, thousand stacks
    thrift: Draws  # share of HBM designers left out last quarter because it was scarce
    tech: ByVendor  # log performance beyond the announced roadmap
    rnd: ByVendor  # smoothed R&D, USD bn a quarter
    rnd_reference: ByVendor  # the same at the end of 2026
    licensed_access: Float[Array, "segment exporter draw"]  # share of licence applications now flowing
    access: Float[Array, "exporter draw"]  # last quarter's access of Chinese buyers, both gates
    us_access: Float[Array, "exporter draw"]  # the same, US gate alone
    china_only_pipe: Float[Array, "exporter draw"]  # slots of China-only parts shipped last quarter
    capped_us: Float[Array, "exporter draw"]  # thousand units of the capped product sold to US buyers so far
    capped_cn: Float[Array, "exporter draw"]  # and to China so far
    capped_wish: Float[
        Array, "exporter draw"
    ]  # thousand units of it China would have bought last quarter, uncapped
    supply_risk: Draws  # memory of supply cuts in Chinese buyers' minds, 0 none
    scarcity: Draws  # share of Chinese wishes unmet last quarter
    ports: ByStack  # cumulative porting work, flagship-model equivalents
    captive: Draws  # smoothed captive revenue of Chinese makers, USD bn a quarter
    denial: Draws  # smoothed exposure to denial, 0-1
    power: ByBloc  # powered data-centre capacity for AI, GW
    unpowered: ByBloc  # share of the stock not energised last quarter
    fragmentation_2022: Draws  # index between US and CN at the start, the base of what fragmentation costs
    frontier_drag: Draws  # log the world frontier has lost to fragmentation
    output_gain: ByBloc  # AI's gain in output, share of GDP
    fragmentation_loss: Draws  # loss of output from fragmentation, share of GDP
    unadapted: Draws  # share of the exposure to Chinese inputs not yet adapted away
    reaction_us: Draws  # extra strictness the US has answered with, 0-1
    reaction_cn: Draws  # extra strictness China has answered with, 0-1


def start(p: Parameters) -> State:
    """Return the world at the start of 2022Q1.

    The stock before 2022 is not in the evidence; it is a parameter (`retirement.stock_2022_h100e_k`), split
    between blocs by known clusters. China's first inputs are parameters of `fabrication`.
    """
    draws = p.retirement.stock_2022_h100e_k
    one = jnp.ones_like(draws)

    def zeros(*shape: int) -> Array:
        return jnp.zeros((*shape, 1)) * one

    rows = jnp.asarray([_START_SHARE[bloc] * _START_BUYER[kind] for bloc, kind in BUYERS])[:, None]
    foreign = rows * draws
    stock = zeros(len(BUYERS), len(VENDORS))
    stock = stock.at[:, NVIDIA].set(foreign * 0.8).at[:, IN_HOUSE].set(foreign * 0.2)
    stock = stock.at[3:6, IN_HOUSE].set(0.0).at[3:6, NVIDIA].set(foreign[3:6] * 0.78)
    stock = stock.at[3:6, HUAWEI].set(foreign[3:6] * 0.22)
    by_bloc = jnp.stack([stock[rows_].sum((0, 1)) for rows_ in BLOC_ROWS])
    # Parts of the A100 era per H100e: 16-bit and 4-bit rates as 8-bit; about 6 TB/s and 1.25 kW.
    era = jnp.asarray([1.0, 1.0, 6.0, 1.25])[:, None, None]
    bases = era * by_bloc[None]
    inventory = (
        zeros(len(VENDORS)).at[CN_VENDORS].set(jnp.asarray([15.0, 1.0, 4.0, 3.0, 4.0, 6.0])[:, None] * one)
    )
    orders = jnp.asarray([150.0, 12.0, 65.0, 12.0, 1.0, 2.0, 2.0, 2.0, 3.0])[:, None] * one
    return State(
        stock=jnp.stack([0.5 * stock, 0.5 * stock]),
        stock_bases=jnp.stack([0.5 * bases, 0.5 * bases]),
        remote=0 * one,
        inventory=inventory,
        orders=orders,
        backlog=zeros(len(BUYERS)),
        demand_log=zeros(len(BLOCS)),
        demand_shock=zeros(len(BLOCS)),
        cowos=p.upstream.cowos_2022_kwpm * one,
        wafers=p.expansion.wafers_2022_kwpm * one,
        cumulative_wafers=2.0 * one,
        packaging=p.expansion.packaging_2022_k * one,
        domestic_hbm=0 * one,
        dies=p.fabrication.dies_2022_k * one,
        hbm=p.hbm.stock_2022_k * one,
        thrift=0 * one,
        tech=zeros(len(VENDORS)),
        rnd=jnp.asarray([0.8, 0.25, 0.6, 0.15, 0.05, 0.04, 0.05, 0.05, 0.15])[:, None] * one,
        rnd_reference=zeros(len(VENDORS)) + 0.05,
        licensed_access=zeros(5, 2),
        access=jnp.ones((2, 1)) * one,
        us_access=jnp.ones((2, 1)) * one,
        china_only_pipe=zeros(2),
        capped_us=zeros(2),
        capped_cn=zeros(2),
        capped_wish=zeros(2),
        supply_risk=0 * one,
        scarcity=0 * one,
        ports=zeros(len(STACKS)).at[0].set(4.0),
        captive=0 * one,
        denial=0 * one,
        power=jnp.stack([p.power.us_2022_gw, p.power.cn_2022_gw, p.power.al_2022_gw, p.power.rw_2022_gw])
        * one,
        unpowered=zeros(len(BLOCS)),
        fragmentation_2022=0 * one,
        frontier_drag=0 * one,
        output_gain=zeros(len(BLOCS)),
        fragmentation_loss=0 * one,
        unadapted=one,
        reaction_us=0 * one,
        reaction_cn=0 * one,
    )


# Split of the stock of 2022 (trial estimate from known clusters and TPU counts; see docs, data gaps).
_START_SHARE = {"US": 0.567, "CN": 0.245, "AL": 0.134, "RW": 0.054}
_START_BUYER = {"state": 0.15, "cloud": 0.6, "other": 0.25, "cn_hq": 0.0}
assert len(BASES) == 4
