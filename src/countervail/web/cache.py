"""Answers kept in memory, the least recently asked forgotten first."""

import gzip
import threading
from collections import OrderedDict
from dataclasses import dataclass

WORTH = 1400  # bytes from which compression saves a packet


@dataclass
class Answer:
    """The body of an answer, and its compressed form once somebody asked for it."""

    body: bytes
    media: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    packed: bytes | None = None

    def gzipped(self) -> bytes:
        """Return the compressed body."""
        if self.packed is None:
            self.packed = gzip.compress(self.body, 4, mtime=0)
        return self.packed

    @property
    def size(self) -> int:
        """Return the bytes held."""
        return len(self.body) + len(self.packed or b"") + 512


class Cache:
    """Answers by key, up to a number of bytes in all."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0
        self.hits = self.misses = 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Answer | None:
        """Return an answer that is held."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._answers.move_to_end(key)
            return found

    def put(self, key: str, answer: Answer) -> None:
        """Hold an answer; one larger than a quarter of the room is not held."""
        if answer.size > self.most // 4:
            return
        with self._lock:
            old = self._answers.pop(key, None)
            self.held += answer.size - (old.size if old else 0)
            self._answers[key] = answer
            while self.held > self.most:
                _, gone = self._answers.popitem(last=False)
                self.held -= gone.size
