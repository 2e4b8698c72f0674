"""What the figures of this server rest on: version, model, posterior, inputs. Part of every ETag."""

import hashlib
import json
from functools import cache
from typing import Any

from countervail import __version__


@cache
def stamp() -> dict[str, str]:
    """Return version, fingerprints of model and posterior, and one hash of the shipped inputs."""
    from countervail.calibration.fit import fingerprint
    from countervail.ensemble import posterior
    from countervail.scenario.provenance import shipped_hashes

    held = posterior.default(None)
    inputs = json.dumps(shipped_hashes(), sort_keys=True)
    return {
        "version": __version__,
        "fingerprint": fingerprint()[:16],
        "posterior": held.head["checksum"][:16] if held else "",
        "inputs": hashlib.sha256(inputs.encode()).hexdigest()[:16],
    }


def key_of(path: str, parameters: Any) -> str:
    """Return the identity of an answer: the same for the same question to the same model."""
    text = json.dumps([stamp(), path, parameters], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
