"""Hashes of the inputs a scenario rests on, so that a run can say what it was made from."""

import hashlib
from importlib import resources
from pathlib import Path
from typing import Any

# What is hashed: package and folder; a folder counts with everything below it.
INPUTS = {
    "levers and products": ("countervail.scenario", "data"),
    "evidence": ("countervail.evidence", "data"),
    "rules": ("countervail.rules", "measures"),
    "rules data": ("countervail.rules", "data"),
}


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, shortened to 16 digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def shipped_hashes() -> dict[str, str]:
    """Return one hash for each folder of shipped inputs."""
    out = {}
    for name, (package, folder) in INPUTS.items():
        root = resources.files(package) / folder
        digest = hashlib.sha256()
        for path, file in _files(root, ""):
            digest.update(path.encode())
            digest.update(file.read_bytes())
        out[name] = digest.hexdigest()[:16]
    return out


def _files(folder: Any, path: str) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    if not folder.is_dir():
        return out
    for item in sorted(folder.iterdir(), key=lambda f: f.name):
        if item.name.startswith((".", "__")):
            continue
        if item.is_dir():
            out += _files(item, f"{path}/{item.name}")
        else:
            out.append((f"{path}/{item.name}", item))
    return out
