"""A readable print of the window of a scenario: `python -m countervail.scenario.window status-quo`."""

import argparse
import sys
from typing import Any

from countervail.errors import UserError
from countervail.periods import quarter_index, quarter_name
from countervail.scenario.judging import CN_WORDS, SEGMENTS, US_WORDS

SHORT_US = dict(
    zip(US_WORDS, ("free", "exception", "pres.approval", "case-by-case", "letters", "denial"), strict=True)
)
SHORT_CN = dict(
    zip(CN_WORDS, ("admitted", "case-by-case", "discouraged", "state-barred", "not-admitted"), strict=True)
)


def main(arguments: list[str] | None = None) -> None:
    """Print what each exporter can offer, by quarter and segment."""
    from countervail.scenario.builder import window_of

    parser = argparse.ArgumentParser(prog="python -m countervail.scenario.window", description=main.__doc__)
    parser.add_argument("scenario", nargs="?", default="status-quo")
    parser.add_argument("--segment", default="CN", choices=SEGMENTS)
    parser.add_argument("--until", default="2027Q4")
    parser.add_argument("--as-of", default=None)
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args(arguments)
    try:
        lines = describe(*window_of(options.scenario, set=options.set, as_of=options.as_of), options)
    except UserError as error:
        sys.exit(f"error: {error.message}\nhint: {error.hint}")
    print("\n".join(lines))


def describe(window: Any, paths: Any, options: argparse.Namespace) -> list[str]:
    """Return the lines of the table."""
    s = SEGMENTS.index(options.segment)
    lines = [f"Offers to segment {options.segment}; the number after a part is its share w"]
    for e, vendor in enumerate(("NVIDIA", "AMD")):
        lines.append(f"\n{vendor}")
        lines.append(f"{'quarter':8}  H100e  TB/s   fee   cap  parts | US words | CN words: state; cloud")
        for q in range(quarter_index(options.until) + 1):
            w = window.weights[q, s, e]
            parts = " ".join(f"{i}:{x:.2f}" for i, x in zip(window.part_ids[e], w, strict=False) if x >= 0.01)
            us = _words(window.us_words[q, s, e], SHORT_US.values())
            cn = (
                "; ".join(_words(window.cn_words[q, b, e], SHORT_CN.values()) for b in (0, 1))
                if s == 1
                else ""
            )
            cap = _or(paths["us_volume_cap_share"][q], window.cap_share[q]) if s == 1 else 9.0
            fee = _or(paths["us_export_fee"][q], window.fee[q]) if s == 1 else 0.0
            lines.append(
                f"{quarter_name(q):8}{window.parts[q, s, e, 0]:7.2f}{window.parts[q, s, e, 3]:6.2f}"
                f"{fee:6.2f}{'-' if cap > 5 else f'{cap:.2f}':>6}  {parts} | {us} | {cn}"
            )
    return lines


def _words(shares: Any, names: Any) -> str:
    return " ".join(f"{n} {x:.2f}" for n, x in zip(names, shares, strict=True) if x >= 0.005)


def _or(value: float, otherwise: float) -> float:
    return otherwise if value != value else value
