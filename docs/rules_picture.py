"""Draw the timeline of `docs/rules.md` from the rules: `python docs/rules_picture.py`."""

from datetime import date
from pathlib import Path

from countervail.files import write_text
from countervail.rules.picture import timeline_svg

CHIPS = (
    "A100",
    "A800",
    "H100",
    "H800",
    "H20",
    "L20",
    "H200",
    "B200",
    "RTX 4090",
    "RTX 5090",
    "MI308X",
    "MI325X",
)
PICTURE = Path(__file__).parent / "_static" / "rules-timeline.svg"


def drawing() -> str:
    """Return the picture as SVG."""
    return timeline_svg(CHIPS, "CN", date(2022, 1, 1), date(2027, 12, 31))


if __name__ == "__main__":
    write_text(PICTURE, drawing())
