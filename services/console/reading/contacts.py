"""What pages ask of contacts: who spoke with a customer, when, and how it went."""

from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.contacts import InteractionItem


async def list_interactions(
    visit: Visit, customer_id: str, cursor: str | None = None, limit: int = 20
) -> Page[InteractionItem]:
    """Give the latest contacts with a customer."""
    query = {"customer_id": customer_id, "cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/interactions", Page[InteractionItem], query)
