"""One chip through time: what the rules said of it, what decided, and what would have changed the answer.

python examples/one_chip_through_time.py [CHIP]
"""

import sys

import countervail as cv

DAYS = ("2022-09-01", "2023-12-01", "2025-05-01", "2026-02-01")


def number(value: object) -> bool:
    """Say whether a test compares numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def main(chip: str) -> None:
    """Print the answer of every stretch of days, then each answer's reasons on a few of them."""
    print(f"{chip} to a commercial buyer in China")
    for span in (row.to_json() for row in cv.timeline(chip, to="CN")):
        print(f"  {span['from']} to {span['to']}: {span['outcome']} ({span['measure'] or 'no measure'})")
    for day in DAYS:
        found = cv.can_ship(chip, to="CN", on=day).to_json()
        print(f"\non {day}: {found['outcome']}")
        for test in found["trace"]:
            if test["passed"] is not None and test["measure"] == found["measure"]:
                figures = (
                    f": {test['value']} {test['op']} {test['threshold']}" if number(test["value"]) else ""
                )
                print(f"  {test['test']}{figures} {'holds' if test['passed'] else 'does not hold'}")
        for flip in found["flips"][:3]:
            print(f"  with {flip['field']} {flip['to']} instead of {flip['from']}: {flip['outcome']}")
        rule = found["import"]
        if rule:
            print(f"  China: {rule['outcome']} ({rule['measure'] or 'no measure'})")
    # What was known then: the same question with nothing that became known later.
    early = cv.can_ship(chip, to="CN", on="2026-02-01", as_of="2025-12-31").to_json()
    print(f"\non 2026-02-01, with what was known at the end of 2025: {early['outcome']}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "H200")
