"""The diagnostics page, made from the posterior files, back-tests and event studies: `docs/calibration.md`.

Run: `python -m countervail.calibration.diagnostics docs`.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from countervail.calibration.backtesting import Backtest, backtest
from countervail.calibration.decomposition import GROUPS, POLICY, decompose
from countervail.calibration.events import event_studies
from countervail.calibration.fit import SHIFTED, TAUGHT
from countervail.calibration.pictures import sbc_picture, taught_picture
from countervail.calibration.table import targets
from countervail.calibration.words import DISCREPANCY, HEAD
from countervail.ensemble.posterior import FINAL, path_of
from countervail.files import write_text

CUTOFFS = ("2023Q4", "2024Q2", "2024Q4")
PICTURE = "calibration-taught.svg"
SBC_PICTURE = "calibration-ranks.svg"


def main(folder: Path) -> None:
    """Write the page and its picture."""
    about = {c: json.loads(path_of(c).with_suffix(".json").read_text()) for c in (FINAL, *CUTOFFS)}
    hindcasts = {c: backtest(cutoff=c) for c in CUTOFFS}
    final = backtest()
    text = "\n\n".join(
        [
            HEAD,
            _what(about[FINAL]),
            _how(about),
            _kinks(about[FINAL]),
            _sbc(folder),
            _taught(about[FINAL]),
            _scores(hindcasts, {c: backtest(cutoff=c, posterior=None) for c in CUTOFFS}),
            _misses(hindcasts),
            DISCREPANCY,
            _factors(backtest(posterior=None), final),
            _events(),
            _shares(),
            _limits(hindcasts),
        ]
    )
    write_text(folder / "calibration.md", text + "\n")
    write_text(folder / "_static" / PICTURE, taught_picture(about[FINAL]))


def _what(about: dict[str, Any]) -> str:
    used = [t for t in targets() if t.role != "not_used"]
    roles = Counter(t.role for t in targets())
    twins = sum(bool(t.twin) for t in used)
    return f"""## What is fitted

`calibration/data/targets.yaml` maps each series of the history table to an outcome: {roles["fitted"]} lines are fitted,
{roles["validation"]} are held back for validation ({twins} of them the same figures in another form, listed but never
averaged), {roles["not_used"]} are not used, with the reason. The final fit uses {about["observations"]} observations.
Forecasts of others never enter a likelihood. A company's quarter that ends a month late is mixed from two calendar
quarters; where the date of a rule moved sales within a quarter, the mix follows the date.

An observation is compared with the model by the log of their ratio. The residuals of a group of series (one source, one
kind of money) are a normal vector: an error of measurement for each, an error of scale that a series' points share,
and a discrepancy of the model, AR(1) in time, whose scale and memory are unknowns like the parameters. Zeros count: a
small floor is added on both sides. Sources of one year that cannot all be right are a mixture."""


def _how(about: dict[str, Any]) -> str:
    rows = []
    for cutoff, a in about.items():
        last = [stages[-1] for stages in a["stages"]]
        z = a["log_evidence"]
        rows.append(
            (
                cutoff,
                a["observations"],
                f"{a['settings']['runs']} x {a['settings']['particles']}",
                f"{min(len(s) for s in a['stages'])} to {max(len(s) for s in a['stages'])}",
                ", ".join(f"{x:.2f}" for x in z),
                f"{min(s['ess'] for st in a['stages'] for s in st):.0f}",
                f"{min(s['accepted'] for s in last):.2f}",
                f"{max(t['rhat'] or 1 for t in a['taught']):.3f}",
                f"{a['evaluations'] / 1000:.0f} thousand",
            )
        )
    heads = ("fit", "observations", "runs x particles", "temperatures", "log evidence", "least ESS",
             "accepted at the end", "worst R-hat", "runs of the model")  # fmt: skip
    return f"""## How

Tempered sequential Monte Carlo: particles go from the prior to the posterior in steps, each of which keeps an effective
sample size of 60%, and are moved by proposals that keep a normal near them. No gradient is used. The model switches
between supply and demand, so that the elasticity of a quarter's revenue to packaging jumps between neighbouring points.
Samplers that follow gradients rest on smoothness that is not there (see the kinks below); ratios of densities do not. A
run of the model takes about 0.2 ms a draw, which makes a million of them cheap. All parameters and the quarterly shocks
are sampled together. Model, residuals and densities are in double precision throughout the fit; runs for scenarios use
single precision. What differs between the runs of a fit is chance alone, so the spread of the evidence and R-hat
between runs say how far to trust it. `countervail calibrate --out DIR` also writes all particles as a NetCDF file that
ArviZ reads, a chain for each run.

{_table(heads, rows)}

A hindcast uses observations of periods up to its cutoff. Policy is given: the measures are those that came. Parts are
those announced by then, and priors whose source came later have twice their log range. The figures are today's vintage
of each observation: some series (units and compute of Epoch AI above all) were compiled later than the cutoff."""


def _kinks(about: dict[str, Any]) -> str:
    rows = [
        (
            f"`{k['name']}`",
            f"{k['low']:.2f} to {k['high']:.2f}",
            *(f"{k[x]:.3f}" for x in ("usual", "most")),
            f"{k['times']:.0f}",
        )
        for k in about["kinks"]
    ]
    heads = ("unknown", "slope from, to", "usual change", "largest change", "times the usual")
    return f"""## Kinks

The slope of the log likelihood along one unknown, through the posterior mean, from one prior standard deviation below
it to one above, in steps of a hundredth. On a smooth surface the largest change of slope from one step to the next is a
few times the usual one. Here it is up to hundreds of times: where supply comes to bind, or a price limit, the slope
jumps. A leapfrog step across such a place has an error that does not shrink with the square of its length. NUTS was
therefore not used.

{_table(heads, rows)}"""


def _sbc(folder: Path) -> str:
    path = folder / "_static" / "sbc.json"
    if not path.exists():
        return """## Does the sampler find the truth?

Simulation-based calibration has not been run for this version (`make soak`)."""
    found = json.loads(path.read_text())
    write_text(folder / "_static" / SBC_PICTURE, sbc_picture(found))
    per, n = found["ranks_of"], found["sets"]
    rows = []
    for name, p in found["p_values"].items():
        r = [(x + 0.5) / per for x in found["ranks"][name]]
        inside = sum(0.05 <= x <= 0.95 for x in r) / n  # 28 of 32 ranks
        rows.append((f"`{name}`", f"{sum(r) / n:.2f}", f"{inside:.2f}", f"{p:.2f}"))
    heads = ("unknown", "mean rank", "in the middle", "p-value of uniform ranks")
    return f"""## Does the sampler find the truth?

Simulation-based calibration: {n} times a truth was drawn from the prior, observations were made from it by the model
and its errors, and fitted. If all is right, the rank of the truth among {per - 1} posterior draws is uniform: mean 0.5
(with {n} sets, give or take 0.06), and 0.88 of truths in the middle 28 of {per} ranks (give or take 0.07). A sampler
that stops too soon would show here. Sources of Ascend units, a mixture, are left out, and each fit has
{found["settings"]["particles"]} particles, fewer than the fits above. Made by `{found["command"]}`
on {found["made"]}, {found["machine"]}, in {found["minutes"]} minutes.

![Ranks of the truth](_static/{SBC_PICTURE})

{_table(heads, rows)}"""


def _taught(about: dict[str, Any]) -> str:
    by_name = {t["name"]: t for t in about["taught"]}
    shipped = sorted(about["shipped"], key=lambda s: -by_name[s["name"]]["contraction"])
    rows = [
        (
            f"`{s['name']}`",
            " / ".join(f"{x:.3g}" for x in s["prior"]),
            " / ".join(f"{x:.3g}" for x in s["posterior"]),
            f"{by_name[s['name']]['contraction']:.2f}",
            f"{by_name[s['name']]['mean']:+.2f}",
        )
        for s in shipped
    ]
    free = sum(not t["name"].startswith("discrepancy.") for t in about["taught"])
    scales = [
        (t["name"].removeprefix("discrepancy."), f"{t['mean']:+.2f}", f"{t['sd']:.2f}")
        for t in about["taught"]
        if t["name"].startswith("discrepancy.")
    ]
    pairs = [(f"`{c['a']}`", f"`{c['b']}`", f"{c['correlation']:+.2f}") for c in about["confounded"][:15]]
    expected = [
        (
            f"`{c['a']}`",
            f"`{c['b']}`",
            f"{c['correlation']:+.2f}",
            *(f"{c[k]:.2f}" for k in ("contraction_a", "contraction_b")),
        )
        for c in about["expected"]
    ]
    return f"""## What history taught

Of {free} uncertain parameters history moved {len(rows)} enough to ship them (a fall of the standard deviation by more
than {100 * TAUGHT:.0f}%, or a shift of more than {SHIFTED} prior standard deviations). The other {free - len(rows)} are
prior-only: no chart of this tool is evidence about them. Contraction is one minus posterior over prior standard
deviation; shift is in prior standard deviations.

![Prior and posterior of what history taught](_static/{PICTURE})

{_table(("parameter", "prior p5 / p50 / p95", "posterior p5 / p50 / p95", "contraction", "shift"), rows)}

Scales of the discrepancy, in units of their prior (a large value: the model does not follow that group):

{_table(("group", "mean", "sd"), scales)}

Pairs that history cannot tell apart (correlation in the posterior):

{_table(("parameter", "parameter", "correlation"), pairs)}

Pairs one would expect it to confound: yield with wafers, bought with domestic memory, software with demand. No
correlation and no contraction means that history says nothing of either:

{_table(("parameter", "parameter", "correlation", "contraction of the first", "of the second"), expected)}"""


def _scores(hindcasts: dict[str, Backtest], priors: dict[str, Backtest]) -> str:
    rows = []
    for c, b in hindcasts.items():
        for label, o, before in (
            ("all", b.overall, priors[c].overall),
            ("China", b.overall["china"], priors[c].overall["china"]),
        ):
            rows.append(
                (
                    c,
                    label,
                    o["series"],
                    o["n"],
                    _n(o["coverage50"]),
                    _n(o["coverage90"]),
                    _n(o["skill"]),
                    _n(before["skill"]),
                )
            )
    ahead = []
    for k in range(1, 9):
        row: list[Any] = [k]
        for b in hindcasts.values():
            found = [h for h in b.horizons if h["quarters_ahead"] == k]
            row += [found[0]["n"], _n(found[0]["skill"])] if found else ["", ""]
        ahead.append(row)
    heads = ("cutoff", "series", "number", "points", "in 50%", "in 90%", "skill", "skill of priors alone")
    names = ["quarters ahead"] + [f"{c}: {w}" for c in hindcasts for w in ("points", "skill")]
    return f"""## Scores on what had not been seen

CRPS on asinh(x / s), s 5% of the largest value before the cutoff. Skill is one minus CRPS over that of the best of
three naive forecasts (last value, trend, damped trend), chosen per series before the cutoff. Every series counts the
same; series with one point are listed by `countervail backtest`, not averaged. Goals set beforehand: 80 to 97% of
points in the 90% range; skill above zero, in China too; no series under 50% coverage.

{_table(heads, rows)}

By horizon:

{_table(names, ahead)}"""


def _misses(hindcasts: dict[str, Backtest]) -> str:
    rows = [
        (c, s["series_id"], s["actor"], s["n"], _n(s["coverage90"]), _n(s["skill"]))
        for c, b in hindcasts.items()
        for s in b.series
        if s["averaged"] and (s["coverage90"] < 0.5 or (s["skill"] is not None and s["skill"] < 0))
    ]
    zeros = [
        (c, z["series_id"], z["period"], f"{z['p50']:.3g}", "hit" if z["hit"] else "miss")
        for c, b in hindcasts.items()
        for z in b.zeros
        if z["scored"]
    ]
    return f"""## Where it fails

Series with less than half of their points in the 90% range, or worse than the naive forecast:

{_table(("cutoff", "series", "actor", "points", "in 90%", "skill"), rows)}

Zeros (a sale forbidden or refused): a hit when the median is under 5% of the series' largest value.

{_table(("cutoff", "series", "period", "median", ""), zeros)}"""


def _factors(prior: Backtest, final: Backtest) -> str:
    after = {(r["series_id"], r["actor"], r["period"]): r for r in final.factor}
    rows = [
        (r["check"], r["period"], f"{r['observed']:.4g}", f"{r['model_p50']:.4g}", _n(r["factor"]),
         _n(after[r["series_id"], r["actor"], r["period"]]["factor"]), "yes" if r["within"] else "no")
        for r in prior.factor
    ]  # fmt: skip
    heads = (
        "series",
        "period",
        "observed",
        "median of priors",
        "factor",
        "factor, posterior",
        "priors within limit",
    )
    return f"""## Levels, before and after

Before any fitting the medians must be within a factor of 1.5 of history (2 in a quarter in which the window shut).

{_table(heads, rows)}"""


def _events() -> str:
    parts = [
        "## Three natural experiments",
        "Medians with p5 to p95, as simulated (without discrepancy); without: the same draws, the measure taken away.",
    ]
    for e in event_studies():
        parts.append(f"### {e['title']}\n\nHistory: {e['expect']}.")
        for o in e["outcomes"]:
            rows = [
                (
                    q,
                    "" if o["observed"][i] is None else f"{o['observed'][i]:.4g}",
                    *(_range(o[k][i]) for k in ("with", "without", "effect")),
                )
                for i, q in enumerate(o["quarters"])
            ]
            heads = ("quarter", "observed", "simulated", "without the measure", "effect")
            parts.append(
                f"{o['variable'].replace('|', ' / ')}, {o['region']}, {o['unit']}:\n\n{_table(heads, rows)}"
            )
    return "\n\n".join(parts)


def _shares() -> str:
    groups = [g for g in GROUPS if g != POLICY]
    rows = [
        (
            *(r["variable"].replace("|", " / "), r["region"], r["period"]),
            *(_n(r["shares"].get(g)) for g in groups),
            _n(r["interaction"]),
        )
        for r in decompose()
    ]
    heads = ("outcome", "region", "period", *groups, "interaction")
    return f"""## What the ranges come from

Share of the variance (of ranks) of a headline outcome in `status-quo` that each group of inputs explains alone. Paths
come from outside (demand, technology, packaging, power, Chinese inputs); switches choose between rival forms of an
equation (`calibration/data/input_groups.yaml` lists both); other parameters are the rest of those that history did not
teach. Uncertain policy has a share where a scenario has measures with a probability; `status-quo` has none. The report
of every run shows this table for its own scenario.

{_table(heads, rows)}"""


def _limits(hindcasts: dict[str, Backtest]) -> str:
    wide = "\n".join(f"- {c}: {len(b.widened_priors)} parameters" for c, b in hindcasts.items())
    return f"""## Limits

- Most parameters that decide the years after 2026 are prior-only. The posterior narrows the past more than the future.
- Policy is given in hindcasts. They score the model, not anybody's foresight of politics.
- The products, functional forms and priors were chosen by people who knew history: medians of priors were moved by hand
  until the model lay near it (the factors above). Widening priors by date does not undo that, so hindcasts look better
  than forecasts made on the day would have. The ledger of forecasts is the fairer test.
- Every draw of a run takes its past shocks from the fit too. Draws beyond the number of rows use rows again, with other
  prior-only parameters and other shocks to come.
- Where the discrepancy of a group is large, the model's mechanism for that group is weak; see the table above.

Priors widened because their source came after the cutoff (listed by `countervail backtest --cutoff`, `widened_priors`):

{wide}"""


def _range(q: Sequence[float]) -> str:
    return f"{q[1]:.4g} ({q[0]:.4g} to {q[2]:.4g})"


def _n(x: float | None) -> str:
    return "" if x is None else f"{x:.2f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    body = ["| " + " | ".join(str(c) for c in row) + " |" for row in rows]
    if not body:
        return "None."
    return "\n".join(["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads), *body])


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
