"""The business date of now, worked out once a day instead of once a request."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.scoring.domain.tiers.release import Release
from services.scoring.queries.tiers.decisions import Frame
from services.scoring.queries.tiers.hot_tier import Moment
from shared.clock import Clock, business_date, first_instant_of, next_local_midnight

_NEVER = datetime.min.replace(tzinfo=UTC)


class BusinessDay:
    """Tells the business date of an instant in the shop's zone."""

    __slots__ = ("_clock", "_day", "_ends", "_starts", "_zone", "midnight_of")

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        """Take the business clock and the shop's time zone."""
        self._clock = clock
        self._zone = zone
        self._day = date.min
        self._starts = self._ends = _NEVER
        self.midnight_of = lru_cache(maxsize=4096)(self._midnight_of)

    @property
    def zone(self) -> ZoneInfo:
        """Give the shop's time zone."""
        return self._zone

    def moment(self) -> Moment:
        """Tell the present instant and its business date."""
        now = self._clock.now()
        if not self._starts <= now < self._ends:
            self._day = business_date(now, self._zone)
            self._starts = self.midnight_of(self._day)
            self._ends = next_local_midnight(now, self._zone)
        return Moment(now, self._day)

    def ends_at(self, moment: Moment) -> datetime:
        """Tell when the business date of a moment is over."""
        return next_local_midnight(moment.now, self._zone)

    def _midnight_of(self, day: date) -> datetime:
        return first_instant_of(day, self._zone)


def frame_of(release: Release, moment: Moment, day: BusinessDay) -> Frame:
    """Say what decisions of one release made at one moment share."""
    return Frame(
        programme=release.programme.key,
        release_id=release.release_id,
        decided_at=moment.now,
        next_change_at=day.ends_at(moment),
        tier_keys=tuple(tier.key for tier in release.programme.tiers),
    )
