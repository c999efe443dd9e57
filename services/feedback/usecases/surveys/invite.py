"""Invite people to a survey: who may be asked gets one open link; asking again gives it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import HeldTier
from services.feedback.domain.surveys.questions import survey_of
from services.feedback.domain.surveys.records import LIVE, Invitation, Invitee, StoredSurvey
from services.feedback.queries.surveys import audience, invitations, surveys
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.surveys.errors import SurveyNotLive, UnknownSegment, UnknownSurvey
from services.feedback.usecases.surveys.links import path_of, token_of
from services.feedback.usecases.surveys.tiers import tiers_held_by
from shared.idempotency import Answer, Asked, idempotently
from shared.ids import uuid7

Reason = Literal["unknown", "consent_withdrawn", "same_person", "no_customer_id"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to ask: customers, or a page of a segment."""

    customers: Sequence[str] = ()
    segment: str | None = None
    cursor: UUID | None = None
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class Guests:
    """Who is asked, by the id they were named with, and who is not."""

    asked: Mapping[str, Invitee]
    skipped: Sequence[tuple[str | None, Reason]]
    next_cursor: UUID | None = None


async def invite(desk: Desk, key: str, wanted: Wanted, asked: Asked) -> Answer:
    """Give everybody who may be asked their link.

    Raises UnknownSurvey, SurveyNotLive, UnknownSegment. Scoring is asked before the transaction.
    """
    await _require_live(desk.pool, key)
    guests = await _guests(desk.pool, wanted)
    held = await tiers_held_by(desk, list(guests.asked))

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        await surveys.hold(connection, key)
        survey = await _require_live(connection, key)
        made = await _invite(connection, survey, guests.asked, held, desk.clock.now())
        return _kept(survey, made, guests)

    answer = await idempotently(desk.pool, asked, work)
    return Answer(answer.status, _with_links(desk, answer.body), answer.is_replayed)


async def _require_live(connection: asyncpg.Connection | asyncpg.Pool, key: str) -> StoredSurvey:
    survey = await surveys.find_survey(connection, key)
    if survey is None:
        raise UnknownSurvey
    if survey.state != LIVE:
        raise SurveyNotLive
    return survey


async def _guests(pool: asyncpg.Pool, wanted: Wanted) -> Guests:
    if wanted.segment is None:
        return guests_of(wanted.customers, await audience.people_named(pool, wanted.customers))
    if not await audience.is_segment(pool, wanted.segment):
        raise UnknownSegment
    found = await audience.people_in(pool, wanted.segment, wanted.cursor, wanted.limit + 1)
    page = found[: wanted.limit]
    named = {each.customer_id: each for each in page if each.customer_id is not None}
    guests = guests_of(list(named), named)
    nameless: list[tuple[str | None, Reason]] = [
        (None, "no_customer_id") for each in page if each.customer_id is None
    ]
    after = page[-1].profile_id if len(found) > wanted.limit else None
    return Guests(guests.asked, [*guests.skipped, *nameless], after)


def guests_of(customer_ids: Sequence[str], people: Mapping[str, Invitee]) -> Guests:
    """Part those who are asked from those who are not; one person of several ids is asked once."""
    asked: dict[str, Invitee] = {}
    skipped: list[tuple[str | None, Reason]] = []
    seen: set[UUID] = set()
    for customer_id in customer_ids:
        person = people.get(customer_id)
        if person is None:
            skipped.append((customer_id, "unknown"))
        elif person.is_withdrawn:
            skipped.append((customer_id, "consent_withdrawn"))
        elif person.profile_id in seen:
            skipped.append((customer_id, "same_person"))
        else:
            seen.add(person.profile_id)
            asked[customer_id] = person
    return Guests(asked, skipped)


async def _invite(
    connection: asyncpg.Connection,
    survey: StoredSurvey,
    guests: Mapping[str, Invitee],
    held: Mapping[str, HeldTier],
    now: datetime,
) -> list[tuple[str, Invitation, bool]]:
    """Give each guest's invitation, and whether it is new."""
    ids = [guest.profile_id for guest in guests.values()]
    standing = await invitations.open_invitations(connection, survey.survey_key, ids, now)
    await invitations.renew_version(connection, survey.survey_key, list(standing), survey.version)
    expires_at = now + timedelta(days=survey_of(survey.document).expires_days)
    made = []
    for customer_id, guest in guests.items():
        if (one := standing.get(guest.profile_id)) is not None:
            made.append((customer_id, one, False))
            continue
        one = Invitation(
            invitation_id=uuid7(),
            survey_key=survey.survey_key,
            version=survey.version,
            profile_id=guest.profile_id,
            customer_id=guest.customer_id or customer_id,
            tier_held=held[customer_id].tier,
            is_tier_known=held[customer_id].is_known,
            is_open=True,
            invited_at=now,
            expires_at=expires_at,
        )
        made.append((customer_id, one, True))
    await invitations.add_invitations(connection, [one for _, one, is_new in made if is_new])
    return made


def _kept(
    survey: StoredSurvey, made: Sequence[tuple[str, Invitation, bool]], guests: Guests
) -> dict[str, Any]:
    """Give the answer as it may be kept for an Idempotency-Key: without links."""
    return {
        "survey": survey.survey_key,
        "version": survey.version,
        "items": [
            {
                "customer_id": customer_id,
                "invitation_id": str(one.invitation_id),
                "expires_at": one.expires_at.isoformat(),
                "is_new": is_new,
            }
            for customer_id, one, is_new in made
        ],
        "skipped": [{"customer_id": who, "reason": why} for who, why in guests.skipped],
        "next_cursor": None if guests.next_cursor is None else str(guests.next_cursor),
    }


def _with_links(desk: Desk, kept: Mapping[str, Any]) -> dict[str, Any]:
    items = []
    for item in kept["items"]:
        token = token_of(desk.secrets, UUID(item["invitation_id"]))
        items.append(item | {"token": token, "path": path_of(token)})
    return {**kept, "items": items}
