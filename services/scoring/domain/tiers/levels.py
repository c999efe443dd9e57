"""The base level of each business date: what divides the season out of a score."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels of one model by rising date; levels are only ever added, never changed."""

    dates: tuple[date, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, known: Mapping[date, float]) -> Self:
        """Put levels into order."""
        dates = tuple(sorted(known))
        return cls(dates, tuple(known[day] for day in dates))

    def __len__(self) -> int:
        return len(self.dates)

    def seen(self, day: date) -> int:
        """Count the levels on or before a date."""
        return bisect_right(self.dates, day)

    def at(self, day: date) -> tuple[date, float]:
        """Give the level of a date, or the latest earlier one, with its own date.

        Raises LookupError before the first level.
        """
        place = bisect_right(self.dates, day) - 1
        if place < 0:
            raise LookupError(f"no level on or before {day}")
        return self.dates[place], self.values[place]
