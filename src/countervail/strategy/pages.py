"""Write the pages of contested signs and of balance: `python -m countervail.strategy.pages`.

The pages hold results, so they are kept in the repository with draws, seed and version, and renewed when the model or
its priors change.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from countervail import __version__
from countervail.strategy import balance as balances
from countervail.strategy import contested as contests

CONTESTED_INTRO = """
On some questions informed people argue for opposite signs. The model is not built to give either answer; no test holds
it to one. This page reports what it gives: the share of draws in which a change raises an outcome, lowers it, or moves
it by less than 0.1%. Both runs of a question have the same draws, so their difference is the change alone.

A share of draws is not a probability that a claim is true. It says how far the answer depends on the assumptions
within the ranges that the evidence leaves open, in a model that leaves much out. Where almost every draw has the same
sign, the way the model is built decides it and no figure within its range does; the argument for the other sign may
then lie outside the model.
"""

CONTESTED_READING = """
*Goes most with the effect* names the parameter whose rank correlation with the effect is largest in size, and the
shares of draws with a rise where that parameter is in its lowest and its highest fifth. *Goes most with the sign* is
the same for the sign alone. A correlation smaller than {threshold:.2g} is not named. Parameters that were fitted go
together, so one that is named may stand for another. Each is explained on the page of its mechanism.
"""

BALANCE_INTRO = """
A model can favour one side through its assumptions without saying so. This page takes the {count} assumptions that
move the headline outcomes of {year} most under `{scenario}`, and sets two things beside each other: the side that a
larger value favours by the model, and the side that the note of its prior names.

By the model, a larger value favours the US if one of these rises with it, and China if one falls (rank correlation
of at least {threshold:.2g} in size): US compute over Chinese; the lag of Chinese models; the output gain of the US
less that of China, in percent of their own output; what China could *not* build if cut off. It is *mixed* if two
disagree, *neither* if all are smaller: such an assumption moves both sides alike, or an outcome that sets no side
against the other. Influence is the largest absolute rank correlation with any of: {outcomes}.
"""

BALANCE_END = """
That more of the list favours one side does not show a bias: it counts assumptions and says nothing of where their
ranges lie. What it shows is which figures to look at first, and how many of them rest on measurement.
"""


def cell(value: Any) -> str:
    """Return a value as it stands in a Markdown table."""
    return " ".join(str(value).split()).replace("|", "\\|")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(cell(c) for c in row) + " |" for row in rows)])


def percent(share: float) -> str:
    """Return a share as a whole percentage that never rounds to all or nothing."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 < share < 1 else f"{100 * share:.0f}%"


def number(value: float, unit: str) -> str:
    """Return a number with three significant digits; large ones in millions or thousands, shares in points."""
    if unit == "share":
        return f"{100 * value:.2g} points"
    if abs(value) >= 1e6:
        return f"{value / 1e6:.3g} m"
    return f"{value / 1e3:.3g} k" if abs(value) >= 1e3 else f"{value:.2g}"


def made(draws: int, seed: int) -> str:
    """Return how a page was made, and what taught the parameters."""
    from countervail.ensemble import posterior

    held = posterior.default(None)
    rest = "all parameters drawn from their priors"
    if held:
        fitted, rows = held.values.shape
        rest = f"{fitted} parameters from {rows:,} fits to history, the others drawn from their priors"
    return (
        f"Made by `python -m countervail.strategy.pages` with countervail {__version__}, {draws:,} draws, seed {seed}, "
        f"{rest}."
    )


def contested_page(draws: int, seed: int, known: Mapping[str, str]) -> str:
    """Return the page of contested signs; `known` gives the title of each source or measure."""
    rows = contests.contested(draws, seed)
    summary = table(
        (
            "question",
            "outcome",
            "rises",
            "falls",
            "no change",
            "median effect",
            "90% of draws",
            "goes most with the effect",
        ),
        [
            (
                f"[{r['id']}](#{r['id']})",
                f"{r['outcome']}, {r['region']}, {r['period']}"
                + ("" if r["unit"] == "share" else f", {r['unit']}"),
                percent(r["positive"]),
                percent(r["negative"]),
                percent(r["no_change"]),
                number(r["median"], r["unit"]),
                f"{number(r['p5'], r['unit'])} to {number(r['p95'], r['unit'])}",
                f"`{r['decides']}`" if r["decides"] else "none above the line",
            )
            for r in rows
        ],
    )
    parts = ["# Contested signs", CONTESTED_INTRO, made(draws, seed), summary]
    parts += [CONTESTED_READING.format(threshold=rows[0]["threshold"]), *(question(r, known) for r in rows)]
    return "\n\n".join(p.strip() for p in parts) + "\n"


def question(r: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """Return the section of one contested question."""

    def argued(side: str) -> str:
        return "; ".join(f"{known[key]} (`{key}`)" for key in r[f"{side}_sources"])

    unit = "" if r["unit"] == "share" else f" {r['unit']}"
    lines = [
        f"- Compared: `{' '.join(r['change'])}` less `{' '.join(r['base'])}`.",
        f"- Outcome: `{r['outcome']}`, {r['region']}, {r['period']}.",
        f"- Why it may rise: {r['higher']} Sources: {argued('higher')}.",
        f"- Why it may fall: {r['lower']} Sources: {argued('lower')}.",
        f"- The model: rises in {percent(r['positive'])} of draws, falls in {percent(r['negative'])}, no change in "
        f"{percent(r['no_change'])}; median effect {number(r['median'], r['unit'])}{unit} "
        f"({r['median_percent']:+.3g}%).",
        "- Goes most with the effect: " + effect_words(r),
        "- Goes most with the sign: "
        + (
            f"`{r['decides_sign']}` ({r['sign_correlation']:+.2f})."
            if r["decides_sign"]
            else "none above the line."
        ),
    ]
    return f"({r['id']})=\n## {r['question']}\n\n" + "\n".join(lines)


def effect_words(r: Mapping[str, Any]) -> str:
    """Return the parameter that goes most with an effect, and what the effect is where it is low and high."""
    if not r["decides"]:
        return "none above the line."
    return (
        f"`{r['decides']}` ({r['correlation']:+.2f}); a rise in {percent(r['positive_low'])} of draws where it is "
        f"low, in {percent(r['positive_high'])} where it is high."
    )


def balance_page(draws: int, seed: int) -> str:
    """Return the page of balance."""
    rows = balances.balance(draws, seed)
    found = balances.totals(rows)
    least = balances.threshold(draws, balances.FEWEST)
    names = ", ".join(f"`{variable}` ({region})" for variable, region in balances.OUTCOMES)
    intro = BALANCE_INTRO.format(
        count=len(rows), year=balances.YEAR, scenario=balances.SCENARIO, threshold=least, outcomes=names
    )
    counts = "\n".join(
        f"- {title}: " + ", ".join(f"{k} {n}" for k, n in found[key].items()) for key, title in TOTALS.items()
    )
    columns = (
        "",
        "assumption",
        "influence",
        "on",
        "favours by the model",
        "by its prior",
        "verdict",
        "basis",
    )
    listed = table(
        columns,
        [
            (
                i,
                f"{r['label']} (`{r['parameter']}`)",
                f"{r['influence']:.2f}",
                r["outcome"],
                r["favours_model"],
                r["favours_prior"],
                r["verdict"],
                f"{r['basis']}, {r['confidence']} confidence",
            )
            for i, r in enumerate(rows, 1)
        ],
    )
    parts = ["# Balance", intro, made(draws, seed), "## Totals", counts, disagreements(rows)]
    parts += ["## The list", listed, "## What this does not show", BALANCE_END]
    return "\n\n".join(p.strip() for p in parts) + "\n"


TOTALS = {
    "favours_model": "A larger value favours, by the model",
    "favours_prior": "A larger value favours, by the prior's note",
    "verdict": "Model and note",
    "basis": "Rests on",
}


def disagreements(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a sentence on the assumptions whose note and model disagree."""
    names = [f"`{r['parameter']}`" for r in rows if r["verdict"] == "disagree"]
    if not names:
        return "Model and note name opposite sides for none of them."
    return (
        "Model and note name opposite sides for "
        + ", ".join(names)
        + ". The note looks at another outcome there, or one of the two is wrong."
    )


def titles() -> dict[str, str]:
    """Return the title of each source and the name of each measure by key."""
    from countervail.evidence import load

    ev = load()
    return {k: m.name for k, m in ev.measures.items()} | {k: s.title for k, s in ev.sources.items()}


def write_pages(folder: Path, draws: int = 1000, balance_draws: int = 2000, seed: int = 0) -> None:
    """Write contested.md and balance.md into a folder."""
    from countervail.files import write_text

    write_text(folder / "contested.md", contested_page(draws, seed, titles()))
    write_text(folder / "balance.md", balance_page(balance_draws, seed))


def main() -> None:
    """Write the pages into a folder, docs/model by default."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/model"))
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--balance-draws", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    write_pages(given.folder, given.draws, given.balance_draws, given.seed)


if __name__ == "__main__":
    main()
