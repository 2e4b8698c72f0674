"""Counters in Prometheus' text form."""

import bisect
import threading
from collections import Counter
from typing import Any

EDGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """What one process counts."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.seconds: dict[str, list[int]] = {}
        self.total: Counter[str] = Counter()
        self.runs = self.draws = self.not_modified = self.gone = 0
        self._lock = threading.Lock()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        with self._lock:
            self.requests[method, route, status] += 1
            bins = self.seconds.setdefault(route, [0] * (len(EDGES) + 1))
            bins[bisect.bisect_left(EDGES, seconds)] += 1
            self.total[route] += seconds  # pyright: ignore[reportArgumentType]

    def text(self, gauges: dict[str, tuple[str, float]]) -> str:
        """Return everything as text; `gauges` gives further names with help and value."""
        lines = _head("requests_total", "counter", "Requests answered.")
        with self._lock:
            lines += [
                f'countervail_requests_total{{method="{m}",route="{r}",status="{s}"}} {n}'
                for (m, r, s), n in sorted(self.requests.items())
            ]
            lines += _head("request_seconds", "histogram", "Time to the answer.")
            for route, bins in sorted(self.seconds.items()):
                so_far = 0
                for edge, n in zip((*map(str, EDGES), "+Inf"), bins, strict=True):
                    so_far += n
                    lines.append(
                        f'countervail_request_seconds_bucket{{route="{route}",le="{edge}"}} {so_far}'
                    )
                lines.append(f'countervail_request_seconds_sum{{route="{route}"}} {self.total[route]:.6f}')
                lines.append(f'countervail_request_seconds_count{{route="{route}"}} {so_far}')
        counters: dict[str, tuple[str, Any]] = {
            "runs_total": ("Runs asked of the model.", self.runs),
            "draws_total": ("Draws asked of the model.", self.draws),
            "not_modified_total": ("Answers the client already had.", self.not_modified),
            "clients_gone_total": ("Clients that left before their answer.", self.gone),
        }
        for name, (help_, value) in counters.items():
            lines += [*_head(name, "counter", help_), f"countervail_{name} {value}"]
        for name, (help_, value) in gauges.items():
            kind = "counter" if name.endswith("_total") else "gauge"
            lines += [*_head(name, kind, help_), f"countervail_{name} {value:g}"]
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, help_: str) -> list[str]:
    return [f"# HELP countervail_{name} {help_}", f"# TYPE countervail_{name} {kind}"]
