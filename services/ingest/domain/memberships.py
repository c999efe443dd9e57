"""Paid memberships: when each begins and ends, from all that was paid and ended.

A function of the set of records: late ones count as if they had come in time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.ingest.domain.facts import MembershipRow
from services.ingest.domain.records import Membership

_YEARS_END = 9998  # what comes later than that no calendar holds


@dataclass(frozen=True, slots=True)
class _Given:
    """A membership in a run of months: dates are counted from the run's start, never chained.

    31 January and a month is 28 February, and two are 31 March. `months`: of the run so far.
    """

    anchor: datetime
    months: int
    row: MembershipRow

    @property
    def over_at(self) -> datetime | None:
        """Return when it is over; None if never."""
        ends = [at for at in (self.row.ends_at, self.row.ended_at) if at is not None]
        return min(ends, default=None)


def memberships_of(records: Iterable[Membership]) -> dict[bytes, MembershipRow]:
    """Return the memberships that payments gave, with what took them back.

    Months that are paid before the former ones are over follow on them: nothing paid is lost. An
    end takes back what was paid until then, of the tier or the order it names, or all of the
    programme.
    """
    given: dict[tuple[str, str | None], list[_Given]] = {}
    for record in sorted(records, key=_when):
        if record.is_end:
            given = {
                place: [_ended(each, record) for each in some] for place, some in given.items()
            }
        else:
            some = given.setdefault((record.programme, record.tier), [])
            some.append(_paid(record, some))
    rows = (each.row for some in given.values() for each in some)
    return {row.membership_id: row for row in rows}


def _when(record: Membership) -> tuple[datetime, bool, bytes]:
    return record.occasion.effective_at, record.is_end, record.occasion.event_key


def _paid(record: Membership, before: Sequence[_Given]) -> _Given:
    at, months = record.occasion.effective_at, record.months
    anchor, total = at, months or 0
    start = at
    # of one tier of one programme: what runs longest, and is not without an end
    last = max(before, key=lambda each: each.over_at or at, default=None)
    if months is not None and last is not None and last.over_at is not None and last.over_at > at:
        start = last.over_at
        is_run = last.months > 0 and last.row.ended_at is None
        anchor, total = (last.anchor, last.months + months) if is_run else (start, months)
    row = MembershipRow(
        membership_id=record.occasion.event_key,
        programme_key=record.programme,
        tier_key=record.tier,
        starts_at=start,
        ends_at=record.ends_at if months is None else after_months(anchor, total, record.zone),
        ended_at=None,
        order_key=record.order_key,
    )
    return _Given(anchor, total, row)


def _ended(given: _Given, end: Membership) -> _Given:
    at, row = end.occasion.effective_at, given.row
    is_named = (
        row.programme_key == end.programme
        and end.tier in {None, row.tier_key}
        and end.order_key in {None, row.order_key}
    )
    if not is_named or (given.over_at is not None and given.over_at <= at):
        return given
    return replace(given, row=replace(row, ended_at=at))


def after_months(anchor: datetime, months: int, zone: str) -> datetime:
    """Return the same local time so many months later; a day that a month lacks is its last."""
    local = anchor.astimezone(ZoneInfo(zone))
    count = local.year * 12 + local.month - 1 + months
    year, month = min(count // 12, _YEARS_END), count % 12 + 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)
