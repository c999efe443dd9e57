"""Read on in what customers said: each remark once, also where the customer becomes known late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.playbook import Candidate
from services.feedback.queries.care.happenings import Remark, oldest_nameless, said_after
from services.feedback.usecases.care.looking import Found, Look
from shared.ids import uuid7

#: What was said is committed so long after its id was made at the latest: ids lead with their
#: millisecond, and a smaller one may appear after a larger one.
SETTLED_MS: Final = 10_000
#: Remarks of strangers that are read over and come back to; where there are more, reading stops.
MOST_WAITING: Final = 100
#: A remark that ingest cannot be told of is not waited for for ever.
LONGEST_WAIT_MS: Final = 7 * 24 * 3600 * 1000
_MILLIS_SHIFT: Final = 80
_NONE: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Place:
    """How far was read, and which remarks before that are waited for."""

    last: UUID = _NONE
    waiting: tuple[UUID, ...] = ()


def cursor_at(place: Place) -> str:
    """Write a place as a cursor."""
    return "+".join([str(place.last), *(each.hex for each in place.waiting)])


def place_at(cursor: str | None) -> Place:
    """Read a cursor; the beginning of all without one."""
    if not cursor:
        return Place()
    last, *waiting = map(UUID, cursor.split("+"))
    return Place(last, tuple(waiting))


@dataclass(frozen=True, slots=True)
class Turned:
    """A page turned: the remarks of known customers on it, where to go on, and whether at once."""

    known: Sequence[tuple[UUID, Remark]]
    place: Place
    has_more: bool


def turned(remarks: Sequence[Remark], first: UUID, last: UUID, limit: int) -> Turned:
    """Turn a page: what was waited for, and at most `limit` remarks after `first`, in order.

    Reading goes on behind remarks of strangers, which are waited for; MOST_WAITING at a time.
    """
    new = [each.feedback_id for each in remarks if each.feedback_id > first]
    has_more = len(new) >= limit
    end = new[limit - 1] if has_more else last
    strangers = [each.feedback_id for each in remarks if each.profile_id is None]
    waiting = [each for each in strangers if each <= end]
    if len(waiting) > MOST_WAITING:
        end, has_more = UUID(int=waiting[MOST_WAITING].int - 1), False
    known = [(each.profile_id, each) for each in remarks if each.feedback_id <= end]
    found = [(who, each) for who, each in known if who is not None]
    return Turned(found, Place(end, tuple(waiting[:MOST_WAITING])), has_more)


async def who_said(connection: asyncpg.Connection, look: Look) -> Found:
    """Read on in what customers said, as far as nothing older can still appear or be named."""
    trigger, newest = look.playbook.trigger, uuid7()
    place, last = place_at(look.cursor), settled_id(newest)
    if nameless := await oldest_nameless(connection):
        last = min(last, UUID(int=nameless.int - 1))
    oldest = newest.int - (LONGEST_WAIT_MS << _MILLIS_SHIFT)
    remarks = await said_after(
        connection,
        (place.last, last),
        (trigger["feedback_kind"], trigger.get("at_most")),
        waiting=[each for each in place.waiting if each.int >= oldest],
        limit=look.limit,
    )
    page = turned(remarks, place.last, max(place.last, last), look.limit)
    candidates = [
        Candidate(
            who,
            f"feedback:{each.feedback_id.hex}",
            {
                "trigger": "feedback",
                "feedback_id": str(each.feedback_id),
                "feedback_kind": trigger["feedback_kind"],
                "rating": each.rating,
                "channel": each.channel,
            },
            {},
        )
        for who, each in page.known
    ]
    return Found(candidates, cursor_at(page.place), page.has_more)


def settled_id(newest: UUID) -> UUID:
    """Give the id below which everything that will ever be there is there."""
    return UUID(int=max(newest.int - (SETTLED_MS << _MILLIS_SHIFT), 0))
