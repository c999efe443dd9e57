"""What pages ask of reviews: what works badly, quarter by quarter."""

from urllib.parse import quote

from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.reviews import ReviewAnswer, ReviewItem


async def list_reviews(
    visit: Visit, cursor: str | None = None, limit: int = 20
) -> Page[ReviewItem]:
    """Give a page of reviews, the newest first."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/reviews", Page[ReviewItem], query)


async def one_review(visit: Visit, review_id: object) -> ReviewAnswer:
    """Give a review with its findings."""
    return await visit.feedback.get(f"/v1/reviews/{quote(str(review_id), safe='')}", ReviewAnswer)
