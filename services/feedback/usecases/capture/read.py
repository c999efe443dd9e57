"""Read feedback again, page by page or one by one."""

from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import Said
from services.feedback.domain.capture.wanted import Wanted
from services.feedback.queries.capture.feedback import find_feedback, newest_feedback
from services.feedback.queries.people import group_of
from shared.contracts.common import Page
from shared.contracts.feedback import FeedbackItem
from shared.problem import DomainError


class UnknownFeedback(DomainError):
    """No feedback has this id."""


async def list_feedback(
    pool: asyncpg.Pool,
    wanted: Wanted,
    customer_id: str | None,
    *,
    before: UUID | None,
    limit: int,
) -> Page[FeedbackItem]:
    """Give one page, newest first; the cursor is the last item's id."""
    ids = None if customer_id is None else await _ids_of(pool, customer_id)
    found = await newest_feedback(pool, wanted, ids, before=before, limit=limit + 1)
    items = [_item(said) for said in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=str(items[-1].feedback_id) if has_more else None)


async def require_feedback(pool: asyncpg.Pool, feedback_id: UUID) -> FeedbackItem:
    """Find one piece; raises UnknownFeedback."""
    said = await find_feedback(pool, feedback_id)
    if said is None:
        raise UnknownFeedback
    return _item(said)


async def _ids_of(pool: asyncpg.Pool, customer_id: str) -> list[str]:
    """List every id of a person; a stranger's words are there under the id given."""
    group = await group_of(pool, customer_id)
    ids = () if group is None else group.customer_ids
    return [customer_id, *(each for each in ids if each != customer_id)]


def _item(said: Said) -> FeedbackItem:
    return FeedbackItem.model_validate(said, from_attributes=True)
