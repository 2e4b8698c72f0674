"""Errors a user can mend. Faces print them as one sentence with a hint and exit with code 2."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """Bad input: what is wrong, where, and what to do.

    Parameters
    ----------
    message
        One sentence: what is wrong and where.
    hint
        What to do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def unknown(kind: str, name: str, known: Iterable[str]) -> UserError:
    """Return the error for a name that does not exist, with the nearest names as hint."""
    names = sorted(known)
    folded = {n.lower(): n for n in names}
    near = [folded[n] for n in get_close_matches(name.lower(), folded, n=3, cutoff=0.5)]
    near += [n for n in names if name and name.lower() in n.lower() and n not in near][: 3 - len(near)]
    if near:
        hint = "did you mean " + " or ".join(near) + "?"
    else:
        hint = "known: " + ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return UserError(f"unknown {kind} '{name}'", hint)
