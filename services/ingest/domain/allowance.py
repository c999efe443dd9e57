"""How often a key may come: a bucket of tokens each, refilled with time."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MAX_KEYS = 10_000
Key = TypeVar("Key")


@dataclass(slots=True)
class Allowances(Generic[Key]):
    """Token buckets by key: `per_s` refill, `burst` at most; the longest unused are forgotten."""

    per_s: float
    burst: float
    _buckets: OrderedDict[Key, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait_s(self, key: Key, now: float) -> float:
        """Take a token: 0, or the seconds until there is one again (then none is taken)."""
        tokens, since = self._buckets.get(key, (self.burst, now))
        tokens = min(self.burst, tokens + (now - since) * self.per_s)
        is_allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if is_allowed else tokens, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        return 0.0 if is_allowed else (1 - tokens) / self.per_s
