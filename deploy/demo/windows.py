"""The history in parts: what had happened by each of some nights, and what came after the last."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from deploy.demo.delivery import Delivery
from deploy.demo.spec import ShopSpec
from shared.clock import business_date, first_instant_of

#: So many nights, a week apart, the last one yesterday's: the tiers of 30 days before yesterday are
#: known (the overview asks who moved since), and lines have a point a week.
NIGHTS: Final = 6
APART_DAYS: Final = 7
#: Second of a night's date: in the quiet hour, in which the schedule retrains.
NIGHT_S: Final = 3 * 3600 + 1800


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the history: seconds since 1970, `until` is not in it."""

    since: int
    until: int


def nights_of(now: datetime, zone: tzinfo, count: int = NIGHTS) -> list[datetime]:
    """Give the instants of the nights, the oldest first; days are those of the shop's zone."""
    yesterday = business_date(now, zone) - timedelta(days=1)
    dates = [yesterday - timedelta(days=APART_DAYS * back) for back in reversed(range(count))]
    return [first_instant_of(day, zone) + timedelta(seconds=NIGHT_S) for day in dates]


def windows(spec: ShopSpec, nights: Sequence[datetime]) -> list[Window]:
    """Cut the span at the nights; the last window ends with the history."""
    cuts = [0, *(int(night.timestamp()) for night in nights), spec.now_s + 1]
    return [Window(*edges) for edges in pairwise(cuts)]


class Belt:
    """Deliveries in their order, handed out a window at a time."""

    def __init__(self, deliveries: Iterable[Delivery]) -> None:
        self._coming = iter(deliveries)
        self._next = next(self._coming, None)

    def until(self, instant: int) -> Iterator[Delivery]:
        """Hand out what was delivered before an instant and was not handed out before."""
        while self._next is not None and self._next.at < instant:
            delivery = self._next
            self._next = next(self._coming, None)
            yield delivery
