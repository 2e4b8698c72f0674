"""Turn the facts a user states about a deal into `Transaction` and `Party`."""

import math
import re
from datetime import date
from typing import Any

from countervail.errors import UserError, unknown
from countervail.rules.groups import country_code
from countervail.rules.outcome import Party, Transaction
from countervail.rules.register import Register

KINDS = ("commercial", "consumer", "military", "state", "cloud", "research_laboratory", "fabless_designer")
OTHER_WORDS = {
    "government": "state",
    "state_owned": "state",
    "research_lab": "research_laboratory",
    "laboratory": "research_laboratory",
    "university": "research_laboratory",
    "fabless": "fabless_designer",
    "designer": "fabless_designer",
    "hyperscaler": "cloud",
    "cloud_provider": "cloud",
    "data_centre": "cloud",
    "individual": "consumer",
    "gamer": "consumer",
}
PARTS_OF_WORDS = (
    ("milit", "military"),
    ("govern", "state"),
    ("state", "state"),
    ("cloud", "cloud"),
    ("research", "research_laboratory"),
    ("laborator", "research_laboratory"),
    ("univers", "research_laboratory"),
    ("fabless", "fabless_designer"),
    ("consumer", "consumer"),
    ("commerc", "commercial"),
)
END_USER_KEYS = (
    "kind",
    "name",
    "headquarters",
    "ultimate_parent_headquarters",
    "entity_list",
    "military",
    "owned_pct_by_listed",
)
_ANALYSIS = re.compile(r"technical[ _-]?(analysis|evaluation)|destructive|tear-?down|reverse[ _-]engineer")
_LAB = re.compile(r"analys|test|evaluat|benchmark|study")
_ABROAD = re.compile(
    r"re-?export|from abroad|foreign-made|outside the u\.?s|export(ed)? from (?!(the )?(us\b|u\.s|united states))"
)
_IN_COUNTRY = re.compile(r"in-?country|transfer within")
_FOUNDRY = re.compile(r"foundry|\bfab\b|\bosat\b|\bfdp\b")
_USE = re.compile(r"^(use|using|buy|purchas|acqui|operat|servic|financ|technical|destructive|test)")
_HELD = re.compile(
    r"already (held|installed|deployed|owned)|installed base|existing (chip|item|equipment)|continued use"
)
_REMOTE = re.compile(r"remote|cloud access|\brent|iaas")


def clean(facts: dict[str, Any] | None) -> dict[str, Any]:
    """Return facts with true, false and numbers turned from text (as a CLI gives them) into values."""
    out = {}
    for key, value in (facts or {}).items():
        if isinstance(value, str):
            text = value.strip()
            if text.lower() in ("true", "yes", "false", "no"):
                value = text.lower() in ("true", "yes")
            elif re.fullmatch(r"-?\d+(\.\d+)?", text):
                value = float(text)
        out[str(key).replace("-", "_")] = value
    return out


def fact_flag(facts: dict[str, Any], key: str) -> bool | None:
    """Return a fact that is true or false, or None where it was not stated."""
    value = facts.get(key)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "yes", "false", "no"):
        return value.lower() in ("true", "yes")
    raise UserError(f"fact {key} is '{value}', true or false is expected", "leave it out if unknown")


def fact_number(facts: dict[str, Any], key: str) -> float | None:
    """Return a numeric fact, or None where it was not stated."""
    value = facts.get(key)
    if value is None or value == "":
        return None
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise UserError(f"fact {key} is '{value}', a number is expected", "leave it out if unknown")
    return number


def transaction(
    destination: str, facts: dict[str, Any], kind: str = "", chinese_design: bool = False
) -> Transaction:
    """Return the transaction for a destination and the facts of a case file's `transaction`.

    Where no type is stated, a US design is taken as exported from the US and a Chinese design as used abroad.
    """
    stated = str(facts.get("type") or "")
    text = (stated or ("use of foreign-made item" if chinese_design else "export from US")).lower()
    said = " ".join(f"{k} {v}" for k, v in facts.items() if isinstance(v, str)).lower()
    analysis = bool(_ANALYSIS.search(said)) or fact_flag(facts, "technical_analysis_only") is True
    if kind == "research_laboratory" and not analysis:
        analysis = bool(_LAB.search(text))
    abroad = bool(_ABROAD.search(text) or _IN_COUNTRY.search(text) or _FOUNDRY.search(text))
    from_us = fact_flag(facts, "exported_from_us")
    return Transaction(
        destination=destination,
        type=stated or text,
        exported_from_us=(not abroad and not _USE.search(text)) if from_us is None else from_us,
        in_country=bool(_IN_COUNTRY.search(text)),
        by_foundry=bool(_FOUNDRY.search(text)),
        use_only=bool(_USE.search(text)),
        technical_analysis=analysis,
        continued_use=bool(_HELD.search(said)),
        remote_access=bool(_REMOTE.search(text)),
        stated_type=bool(stated),
        facts=facts,
    )


def party(
    end_user: str,
    destination: str,
    headquarters: str | None,
    facts: dict[str, Any],
    register: Register,
    strict: bool = True,
) -> Party:
    """Return the end user for a kind or a name, and the facts of a case file's `end_user`.

    A name of the register brings its headquarters, kind and approvals; an unknown one is an error.
    """
    kind = (
        str(facts.get("kind") or end_user or "commercial").strip().lower().replace(" ", "_").replace("-", "_")
    )
    name = facts.get("name")
    kind = OTHER_WORDS.get(kind, kind)
    if kind not in KINDS and not strict:  # free words of a case file
        kind = next((meant for part, meant in PARTS_OF_WORDS if part in kind), kind)
    if kind not in KINDS:
        if facts.get("kind") is not None and strict:
            raise unknown("kind of end user", str(facts["kind"]), KINDS)
        name, kind = name or end_user, ""
    named = register.find(str(name)) if name else None
    if named is None and not kind:
        if strict:
            raise unknown("end user", str(name), [*KINDS, *register.names()])
        kind = "commercial"
    at = headquarters or facts.get("headquarters") or (named.headquarters if named else None)
    parent = facts.get("ultimate_parent_headquarters")
    at = country_code(str(at), "headquarters") if at else None
    if parent:
        parent = country_code(str(parent), "ultimate_parent_headquarters")
    elif named and named.headquarters:
        parent = named.headquarters  # a named group stays that group wherever its subsidiary sits
    owned = fact_number(facts, "owned_pct_by_listed")
    if owned is not None and not 0 <= owned <= 100:
        raise UserError(f"fact owned_pct_by_listed is {owned}, a percentage from 0 to 100 is expected")
    return Party(
        kind=kind or (named.kind if named else "commercial"),
        name=str(name) if name else None,
        headquarters=at,
        ultimate_parent_headquarters=parent,
        entity_list=fact_flag(facts, "entity_list"),
        military=fact_flag(facts, "military"),
        owned_pct_by_listed=owned,
        key=named.key if named else None,
        facts=facts,
    )


def said_so(facts: dict[str, Any], *patterns: str) -> bool:
    """Return whether a fact whose name holds all of some words is stated as true."""
    return any(v is True and all(p in k.lower() for p in patterns) for k, v in facts.items())


def day(value: "str | date") -> date:
    """Return the date a user means."""
    if isinstance(value, date):
        return value
    from countervail.periods import parse_date

    return parse_date(value)
