"""Read feedback again, page by page."""

from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import Said
from services.feedback.queries.capture.feedback import newest_feedback
from shared.contracts.common import Page
from shared.contracts.feedback import FeedbackItem


async def list_feedback(
    pool: asyncpg.Pool, customer_id: str | None, *, before: UUID | None, limit: int
) -> Page[FeedbackItem]:
    """Give one page, newest first; the cursor is the last item's id."""
    found = await newest_feedback(pool, customer_id, before=before, limit=limit + 1)
    items = [_item(said) for said in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=str(items[-1].feedback_id) if has_more else None)


def _item(said: Said) -> FeedbackItem:
    return FeedbackItem.model_validate(said, from_attributes=True)
