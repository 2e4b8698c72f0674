"""Fixed text of the diagnostics page."""

HEAD = """# Calibration

<!-- Made by `python -m countervail.calibration.diagnostics docs`. Do not edit. -->

What history says about the model, how well the model would have forecast what it had not seen, and where it fails.
All numbers on this page come from the committed posterior files and back-tests. They are results about this model."""

DISCREPANCY = """## Ranges that are predictive

Parameters and chance do not say all: the table above shows what the model misses. Ranges that runs, charts and
reports show therefore hold three things: parameters, chance to come, and the discrepancy. They hold no error of
measurement; back-tests and the ledger add it, since they are compared with what a source prints.

- **Form.** What is shown is what is simulated times exp(d). d is AR(1) by quarter, for each group of series its own,
  with the scale and memory the fit found. Its spread stays the same however far the horizon is.
- **Where it starts.** For quarters that history speaks of, each row of the posterior holds d as drawn given what that
  row missed the observations by: in the past the shown range lies near the observations, and the forecast starts from
  there. It is a little wider than the fit's own, since a run draws anew the parameters that history did not teach.
  After the last observed quarter d goes on freely and forgets. Makers without fitted series (Huawei, the smaller
  Chinese makers) have d from its prior, free from the start; so has every run with `--as-of`, which uses no
  posterior.
- **What it belongs to.** Sales: a vendor's units, revenue and compute have one d (NVIDIA's in China another than the
  rest of NVIDIA's), as in the likelihood. What adds up sales is added up again: pathways, inflows, outlays, fees,
  market shares. The stock ages what was added as the model does; counts of it on another basis follow in proportion.
  So sums remain sums, and a sale that is zero stays zero. The rental price has its own d.
- **What it leaves alone.** Supply, unmet demand, software, power, research, capability, leadership and every share of
  draws are shown as simulated: nothing was fitted there that says how far the model is off, or nothing with an error
  of this form (the frontier lag). The report says under each chart which kind it is; `result.nc` and
  `countervail outcomes --json` have `predictive`. The group of US capital expenditure has a discrepancy in the fit,
  but none of its own here: outlays are the sum of sales.
- **Scenarios.** The same draw has the same d in every scenario, so that a difference between scenarios keeps it as a
  common factor and not as noise.
- **As simulated.** `countervail run --no-discrepancy`, `countervail.run(..., discrepancy=False)`. The model's flows
  are never changed: its accounting identities hold for them exactly. Event studies, contested signs and the balance
  of assumptions use them as simulated."""
