"""Claims: statements about chips, measures and history, checked against the evidence."""

from countervail.claims.check import ClaimsReport, check_file, shipped_files
from countervail.claims.findings import ClaimResult, Figure, Finding, OffBy

__all__ = ["ClaimResult", "ClaimsReport", "Figure", "Finding", "OffBy", "check_file", "shipped_files"]
