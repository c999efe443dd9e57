"""Make the tasks of live playbooks: chunk by chunk, each occasion once, one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import asyncpg

from services.feedback.domain.care.holding import added, tally
from services.feedback.domain.care.playbook import Playbook, PlaybookState
from services.feedback.domain.care.triggers import STREAM, occasion_on
from services.feedback.queries.care import playbooks as store
from services.feedback.queries.care.playbooks import Run
from services.feedback.queries.care.task_board import expire_tasks
from services.feedback.queries.care.tasks import add_tasks
from services.feedback.usecases.care.finders import FINDERS, start_of
from services.feedback.usecases.care.judged import Care, judge_candidates
from services.feedback.usecases.care.looking import Found, Look
from services.feedback.usecases.care.worded import new_tasks

#: People a transaction looks at: a few hundred milliseconds; other loops and requests go between.
CHUNK: Final = 1000
_SPENT: Final = {
    "en": "The budget of this month is spent; the rest of the audience was left out.",
    "zh": "本月预算已用完，其余顾客未联系。",
}


#: Tasks given up by one statement.
BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """What one chunk came to."""

    made: int = 0
    has_more: bool = False


async def work_on_playbooks(
    pool: asyncpg.Pool, care: Care, now: datetime, *, chunk: int = CHUNK
) -> bool:
    """Work one chunk of every live playbook; tell whether any has more."""
    steps = [
        await work_on(pool, key, care, now, chunk=chunk) for key in await store.live_playbooks(pool)
    ]
    return any(step.has_more for step in steps)


async def give_up(pool: asyncpg.Pool, now: datetime) -> bool:
    """Let tasks expire that nobody has seen to in time; tell whether more may wait."""
    return await expire_tasks(pool, now, BATCH) == BATCH


async def work_on(
    pool: asyncpg.Pool, key: str, care: Care, now: datetime, *, chunk: int = CHUNK
) -> Step:
    """Work one chunk of a playbook in one transaction: its tasks, and how far it is.

    Nothing is done while another worker makes tasks; what a crash interrupts is done again.
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await store.is_alone(connection):
            return Step()
        playbook = await store.hold_playbook(connection, key)
        if playbook is None or playbook.state != PlaybookState.LIVE:
            return Step()
        run = await _run_of(connection, playbook, care, now)
        return Step() if run is None else await _chunk(connection, playbook, run, care, now, chunk)


async def _run_of(
    connection: asyncpg.Connection, playbook: Playbook, care: Care, now: datetime
) -> Run | None:
    """Find the pass to work on: one that was asked for, else that of the occasion which is on."""
    if asked := await store.asked_run(connection, playbook.playbook_key):
        return asked
    local, since = now.astimezone(care.zone), (playbook.live_since or now).astimezone(care.zone)
    occasion = occasion_on(playbook.trigger, local, since)
    if occasion is None:
        return None
    found = await store.find_run(connection, playbook.playbook_key, occasion)
    if found is None:
        start = await start_of(connection, playbook.trigger["kind"])
        return Run(playbook.playbook_key, occasion, start, {}, None, now, now, None)
    return found if found.finished_at is None else None


async def _chunk(  # noqa: PLR0913, PLR0917 - what a transaction holds
    connection: asyncpg.Connection,
    playbook: Playbook,
    run: Run,
    care: Care,
    now: datetime,
    size: int,
) -> Step:
    look = Look(playbook, run.occasion, now, care.zone, run.cursor, size)
    found = await FINDERS[playbook.trigger["kind"]](connection, look)
    judged = await judge_candidates(connection, playbook, found.candidates, care, now)
    tasks = await new_tasks(connection, playbook, judged.granted, care, now)
    made = len(await add_tasks(connection, tasks, now=now))
    counts = added(run.counts, tally(made, judged.held.values()))
    moved = replace(run, cursor=found.cursor, counts=counts, looked_at=now)
    ended = _ended(moved, found, now, is_spent=judged.verdict.is_budget_spent, made=made)
    if ended != replace(run, looked_at=now) or found.candidates:
        await store.save_run(connection, ended)
    return Step(made, found.has_more and ended.finished_at is None)


def _ended(run: Run, found: Found, now: datetime, *, is_spent: bool, made: int) -> Run:
    """Say whether a pass is over: everybody was looked at, or there is no money left.

    A stream is never over; what comes while the month's money is spent is left out.
    """
    note = _SPENT if is_spent else (None if made else run.note)
    is_stream = run.occasion == STREAM
    is_over = not is_stream and (is_spent or not found.has_more)
    return replace(run, note=note, finished_at=now if is_over else None)
