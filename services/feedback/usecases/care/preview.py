"""What the next pass of a playbook would do: counted and shown, nothing made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import asyncpg

from services.feedback.domain.care.holding import Hold
from services.feedback.domain.care.message import PLACEHOLDERS, filled
from services.feedback.domain.care.playbook import Candidate, Playbook
from services.feedback.domain.care.task import NewTask
from services.feedback.domain.care.why import why_of
from services.feedback.queries.care.audience import allow_time, count_audience
from services.feedback.queries.care.people import attributes_of
from services.feedback.usecases.care.caring import care_now
from services.feedback.usecases.care.coming import Pass, next_passes
from services.feedback.usecases.care.holdout import peeked
from services.feedback.usecases.care.judged import (
    Care,
    Chosen,
    currency_of,
    judge_candidates,
    meant_among,
)
from services.feedback.usecases.care.looking import Look
from services.feedback.usecases.care.playbook_desk import require_playbook, warnings_of
from services.feedback.usecases.care.task_reading import name_in
from services.feedback.usecases.care.worded import new_tasks
from services.feedback.usecases.desk import Desk
from shared.contracts.common import Money
from shared.contracts.playbooks import ShownText
from shared.contracts.previews import (
    ComingGreetings,
    PlaceholderText,
    PlaybookPreview,
    PreviewGroup,
    PreviewSample,
)
from shared.money import format_minor

#: People looked at, some hundred at a time: others are answered in between. Beyond them only the
#: audience is counted.
MOST_LOOKED_AT: Final = 10_000
CHUNK: Final = 500


@dataclass(slots=True)
class _Count:
    """What was found so far of the pass of an instant."""

    at: datetime
    examined: int = 0
    contacts: int = 0
    cost: int = 0
    held: Counter[str] = field(default_factory=Counter)
    groups: dict[tuple[str | None, str | None], list[int]] = field(default_factory=dict)
    samples: list[NewTask] = field(default_factory=list)
    is_complete: bool = False

    @property
    def meant(self) -> int:
        """Count whom the pass is for, those held back included."""
        return self.contacts + self.held.total()

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
        passes = await next_passes(connection, playbook, now, desk.zone)
        count = _Count(at=now, is_complete=True)
        for place, each in enumerate(passes):
            count = await _looked_at(connection, playbook, care, each, sample)
            if count.meant:
                passes = passes[place:]
                break
        coming = await _coming(connection, playbook, passes, count, audience)
        samples = await _samples(connection, count.samples)
    return _told(playbook, audience, count, samples, coming)


async def _looked_at(
    connection: asyncpg.Connection, playbook: Playbook, care: Care, each: Pass, sample: int
) -> _Count:
    occasion = each.at.astimezone(care.zone).date().isoformat()
    count, cursor = _Count(each.at), None
    while count.examined < MOST_LOOKED_AT and not count.is_complete:
        look = Look(playbook, occasion, each.at, care.zone, cursor, CHUNK)
        found = await each.find(connection, look)
        promised = replace(care, promised=count.cost)
        judged = await judge_candidates(connection, playbook, found.candidates, promised, each.at)
        count.examined += len(found.candidates)
        count.add(judged.granted, list(judged.held.values()))
        some = judged.granted[: sample - len(count.samples)]
        count.samples += await new_tasks(connection, playbook, some, care, each.at)
        cursor, count.is_complete = found.cursor, not found.has_more
    count.is_complete = count.is_complete and each.is_complete
    return count


async def _coming(
    connection: asyncpg.Connection,
    playbook: Playbook,
    passes: Sequence[Pass],
    count: _Count,
    audience: int,
) -> list[ComingGreetings]:
    """Count whom the days to come concern; the first pass is the one that was looked at."""
    told: list[ComingGreetings] = []
    for each in passes:
        if each.contact_on is None or each.on is None or each.occasion is None:
            continue
        if each.candidates:
            people = await _meant(connection, playbook, each.candidates)
        else:
            is_counted = each.at == count.at and count.is_complete
            people = count.meant if is_counted else audience
        if people:
            told.append(
                ComingGreetings(
                    contact_on=each.contact_on,
                    occasion=ShownText(**each.occasion),
                    on=each.on,
                    customers=people,
                )
            )
    return told


async def _meant(
    connection: asyncpg.Connection, playbook: Playbook, candidates: Sequence[Candidate]
) -> int:
    people = 0
    for first in range(0, len(candidates), CHUNK):
        some = candidates[first : first + CHUNK]
        people += len(await meant_among(connection, playbook, some))
    return people


async def _samples(connection: asyncpg.Connection, tasks: Sequence[NewTask]) -> list[PreviewSample]:
    profiles = sorted({task.profile_id for task in tasks if task.profile_id is not None})
    told = await attributes_of(connection, profiles) if profiles else {}
    return [
        _sample(task, name_in(told.get(task.profile_id, {}) if task.profile_id else {}))
        for task in tasks
    ]


def _sample(task: NewTask, name: str | None) -> PreviewSample:
    held, why = task.segment_at or {}, why_of(task.details)
    words = {} if name is None else {"name": {"en": name, "zh": name}}
    return PreviewSample.model_validate(
        {
            "customer_id": task.customer_id,
            "tier": held.get("tier"),
            "lifecycle": held.get("lifecycle"),
            "channel": task.channel,
            "message": filled(task.message or task.title, words, keep=frozenset()),
            "why": why,
        }
    )


def _told(
    playbook: Playbook,
    audience: int,
    count: _Count,
    samples: list[PreviewSample],
    coming: list[ComingGreetings],
) -> PlaybookPreview:
    currency = currency_of(playbook)
    groups = sorted(count.groups.items(), key=lambda item: (-item[1][0], str(item[0])))
    return PlaybookPreview(
        as_of=count.at,
        coming=coming,
        warnings=warnings_of(playbook),
        placeholders=[
            PlaceholderText(placeholder=f"{{{name}}}", otherwise=ShownText(**words))
            for name, words in PLACEHOLDERS.items()
        ],
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
        samples=samples,
    )


def _money(minor: int, currency: str | None) -> Money | None:
    if currency is None:
        return None
    return Money(amount=format_minor(minor, currency), currency=currency)
