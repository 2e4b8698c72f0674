"""Checks of single rows: ranges, dates, units and orders of magnitude. Each returns a Problem or None."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from countervail.evidence import records as r
from countervail.evidence.units import UNITS
from countervail.periods import last_day, quarter_index, quarter_span

EARLIEST = date(1950, 1, 1)
# Parts whose TPP is not the largest of 16 x FP16, 8 x FP8/INT8, 4 x FP4, and why.
TPP_EXCEPTIONS = {
    "amd-mi350x": "FP6 runs at the FP4 rate, so 6 bits decide",
    "amd-mi355x": "FP6 runs at the FP4 rate, so 6 bits decide",
    "nvidia-rtx-5090d": "published sparse FP4 rate halved before rounding",
    "nvidia-rtx-5090d-v2": "published sparse FP4 rate halved before rounding",
    "nvidia-b30a": "half of GB300; single rates not published",
    "cambricon-mlu590": "published analyst figure",
}
# Largest bandwidth of one stack, GB/s, by generation (JEDEC rates, with head room for faster bins).
STACK_GB_S = {
    "HBM2": 320,
    "HBM2e": 470,
    "HBM2e/HBM3": 820,
    "HBM3": 900,
    "HBM3e": 1250,
    "HBM4": 2900,
    "HBM4e": 4200,
}
MOST_GB_S = {"GDDR6": 1000, "GDDR6X": 1100, "GDDR7": 2200, "LPDDR4X": 100, "LPDDR5": 700}


# Numbers inside a measure's details: share-like ones lie in 0 to 1, the rest in the unit the name says.
SHARES = (
    "rate",
    "share",
    "discount_max",
    "domestic_share_min",
    "domestic_share_floor",
    "domestic_technology_share_min",
    "domestic_equipment_share_min",
)
AMOUNTS = {
    "tpp_lt": 1e6,
    "tpp_gt": 1e6,
    "bits_times_tops_min": 1e6,
    "dram_bw_lt": 1e5,
    "dram_bw_gt": 1e5,
    "total_dram_bandwidth_gbs_lt": 1e5,
    "memory_bandwidth_gbs": 1e5,
    "io_bandwidth_gbs": 1e5,
    "io_bidirectional_gbs_min": 1e5,
    "sum_gbs": 1e5,
}


@dataclass(frozen=True)
class Problem:
    """What is wrong in one row."""

    field: str
    message: str
    hint: str
    severity: Literal["error", "warning"] = "error"


def row_problem(row: r.Row) -> Problem | None:
    """Return the first error of a row; warnings do not stop a user's row."""
    return next((p for p in row_problems(row) if p.severity == "error"), None)


def row_problems(row: r.Row) -> list[Problem]:
    """Return all problems of a row."""
    found = [_known_since(row)]
    if isinstance(row, r.Accelerator):
        found += accelerator_problems(row)
    elif isinstance(row, r.Observation):
        found += observation_problems(row)
    elif isinstance(row, r.Measure):
        found += measure_problems(row)
    elif isinstance(row, r.Prior):
        found += [prior_problem(row)]
    return [p for p in found if p is not None]


def _known_since(row: r.Row) -> Problem | None:
    if row.known_since < EARLIEST or row.known_since > date(2040, 12, 31):
        return Problem("known_since", f"known_since {row.known_since} is out of range", "use 1950 to 2040")
    return None


def accelerator_problems(chip: r.Accelerator) -> list[Problem | None]:
    """Check a chip: TPP against its rates, bandwidth against its memory, price range, dates."""
    spans = [_range(chip, field) for field in chip.ranges]
    return [
        *spans,
        _tpp(chip),
        _bandwidth(chip),
        _density(chip),
        _rates(chip),
        _prices(chip),
        _chip_dates(chip),
    ]


def _range(chip: r.Accelerator, field: str) -> Problem | None:
    span, value = chip.ranges[field], getattr(chip, field, None)
    if value is None or span.low <= value <= span.high:
        return (
            None if value is not None else Problem("ranges", f"{field} has a range and no value", "remove it")
        )
    return Problem("ranges", f"{field} {value:g} is outside {span.low:g} to {span.high:g}", "see ranges.yaml")


def _tpp(chip: r.Accelerator) -> Problem | None:
    rates = (
        (16, chip.fp16_tflops_dense),
        (8, chip.fp8_or_int8_tops_dense),
        (4, chip.fp4_tops_dense),
    )
    products = [bits * rate for bits, rate in rates if rate]
    if chip.tpp is None or not products or chip.id in TPP_EXCEPTIONS:
        return None
    expected = max(products)
    if abs(chip.tpp - expected) > 0.01 * expected + 1:
        return Problem(
            "tpp",
            f"tpp {chip.tpp:g} is not the largest of 16 x FP16, 8 x FP8/INT8, 4 x FP4, which is {expected:g}",
            "use dense rates; leave tpp empty to have none",
        )
    return None


def _bandwidth(chip: r.Accelerator) -> Problem | None:
    rate, kind = chip.memory_bandwidth_gb_s, chip.memory_type or ""
    if rate is None:
        return None
    most = MOST_GB_S.get(kind)
    stack = STACK_GB_S.get(kind)
    if stack:
        most = stack * (chip.hbm_stacks or 16)
    if most and rate > most:
        per = f" from {chip.hbm_stacks:g} stacks" if stack and chip.hbm_stacks else ""
        return Problem(
            "memory_bandwidth_gb_s",
            f"memory_bandwidth_gb_s {rate:g} is more than {kind} gives{per} (at most {most:g})",
            "give GB/s (10^9 bytes), not Gbit/s; check memory_type and hbm_stacks",
        )
    return None


def _density(chip: r.Accelerator) -> Problem | None:
    density = chip.performance_density
    if density is not None and not 0.02 <= density <= 200:
        return Problem(
            "die_area_mm2",
            f"tpp over die_area_mm2 is {density:.3g}, outside 0.02 to 200",
            "die area is the sum of all logic dies in mm2",
        )
    return None


def _rates(chip: r.Accelerator) -> Problem | None:
    if chip.fp16_tflops_dense and chip.fp16_tflops_dense > 50_000:
        return Problem(
            "fp16_tflops_dense", "fp16_tflops_dense is above 50,000", "give TFLOPS, 10^12 per second"
        )
    if chip.h100e is not None and chip.h100e > 100:
        return Problem(
            "fp8_or_int8_tops_dense", f"the part would be {chip.h100e:.0f} H100e", "give TOPS, dense"
        )
    if chip.interconnect_gb_s and chip.interconnect_gb_s > 40_000:
        return Problem("interconnect_gb_s", "interconnect_gb_s is above 40,000", "give GB/s, both directions")
    return None


def _prices(chip: r.Accelerator) -> Problem | None:
    low, high = chip.price_usd_low, chip.price_usd_high
    if low is not None and high is not None and low > high:
        return Problem(
            "price_usd_low", f"price_usd_low {low:g} is above price_usd_high {high:g}", "swap them"
        )
    if high is not None and high > 500_000:
        return Problem("price_usd_high", f"price_usd_high {high:g} is not the price of one part", "give USD")
    return None


def _chip_dates(chip: r.Accelerator) -> Problem | None:
    if chip.release_quarter and chip.eol_quarter:
        if quarter_index(chip.eol_quarter) < quarter_index(chip.release_quarter):
            return Problem("eol_quarter", "eol_quarter is before release_quarter", "check both")
    if chip.announced and chip.release_quarter:
        end = quarter_span(quarter_index(chip.release_quarter))[1]
        if chip.announced > end:
            return Problem("announced", "announced is after release_quarter", "check both", "warning")
    return None


def observation_problems(o: r.Observation) -> list[Problem | None]:
    """Check an observation: range, unit, and the dates of a forecast."""
    found: list[Problem | None] = []
    if (o.low is not None and o.low > o.value) or (o.high is not None and o.high < o.value):
        found.append(
            Problem(
                "value", f"value {o.value:g} is outside its range {o.low} to {o.high}", "low <= value <= high"
            )
        )
    if o.unit not in UNITS:
        found.append(Problem("unit", f"unit '{o.unit}' is not on the list", "see evidence/units.py"))
    if o.unit == "percent" and not -100 <= o.value <= 1000:
        found.append(Problem("value", f"{o.value:g} percent is out of range", "write 20 for 20%"))
    end = last_day(o.period)
    if o.forecast and o.published is None:
        found.append(Problem("published", "a forecast needs the date it was published", "add 'published'"))
    if not o.forecast and o.known_since < quarter_span_start(o.period):
        found.append(
            Problem(
                "known_since", "known before its period began, so it is a forecast", "set forecast to true"
            )
        )
    if o.forecast and o.published and o.published > end + timedelta(days=120):
        found.append(
            Problem("published", "published long after its period", "then it is no forecast", "warning")
        )
    return found


def quarter_span_start(period: str) -> date:
    """Return the first day of a year or quarter."""
    if "Q" in period:
        return quarter_span(quarter_index(period))[0]
    return date(int(period), 1, 1)


def measure_problems(m: r.Measure) -> list[Problem | None]:
    """Check the dates of a measure and the numbers in its details."""
    found: list[Problem | None] = detail_problems(m.details)
    if m.ended and m.effective and m.ended < m.effective:
        found.append(Problem("ended", f"ended {m.ended} is before effective {m.effective}", "check both"))
    for span in m.suspensions:
        if span.through and span.through < span.from_:
            found.append(
                Problem("suspensions", "a suspension ends before it begins", "check from and through")
            )
    for step in m.later:
        if step.known_since < m.known_since:
            found.append(Problem("later", f"'{step.what}' is dated before the measure", "check known_since"))
        if step.ended and m.effective and step.ended < m.effective:
            found.append(Problem("later", f"'{step.what}' ends it before it took effect", "check ended"))
    return found


def detail_problems(details: dict[str, Any], path: str = "") -> list[Problem | None]:
    """Check the known numbers in the details of a measure: a number, of the right size."""
    found: list[Problem | None] = []
    for key, value in details.items():
        where = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict):
            found += detail_problems(value, where)
        elif isinstance(value, str) and not any(ch.isdigit() for ch in value):
            continue  # words such as "not published"
        elif key in SHARES or key in AMOUNTS:
            most = AMOUNTS.get(key, 1.0)
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= most:
                unit = "a share from 0 to 1" if key in SHARES else f"a number from 0 to {most:g}"
                found.append(
                    Problem(where, f"{where} is {value!r}, not {unit}", "write 0.25 for 25%, 21000, ...")
                )
    return found


def prior_problem(p: r.Prior) -> Problem | None:
    """Check that the distribution has what its kind needs, in order."""
    if p.prior is None:
        return None if p.values is not None else Problem("prior", "neither prior nor values", "add one")
    d = dict(p.prior)
    kind = d.get("dist")
    if kind == "fixed":
        return (
            None if isinstance(d.get("value"), (int, float)) else Problem("prior", "fixed needs a value", "")
        )
    if kind == "uniform":
        ok = isinstance(d.get("low"), (int, float)) and d["low"] <= d.get("high", float("-inf"))
        return None if ok else Problem("prior", "uniform needs low <= high", "")
    if kind not in ("lognormal", "normal", "logitnormal"):
        return Problem(
            "prior", f"dist '{kind}' is unknown", "lognormal, normal, logitnormal, uniform or fixed"
        )
    try:
        low, mid, high = (float(d[q]) for q in ("p5", "p50", "p95"))
    except (KeyError, TypeError, ValueError):
        return Problem("prior", f"{kind} needs p5, p50 and p95", "")
    if not low <= mid <= high:
        return Problem("prior", f"quantiles out of order: {low:g}, {mid:g}, {high:g}", "p5 <= p50 <= p95")
    if kind == "lognormal" and low <= 0:
        return Problem("prior", "lognormal needs quantiles above zero", "use normal with min: 0")
    if kind == "logitnormal" and not 0 < low <= high < 1:
        return Problem("prior", "logitnormal needs quantiles between 0 and 1", "use normal with min and max")
    return None
