"""One quarter of the world: the table of contents of the model, in the order in which things happen."""

import jax.numpy as jnp
from jaxtyping import Array

from countervail.model import bases, ceilings, leadership, rationing
from countervail.model.flows import Flows
from countervail.model.mechanisms import (
    alliances,
    capability,
    demand,
    economy,
    ecosystem,
    expansion,
    fabrication,
    hbm,
    input_controls,
    investment,
    leakage,
    military,
    power,
    procurement,
    reactions,
    retirement,
    rivalry,
    spillovers,
    technology,
    trade,
    upstream,
    workloads,
)
from countervail.model.parameters import Parameters
from countervail.model.paths import total as total_of
from countervail.model.policy import Policy
from countervail.model.shocks import Shocks
from countervail.model.state import State

from countervail.model.types import (  # isort: skip
    AL, BANDWIDTH, BASIS_FIELDS, BLOC_OF_BUYER, BLOC_ROWS, BUYERS, CN, CN_BUYERS, CN_ROWS, CN_SEGMENT,
    CN_VENDORS, DIES, EXPORTERS, FOREIGN, FP4, H100E, HBM_STACKS, HQ_ROWS, HUAWEI, INTERCONNECT, NVIDIA, POWER_KW,
    PRICE, RW, SEGMENTS, SLOTS, US, US_VENDORS, Draws, by_buyer, cells,
)  # fmt: skip

N, THIRD = len(BUYERS), slice(BLOC_ROWS[AL].start, len(BUYERS))
CHINA_FOREIGN = cells(len(SEGMENTS), CN_SEGMENT, US_VENDORS)
THIRD_FOREIGN = cells(len(SEGMENTS), slice(2, 5), US_VENDORS)
TAKEN_FROM, SMUGGLED_IN = cells(N, THIRD, NVIDIA), cells(N, CN_ROWS, NVIDIA)
PROXY_MADE = cells(N, CN_ROWS, HUAWEI)


def step(t: Draws, state: State, policy: Policy, p: Parameters, shocks: Shocks) -> tuple[State, Flows]:
    """Advance the world by one quarter; `t` is the quarter index as an array of no axes."""
    s, z = state, shocks.z

    # Both gates.
    us_access, licensed = trade.us_access(s.licensed_access, policy, s.reaction_us, p.trade)
    acceptance, free = trade.cn_acceptance(policy, s.scarcity, s.reaction_cn, p.trade)
    free = free * policy.free_share
    buyers = demand.chinese_buyers(p.demand)[:, None]
    willing = trade.willing(policy, p.trade)
    ceiling = ceilings.units(s.capped_us, s.capped_cn, policy)
    gates = us_access[CN_SEGMENT] * acceptance
    uncapped = ceilings.uncapped(ceiling, s.capped_wish, (free * buyers).sum(0))
    let_in, second = ceilings.turn(gates * uncapped, free)
    cn_access = (let_in * buyers).sum(0) * willing
    turned = (second * buyers).sum(0) / jnp.maximum((let_in * buyers).sum(0), 1e-9)
    ceiling = ceilings.together(ceiling, turned, policy)
    turned = jnp.concatenate([turned, jnp.zeros_like(s.tech[len(EXPORTERS) :])])

    # Parts on offer, and what each does for each buyer.
    gain = technology.gain(s.tech, policy.announced, p.technology)

    def figure(k: int) -> Array:
        return technology.field(policy, k, gain, turned, p.technology)

    h100e, bandwidth, listed, slots = figure(H100E), figure(BANDWIDTH), figure(PRICE), figure(SLOTS)
    bandwidth = bandwidth * jnp.where(FOREIGN, 1.0, 1 - s.thrift)
    performance = h100e[US]  # a US buyer sees every flagship

    # Wishes.
    shock = demand.persist(s.demand_shock, z[:4], p.demand)
    log_growth = demand.growth_after(t, s.demand_log, policy, p.demand)
    powerless = power.budget_factor(s.unpowered, p.power)[jnp.asarray(BLOC_OF_BUYER)]
    budget = demand.budgets(t, s.demand_log, shock, p.demand) * powerless

    # What makers have. US vendors count in packaging slots, Chinese makers in packages.
    dies_per, stacks_per = (
        policy.parts[CN_SEGMENT, CN_VENDORS, DIES],
        policy.parts[CN_SEGMENT, CN_VENDORS, HBM_STACKS],
    )
    share = fabrication.shares(t, s.orders[CN_VENDORS], p.fabrication)
    plan = fabrication.plan(s.orders[CN_VENDORS], s.inventory[CN_VENDORS], share, p.fabrication)
    captive_share = jnp.clip(s.captive / jnp.maximum(budget[CN_ROWS].sum(0), 1e-6), 0.0, 1.0)
    cumulative_wafers = fabrication.experience(s.cumulative_wafers, s.wafers, captive_share, p.fabrication)
    die_yield = fabrication.die_yield(cumulative_wafers, p.fabrication)
    dies_in = 3 * s.wafers * p.fabrication.dies_per_wafer * die_yield + fabrication.tsmc_dies(
        t, p.fabrication
    )
    dies_k = s.dies * p.fabrication.stock_release + dies_in
    room = s.packaging * jnp.exp(p.fabrication.shock_sd * z[5])
    feasible = fabrication.softmin(
        fabrication.limits(plan, dies_k, jnp.full_like(room, 1e9), room, share, dies_per, stacks_per)
    )
    need_hbm = total_of(feasible * stacks_per)  # orders that nothing else could fill need no HBM
    imported_hbm = hbm.imports(t, need_hbm, policy, p.hbm)
    hbm_k = hbm.at_hand(t, s.hbm, s.domestic_hbm, imported_hbm, p.fabrication.stock_release)
    thrift = hbm.thrift(need_hbm, hbm_k, p.hbm)
    stacks_used = stacks_per * (1 - thrift)
    limit = fabrication.limits(plan, dies_k, hbm_k, room, share, dies_per, stacks_used)
    made = fabrication.softmin(limit)
    dies_used, hbm_used = total_of(made * dies_per), total_of(made * stacks_used)
    dies = jnp.maximum(s.dies + dies_in - dies_used, 0.0)
    stacks_left = jnp.maximum(s.hbm + s.domestic_hbm + imported_hbm - hbm_used, 0.0)

    factor = input_controls.supply_factor(s.unadapted, policy, p.input_controls) * jnp.exp(
        p.upstream.shock_sd * z[4]
    )
    slots_now = upstream.slots(t, s.cowos, p.upstream) * factor
    us_plan = upstream.plan(s.orders[US_VENDORS], s.inventory[US_VENDORS], p.upstream)
    filled = jnp.minimum(slots_now, us_plan)
    used = filled.sum(0) / jnp.maximum(slots_now.sum(0), 1e-9)

    # What all vendors have, and where it may go.
    lost = upstream.stranded(s.china_only_pipe, trade.fall(s.access, cn_access), p.upstream)
    us_supply = jnp.maximum(s.inventory[US_VENDORS] + filled - lost, 0.0)
    supply = jnp.concatenate([us_supply, s.inventory[CN_VENDORS] + made])
    access = by_buyer(us_access)
    access = jnp.concatenate([access[:3], let_in * willing, access[6:]])
    access = jnp.concatenate([access, jnp.ones_like(access[:, :1])], 1)

    # Who buys what.
    fee_log = trade.log_price_factor(policy, p.trade)
    paid, got = procurement.prices(listed, fee_log, policy, p.procurement)
    bill = p.procurement.power_cost_usd_k_per_kw * figure(POWER_KW)
    bill = bill * (1 - procurement.HOME * jnp.clip(policy.cn_energy_subsidy, 0.0, 1.0))
    qualities = workloads.quality(h100e, bandwidth, figure(INTERCONNECT), p.workloads)
    base = ecosystem.by_stack(s.stock.sum(0))
    penalty = ecosystem.penalties(s.ports, p.ecosystem)
    risk = CHINA_FOREIGN * (p.procurement.supply_risk_weight * s.supply_risk)
    promotion = THIRD_FOREIGN * (p.procurement.promotion_effect * policy.us_export_promotion)
    mandate = procurement.mandates(policy, s.scarcity, s.reaction_cn, p.procurement)
    offer = procurement.availability(policy, p.procurement) * alliances.pull(
        policy, p.procurement.nest, p.alliances
    )
    inference = workloads.inference_share(t, p.workloads)
    wished = procurement.choice(
        qualities, paid + bill, base, penalty + risk - promotion, offer, mandate, inference, p.procurement
    )
    wedge = procurement.place(total_of(wished[CN_ROWS] * jnp.log(paid / listed)[CN_SEGMENT], 1))
    wish = demand.respond(budget + s.backlog, wedge, p.demand)
    bought = 1e3 / paid  # thousand parts a USD bn buys
    per_money = by_buyer(bought)
    use = by_buyer(bought * jnp.where(FOREIGN, slots, 1.0))
    own = rationing.allowed(wish, wished, access, per_money, ceiling)
    sold, left, rest = rationing.fill(wish, wished, own, supply, use, p.procurement)
    ordered = rationing.orders(sold, left, wished, own, use)
    units = sold * per_money
    revenue = sold * by_buyer(got * bought / 1e3)

    # Ways around the gates.
    added = sold * by_buyer(h100e * bought)
    third = added[BLOC_ROWS[AL].start :, NVIDIA]
    unmet_share = left[CN_ROWS].sum(0) / jnp.maximum(wish[CN_ROWS].sum(0), 1e-9)
    offered = h100e[CN_SEGMENT]
    rent = leakage.rent(
        performance[NVIDIA], offered[NVIDIA], cn_access[0], offered[CN_VENDORS].max(0), unmet_share, p.leakage
    )
    value = leakage.smuggled_usd_bn(t, rent, policy, p.leakage) * jnp.exp(p.leakage.shock_sd * z[6])
    street = 0.5 * performance[NVIDIA] / listed[US, NVIDIA] + 0.5 / p.leakage.street_price_usd_k
    smuggled = jnp.minimum(value * street * 1e3, p.leakage.most_share_of_third * third.sum(0))
    value = value * smuggled / jnp.maximum(value * street * 1e3, 1e-9)
    taken = smuggled / jnp.maximum(third.sum(0), 1e-9)
    legal = added[CN_ROWS, US_VENDORS].sum((0, 1))
    domestic = added[CN_ROWS, CN_VENDORS].sum((0, 1))
    proxy_share = leakage.proxy_share(t, p.leakage)
    proxy = domestic * proxy_share
    hq_unmet = left[jnp.asarray(HQ_ROWS)].sum(0)
    bought_in_third = sold[BLOC_ROWS[AL].start :, NVIDIA].sum(0)
    rented_usd = leakage.remote_usd_bn(t, left[CN_ROWS].sum(0) + hq_unmet, bought_in_third, policy, p.leakage)
    rented = rented_usd / listed[US, NVIDIA] * 1e3 * performance[NVIDIA]
    waiting = leakage.waiting(left, value, rented_usd)

    # Stocks.
    around = SMUGGLED_IN * smuggled + PROXY_MADE * proxy
    delivered = added * (1 - TAKEN_FROM * taken) + around * procurement.place(buyers[:, 0])[:, None]
    leave = retirement.leave_share(p.retirement)
    stock = retirement.age(s.stock, delivered, leave)
    per_unit = technology.fields(policy, BASIS_FIELDS, gain, turned, p.technology)
    smuggled_k = smuggled / jnp.maximum(performance[NVIDIA], 1e-6)
    basis_added = bases.added(units, per_unit, taken, smuggled_k, proxy_share)
    stock_bases = retirement.age(s.stock_bases, basis_added, leave)
    remote = s.remote * (1 - leave) + rented
    total = bases.by_bloc(stock.sum((0, 2)))
    in_bases = stock_bases.sum(0)

    # Power, software, money.
    power_gw = power.build(t, s.power, policy, p.power)
    powered = power.powered_share(power_gw, in_bases[3], p.power)
    inflow_stack = ecosystem.by_stack(delivered[CN_ROWS].sum(0, keepdims=True))[0]
    ports = ecosystem.port(s.ports, inflow_stack, alliances.porting_effort(policy, p.alliances), p.ecosystem)
    by_bloc_vendor = bases.by_bloc(stock.sum(0))
    stacks = ecosystem.by_stack(by_bloc_vendor)
    world_stack = ecosystem.by_stack(by_bloc_vendor.sum(0, keepdims=True))[0]
    matrix = ecosystem.portability(ports, policy, p.ecosystem)
    fragmentation = jnp.stack(
        [
            ecosystem.fragmentation(world_stack, world_stack, matrix),
            ecosystem.fragmentation(stacks[US], stacks[CN], matrix),
        ]
        + [ecosystem.fragmentation(stacks[b], stacks[b], matrix) for b in (CN, AL, RW)]
    )
    base_fragmentation = jnp.where(t == 0, fragmentation[1], s.fragmentation_2022)
    denial = rivalry.exposure(
        s.denial, us_access[CN_SEGMENT, 0], offered[NVIDIA], performance[NVIDIA], p.rivalry
    )
    fee = revenue[CN_ROWS, :2].sum((0, 1)) * policy.us_export_fee
    net = revenue * (1 - by_buyer(procurement.FEE_PAID) * policy.us_export_fee)
    # What buyers in China pay less than makers get; as a difference of sums it could round below zero.
    subsidy = total_of(total_of(sold[CN_ROWS]) * (got / paid - 1)[CN_SEGMENT])
    by_vendor = net.sum(0)
    captive = investment.captive(s.captive, (mandate[CN_ROWS] * budget[CN_ROWS]).sum(0))
    partner_rnd = alliances.rnd(by_vendor, policy, p.alliances)
    rnd = investment.rnd(
        s.rnd, by_vendor, rivalry.stimulus(denial, p.rivalry), partner_rnd, policy, p.investment
    )
    catch_up = spillovers.catch_up(performance, fragmentation[1], policy, p.spillovers)
    tech = technology.advance(
        t,
        s.tech,
        rnd,
        s.rnd_reference,
        rivalry.productivity(performance, p.rivalry),
        catch_up,
        policy.roadmap_end,
        p.technology,
    )
    wafer_push = investment.push(policy.cn_foundry_investment, captive, p.investment)
    hbm_push = investment.push(policy.cn_hbm_investment, captive, p.investment)
    braked = expansion.brake(t, policy, p.expansion)
    memory_use = expansion.busy(hbm_used / hbm_k)

    # Read-outs.
    effective = capability.effective(total * powered, in_bases[2] * powered, p.capability)
    lag = capability.lag_months(t, effective[US], effective[CN], remote, p.capability)
    drag = spillovers.drag(s.frontier_drag, fragmentation[1], base_fragmentation, policy, p.spillovers)
    gain_output = economy.output_gain(s.output_gain, effective, p.economy)
    loss = economy.fragmentation_loss(s.fragmentation_loss, fragmentation[1], base_fragmentation, p.economy)
    cn_inflow = delivered[CN_ROWS].sum((0, 1))
    cn_alone = jnp.clip(
        domestic * leadership.own_share(s.domestic_hbm, s.hbm, hbm_used) / jnp.maximum(cn_inflow, 1e-6),
        0.0,
        1.0,
    )
    us_alone = 1 - p.input_controls.exposure * s.unadapted
    shares = jnp.stack(
        [
            leadership.share(effective[US], effective[CN]),
            leadership.economy(gain_output, economy.gdp(p.economy), by_vendor),
            military.us_share(t, total[US] * powered[US], total[CN] * powered[CN], p.military),
            leadership.innovation(rnd, performance, p.leadership),
            leadership.share(us_alone, cn_alone),
        ]
    )
    best = technology.best(policy.best, s.tech, p.technology)
    us_tight = left[BLOC_ROWS[US]].sum(0) / jnp.maximum(
        total[US] * listed[US, NVIDIA] / performance[NVIDIA] / 1e3, 1e-6
    )
    rental = leakage.rental_usd_h(listed[US, NVIDIA] / performance[NVIDIA], us_tight, p.leakage)
    outlay = bases.by_bloc(sold.sum(1))
    residuals = jnp.stack(
        [
            _gap(wish.sum(0), sold.sum((0, 1)) + left.sum(0)),
            _gap(supply, rest + (sold * use).sum(0)).max(0),
            _gap(cn_inflow, legal + domestic + proxy + smuggled),
            _gap(
                stock.sum((0, 1, 2)),
                s.stock.sum((0, 1, 2)) * 1.0 - (s.stock[1] * leave).sum((0, 1)) + delivered.sum((0, 1)),
            ),
            _gap(outlay.sum(0) + subsidy, net.sum((0, 1)) + fee),
            jnp.maximum(made - limit.min(0), 0.0).max(0),
            jnp.maximum((units[CN_ROWS, :2].sum(0) - ceiling * 1.0001), 0.0).max(0),
        ]
    )

    new = State(
        stock=stock,
        stock_bases=stock_bases,
        remote=remote,
        inventory=jnp.maximum(rest, 0.0),
        orders=jnp.where(t == 0, ordered, s.orders + 0.6 * (ordered - s.orders)),
        backlog=demand.keep(waiting, budget, p.demand),
        demand_log=log_growth,
        demand_shock=shock,
        cowos=upstream.capacity(t, s.cowos, used, p.upstream),
        wafers=expansion.wafers(t, s.wafers, dies_used / dies_k, braked, wafer_push, p.expansion),
        cumulative_wafers=cumulative_wafers,
        packaging=expansion.packaging(t, s.packaging, made.sum(0) / room, wafer_push, p.expansion),
        domestic_hbm=hbm.domestic(t, s.domestic_hbm, memory_use, braked, hbm_push, p.hbm),
        dies=dies,
        hbm=stacks_left,
        thrift=thrift,
        tech=tech,
        rnd=rnd,
        rnd_reference=technology.reference(t, rnd, s.rnd_reference),
        licensed_access=licensed,
        access=cn_access,
        us_access=us_access[CN_SEGMENT],
        china_only_pipe=units[CN_ROWS, :2].sum(0) * slots[CN_SEGMENT, :2] * policy.china_only,
        capped_us=s.capped_us + units[BLOC_ROWS[US], :2].sum(0) * policy.us_capped_product,
        capped_cn=s.capped_cn + ceilings.counted(units[CN_ROWS, :2].sum(0), turned[:2], policy),
        capped_wish=(
            wish[CN_ROWS, None] * wished[CN_ROWS, :2] * per_money[CN_ROWS, :2] * gates * willing
        ).sum(0),
        supply_risk=trade.remember(s.supply_risk, s.us_access, us_access[CN_SEGMENT], p.trade),
        scarcity=waiting[CN_ROWS].sum(0) / jnp.maximum(wish[CN_ROWS].sum(0), 1e-9),
        ports=ports,
        captive=captive,
        denial=denial,
        power=power_gw,
        unpowered=1 - powered,
        fragmentation_2022=base_fragmentation,
        frontier_drag=drag,
        output_gain=gain_output,
        fragmentation_loss=loss,
        unadapted=input_controls.adapt(s.unadapted, policy, p.input_controls),
        reaction_us=reactions.us(s.reaction_us, lag, policy, p.reactions),
        reaction_cn=reactions.cn(s.reaction_cn, us_access[CN_SEGMENT, 0], policy, p.reactions),
    )
    flows = Flows(
        stock=total,
        stock_effective=effective,
        stock_bases=in_bases,
        unpowered=total * (1 - powered),
        power_gw=power_gw,
        inflow=bases.by_bloc(delivered.sum(1)),
        inflow_fp4=basis_added[1],
        inflow_vendor=delivered.sum(0),
        inflow_nvidia=bases.by_bloc(added[:, NVIDIA]),
        cn_pathways=jnp.stack([legal, domestic, proxy, smuggled]),
        remote_added=rented,
        remote=remote,
        units=bases.by_bloc(units),
        revenue=bases.by_bloc(net),
        outlay=outlay,
        fee=fee,
        subsidy=subsidy,
        best=best,
        leapfrog=(best[:, CN_VENDORS].max(1) > best[:, US_VENDORS].max(1)) * 1.0,
        limits=limit[:, 0],
        binding=(limit[:, 0] <= limit[:, 0].min(0)) * 1.0,
        made=made,
        wafers=3 * s.wafers,
        die_yield=die_yield,
        hbm_stacks=hbm_k,
        unmet=bases.by_bloc(left),
        wish=bases.by_bloc(wish),
        slots_used=used,
        stack_shares=jnp.concatenate([stacks, world_stack[None]]),
        fragmentation=fragmentation,
        porting_cost=ecosystem.porting_cost(ports, p.ecosystem),
        rnd=rnd,
        lag_months=lag,
        frontier=jnp.exp(-drag),
        output_gain=gain_output,
        fragmentation_loss=loss,
        smuggled_units=value * 1e3 * (0.5 / listed[US, NVIDIA] + 0.5 / p.leakage.street_price_usd_k),
        rental_usd_h=rental,
        us_access=us_access[CN_SEGMENT, 0],
        acceptance=(acceptance * buyers).sum(0)[0],
        input_cost=input_controls.cost_usd_bn(policy, p.input_controls),
        shares=shares,
        sovereignty=jnp.stack([us_alone, cn_alone]),
        verdicts=leadership.verdicts(shares, p.leadership),
        turned=turned[: len(EXPORTERS)],
        residuals=residuals,
    )
    return new, flows


def _gap(a: Array, b: Array) -> Array:
    """Return the relative difference of two amounts that must be equal."""
    return jnp.abs(a - b) / (jnp.abs(a) + jnp.abs(b) + 1e-3)


assert len(CN_BUYERS) == 3 and FP4 == 2
