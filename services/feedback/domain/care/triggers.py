"""When a playbook looks for people: the occasion that is on, by kind of trigger.

A trigger of a new kind needs three things: its contract (shared/contracts/triggers.py), a rule in
RULES that names the occasion which is on, and a finder (usecases/care/finders.py) that lists whom
the occasion concerns, page by page. All else (audience, consent, caps, hold-out, budget, once each)
is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

#: A stream of what happens: one occasion for ever, read on from where it was left.
STREAM: Final = "stream"

#: (trigger, now, since): both instants in the shop's zone; `since` is when the playbook went live.
#: Names the occasion to work on, or None. A pass of an occasion that is done is not made again.
Rule = Callable[[Mapping[str, Any], datetime, datetime], str | None]


def streaming(_trigger: Mapping[str, Any], _now: datetime, _since: datetime) -> str | None:
    """Follow what happens."""
    return STREAM


def by_hand(_trigger: Mapping[str, Any], _now: datetime, _since: datetime) -> str | None:
    """Wait for people: `POST /v1/playbooks/{key}/run` makes the occasion."""
    return None


def daily(trigger: Mapping[str, Any], now: datetime, since: datetime) -> str | None:
    """Name today, from the local time `at` on; a day that began before it was live counts too."""
    is_on = now.timetz().replace(tzinfo=None) >= time_of(trigger)
    return now.date().isoformat() if is_on and now >= since else None


def scheduled(trigger: Mapping[str, Any], now: datetime, since: datetime) -> str | None:
    """Name the last day on which the schedule came round since it is live; missed ones stay out."""
    at = time_of(trigger)
    for back in range(_LONGEST[trigger["every"]]):
        day = now.date() - timedelta(days=back)
        if _is_scheduled(trigger, day):
            moment = datetime.combine(day, at, tzinfo=now.tzinfo)
            if moment <= now:
                return day.isoformat() if moment >= since else None
    return None


# One day more than the longest gap: on the day itself the time may not have come yet.
_LONGEST: Final[Mapping[str, int]] = {"week": 8, "month": 32}


def _is_scheduled(trigger: Mapping[str, Any], day: date) -> bool:
    if trigger["every"] == "week":
        return day.isoweekday() == int(trigger["weekday"])
    return day.day == int(trigger["day"])


def time_of(trigger: Mapping[str, Any]) -> time:
    """Read the local time `at` of a trigger; nine o'clock without one."""
    return time.fromisoformat(trigger.get("at") or "09:00")


RULES: Final[dict[str, Rule]] = {
    "entered": streaming,
    "feedback": streaming,
    "schedule": scheduled,
    "manual": by_hand,
    "birthday": daily,
    "festival": daily,
    "frequency_drop": daily,
    "win_back": daily,
}


def occasion_on(trigger: Mapping[str, Any], now: datetime, since: datetime) -> str | None:
    """Name the occasion that is on; None: there is none now. Both instants in the shop's zone."""
    return RULES[trigger["kind"]](trigger, now, since)
