"""What pages ask of segments: which there are, who is in, whom a condition would hold."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

from services.console.reading.streams import pieces_of
from services.console.visiting.visit import Visit
from shared.clients.transport import Call
from shared.contracts.common import Page
from shared.contracts.segments import CountAnswer, MemberAnswer, PreviewAnswer, SegmentAnswer

_PAGE = 200
Condition = Mapping[str, Any]


async def list_segments(
    visit: Visit, cursor: str | None = None, limit: int = _PAGE
) -> Page[SegmentAnswer]:
    """Give a page of segments by their keys."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.scoring.get("/v1/segments", Page[SegmentAnswer], query)


async def one_segment(visit: Visit, key: str) -> SegmentAnswer:
    """Give one segment."""
    return await visit.scoring.get(_path(key), SegmentAnswer)


async def count_segment(visit: Visit, key: str) -> CountAnswer:
    """Count who is in a segment now."""
    return await visit.scoring.get(f"{_path(key)}/count", CountAnswer)


async def list_members(
    visit: Visit, key: str, cursor: str | None, limit: int
) -> Page[MemberAnswer]:
    """Give a page of who is in a segment now."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.scoring.get(f"{_path(key)}/members", Page[MemberAnswer], query)


async def preview(
    visit: Visit, condition: Condition, purpose: str | None = None, sample: int = 0
) -> PreviewAnswer:
    """Count whom a condition would hold, with a few of them; nothing is kept."""
    body = {"condition": condition, "purpose": purpose, "sample": sample}
    return await visit.scoring.ask(Call("POST", "/v1/segments/preview", body), PreviewAnswer)


def stream_members(visit: Visit, key: str) -> AsyncIterator[bytes]:
    """Stream everybody in a segment as CSV, as scoring writes it: safe for spreadsheets."""
    return pieces_of(visit.scoring, f"{_path(key)}/members", {"format": "csv"})


def _path(key: str) -> str:
    return f"/v1/segments/{quote(key, safe='')}"
