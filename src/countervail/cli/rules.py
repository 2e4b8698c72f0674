"""`countervail rules`: may this chip go there, why, and what would change the answer."""

from typing import Annotated, Any

import typer

from countervail.cli.options import AsOf, EndUser, Headquarters, Json, Scope, To, as_of_date, sale, sharing
from countervail.cli.output import cell_text, facts_of, print_json, say, table

app = typer.Typer(
    help="Judge a shipment under the rules of both sides: check, test, timeline, diff, design.",
    no_args_is_help=True,
)

On = Annotated[
    str, typer.Option("--on", metavar="DATE", help="Day of the shipment, 2018-01-01 to 2040-12-31.")
]


@app.command(epilog="Example: countervail rules check --chip H200 --to CN --on 2026-02-01")
@sharing(sale)
def check(
    to: To,
    on: On,
    all_tests: Annotated[
        bool, typer.Option("--all-tests", help="Print every test, not only those that decided.")
    ] = False,
    json: Json = False,
    **given: Any,
) -> None:
    """Say whether a chip may go to a buyer on a day, why, and which smallest change would flip the answer."""
    from countervail import api

    outcome = api.can_ship(to=to, on=on, **given)
    if json:
        print_json(outcome)
    else:
        title = f"{given['chip'] or given['spec']} to {to.upper()} on {on}, buyer: {given['end_user']}"
        _show(outcome.to_json(), title, all_tests)


def _show(found: dict[str, Any], title: str, all_tests: bool) -> None:
    """Print an outcome: the decision, its reasons in order, and what would flip it."""
    rule = found["import"]
    facts_of(
        title,
        {
            "outcome": f"{found['outcome']}: {found['meaning']}",
            "decided by": _where(found),
            "classification": found["classification"],
            "fee": _terms(found["fee"]),
            "cap": _terms(found["cap"]),
            "unknown": found["missing"],
            "Chinese side": rule and f"{rule['outcome']} ({_where(rule) or 'no measure'})",
        },
    )
    conditions = [*found["conditions"], *(rule["conditions"] if rule else [])]
    if conditions:
        rows = [(c["text"], "not stated" if c["met"] is None else c["met"], _where(c)) for c in conditions]
        table(("condition", "met", "measure"), rows)
    tests = [*found["trace"], *(rule["trace"] if rule else [])]
    if not all_tests:
        deciding = {found["measure"], rule["measure"] if rule else None}
        tests = [t for t in tests if t["measure"] in deciding or found["measure"] is None]
    if tests:
        rows = [
            (
                t["test"],
                _value(t["value"]),
                f"{t['op']} {_value(t['threshold'])}",
                _passed(t["passed"]),
                _where(t),
            )
            for t in tests
        ]
        table(("test", "value", "rule", "holds", "measure"), rows)
    if found["flips"]:
        rows = [
            (f["field"], _value(f["from"]), _value(f["to"]), f["outcome"], _where(f)) for f in found["flips"]
        ]
        table(("smallest change", "from", "to", "outcome then", "measure"), rows)
    for note in [*found["notes"], *(rule["notes"] if rule else [])]:
        say(f"note: {note}")


def _where(record: dict[str, Any]) -> str:
    """Return measure and clause; a clause that begins with the measure's id says both."""
    measure, clause = (str(record.get(k) or "") for k in ("measure", "clause"))
    if measure and clause.startswith(measure):
        return clause
    return ", ".join(text for text in (measure, clause) if text)


def _terms(terms: dict[str, Any] | None) -> str:
    return ", ".join(f"{k.replace('_', ' ')} {cell_text(v)}" for k, v in (terms or {}).items())


def _value(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else "unknown" if value is None else cell_text(value)


def _passed(passed: bool | None) -> str:
    return "unknown" if passed is None else "yes" if passed else "no"


@app.command(epilog="Example: countervail rules test my-cases.yaml")
def test(
    file: Annotated[
        str, typer.Argument(metavar="FILE.yaml", help="Cases with the outcome that each should have.")
    ],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Run a file of cases and print each miss; exit with 1 when there is any."""
    from countervail import api

    cases = [case.to_json() for case in api.test_cases(file, as_of=as_of_date(as_of))]
    missed = [case for case in cases if not case["passed"]]
    if json:
        print_json({"passed": len(cases) - len(missed), "failed": len(missed), "cases": cases})
    else:
        for case in missed:
            print(f"miss: {case['id']}: {case['title']}")
            for miss in case["misses"]:
                print(f"  {miss} ({_where(case)})")
        print(f"{len(cases) - len(missed)} passed, {len(missed)} failed")
    if missed:
        raise typer.Exit(1)


@app.command(epilog="Example: countervail rules timeline --chip H20 --to CN")
@sharing(sale)
def timeline(to: To = "CN", json: Json = False, **given: Any) -> None:
    """Show how the outcome for a chip changed, and will change as the law stands."""
    from countervail import api

    rows = api.timeline(to=to, **given)
    what = given["chip"] or given["spec"]
    if json:
        print_json({"chip": what, "to": to.upper(), "timeline": rows})
    else:
        columns = ("from", "to", "outcome", "measure", "clause")
        cells = [[row.to_json()[c] for c in columns] for row in rows]
        table(columns, cells, title=f"{what} to {to.upper()}")


@app.command(epilog="Example: countervail rules design --on 2023-12-01 --to CN --maximise decode")
def design(
    on: On,
    to: To = "CN",
    maximise: Annotated[
        str, typer.Option("--maximise", metavar="GOAL", help="tpp, bandwidth, decode or training.")
    ] = "tpp",
    node: Annotated[
        str | None, typer.Option("--node", metavar="NODE", help="A node; the newest of the day by default.")
    ] = None,
    max_dies: Annotated[
        int | None,
        typer.Option("--max-dies", metavar="N", help="Most dies in a package, 1 to 8.", min=1, max=8),
    ] = None,
    designer: Annotated[
        str | None, typer.Option("--designer", metavar="NAME", help="A firm that letters may bind.")
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Find the best part that needs no licence on a day, and which lines of the law bind it."""
    from countervail import api

    found = api.design(
        on, to=to, maximise=maximise, node=node, max_dies=max_dies, designer=designer, as_of=as_of_date(as_of)
    ).to_json()
    if json:
        print_json(found)
        return
    title = f"best for {maximise} to {to.upper()} on {on}, node {found['node']}"
    free = found["unconstrained"]
    table(
        ("figure", "legal", "without the law"),
        [(k, _exact(v), _exact(free.get(k))) for k, v in found["chip"].items()],
        title=title,
    )
    columns = ("quantity", "value", "threshold", "slack", "move", "measure", "clause")
    table(columns, [[_exact(b[c]) for c in columns] for b in found["binding"]], title="what binds it")
    for note in found["notes"]:
        say(note)


@app.command(epilog="Example: countervail rules diff --from 2025-04-01 --to-date 2025-05-01 --to CN")
def diff(
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help="First date.")],
    to_date: Annotated[str, typer.Option("--to-date", metavar="DATE", help="Second date.")],
    to: To,
    end_user: EndUser = "commercial",
    headquarters: Headquarters = None,
    scope: Scope = "enforced",
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """List the chips whose outcome differs between two dates."""
    from countervail import api

    buyer = {"end_user": end_user, "headquarters": headquarters, "scope": scope}
    rows = api.diff(from_, to_date, to=to, **buyer, as_of=as_of_date(as_of))
    if json:
        print_json({"from": from_, "to_date": to_date, "to": to.upper(), "changes": rows})
    else:
        cells = [
            (c["id"], c["before"]["outcome"], c["after"]["outcome"], _where(c["after"]))
            for c in (row.to_json() for row in rows)
        ]
        table(("chip", "before", "after", "decided by"), cells)
        say(f"{len(cells)} chips changed outcome")


def _exact(value: Any) -> str:
    """Return a figure with the digits that decide at a line of the law."""
    return f"{value:,.6g}" if isinstance(value, int | float) else "" if value is None else str(value)
