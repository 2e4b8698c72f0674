"""What `why` prints: the change, and what it is made of."""

from collections.abc import Mapping
from typing import Any

from countervail.cli.output import console, number, say, table

SMALL = 0.01  # rows below this share of the mean size of the change are left out of the table, and counted
MOST_MECHANISMS = 8


def show(found: Mapping[str, Any]) -> None:
    """Print why an outcome differs between two runs."""
    unit = "" if found["unit"] == "1" else f", {found['unit']}"
    base, value, change = found["base"], found["value"], found["change"]
    out = console()
    out.print(f"{found['variable']}, {found['region']}, {found['period']}{unit}", style="bold", markup=False)
    names = ("base", found["against"]), ("explained", found["scenario"])
    for (word, name), row in zip(names, (base, value), strict=True):
        out.print(f"{word}: {name}: {_range(row)}", markup=False)
    up = 100 * change["share_up"]
    out.print(
        f"change: {_range(change, signed=True)}; mean {_signed(change['mean'])}; up in {up:.0f}% of draws\n"
    )
    columns = ("", "from", "to", "mean", "90% of draws", "of the change")
    rows = [(_label(r), *_move(r), *_numbers(r["contribution"], r["share"])) for r in found["levers"]]
    table(columns, rows, title=f"What was changed ({found['method']})", right=(3, 4, 5))
    if found["pathways"]:
        rows = [
            (r["label"], r["base"]["mean"], r["value"]["mean"], *_numbers(r["change"], r["share"]))
            for r in found["pathways"]
        ]
        columns = ("", "base, mean", "value, mean", "mean", "90% of draws", "of the change")
        table(columns, rows, title="What it consists of; the parts add up", right=range(1, 6))
    _mechanisms(found)
    if found["parameters"]:
        rows = [(r["id"], r["label"], f"{r['correlation']:+.2f}", r["basis"]) for r in found["parameters"]]
        table(("parameter", "", "rank correlation", "basis"), rows, title="What decides its size", right=(2,))
    say(f"{found['runs']} runs of {found['draws']} or {found['mechanism_draws']} draws, seed {found['seed']}")


def _mechanisms(found: Mapping[str, Any]) -> None:
    rows = [r for r in found["mechanisms"] if abs(r["share"] or 1) >= SMALL and r["effect"]["mean"] != 0]
    if not rows:
        return
    kept = rows[:MOST_MECHANISMS]
    cells = [(r["title"], *_numbers(r["effect"], r["share"]), r["without"]) for r in kept]
    title = "How much of the change is gone when one mechanism is off in both runs; these do not add up"
    table(("", "mean", "90% of draws", "of the change", "off means"), cells, title=title, right=(1, 2, 3))


def _label(row: Mapping[str, Any]) -> str:
    since = f", {row['since']}" if row["since"] else ""
    members = "; ".join(m["label"] for m in row.get("members", ()))
    return f"{row['label']}{since}" + (f": {members}" if members else "")


def _move(row: Mapping[str, Any]) -> tuple[Any, Any]:
    if row.get("members"):
        return "", ""
    return _setting(row, "from"), _setting(row, "to")


def _setting(row: Mapping[str, Any], side: str) -> Any:
    """Return what a change was set from or to; where the rules decide, with the number they give."""
    in_force = row.get(f"{side}_value")
    return f"rules ({number(in_force)})" if row[side] == "rules" and in_force is not None else row[side]


def _numbers(row: Mapping[str, float], share: float | None) -> tuple[str, str, str]:
    part = "-" if share is None else f"{round(100 * share)}%"
    return _signed(row["mean"]), f"{_signed(row['p5'])} to {_signed(row['p95'])}", part


def _range(row: Mapping[str, float], signed: bool = False) -> str:
    low, middle, high = ((_signed if signed else number)(row[k]) for k in ("p5", "p50", "p95"))
    return f"{middle} ({low} to {high})"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value)
