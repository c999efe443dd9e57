"""Open a link: which questions it asks, and what was saved; or why nothing can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import asyncpg

from services.feedback.domain.surveys.questions import Survey, survey_of
from services.feedback.domain.surveys.records import Asked
from services.feedback.domain.surveys.standing import Standing, noted, standing_of
from services.feedback.queries.surveys import invitations
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.surveys.errors import (
    LinkClosed,
    LinkErased,
    LinkExpired,
    UnknownLink,
)
from services.feedback.usecases.surveys.links import invitation_in
from shared.problem import DomainError

_REFUSED: Final[Mapping[Standing, type[DomainError]]] = {
    Standing.CLOSED: LinkClosed,
    Standing.EXPIRED: LinkExpired,
    Standing.ERASED: LinkErased,
}


async def require_asked(
    connection: asyncpg.Connection | asyncpg.Pool,
    desk: Desk,
    token: str,
    *,
    is_held: bool = False,
) -> tuple[Asked, Standing]:
    """Give what a link asks, open or answered.

    Raises UnknownLink for what is forged and what is unknown alike, and LinkClosed, LinkExpired,
    LinkErased.
    """
    invitation_id = invitation_in(desk.secrets, token)
    if invitation_id is None:
        raise UnknownLink
    asked = await invitations.asked_by(connection, invitation_id, is_held=is_held)
    if asked is None:
        raise UnknownLink
    standing = standing_of(asked, desk.clock.now())
    if standing in _REFUSED:
        raise _REFUSED[standing]
    return asked, standing


async def open_link(desk: Desk, token: str) -> tuple[Asked, Survey, Standing]:
    """Give what a link asks and note that somebody looked; raises as `require_asked`."""
    asked, standing = await require_asked(desk.pool, desk, token)
    survey = survey_of(asked.document)
    if standing is Standing.OPEN and asked.invitation.opened_at is None:
        at = noted(desk.clock.now(), is_anonymous=survey.is_anonymous)
        await invitations.mark_opened(desk.pool, asked.invitation.invitation_id, at)
    return asked, survey, standing
