"""Define surveys: every change is a new version, and answers keep the one they were given under."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import asyncpg

from services.feedback.domain.fault import DocumentFault
from services.feedback.domain.surveys.laws import faults_of
from services.feedback.domain.surveys.records import DRAFT, LIVE, RESERVED, StoredSurvey
from services.feedback.queries.surveys import surveys
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.refuse import refuse
from services.feedback.usecases.surveys.errors import (
    SurveyAnswered,
    SurveyChanged,
    SurveyExists,
    UnknownSurvey,
)
from shared.audit import Note, note
from shared.idempotency import Answer, Asked, idempotently

_BREAKS: Final = "The survey breaks rules: see errors for each place and what to write there."


@dataclass(frozen=True, slots=True)
class Draft:
    """A survey as somebody writes it; `based_on`: the version they read (If-Match)."""

    key: str
    document: Mapping[str, Any]
    actor: str
    based_on: int | None = None


async def create_once(
    desk: Desk, draft: Draft, asked: Asked, shown: Callable[[StoredSurvey], Mapping[str, Any]]
) -> Answer:
    """Make a new survey, a draft, once a key; raises SurveyExists and Problem 422 with the faults.

    `shown` gives the body of the answer.
    """

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        await surveys.hold(connection, draft.key)
        if await surveys.find_survey(connection, draft.key) is not None:
            raise SurveyExists
        return shown(await _put(connection, desk, draft, None))

    return await idempotently(desk.pool, asked, work)


async def change_survey(desk: Desk, draft: Draft) -> tuple[StoredSurvey, bool]:
    """Write a survey, and tell whether it is new.

    The same document again makes no new version. Raises SurveyChanged and Problem 422.
    """
    async with desk.pool.acquire() as connection, connection.transaction():
        await surveys.hold(connection, draft.key)
        before = await surveys.find_survey(connection, draft.key)
        if draft.based_on != (None if before is None else before.version):
            raise SurveyChanged
        if before is not None and before.document == draft.document:
            return before, False
        return await _put(connection, desk, draft, before), before is None


async def _put(
    connection: asyncpg.Connection, desk: Desk, draft: Draft, before: StoredSurvey | None
) -> StoredSurvey:
    refuse(_reserved(draft.key), _BREAKS)
    kinds = {} if before is None else await surveys.kinds_answered(connection, draft.key)
    refuse(faults_of(draft.document, kinds), _BREAKS)
    now = desk.clock.now()
    survey = StoredSurvey(
        survey_key=draft.key,
        version=await surveys.next_version(connection, draft.key),
        state=DRAFT if before is None else before.state,
        document=dict(draft.document),
        created_at=now if before is None else before.created_at,
        updated_at=now,
    )
    await surveys.put_survey(connection, survey)
    await surveys.add_version(connection, survey, draft.actor)
    made = Note(draft.actor, "survey.written", draft.key, {"version": survey.version})
    await note(connection, made, at=now)
    return survey


def _reserved(key: str) -> list[DocumentFault]:
    words = "This key is a word of ours: choose another."
    return [DocumentFault("/key", "reserved", words)] if key in RESERVED else []


async def turn(desk: Desk, key: str, state: str, actor: str) -> StoredSurvey:
    """Open or close a survey; raises UnknownSurvey."""
    async with desk.pool.acquire() as connection, connection.transaction():
        await surveys.hold(connection, key)
        survey = await surveys.find_survey(connection, key)
        if survey is None:
            raise UnknownSurvey
        if survey.state == state:
            return survey
        now = desk.clock.now()
        await surveys.set_state(connection, key, state, now)
        opened, closed = Note(actor, "survey.opened", key), Note(actor, "survey.closed", key)
        await note(connection, opened if state == LIVE else closed, at=now)
        return replace(survey, state=state, updated_at=now)


async def remove_survey(desk: Desk, key: str, actor: str) -> None:
    """Take away a survey that nobody answered; raises UnknownSurvey, SurveyAnswered."""
    async with desk.pool.acquire() as connection, connection.transaction():
        await surveys.hold(connection, key)
        if await surveys.find_survey(connection, key) is None:
            raise UnknownSurvey
        if await surveys.has_responses(connection, key):
            raise SurveyAnswered
        await surveys.delete_survey(connection, key)
        await note(connection, Note(actor, "survey.deleted", key), at=desk.clock.now())


async def require_survey(pool: asyncpg.Pool, key: str) -> StoredSurvey:
    """Give a survey; raises UnknownSurvey."""
    survey = await surveys.find_survey(pool, key)
    if survey is None:
        raise UnknownSurvey
    return survey


async def list_surveys(
    pool: asyncpg.Pool, after: str | None, limit: int
) -> tuple[list[StoredSurvey], str | None]:
    """Give a page of surveys by their keys, and where the next one begins."""
    found = await surveys.page_of_surveys(pool, after or "", limit + 1)
    items = found[:limit]
    return items, items[-1].survey_key if len(found) > limit else None
