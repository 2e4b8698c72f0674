"""A small picture for each mechanism: how it answers to one thing, made by the mechanism's own code.

Each function below gives curves `[x, draw]` under parameters drawn from the priors. The picture shows the middle of
the draws and the range that holds 90% of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import jax.numpy as jnp
import numpy as np

from countervail.ensemble.beliefs import beliefs
from countervail.ensemble.draws import parameter_matrix
from countervail.ensemble.runner import run
from countervail.evidence import load
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
from countervail.model.parameters import Parameters, from_matrix, names
from countervail.model.paths import q
from countervail.model.types import BUYERS, CN_ROWS, HUAWEI, NVIDIA, SEGMENTS, VENDORS
from countervail.report.svg import Scale, linear_ticks

DRAWS, POINTS = 400, 41
NOW, LATER, FAR = (jnp.float32(q(y, 1)) for y in (2026, 2027, 2036))
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 270, 58, 14, 26, 42
COLOURS = ("#2166ac", "#b2182b")
Curves = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """What a picture shows."""

    x: str
    y: str
    low: float
    high: float
    at: Callable[[Any, Parameters], Curves]  # curves `[draw]` by name at one x


RESPONSES: dict[str, Response] = {}


def response(x: str, low: float, high: float, y: str) -> Callable[[Any], Any]:
    """Register the answer of a mechanism; the function bears the mechanism's name."""

    def keep(at: Callable[[Any, Parameters], Curves]) -> None:
        RESPONSES[at.__name__.removeprefix("_of_")] = Response(x, y, low, high, at)

    return keep


def levers(**values: float) -> Any:
    """Return a policy that holds only the levers given."""
    return SimpleNamespace(**{k: jnp.full(1, v) for k, v in values.items()})


def flat(value: float, *shape: int) -> Any:
    """Return the same number for all draws."""
    return jnp.full((*shape, DRAWS), value)


@response("strength of alliances, 1 = as in 2026", 0, 2, "weight in the choice, factor")
def _of_alliances(x: Any, p: Parameters) -> Curves:
    pull = alliances.pull(levers(cn_alliance_strength=x), p.procurement.nest, p.alliances)
    return {"a partner's parts, cloud buyers in China": pull[alliances.CN_CLOUD, alliances.PARTNERS.start]}


@response("effective compute, US over China", 1, 40, "months behind in 2027")
def _of_capability(x: Any, p: Parameters) -> Curves:
    return {"Chinese models": capability.lag_months(LATER, flat(x), flat(1.0), flat(0.0), p.capability)}


@response("year", 2022, 2026.75, "budgets, USD bn a quarter")
def _of_demand(x: Any, p: Parameters) -> Curves:
    by_buyer = demand.budgets(jnp.float32(4 * (x - 2022)), flat(0.0, 4), flat(0.0, 4), p.demand)
    return {"United States": by_buyer[:3].sum(0), "China": by_buyer[CN_ROWS].sum(0)}


@response("powered compute of the United States, million H100e", 0, 300, "gain in output at rest, % of GDP")
def _of_economy(x: Any, p: Parameters) -> Curves:
    first = economy.output_gain(
        flat(0.0, 4), flat(1e3 * x, 4), p.economy
    )  # the first quarter's step of the way
    return {"": 100 * first[0] * 4 * p.economy.adoption_years}


@response("models ported to CANN", 0, 200, "utility lost by leaving CUDA")
def _of_ecosystem(x: Any, p: Parameters) -> Curves:
    return {"Huawei's parts": ecosystem.penalties(flat(x, 5), p.ecosystem)[HUAWEI]}


@response("equipment controls, 1 = as in 2026", 0, 2, "factor on growth of wafers, 2027")
def _of_expansion(x: Any, p: Parameters) -> Curves:
    both = {"allies as in 2026": 1.0, "allies sell freely": 0.0}
    return {
        name: expansion.brake(LATER, levers(us_equipment_controls=x, al_alignment=a), p.expansion)
        for name, a in both.items()
    }


@response("cumulative Chinese wafers, thousand", 5, 1000, "yield of large dies")
def _of_fabrication(x: Any, p: Parameters) -> Curves:
    return {"": fabrication.die_yield(flat(x), p.fabrication)}


@response("HBM controls, 1 = as in December 2024", 0, 1, "imports over the need")
def _of_hbm(x: Any, p: Parameters) -> Curves:
    both = {"allies as in 2026": 1.0, "allies sell freely": 0.0}
    return {
        name: hbm.imports(LATER, flat(1.0), levers(us_hbm_controls=x, al_alignment=a), p.hbm)
        for name, a in both.items()
    }


@response("input controls, 1 = as written in October 2025", 0, 2, "factor on US vendors' output")
def _of_input_controls(x: Any, p: Parameters) -> Curves:
    years = {"at once": 0, "after three years": 12}
    found = {}
    for name, quarters in years.items():
        left = flat(1.0)
        for _ in range(quarters):
            left = input_controls.adapt(left, levers(cn_input_controls=x), p.input_controls)
        found[name] = input_controls.supply_factor(left, levers(cn_input_controls=x), p.input_controls)
    return found


@response("public money, factor on what is planned", 0, 3, "factor on growth of capacity")
def _of_investment(x: Any, p: Parameters) -> Curves:
    return {"": investment.push(flat(x), flat(0.0), p.investment)}


@response("US enforcement, 1 = 2025", 0.25, 4, "parts smuggled, USD bn a quarter")
def _of_leakage(x: Any, p: Parameters) -> Curves:
    policy = levers(us_enforcement=x, cn_enforcement=1.0)
    return {"": leakage.smuggled_usd_bn(NOW, flat(leakage.RENT_2024), policy, p.leakage)}


@response("powered compute, US over China", 1, 30, "US share of the two indices, 2030")
def _of_military(x: Any, p: Parameters) -> Curves:
    at = jnp.float32(q(2030, 1))
    return {
        name: military.us_share(at, flat(1e4 * x), flat(1e4), replace(p.military, compute_decides=flat(c)))
        for name, c in {"adoption decides": 0.0, "compute decides": 1.0}.items()
    }


@response("capacity over the power of the parts themselves", 0.3, 3, "share of the stock energised")
def _of_power(x: Any, p: Parameters) -> Curves:
    return {"": power.powered_share(flat(x), flat(1e3), p.power)}


@response("price of Huawei's part over NVIDIA's, like parts", 0.3, 2, "share of money for Huawei")
def _of_procurement(x: Any, p: Parameters) -> Curves:
    like = flat(0.0, len(SEGMENTS), len(VENDORS))
    cost = flat(26.0, len(SEGMENTS), len(VENDORS)).at[:, HUAWEI].multiply(x)
    offer = flat(0.0, len(BUYERS), len(VENDORS)).at[:, (NVIDIA, HUAWEI)].set(1.0)
    base, half = flat(0.2, len(BUYERS), 5), flat(0.5)
    wished = {
        name: procurement.choice(
            (like, like), cost, base, like, offer, flat(m, len(BUYERS)), half, p.procurement
        )
        for name, m in {"no mandate": 0.0, "half must be domestic": 0.5}.items()
    }
    return {name: w[CN_ROWS.start, HUAWEI] for name, w in wished.items()}


@response("lag of Chinese models, months", 0, 12, "strictness at rest, 0 to 1")
def _of_reactions(x: Any, p: Parameters) -> Curves:
    first = reactions.us(flat(0.0), flat(x), levers(reactions=1.0), p.reactions)
    return {"United States": first / p.reactions.speed}


@response("age, years", 0, 10, "share still in use")
def _of_retirement(x: Any, p: Parameters) -> Curves:
    stock, leave = jnp.stack([flat(1.0), flat(0.0)]), retirement.leave_share(p.retirement)
    for _ in range(round(4 * x)):
        stock = retirement.age(stock, flat(0.0), leave)
    return {"": stock.sum(0)}


@response("performance of the rival over the leader", 0, 1.2, "factor on the leader's R&D")
def _of_rivalry(x: Any, p: Parameters) -> Curves:
    at = flat(x)
    return {
        "inverted U": rivalry.inverted_u(at, p.rivalry),
        "as for processors": rivalry.processors(at, p.rivalry),
    }


@response("frontier over own part", 1, 8, "catch-up, log a year")
def _of_spillovers(x: Any, p: Parameters) -> Curves:
    performance = flat(1.0, len(VENDORS)).at[NVIDIA].set(x)
    gains = {
        name: spillovers.catch_up(performance, flat(f), levers(us_equipment_controls=1.0), p.spillovers)
        for name, f in {"one world of software": 0.0, "split in two": 1.0}.items()
    }
    return {name: g[HUAWEI] for name, g in gains.items()}


@response("R&D money over that of 2026", 0.25, 4, "growth after the roadmap, log a year")
def _of_technology(x: Any, p: Parameters) -> Curves:
    one, none = flat(1.0, len(VENDORS)), flat(0.0, len(VENDORS))
    ended = jnp.zeros((len(VENDORS), 1))
    after = technology.advance(FAR, none, x * one, one, one, none, ended, p.technology)
    return {"leading makers": 4 * after[NVIDIA], "makers without EUV": 4 * after[HUAWEI]}


@response("fee on sales to China", 0, 0.6, "over the list price")
def _of_trade(x: Any, p: Parameters) -> Curves:
    paid = jnp.exp(trade.log_price_factor(levers(us_export_fee=x), p.trade))
    return {"what buyers pay": paid, "what vendors keep": paid * (1 - x)}


@response("share of slots in use", 0, 1, "growth of world packaging, log a year, 2027")
def _of_upstream(x: Any, p: Parameters) -> Curves:
    return {"": 4 * jnp.log(upstream.capacity(LATER, flat(1.0), flat(x), p.upstream))}


@response("memory bandwidth, TB/s, at the throughput of four H100", 1, 16, "log quality, H100 = 0")
def _of_workloads(x: Any, p: Parameters) -> Curves:
    parts = (flat(v, len(SEGMENTS), len(VENDORS)) for v in (4.0, x, 900.0))
    training, decode = workloads.quality(*parts, p.workloads)
    return {"training": training[0, NVIDIA], "decoding": decode[0, NVIDIA]}


def parameters() -> Parameters:
    """Return parameters drawn from the priors."""
    chosen, _ = beliefs(load(), names())
    return from_matrix(jnp.asarray(parameter_matrix(names(), chosen, 0, 0, DRAWS), jnp.float32))


def curves(name: str, p: Parameters) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return x and for each curve its 5%, 50% and 95% `[quantile, x]`."""
    shown = RESPONSES[name]
    xs = np.linspace(shown.low, shown.high, POINTS)
    rows = [shown.at(float(x), p) for x in xs]
    found = {}
    for label in rows[0]:
        values = np.stack([np.broadcast_to(np.asarray(row[label]), DRAWS) for row in rows])
        found[label] = np.quantile(values, (0.05, 0.5, 0.95), axis=1)
    return xs, found


def fee_curve() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return fees and what the US takes and NVIDIA keeps `[quantile, fee]`: the whole model's answer, gates open."""
    xs = np.linspace(0, 0.9, 19)
    runs = [
        run("no-controls", draws=256, set=[f"us_export_fee={fee:g}@2026Q1"], until="2029Q4") for fee in xs
    ]
    lines = {"the US takes": ("Fee|Revenue", "US"), "NVIDIA keeps in China": ("Chips|Revenue|NVIDIA", "CN")}
    found = {
        name: np.stack([np.quantile(r.annual(*line)[1][-3:].mean(0), (0.05, 0.5, 0.95)) for r in runs], 1)
        for name, line in lines.items()
    }
    return xs, found


def picture(name: str, p: Parameters) -> str:
    """Return the picture of a mechanism as SVG."""
    shown = RESPONSES[name]
    return drawn(shown.x, shown.y, *curves(name, p))


def drawn(across: str, up: str, xs: np.ndarray, found: dict[str, np.ndarray]) -> str:
    """Return curves `[quantile, x]` as SVG; `across` and `up` say what the axes are."""
    low, high = min(c.min() for c in found.values()), max(c.max() for c in found.values())
    y_ticks, x_ticks = (
        linear_ticks(min(low, 0.0) if low < 0.3 * high else low, high),
        linear_ticks(xs[0], xs[-1]),
    )
    x = Scale(xs[0], xs[-1], LEFT, WIDTH - RIGHT)
    y = Scale(y_ticks[0], y_ticks[-1], HEIGHT - BOTTOM, TOP)
    title = f"{up} against {across}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="11" role="img"><title>{title}</title>',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for tick in y_ticks:
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#ddd"/>'
        )
        parts.append(f'<text x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:.4g}</text>')
    for tick in x_ticks:
        if xs[0] - 1e-9 <= tick <= xs[-1] + 1e-9:
            parts.append(f'<text x="{x(tick):.1f}" y="{HEIGHT - 26}" text-anchor="middle">{tick:g}</text>')
    third = POINTS // 3
    left_top, right_top = (
        max(c[2][part].max() for c in found.values()) for part in (slice(third), slice(-third, None))
    )
    side, anchor = (LEFT + 6, "start") if left_top <= right_top else (WIDTH - RIGHT - 4, "end")
    for colour, (label, (bottom, middle, top)) in zip(COLOURS, found.items(), strict=False):
        there = [f"{x(a):.1f},{y(b):.1f}" for a, b in zip(xs, top, strict=True)]
        back = [f"{x(a):.1f},{y(b):.1f}" for a, b in zip(xs[::-1], bottom[::-1], strict=True)]
        line = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in zip(xs, middle, strict=True))
        parts.append(f'<polygon points="{" ".join(there + back)}" fill="{colour}" opacity="0.16"/>')
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if label:
            at = TOP + 12 + 15 * list(found).index(label)
            parts.append(f'<text x="{side}" y="{at}" text-anchor="{anchor}" fill="{colour}">{label}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{across}</text>')
    parts.append(f'<text x="6" y="13" fill="#444">{up}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
