"""What is known of a customer's entries at an instant, with the sum over any stretch of time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from services.scoring.domain.status.engine.facts import Values


class Book:
    """Purchases by their instant with running totals, so that a window is two look-ups.

    A purchase of which nothing is left stays with zeros: it touches no sum.
    """

    __slots__ = ("_ids", "_totals", "ats", "net")

    def __init__(self, metric_count: int) -> None:
        self.ats: list[int] = []
        self.net: dict[str, Values] = {}
        self._ids: list[str] = []
        self._totals: list[list[int]] = [[0] for _ in range(metric_count)]

    def add(self, fact_id: str, at: int, values: Values) -> None:
        """Write a purchase down."""
        self.net[fact_id] = values
        if not self.ats or at >= self.ats[-1]:
            self.ats.append(at)
            self._ids.append(fact_id)
            for totals, value in zip(self._totals, values, strict=True):
                totals.append(totals[-1] + value)
            return
        place = bisect_right(self.ats, at)
        self.ats.insert(place, at)
        self._ids.insert(place, fact_id)
        for totals, value in zip(self._totals, values, strict=True):
            totals.insert(place, totals[place])
            _add_from(totals, place + 1, value)

    def change(self, fact_id: str, at: int, net: Values) -> None:
        """Set what is left of a purchase."""
        before, self.net[fact_id] = self.net[fact_id], net
        place = self._ids.index(fact_id, bisect_left(self.ats, at))
        for totals, old, new in zip(self._totals, before, net, strict=True):
            _add_from(totals, place + 1, new - old)

    def sums(self, start: int, end: int) -> list[int]:
        """Add up the purchases of `[start, end)`, a sum for each metric."""
        first, last = bisect_left(self.ats, start), bisect_left(self.ats, end)
        return [totals[last] - totals[first] for totals in self._totals]

    def between(self, start: int, end: int) -> Iterator[int]:
        """Yield the instants of the purchases in `[start, end)`."""
        yield from self.ats[bisect_left(self.ats, start) : bisect_left(self.ats, end)]


def _add_from(totals: list[int], place: int, value: int) -> None:
    if value:
        for n in range(place, len(totals)):
            totals[n] += value
