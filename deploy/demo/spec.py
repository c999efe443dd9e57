"""What one demo shop is: its size, span and seed, and the calendar that follows from them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

DAY_SECONDS = 86_400
# Asia/Shanghai has had no daylight saving since 1991, so local time is plain arithmetic.
ZONE_SECONDS = 8 * 3600
ZONE = "Asia/Shanghai"
CURRENCY = "CNY"
SMALLEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSpec:
    """Size, span and seed of a shop whose history ends at `now`; equal specs give equal bytes."""

    now: datetime
    customers: int = 2000
    years: float = 2.0
    seed: int = 20261122

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            message = "now needs an offset"
            raise ValueError(message)
        if self.customers < SMALLEST:
            message = f"the planted truths need at least {SMALLEST} customers"
            raise ValueError(message)
        if self.days < 200:
            message = "the planted truths need at least 200 days"
            raise ValueError(message)

    @property
    def now_s(self) -> int:
        """Seconds since 1970 UTC at which the history ends."""
        return int(self.now.astimezone(UTC).timestamp())

    @property
    def last_day(self) -> int:
        """Local date of `now`, in days since 1970-01-01."""
        return (self.now_s + ZONE_SECONDS) // DAY_SECONDS

    @property
    def days(self) -> int:
        """Business days of the span; the last one ends early, at `now`."""
        return round(self.years * 365) + 1

    @property
    def first_day(self) -> int:
        """First business date, in days since 1970-01-01."""
        return self.last_day - self.days + 1

    def seconds_open(self, day: int) -> int:
        """Seconds of a business date that lie before `now`."""
        return min(DAY_SECONDS, self.now_s + ZONE_SECONDS - day * DAY_SECONDS)

    def random(self, purpose: int) -> np.random.Generator:
        """Open a stream per purpose: changing one noun leaves the others as they were."""
        return np.random.default_rng([self.seed, purpose])


def instant_s(day: int, second: int) -> int:
    """Seconds since 1970 UTC of a local second of a business date."""
    return day * DAY_SECONDS + second - ZONE_SECONDS
