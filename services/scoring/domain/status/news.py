"""What a status decision gives to announce: a fall that is near, a tier that has expired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.scoring.domain.announcement import Announcement, Kind
from services.scoring.domain.status.decision import StatusDecision, StoredStatus, sum_of_items
from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.timeline import Item
from services.scoring.domain.status.programme import StatusProgramme

#: Falls that come with the end of what was promised.
_ENDS: Final = frozenset({Reason.REVIEW_LOWERED, Reason.GRANT_ENDED})


def may_have_news(decision: StatusDecision, stored: StoredStatus | None) -> bool:
    """Tell whether it is worth looking at what stands stored under a lock."""
    return stored is not None and (
        (decision.fall is not None and decision.fall.at != stored.warned)
        or decision.items_sum != stored.items_sum
    )


def news_of(
    decision: StatusDecision, stored: StoredStatus, programme: StatusProgramme, now: datetime
) -> list[Announcement]:
    """List what is new since a stored decision, each dated at its boundary."""
    return [
        *_expired(decision, stored, programme, now),
        *_warning(decision, stored, programme, now),
    ]


def _expired(
    decision: StatusDecision, stored: StoredStatus, programme: StatusProgramme, now: datetime
) -> list[Announcement]:
    items = decision.items
    return [
        Announcement(
            decision.profile_id,
            Kind.TIER_EXPIRED,
            _told(programme, before.rank, item.rank)
            | {
                "at": item.at.isoformat(),
                "valid_until": _text(item.until),
                "reason": item.reason,
                "as_of": now.isoformat(),
            },
            item.at,
        )
        for before, item in _new_steps(items, stored)
        if item.rank < before.rank and item.reason in _ENDS
    ]


def _new_steps(items: Sequence[Item], stored: StoredStatus) -> list[tuple[Item, Item]]:
    """Pair items that the stored decision did not know with the ones before them."""
    is_carried_on = sum_of_items(items[: stored.items]) == stored.items_sum
    first = stored.items if is_carried_on else 1
    return [
        (items[place - 1], items[place])
        for place in range(max(first, 1), len(items))
        if items[place].at > stored.decided_at
    ]


def _warning(
    decision: StatusDecision, stored: StoredStatus, programme: StatusProgramme, now: datetime
) -> list[Announcement]:
    fall = decision.fall
    if fall is None or fall.at == stored.warned:
        return []
    to_rank = programme.rules.rank_of(fall.tier_key) or 0
    body = _told(programme, decision.rank, to_rank) | {
        "at": fall.at.isoformat(),
        "valid_until": _text(decision.valid_until),
        "reason": decision.status,
        "as_of": now.isoformat(),
    }
    return [Announcement(decision.profile_id, Kind.TIER_WILL_CHANGE, body, now)]


def _told(programme: StatusProgramme, before: int, after: int) -> dict[str, Any]:
    return {
        "programme": programme.key,
        "from": _named(programme, before),
        "to": _named(programme, after),
    }


def _named(programme: StatusProgramme, rank: int) -> Mapping[str, Any]:
    tier = programme.rules.tiers[rank]
    return {"key": tier.key, "rank": rank, "name": dict(tier.name)}


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
