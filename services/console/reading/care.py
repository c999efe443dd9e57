"""What pages ask of care: whom to win back, who comes less often, which festivals come."""

from collections.abc import AsyncIterator

from pydantic import RootModel

from services.console.reading.streams import pieces_of
from services.console.visiting.visit import Visit
from shared.contracts.care import FestivalItem, FrequencyDrop, WinBackPage
from shared.contracts.common import Page


async def list_win_back(
    visit: Visit, segment: str | None, cursor: str | None, limit: int
) -> WinBackPage:
    """Give a page of whom to win back, the largest gain first."""
    query = {"segment": segment, "cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/care/win-back", WinBackPage, query)


async def list_drops(
    visit: Visit, segment: str | None, cursor: str | None, limit: int
) -> Page[FrequencyDrop]:
    """Give a page of who comes less often than they used to."""
    query = {"segment": segment, "cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/care/frequency-drops", Page[FrequencyDrop], query)


async def festivals(visit: Visit) -> list[FestivalItem]:
    """List the festivals and when they come next."""
    found = await visit.feedback.get("/v1/care/festivals", RootModel[list[FestivalItem]])
    return found.root


def win_back_table(visit: Visit, segment: str | None) -> AsyncIterator[bytes]:
    """Give the list as feedback writes it for spreadsheets, at most its 10,000 first."""
    query = {"format": "csv", "segment": segment}
    return pieces_of(visit.feedback, "/v1/care/win-back", query)
