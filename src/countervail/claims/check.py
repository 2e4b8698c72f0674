"""Checks claims against the evidence as of a date: verdicts are computed, never written."""

from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from countervail.claims import acts, chips, schema, series
from countervail.claims.findings import ClaimResult, Finding, combined
from countervail.errors import UserError
from countervail.evidence import Evidence, load
from countervail.evidence.load import COMPILED

CHECKS: dict[str, Any] = {
    "chip_threshold": chips.threshold,
    "chip_ratio": chips.ratio,
    "chip_compare": chips.compare,
    "measure_exists": acts.measure_exists,
    "event_exists": acts.event_exists,
    "rule_outcome": acts.rule_outcome,
    "history_threshold": series.threshold,
    "alliance_exists": acts.alliance_exists,
}


@dataclass(frozen=True)
class ClaimsReport:
    """The claims of a file with their verdicts."""

    as_of: date
    title: str
    claims: tuple[ClaimResult, ...]

    def __getitem__(self, id: str) -> ClaimResult:
        """Return the result of one claim."""
        return next(c for c in self.claims if c.id == id)

    def to_json(self) -> dict[str, Any]:
        """Return the document of the command contract."""
        return {
            "as_of": self.as_of.isoformat(),
            "title": self.title,
            "claims": [c.to_json() for c in self.claims],
        }

    def to_text(self) -> str:
        """Return the verdicts with their reasons, to read."""
        lines = [f"{self.title or 'Claims'}, as of {self.as_of}"]
        for claim in self.claims:
            confidence = f" (confidence {claim.confidence})" if claim.confidence else ""
            lines += ["", f"{claim.id}: {claim.verdict}{confidence}", f"  {claim.text}"]
            for finding in claim.findings:
                lines.append(f"  - {finding.verdict}: {finding.reason}")
                if finding.off_by:
                    relative = finding.off_by.relative
                    share = f" ({relative:+.0%} of the claim)" if relative is not None else ""
                    lines.append(f"    off by {finding.off_by.value:+g} {finding.off_by.unit}{share}")
        return "\n".join(lines) + "\n"


def shipped_files() -> dict[str, Path]:
    """Return the claims files that come with the package, by name."""
    folder = Path(str(resources.files("countervail.claims") / "data"))
    return {f.stem: f for f in sorted(folder.glob("*.yaml"))}


def check_file(
    path: str | Path, as_of: date | None = None, data_dir: str | Path | None = None
) -> ClaimsReport:
    """Return the verdicts on the claims of a file.

    Parameters
    ----------
    path
        A claims file, or the name of a shipped one (`article-2025-12`).
    as_of
        What was known on this day decides; None means all of the evidence base.
    data_dir
        A folder with a user's own chips, measures or history.
    """
    shipped = shipped_files()
    file = shipped.get(str(path), Path(path))
    claims = schema.read_claims(file)
    evidence = load(as_of=as_of, data_dir=Path(data_dir) if data_dir else None)
    day = as_of or COMPILED
    results = tuple(_judge(evidence, claim, day, file) for claim in claims.claims)
    return ClaimsReport(day, claims.title, results)


def _judge(evidence: Evidence, claim: schema.Claim, day: date, file: Path) -> ClaimResult:
    findings = []
    for number, assertion in enumerate(claim.assertions):
        on = assertion.by or claim.by or day
        try:
            found: Finding = CHECKS[assertion.kind](evidence, assertion, min(on, day))
        except UserError as error:
            where = f"{file}: claim {claim.id}, assertions[{number}]"
            raise UserError(f"{where}: {error.message}", error.hint) from None
        findings.append(Finding(found.verdict, found.reason, found.figures, found.off_by, assertion.kind))
    keys = {s for f in findings for x in f.figures for s in x.sources}
    urls = {k: evidence.sources[k].url or "" for k in keys if k in evidence.sources}
    return ClaimResult(
        claim.id, claim.text, combined((f.verdict for f in findings), claim.combine), tuple(findings), urls
    )
