"""The reference model as text, one equation a line, and the programs made from it for one draw at a time.

`x_b` is a quantity of the bloc itself, `x_o` that of the other. Both blocs of a line are worked out before the next
line, so a line may use only what stands above it. Same equations as `reference_model.py`, written a second time: that
the two agree is the check.
"""

import math
import re
from collections.abc import Callable
from typing import Any

from reference_model import DATES, PARAMETERS, START

BLOCS = (("us", "cn"), ("cn", "us"))
CONSTANTS = {
    "control_weight": (0.4, 1.0), "mandate_weight": (0.3, 1.0), "first_cost": (9.0, 11.0),
    "budget0": (6000.0, 2500.0), "quality_growth": (0.03, 0.028),
}  # fmt: skip
EQUATIONS = """
control = control_weight_b * control_level * min(1, max(0, (time - control_start) / 4))
mandate = mandate_weight_b * mandate_level * min(1, max(0, (time - mandate_start) / 4))
unit_cost = first_cost_b * exp(0 - learning_b * ln(1 + made_b / 500))
starts = capacity_b * min(1, 1.1 * expected_b / max(capacity_b, 0.001))
finished = in_work_b / 2
good = finished_b * (1 - (1 - first_yield_b) * exp(0 - 0.002 * made_b))
scarcity = ln(1 + expected_b / (store_b + good_b + 1))
price = unit_cost_b * 1.8 * exp(scarcity_price * scarcity_b)
appeal = value * ln(quality_b / price_b) + habit * ecosystem_b
at_home = appeal_b + 2 * mandate_b + grant_b
abroad = appeal_o - 3 * control_b * (1 - leak)
away = exp(abroad_b - at_home_b)
home_share = 1 / (1 + away_b)
foreign_share = away_b * home_share_b
budget = budget0_b * exp(growth_b * time)
home_orders = budget_b * home_share_b / price_b
foreign_orders = budget_b * foreign_share_b / price_o * (1 - control_b * (1 - leak))
orders = home_orders_b + foreign_orders_o
shipped = min(store_b + good_b, orders_b)
filled = shipped_b / max(orders_b, 0.000001)
revenue = shipped_b * price_b
investment = invested * revenue_b * min(1.5, scarcity_b) + 200 * grant_b
useful = quality_b * (0.6 + 0.4 * ecosystem_b)
compute = home_fleet_b * useful_b + foreign_fleet_b * useful_o
users = home_fleet_b + foreign_fleet_o
joining = 3 * users_b / (users_b + users_o)
reach = developers_b / (developers_b + 20)
progress = quality_growth_b + research_yield * ln(1 + research_b / 100)
"""
CHANGES = """
capacity = investment_b / 60 - 0.025 * capacity_b
made = good_b
in_work = starts_b - finished_b
store = good_b - shipped_b
home_fleet = home_orders_b * filled_b - retire * home_fleet_b
foreign_fleet = foreign_orders_b * filled_o - retire * foreign_fleet_b
quality = quality_b * progress_b
ecosystem = ecosystem_rate * reach_b * (1 - ecosystem_b) - 0.01 * ecosystem_b
developers = joining_b - churn * developers_b
research = 0.12 * revenue_b + 100 * grant_b - 0.04 * research_b
expected = (orders_b - expected_b) / 2
cash = revenue_b - investment_b - starts_b * unit_cost_b
"""
OUTPUTS = [f"{name}_{b}" for name in ("compute", "home_share", "price", "shipped") for b in ("us", "cn")]


def lines(text: str) -> list[tuple[str, str]]:
    """Return name and expression of each line for both blocs, constants written as numbers."""
    found = []
    for line in text.strip().splitlines():
        name, expression = line.split(" = ")
        for own, other in BLOCS:
            filled = re.sub(r"\b(\w+)_(b|o)\b", lambda m: _name(m, own, other), expression)  # noqa: B023
            found.append((f"{name}_{own}", filled))
    return found


def _name(match: re.Match[str], own: str, other: str) -> str:
    bloc = own if match[2] == "b" else other
    if match[1] in CONSTANTS:
        return repr(CONSTANTS[match[1]][0 if bloc == "us" else 1])
    return "0.6" if (match[1], bloc) == ("first_yield", "us") else f"{match[1]}_{bloc}"


def stocks() -> dict[str, float]:
    """Return the start of each stock of each bloc."""
    return {f"{k}_{b}": v[i] for k, v in START.items() for i, b in enumerate(("us", "cn"))}


def floats(expression: str) -> str:
    """Return an expression with whole numbers written as floats, which compilers and Python take faster."""
    return re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"\1.0", expression)


def loop(indent: str, keep: str) -> str:
    """Return the source of the loop over dates; `keep` stores the outputs of a date."""
    body = [f"{name} = {floats(e)}" for name, e in lines(EQUATIONS)]
    body += [keep, *(f"d_{name} = {floats(e)}" for name, e in lines(CHANGES))]
    body += [f"{name} += d_{name}" for name in stocks()]
    head = [f"{name} = {value!r}" for name, value in stocks().items()]
    head += [f"for t in range({DATES}):", *("    " + b for b in ["time = float(t)", *body])]
    return "\n".join(indent + line for line in head)


def with_python() -> Callable[..., list[tuple[float, ...]]]:
    """Return a plain Python function of the 20 parameters: the outputs of each date."""
    source = f"def run({', '.join(PARAMETERS)}):\n    out = []\n"
    source += loop("    ", f"out.append(({', '.join(OUTPUTS)}))") + "\n    return out\n"
    return _made(source, {"exp": math.exp, "ln": math.log})["run"]


def with_numba() -> Callable[[Any], Any]:
    """Return a compiled function of `[parameter, draw]`, draws in parallel: `[date, series, draw]` in float64."""
    import numba
    import numpy as np

    source = "def run(P):\n    out = np.empty((%d, %d, P.shape[1]))\n" % (DATES, len(OUTPUTS))  # noqa: UP031
    source += "    for j in prange(P.shape[1]):\n"
    source += "".join(f"        {name} = P[{i}, j]\n" for i, name in enumerate(PARAMETERS))
    keep = "; ".join(f"out[t, {i}, j] = {name}" for i, name in enumerate(OUTPUTS))
    source += loop("        ", keep) + "\n    return out\n"
    made = _made(source, {"exp": math.exp, "ln": math.log, "np": np, "prange": numba.prange})
    return numba.njit(parallel=True, fastmath=True, error_model="numpy")(made["run"])


def vensim() -> str:
    """Return the model in the text format of Vensim, which PySD reads."""
    rows = [(name, str((low + high) / 2)) for name, (low, high) in PARAMETERS.items()]
    rows += lines(EQUATIONS)
    start = stocks()
    rows += [(name, f"INTEG({e}, {start[name]!r})") for name, e in lines(CHANGES)]
    text = "{UTF-8}\n"
    for name, expression in rows:
        words = re.sub(r"\btime\b", "Time", expression)
        words = re.sub(r"\b(exp|ln|min|max)\(", lambda m: m[1].upper() + "(", words)
        text += f"{name} =\n\t{words}\n\t~\tDmnl\n\t~\t\n\t|\n\n"
    text += "*" * 56 + "\n\t.Control\n" + "*" * 56 + "~\n\t\tSimulation Control Parameters\n\t|\n"
    times = (("FINAL TIME", DATES - 1), ("INITIAL TIME", 0), ("SAVEPER", "TIME STEP"), ("TIME STEP", 1))
    return text + "".join(f"{name} =\n\t{value}\n\t~\tQuarter\n\t~\t\n\t|\n\n" for name, value in times)


def _made(source: str, names: dict[str, Any]) -> dict[str, Any]:
    exec(source, names)  # noqa: S102 - made from the lines above
    return names
