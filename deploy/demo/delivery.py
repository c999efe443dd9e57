"""The order in which things reach us: late, repeated and shuffled as real tills send them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from deploy.demo.catalogue import ONLINE
from deploy.demo.columns import Receipts
from deploy.demo.names import Body
from deploy.demo.season import Ints
from deploy.demo.spec import DAY_SECONDS, ZONE_SECONDS, ShopSpec, instant_s

_PURPOSE = 8
# A store without a network sells on; the whole day arrives some mornings later, all at once.
OFFLINE_SHARE = 0.012
OFFLINE_MOST_DAYS = 5
DELAYED_SHARE = 0.03
DELAYED_MOST_S = 7200
DUPLICATE_SHARE = 0.01
DUPLICATE_MOST_S = 2 * DAY_SECONDS


class Stream(StrEnum):
    RECEIPT = "receipt"
    EVENT = "event"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One item as it reaches us; `at` in seconds since 1970, `is_repeat` for a second copy."""

    at: int
    stream: Stream
    body: Body
    is_repeat: bool = False


class Post:
    """Holds what is on its way: at most a few days, so memory stays flat."""

    def __init__(self, spec: ShopSpec) -> None:
        self._spec = spec
        self._rng = spec.random(_PURPOSE)
        self._waiting: defaultdict[int, list[Delivery]] = defaultdict(list)

    def send_receipts(self, day: int, receipts: Receipts, bodies: Iterable[Body]) -> None:
        """Send a day's receipts on their ways, some of them twice."""
        arrival = self._arrivals(day, receipts)
        is_repeated = self._rng.random(len(receipts)) < DUPLICATE_SHARE
        again = arrival + self._rng.integers(60, DUPLICATE_MOST_S, len(receipts))
        rows = zip(arrival.tolist(), is_repeated.tolist(), again.tolist(), bodies, strict=True)
        for at, repeated, later, body in rows:
            self.send(at, Stream.RECEIPT, body)
            if repeated:
                self.send(later, Stream.RECEIPT, body, is_repeat=True)

    def send(self, at: int, stream: Stream, body: Body, *, is_repeat: bool = False) -> None:
        """Send one item; what would arrive after `now` arrives at the last moment."""
        at = min(at, self._spec.now_s)
        day = (at + ZONE_SECONDS) // DAY_SECONDS
        self._waiting[day].append(Delivery(at, stream, body, is_repeat))

    def arrived(self, day: int) -> list[Delivery]:
        """Everything that arrives on a local day, in order."""
        return sorted(self._waiting.pop(day, []), key=lambda delivery: delivery.at)

    def _arrivals(self, day: int, receipts: Receipts) -> Ints:
        rng, heads = self._rng, receipts.heads
        count = len(receipts)
        arrival = instant_s(day, 0) + heads.second + rng.integers(1, 20, count)
        is_delayed = rng.random(count) < DELAYED_SHARE
        arrival += np.where(is_delayed, rng.integers(60, DELAYED_MOST_S, count), 0)
        is_offline = rng.random(ONLINE + 1) < OFFLINE_SHARE
        is_offline[ONLINE] = False
        back_on = day + rng.integers(1, OFFLINE_MOST_DAYS + 1, ONLINE + 1)
        # A till empties its queue oldest first, four receipts a second.
        queue = instant_s(0, 8 * 3600) + back_on[heads.store] * DAY_SECONDS + np.arange(count) // 4
        return np.where(is_offline[heads.store], queue, arrival)
