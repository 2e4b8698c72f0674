"""How long the rules take: random single checks, and the table of all products, quarters and destinations."""

import random
from datetime import date

from record import record, seconds, timed

from countervail.periods import quarter_name
from countervail.rules import check
from countervail.rules.chips import all_chips
from countervail.rules.groups import countries
from countervail.rules.table import Destination, table

CHECKS = 100_000
PLACES = (
    "CN HK MO RU US DE FR GB JP KR TW CA AU NL IT ES SE CH PL PT IE IL SG IN MY ID TH VN PH AE SA QA KW EG TR BR "
    "MX AR CL ZA NG KE KZ UZ PK"
).split()


def questions(n: int) -> list[tuple[str, str, date, str]]:
    """Return random questions: chip, destination, day, end user."""
    draw = random.Random(1)
    chips, places = [c.id or c.name for c in all_chips()], [*countries(), *["CN"] * 60]
    first, last = date(2018, 1, 1).toordinal(), date(2040, 12, 31).toordinal()
    kinds = ("commercial", "consumer", "military", "state", "cloud", "Huawei", "G42", "Microsoft")
    return [
        (
            draw.choice(chips),
            draw.choice(places),
            date.fromordinal(draw.randint(first, last)),
            draw.choice(kinds),
        )
        for _ in range(n)
    ]


def main() -> None:
    """Measure and record."""
    asked = questions(CHECKS)

    def checks() -> None:
        for chip, to, on, kind in asked:
            check(chip, to=to, on=on, end_user=kind)

    quarters = [quarter_name(q) for q in range(76)]
    columns = [
        Destination(c, k, h)
        for c in PLACES
        for k, h in (("commercial", None), ("state", None), ("commercial", "CN"))
    ]
    chips = list(all_chips())
    table(chips, quarters, columns)
    rows = [
        (f"{CHECKS:,} random checks in one process", *seconds(timed(checks, 1)), "20 s"),
        (
            f"table, {len(chips)} chips x 76 quarters x {len(columns)} destinations, warm",
            *seconds(timed(lambda: table(chips, quarters, columns), 9)),
            "0.05 s",
        ),
    ]
    record("Rules", ("what", "best", "median", "goal, at most"), rows)


if __name__ == "__main__":
    main()
