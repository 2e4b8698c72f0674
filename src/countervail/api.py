"""The library's calls, one for each command. Everything heavy is imported when a call needs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail import __version__
from countervail.errors import UserError
from countervail.periods import last_day

if TYPE_CHECKING:
    from countervail.claims import ClaimsReport
    from countervail.ensemble import Result
    from countervail.evidence import Evidence
    from countervail.rules import Outcome
    from countervail.rules.cases import CaseResult
    from countervail.rules.check import Change, Span

Day = date | str | None
Settings = Mapping[str, Any] | Sequence[str] | None
Progress = Callable[[int, int], None]
Facts = Mapping[str, Any] | Sequence[str] | str | None
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2040, 12, 31)


def day_of(text: Day, what: str = "date") -> date | None:
    """Return a date given as a date or as text; a month or a year means its last day."""
    if text is None:
        return None
    day = text if isinstance(text, date) else last_day(text, what)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UserError(f"{what} {day} is out of range", f"choose a day from {FIRST_DAY} to {LAST_DAY}")
    return day


def scenarios(*, as_of: Day = None) -> list[dict[str, Any]]:
    """Return the shipped scenarios."""
    from countervail.scenario.files import list_scenarios

    day_of(as_of)
    return [asdict(s) for s in list_scenarios()]


def levers(*, as_of: Day = None) -> list[dict[str, Any]]:
    """Return the levers of both sides with their ranges."""
    from countervail.scenario.levers import list_levers

    day_of(as_of)
    return [asdict(x) for x in list_levers()]


def outcomes() -> list[dict[str, Any]]:
    """Return the variables that a run gives."""
    from countervail.ensemble.outcomes import list_outcomes

    return list_outcomes()


def run(
    scenario: "Path | str" = "status-quo",
    *,
    draws: int = 1000,
    seed: int = 0,
    until: str = "2032Q4",
    set: Settings = None,  # noqa: A002 - the name of the option
    as_of: Day = None,
    data: Path | str | None = None,
    out: Path | str | None = None,
    progress: Progress | None = None,
) -> "Result":
    """Return the ensemble of one scenario; `out` is a folder for report, tables, data and inputs.

    Parameters
    ----------
    scenario
        Name of a shipped scenario, or path of a scenario file.
    set
        Levers and parameters as `{"us_export_fee": 0.25}` or `["us_export_fee=0.25@2026Q1"]`.
    """
    from countervail.ensemble import run as simulate

    folder = _out_folder(out)
    options = {"draws": draws, "seed": seed, "until": until, "set": set, "as_of": day_of(as_of)}
    result = simulate(scenario, **options, data_dir=Path(data) if data else None, progress=progress)
    _write([result], folder)
    return result


def compare(
    *scenarios: Path | str,
    draws: int = 1000,
    seed: int = 0,
    until: str = "2032Q4",
    set: Settings = None,  # noqa: A002 - the name of the option
    as_of: Day = None,
    data: Path | str | None = None,
    out: Path | str | None = None,
    progress: Progress | None = None,
) -> list["Result"]:
    """Return one result per scenario on the same draws, the base first. Options as `run`."""
    from countervail.ensemble import compare as simulate

    if len(scenarios) < 2:
        raise UserError("a comparison takes at least two scenarios", "example: status-quo full-denial")
    folder = _out_folder(out)
    options = {"draws": draws, "seed": seed, "until": until, "set": set, "as_of": day_of(as_of)}
    results = simulate(scenarios, **options, data_dir=Path(data) if data else None, progress=progress)
    _write(results, folder)
    return results


def _out_folder(out: Path | str | None) -> Path | None:
    """Return the folder for output, refusing one that cannot be written before any work is done."""
    if out is None:
        return None
    from countervail.files import write_text

    folder = Path(out)
    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not there.is_dir():
        raise UserError(f"{there} is a file, a folder is expected", "choose another name with --out")
    probe = there / ".countervail-probe"
    try:
        write_text(probe, "")
        probe.unlink(missing_ok=True)
    except UserError as error:
        reason = error.message.rpartition(": ")[2]
        raise UserError(f"cannot write to {folder}: {reason}", "choose another folder with --out") from None
    return folder


def _write(results: list["Result"], folder: Path | None) -> None:
    """Write all files of a run."""
    if folder is not None:
        from countervail.report import write

        write(results, folder)


def check_periods(periods: str) -> str:
    """Return the choice of periods, refusing an unknown one before any work is done."""
    if periods not in ("default", "all"):
        raise UserError(f"unknown choice of periods '{periods}'", "use default or all")
    return periods


def document(result: "Result", periods: str = "default") -> dict[str, Any]:
    """Return a run as the JSON document of the command contract."""
    return {**_head(result), "scenario": result.scenario.id, "outcomes": result.summary(periods)}


def comparison_document(results: list["Result"], periods: str = "default") -> dict[str, Any]:
    """Return a comparison as a JSON document: each scenario's outcomes, and differences to the first."""
    base, *others = results
    return {
        **_head(base),
        "base": base.scenario.id,
        "scenarios": [
            {"scenario": r.scenario.id, "title": r.scenario.title, "outcomes": r.summary(periods)}
            for r in results
        ],
        "differences": [
            {"scenario": other.scenario.id, "base": base.scenario.id, **row}
            for other in others
            for row in differences(base, other, periods)
        ],
    }


def differences(base: "Result", other: "Result", periods: str = "default") -> list[dict[str, Any]]:
    """Return `other` minus `base` draw by draw, as rows of quantiles and mean."""
    from countervail.ensemble import summary

    rows = []
    for spec in base.variables.values():
        for region in spec.all_regions:
            years, before = base.annual(spec.variable, region)
            spans = [([str(y) for y in years], other.annual(spec.variable, region)[1] - before)]
            if periods == "all" or spec.headline:
                change = other.values(spec.variable, region) - base.values(spec.variable, region)
                spans.append((base.quarters, change))
            for names, change in spans:
                means = summary.mean(change)
                ranges = summary.quantiles(change)
                if spec.kind == "share_of_draws":
                    ranges = means[:, None].repeat(ranges.shape[1], 1)
                head = {"variable": spec.variable, "region": region, "unit": spec.unit}
                for name, range_, mean in zip(names, ranges.tolist(), means.tolist(), strict=True):
                    quantiles = dict(zip(summary.QUANTILE_NAMES, range_, strict=True))
                    rows.append({**head, "period": name, **quantiles, "mean": mean})
    return rows


def _head(result: "Result") -> dict[str, Any]:
    """Return what a document says about how a run was made."""
    return {
        "scenario": result.scenario.id,
        "version": __version__,
        "draws": result.draws,
        "seed": result.seed,
        "until": result.until,
        "as_of": result.as_of,
    }


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


def load_evidence(*, as_of: Day = None, data: Path | str | None = None) -> "Evidence":
    """Return the evidence base as known on a day, with a user's own rows from a folder."""
    from countervail.evidence import load

    return load(as_of=day_of(as_of), data_dir=Path(data) if data else None)


def check_claims(file: Path | str, *, as_of: Day = None, data: Path | str | None = None) -> "ClaimsReport":
    """Return the verdicts on the claims of a file, or of a shipped file by name."""
    from countervail.claims import check_file

    return check_file(file, as_of=day_of(as_of), data_dir=data)
