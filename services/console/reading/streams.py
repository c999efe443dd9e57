"""Answers too large to hold, as pages hand them on: piece by piece."""

from collections.abc import AsyncIterator, Mapping

from services.console.visiting.services import Remote


async def pieces_of(
    remote: Remote, path: str, query: Mapping[str, object] = {}, body: object = None
) -> AsyncIterator[bytes]:
    """Give an answer as it comes; raises ServiceAway, ServiceRefused at the first piece."""
    async with remote.stream(path, query, body) as response:
        async for piece in response.aiter_bytes():
            yield piece
