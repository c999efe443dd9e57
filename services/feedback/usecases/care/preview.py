"""What the next pass of a playbook would do: counted and shown, nothing made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import asyncpg

from services.feedback.domain.care.holding import Hold
from services.feedback.domain.care.playbook import Playbook
from services.feedback.domain.care.task import NewTask
from services.feedback.queries.care.audience import allow_time, count_audience
from services.feedback.usecases.care.caring import care_now
from services.feedback.usecases.care.finders import FINDERS, whole_audience
from services.feedback.usecases.care.holdout import peeked
from services.feedback.usecases.care.judged import (
    Care,
    Chosen,
    currency_of,
    judge_candidates,
)
from services.feedback.usecases.care.looking import Look
from services.feedback.usecases.care.playbook_desk import require_playbook
from services.feedback.usecases.care.worded import new_tasks
from services.feedback.usecases.desk import Desk
from shared.contracts.common import Money
from shared.contracts.playbooks import PlaybookPreview, PreviewGroup, PreviewSample
from shared.money import format_minor

#: People looked at, some hundred at a time: others are answered in between. Beyond them only the
#: audience is counted.
MOST_LOOKED_AT: Final = 10_000
CHUNK: Final = 500
#: Nobody knows who will enter a segment or complain: their playbooks show their audience.
_STREAMS: Final = frozenset({"entered", "feedback"})


@dataclass(slots=True)
class _Count:
    """What was found so far."""

    examined: int = 0
    contacts: int = 0
    cost: int = 0
    held: Counter[str] = field(default_factory=Counter)
    groups: dict[tuple[str | None, str | None], list[int]] = field(default_factory=dict)
    samples: list[NewTask] = field(default_factory=list)
    is_complete: bool = False

    def add(self, chosen: Sequence[Chosen], held: Sequence[Hold]) -> None:
        """Count who would be contacted, and who is held back."""
        self.held.update(str(reason) for reason in held)
        self.contacts += len(chosen)
        for each in chosen:
            group = self.groups.setdefault((each.person.tier, each.person.lifecycle), [0, 0])
            group[0] += 1
            group[1] += each.wish.cost
            self.cost += each.wish.cost


async def preview_playbook(desk: Desk, key: str, sample: int) -> PlaybookPreview:
    """Say what the next pass would do; raises UnknownPlaybook."""
    playbook, now = await require_playbook(desk.pool, key), desk.clock.now()
    care = await care_now(desk.pool, desk.zone, desk.caps, now, peeked)
    async with desk.pool.acquire() as connection, connection.transaction(readonly=True):
        await allow_time(connection)
        audience = await count_audience(connection, playbook.audience)
        count = await _looked_at(connection, playbook, care, now, sample)
    return _told(playbook, audience, count)


async def _looked_at(
    connection: asyncpg.Connection, playbook: Playbook, care: Care, now: datetime, sample: int
) -> _Count:
    kind = playbook.trigger["kind"]
    find = whole_audience if kind in _STREAMS else FINDERS.get(kind, whole_audience)
    occasion = now.astimezone(care.zone).date().isoformat()
    count, cursor = _Count(), None
    while count.examined < MOST_LOOKED_AT and not count.is_complete:
        found = await find(connection, Look(playbook, occasion, now, care.zone, cursor, CHUNK))
        promised = replace(care, promised=count.cost)
        judged = await judge_candidates(connection, playbook, found.candidates, promised, now)
        count.examined += len(found.candidates)
        count.add(judged.granted, list(judged.held.values()))
        some = judged.granted[: sample - len(count.samples)]
        count.samples += await new_tasks(connection, playbook, some, care, now)
        cursor, count.is_complete = found.cursor, not found.has_more
    return count


def _told(playbook: Playbook, audience: int, count: _Count) -> PlaybookPreview:
    currency = currency_of(playbook)
    groups = sorted(count.groups.items(), key=lambda item: (-item[1][0], str(item[0])))
    return PlaybookPreview(
        audience=audience,
        examined=count.examined,
        is_complete=count.is_complete,
        contacts=count.contacts,
        cost=_money(count.cost, currency),
        held_back=dict(count.held),
        groups=[
            PreviewGroup(
                tier=tier,
                lifecycle=lifecycle,
                contacts=people,
                cost=_money(cost, currency),
            )
            for (tier, lifecycle), (people, cost) in groups
        ],
        samples=[_sample(task) for task in count.samples],
    )


def _sample(task: NewTask) -> PreviewSample:
    held = task.segment_at or {}
    return PreviewSample.model_validate(
        {
            "customer_id": task.customer_id,
            "tier": held.get("tier"),
            "lifecycle": held.get("lifecycle"),
            "channel": task.channel,
            "message": dict(task.message or task.title),
        }
    )


def _money(minor: int, currency: str | None) -> Money | None:
    if currency is None:
        return None
    return Money(amount=format_minor(minor, currency), currency=currency)
