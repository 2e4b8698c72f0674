"""Pictures of the diagnostics page, as SVG."""

from typing import Any


def taught_picture(about: dict[str, Any], most: int = 40) -> str:
    """Return an SVG: for each taught parameter its prior (grey) and posterior (blue) 90% range, in prior units."""
    names = {s["name"] for s in about["shipped"]}
    rows = sorted((t for t in about["taught"] if t["name"] in names), key=lambda t: t["sd"])[:most]
    high, left, scale = 16, 250, 60
    height = 40 + high * len(rows)
    middle = left + 3 * scale

    def x(z: float) -> float:
        return middle + scale * max(-3.0, min(3.0, z))

    box = f'viewBox="0 0 {left + 6 * scale + 20} {height}"'
    words = "prior standard deviations; bars: 5% to 95%, dots: mean; grey prior, blue posterior"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="10">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{left}" y="14">{words}</text>',
    ]
    for z in (-2, -1, 0, 1, 2):
        parts.append(f'<line x1="{x(z)}" x2="{x(z)}" y1="22" y2="{height - 14}" stroke="#ddd"/>')
        parts.append(f'<text x="{x(z)}" y="{height - 3}" text-anchor="middle">{z}</text>')
    for k, t in enumerate(rows):
        y = 30 + high * k
        parts.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{t["name"]}</text>')
        parts.append(
            f'<rect x="{x(-1.645)}" y="{y - 4}" width="{x(1.645) - x(-1.645)}" height="8" fill="#d8d8d8"/>'
        )
        low, top = x(t["mean"] - 1.645 * t["sd"]), x(t["mean"] + 1.645 * t["sd"])
        parts.append(f'<rect x="{low:.1f}" y="{y - 3}" width="{top - low:.1f}" height="6" fill="#2166ac"/>')
        parts.append(f'<circle cx="{x(t["mean"]):.1f}" cy="{y}" r="2.5" fill="white"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def sbc_picture(found: dict[str, Any]) -> str:
    """Return an SVG: for each watched unknown the cumulative share of ranks, over the band of 99% if all is right."""
    n, per = found["sets"], found["ranks_of"]
    names = list(found["ranks"])
    wide, high, across = 170, 130, 5
    down = -(-len(names) // across)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide * across} {high * down + 24}" '
        'font-family="sans-serif" font-size="9">',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="6" y="14">share of truths below a rank, less the rank; grey: where 99% of right samplers lie</text>',
    ]
    for k, name in enumerate(names):
        x0, y0 = wide * (k % across) + 10, 24 + high * (k // across) + 18
        w, h = wide - 20, high - 34
        at = [(i + 1) / per for i in range(per)]
        band = [2.576 * (a * (1 - a) / n) ** 0.5 for a in at]
        top = [(x0 + w * a, y0 + h / 2 - h * b) for a, b in zip(at, band, strict=True)]
        low = [(x0 + w * a, y0 + h / 2 + h * b) for a, b in zip(at, band, strict=True)]
        ring = " ".join(f"{x:.1f},{y:.1f}" for x, y in [(x0, y0 + h / 2), *top, *reversed(low)])
        seen = [sum(r < (i + 1) for r in found["ranks"][name]) / n for i in range(per)]
        line = " ".join(
            f"{x0 + w * a:.1f},{y0 + h / 2 - h * (s - a):.1f}" for a, s in zip(at, seen, strict=True)
        )
        parts.append(f'<text x="{x0}" y="{y0 - 5}">{name}</text>')
        parts.append(f'<polygon points="{ring}" fill="#d8d8d8"/>')
        parts.append(f'<polyline points="{x0:.1f},{y0 + h / 2:.1f} {line}" fill="none" stroke="#2166ac"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"
