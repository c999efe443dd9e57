"""Take answers: saved on the way, and given once, with all that follows in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import HeldTier
from services.feedback.domain.surveys.answers import Sheet, apart, judged, missing_faults
from services.feedback.domain.surveys.questions import Survey, survey_of
from services.feedback.domain.surveys.records import Asked, Response
from services.feedback.domain.surveys.standing import Standing, noted
from services.feedback.queries.surveys import invitations, responses
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.refuse import refuse
from services.feedback.usecases.surveys.errors import AlreadyAnswered
from services.feedback.usecases.surveys.follow import follow, id_at, prepare
from services.feedback.usecases.surveys.meet import require_asked
from services.feedback.usecases.surveys.tiers import tiers_held_by
from shared.ids import uuid7

_WRONG: Final = "Some answers cannot be taken: see errors for each question."


@dataclass(frozen=True, slots=True)
class Given:
    """Answers as they came, and the language they were asked in."""

    answers: Mapping[str, Any]
    language: str | None = None

    @property
    def fingerprint(self) -> bytes:
        """Hash the answers by their meaning."""
        text = json.dumps(self.answers, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Taken:
    """What was stored: which answers count, and which were to questions not shown."""

    response_id: UUID | None
    answers: Mapping[str, Any]
    dropped: tuple[str, ...]
    answered_at: datetime
    is_duplicate: bool = False


async def save_answers(desk: Desk, token: str, given: Given) -> Sheet:
    """Keep answers on the way in place of those kept before.

    Raises AlreadyAnswered, Problem 422, and as `require_asked`.
    """
    async with desk.pool.acquire() as connection, connection.transaction():
        asked, standing = await require_asked(connection, desk, token, is_held=True)
        if standing is Standing.ANSWERED:
            raise AlreadyAnswered
        survey = survey_of(asked.document)
        sheet = judged(survey, given.answers)
        refuse(sheet.faults, _WRONG)
        at = noted(desk.clock.now(), is_anonymous=survey.is_anonymous)
        await invitations.save(connection, asked.invitation.invitation_id, sheet.answers, at)
        return sheet


async def give_answers(desk: Desk, token: str, given: Given) -> Taken:
    """Take the answers of a link once; the same ones again are known, others refused.

    Raises AlreadyAnswered, Problem 422, and as `require_asked`.
    """
    before, standing = await require_asked(desk.pool, desk, token)
    customer_id = before.invitation.customer_id
    if standing is Standing.OPEN:
        survey = survey_of(before.document)
        sheet = _judged(survey, given)
        refuse(sheet.faults, _WRONG)
        await prepare(desk, survey, sheet.answers, customer_id)
    held = (await tiers_held_by(desk, [customer_id]))[customer_id]
    async with desk.pool.acquire() as connection, connection.transaction():
        asked, standing = await require_asked(connection, desk, token, is_held=True)
        if standing is Standing.ANSWERED:
            return await _again(connection, asked, given)
        return await _take(connection, desk, asked, given, held)


def _judged(survey: Survey, given: Given) -> Sheet:
    """Judge answers that are to be whole."""
    sheet = judged(survey, given.answers)
    faults = (*sheet.faults, *missing_faults(sheet))
    return Sheet(sheet.answers, sheet.dropped, sheet.missing, faults)


async def _again(connection: asyncpg.Connection, asked: Asked, given: Given) -> Taken:
    first = await responses.response_of(connection, asked.invitation.invitation_id)
    if first is None or first.fingerprint != given.fingerprint:
        raise AlreadyAnswered
    answers = {**first.answers, **first.texts}
    dropped = tuple(key for key in given.answers if key not in answers)
    return Taken(first.response_id, answers, dropped, first.answered_at, is_duplicate=True)


async def _take(
    connection: asyncpg.Connection, desk: Desk, asked: Asked, given: Given, held: HeldTier
) -> Taken:
    survey, now = survey_of(asked.document), desk.clock.now()
    sheet = _judged(survey, given)
    refuse(sheet.faults, _WRONG)
    response = _response(asked, survey, sheet, given, held, now)
    await responses.add_response(connection, response)
    await invitations.close(connection, asked.invitation.invitation_id, response.answered_at)
    await follow(connection, desk, survey, response, sheet.answers)
    response_id = None if survey.is_anonymous else response.response_id
    return Taken(response_id, sheet.answers, sheet.dropped, response.answered_at)


def _response(  # noqa: PLR0913, PLR0917 - each part of a response comes from elsewhere
    asked: Asked, survey: Survey, sheet: Sheet, given: Given, held: HeldTier, now: datetime
) -> Response:
    invitation, at = asked.invitation, noted(now, is_anonymous=survey.is_anonymous)
    counted, texts = apart(survey, sheet.answers)
    return Response(
        response_id=id_at(at) if survey.is_anonymous else uuid7(),
        survey_key=invitation.survey_key,
        version=invitation.version,
        invitation_id=None if survey.is_anonymous else invitation.invitation_id,
        customer_id=None if survey.is_anonymous else invitation.customer_id,
        answers=counted,
        texts=texts,
        language=given.language,
        tier_invited=invitation.tier_held,
        tier_held=held.tier,
        is_tier_known=held.is_known,
        fingerprint=b"" if survey.is_anonymous else given.fingerprint,
        answered_at=at,
    )
