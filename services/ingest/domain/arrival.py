"""One item as it arrives: judged by itself, before anybody knows whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.ingest.domain.identity import Claim
from services.ingest.domain.records import EventKey, OrderKey, Record

NOBODY = UUID(int=0)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
SUSPECT_AFTER = timedelta(minutes=5)
REFUSED_AFTER = timedelta(hours=48)


class ItemRefused(Exception):
    """An item that cannot be accepted: `code` for machines, `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Arrival:
    """An item that was read: what it says, and the keys it is known by.

    `record` has no profile yet (NOBODY). `extra`: what the facts do not need but the event keeps.
    `is_explicit`: an identify or an alias, which may link profiles and move claims. `previous`:
    what an alias says the person was known by before. `traits`: attributes for the profile.
    """

    index: int
    event_key: EventKey
    body_hash: bytes
    kind: str
    source_id: str
    claims: tuple[Claim, ...]
    values: tuple[str, ...]
    record: Record
    received_at: datetime
    is_time_suspect: bool = False
    is_valued: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)
    is_explicit: bool = False
    previous: tuple[Claim, ...] = ()
    previous_values: tuple[str, ...] = ()
    traits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named_orders(self) -> tuple[OrderKey, ...]:
        """Return every order key this item owns or undoes."""
        keys = getattr(self.record, "order_keys", None)
        if keys is not None:
            return tuple(keys)
        link = getattr(self.record, "link", None)
        return () if link is None else (link,)


def effective_instant(occurred_at: datetime, now: datetime) -> tuple[datetime, bool]:
    """Return the instant an item counts at, and whether its clock is suspect.

    Up to 5 minutes ahead is a clock; up to 48 hours ahead counts at reception; anything further
    ahead, or before 1990, is refused.
    """
    ahead = occurred_at - now
    if ahead > REFUSED_AFTER or occurred_at < EARLIEST:
        raise ItemRefused("time_out_of_range", "occurred_at is before 1990 or over 48 h ahead")
    if ahead > SUSPECT_AFTER:
        return now, True
    return occurred_at, False
