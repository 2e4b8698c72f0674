"""What one could have simulated on an earlier date: policy as it came, everything else as it was known then."""

from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING

from countervail.calibration.predict import last_day_of

if TYPE_CHECKING:
    from countervail.scenario import ScenarioInputs

BASE = "status-quo"
# What of a policy path is product plans; the rest is measures and levers.
PRODUCTS = ("parts", "best", "roadmap_end", "china_only", "announced")


@cache
def inputs_at(cutoff: str | None, scenario: str = BASE) -> "ScenarioInputs":
    """Return a scenario for a hindcast from the end of quarter `cutoff`; None: all that is known today.

    Policy is given: the measures are those that came. Parts on sale are those one expected then: announced by the
    cutoff and lawful under the rules known by it. Since the inputs carry the date, priors whose source came later
    are widened.
    """
    from countervail.scenario import build

    today = build(scenario, until="2040Q4")
    if cutoff is None:
        return today
    day = last_day_of(cutoff)
    then = build(scenario, until="2040Q4", as_of=day)
    policy, expected = today.variants[0][0], then.variants[0][0]
    known = {f.name: getattr(expected, f.name) for f in fields(policy) if f.name in PRODUCTS}
    return replace(today, id=f"{scenario}@{cutoff}", variants=[(replace(policy, **known), 1.0)], as_of=day)


def late_priors(cutoff: str) -> list[str]:
    """Return the parameters whose prior is widened because its source came after the cutoff."""
    from countervail.ensemble.beliefs import beliefs
    from countervail.evidence import load
    from countervail.model.parameters import names

    _, origin = beliefs(load(), names(), as_of=last_day_of(cutoff))
    return sorted(n for n, o in origin.items() if o == "widened")
