"""Make the picture of the readme from a run: the first chart of China's compute in the report, as one SVG file.

Run it after outcomes have moved: `.venv/bin/python docs/make_picture.py`.
"""

import re
from pathlib import Path
from xml.sax.saxutils import escape

import countervail as cv
from countervail.report import html

OUT = Path(__file__).parent / "images" / "compare.svg"
STYLE = Path(html.__file__).parent / "templates" / "style.css"
SCENARIOS = ("status-quo", "article", "full-denial", "self-reliance")
WIDTH, HEIGHT, HEAD, FOOT = 480, 300, 58, 26


def style() -> str:
    """Return the page's colours and the rules of its charts."""
    text = STYLE.read_text(encoding="utf-8")
    colours = text[: text.index("* {")]
    charts = text[text.index("/* charts */") : text.index(".legend {")]
    rules = [line for line in charts.splitlines() if not line.startswith("svg {")]
    return (
        re.sub(r"/\*.*?\*/", "", colours + "\n".join(rules))
        + "text.title { fill: var(--ink); font-weight: 600; font-size: 15px; }"
    )


def legend(figure) -> str:
    """Return the names of the scenarios with their lines."""
    parts, x = [], 8.0
    for kind, mark, words in figure.legend:
        if kind.startswith("seen"):
            parts.append(f'<circle cx="{x + 5:.0f}" cy="44" r="3.5" class="seen"/>')
        else:
            parts.append(f'<polyline points="{x:.0f},44 {x + 22:.0f},44" class="median {mark}"/>')
        label = "observed" if kind.startswith("seen") else words
        parts.append(f'<text x="{x + 27:.0f}" y="48">{escape(label)}</text>')
        x += 44 + 6.6 * len(label)
    return "".join(parts)


def picture() -> str:
    """Return the picture as SVG."""
    results = cv.compare(*SCENARIOS, draws=1000)
    figure = next(f for f in html.page(results).figures if f.id == "stock-cn")
    label, inner = re.fullmatch(r'<svg [^>]*aria-label=("[^"]*")>(.*)</svg>', figure.svg, re.DOTALL).groups()  # type: ignore[union-attr]
    inner = re.sub(r'<rect[^>]*class="hit"[^>]*(/>|>.*?</rect>)', "", inner)
    note = "Bands: 50% and 90% of 1,000 draws. Bars: the other scenarios at the end."
    total = HEAD + HEIGHT + FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {total}" width="{3 * WIDTH // 2}" role="img" '
        f"aria-label={label}>\n<style>{style()}</style>\n"
        f'<rect width="{WIDTH}" height="{total}" style="fill: var(--card)"/>\n'
        f'<text x="8" y="22" class="title">{escape(figure.title)}, {escape(figure.unit)}</text>\n{legend(figure)}\n'
        f'<g transform="translate(0 {HEAD})">{inner}</g>\n'
        f'<text x="8" y="{total - 8}" class="faint">{escape(note)}</text>\n</svg>\n'
    )


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(picture(), encoding="utf-8")
    print(OUT)
