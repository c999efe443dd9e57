"""Files people take away: streamed, never held whole, to whom may have them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from services.console.accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way: its name for the browser, what it is, its pieces."""

    name: str
    media_type: str
    pieces: AsyncIterator[bytes]

    @property
    def headers(self) -> dict[str, str]:
        """Let the browser save it under its name, whatever letters that has (RFC 6266)."""
        plain = "".join(
            c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in self.name
        )
        named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(self.name, safe='')}"
        return {"Content-Disposition": named, "X-Content-Type-Options": "nosniff"}


Give = Callable[..., Awaitable[File | None]]


@dataclass(frozen=True, slots=True)
class DownloadOf:
    """One address that gives a file: who may have it, what gives it."""

    path: str
    may: Permission
    give: Give


DOWNLOADS: Final[list[DownloadOf]] = []


def download(path: str, *, may: Permission = Permission.READ) -> Callable[[Give], Give]:
    """Make `async def give(visit, ...) -> File | None` answer a path; None: there is no such file.

    Lead there by `ui.link(...)` or `ui.navigate.to(path)`.
    """

    def decorate(give: Give) -> Give:
        DOWNLOADS.append(DownloadOf(path, may, give))
        return give

    return decorate


async def begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Read the first piece at once, so that a refusal comes before the answer has begun."""
    first = await anext(pieces, b"")

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return whole()
