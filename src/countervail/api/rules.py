"""Questions to the rules: may it ship, how did that change, which chips changed, do these cases hold."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail.api.days import Day, day_of
from countervail.errors import UserError

if TYPE_CHECKING:
    from countervail.rules import Outcome
    from countervail.rules.cases import CaseResult
    from countervail.rules.check import Change, Span
    from countervail.rules.design import Design

Facts = Mapping[str, Any] | Sequence[str] | str | None


def can_ship(
    chip: Any = None,
    *,
    to: str,
    on: date | str,
    spec: Path | str | None = None,
    end_user: str = "commercial",
    headquarters: str | None = None,
    facts: Facts = None,
    scope: str = "enforced",
    as_of: Day = None,
) -> "Outcome":
    """Return whether a chip may go to a buyer on a day, why, and which smallest change would flip the answer.

    Parameters
    ----------
    chip, spec
        An id, unique name or alias, or a mapping of figures; `spec` is a YAML file of figures instead.
    facts
        A mapping, or texts `KEY=VALUE` and names of YAML files.
    """
    from countervail.rules import check

    return check(
        _chip(chip, spec),
        to=to,
        on=on,
        end_user=end_user,
        headquarters=headquarters,
        facts=read_facts(facts),
        scope=scope,
        as_of=day_of(as_of),
        flips=True,
    )


def timeline(
    chip: Any = None,
    *,
    to: str,
    spec: Path | str | None = None,
    end_user: str = "commercial",
    headquarters: str | None = None,
    facts: Facts = None,
    scope: str = "enforced",
    as_of: Day = None,
) -> list["Span"]:
    """Return how the outcome for a chip changed, and will change as the law stands."""
    from countervail.rules import timeline as spans

    return spans(
        _chip(chip, spec),
        to,
        end_user=end_user,
        headquarters=headquarters,
        facts=read_facts(facts),
        scope=scope,
        as_of=day_of(as_of),
    )


def diff(
    from_date: date | str,
    to_date: date | str,
    *,
    to: str,
    end_user: str = "commercial",
    headquarters: str | None = None,
    scope: str = "enforced",
    as_of: Day = None,
) -> list["Change"]:
    """Return the chips whose outcome differs between two days."""
    from countervail.rules import diff as changes

    more = {"end_user": end_user, "headquarters": headquarters, "scope": scope}
    return changes(from_date, to_date, to, **more, as_of=day_of(as_of))


def design(
    on: date | str,
    *,
    to: str,
    maximise: str = "tpp",
    node: str | None = None,
    max_dies: int | None = None,
    designer: str | None = None,
    as_of: Day = None,
) -> "Design":
    """Return the best part that needs no licence on a day, and the lines of the law that bind it.

    Parameters
    ----------
    maximise
        tpp, bandwidth, decode or training.
    node, max_dies
        A manufacturing node and the most dies in a package; the newest node of the day by default.
    designer
        A firm that letters may bind; none is taken as bound.
    """
    from countervail.rules.design import design as search

    return search(on, to, maximise, node=node, max_dies=max_dies, designer=designer, as_of=day_of(as_of))


def test_cases(file: Path | str, *, as_of: Day = None) -> list["CaseResult"]:
    """Return the result of every case of a file."""
    from countervail.rules import Regime, run_cases

    return run_cases(Path(file), Regime.load(day_of(as_of)))


def _chip(chip: Any, spec: Path | str | None) -> Any:
    """Return what the rules take as a chip."""
    if (chip is None) == (spec is None):
        raise UserError("give one chip", "name it with --chip, or give its figures in a file with --spec")
    if spec is None:
        return chip
    from countervail.files import read_yaml

    figures = read_yaml(Path(spec))
    if not isinstance(figures, dict):
        raise UserError(f"{spec} is no mapping of figures", "write lines like memory_gb: 96")
    return figures


def read_facts(facts: Facts) -> dict[str, Any]:
    """Return facts given as a mapping, or as texts `KEY=VALUE` and names of YAML files; later ones win."""
    if not facts:
        return {}
    if isinstance(facts, Mapping):
        return dict(facts)
    from countervail.files import parse_yaml, read_yaml

    found: dict[str, Any] = {}
    for text in [facts] if isinstance(facts, str) else facts:
        key, equals, value = text.partition("=")
        if equals and not Path(text).exists():
            found[key.strip()] = parse_yaml(value, f"--facts {key.strip()}")
            continue
        data = read_yaml(Path(text))
        if not isinstance(data, dict):
            raise UserError(f"{text} is no mapping of facts", "write lines like end_use: training")
        for name, part in data.items():
            found.update(
                part if name in ("transaction", "end_user") and isinstance(part, dict) else {name: part}
            )
    return found
