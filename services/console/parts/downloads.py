"""Files people take away: streamed, never held whole, to whom may have them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from services.console.accounts.roles import Permission
from services.console.parts.fault_log import named
from services.console.parts.faults import EXPECTED
from services.console.visiting.house import Entry
from services.console.visiting.services import ServiceAway
from services.console.visiting.visit import Visit

#: A file changes nothing: nobody is asked why, but it is written down.
_ASKED: Final = "asked for on its page"


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
    #: what the audit log calls it, such as `customer:{customer_id}`
    subject: str


DOWNLOADS: Final[list[DownloadOf]] = []


def download(
    path: str, *, may: Permission = Permission.READ, subject: str = ""
) -> Callable[[Give], Give]:
    """Make `async def give(visit, ...) -> File | None` answer a path; None: there is no such file.

    Lead there by `ui.link(...)` or `ui.navigate.to(path)`. Who takes it is in the audit log, under
    `subject`, else under the path.
    """

    def decorate(give: Give) -> Give:
        DOWNLOADS.append(DownloadOf(path, may, give, subject or f"file:{path}"))
        return give

    return decorate


async def taken(visit: Visit, given: DownloadOf, asked: Mapping[str, object]) -> File | None:
    """Give a file; who takes it, and as far as what, is in the audit log before."""
    person, accounts = await visit.here(), visit.house.accounts
    told = {
        name: str(value)
        for name, value in asked.items()
        if value not in {"", None} and f"{{{name}}}" not in given.subject
    }
    details: dict[str, object] = {"reason": _ASKED, "role": str(person.role), **told}
    entry = Entry(person.actor, "file.taken", given.subject.format(**asked), details)
    audit_id = await accounts.open_entry(entry)
    try:
        file = await given.give(visit, **asked)
    except EXPECTED as error:
        is_away = isinstance(error, ServiceAway)
        await accounts.close_entry(audit_id, f"{'away' if is_away else 'refused'}: {named(error)}")
        raise
    await accounts.close_entry(audit_id, "refused: no such file" if file is None else "done")
    return file


async def begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Read the first piece at once, so that a refusal comes before the answer has begun."""
    first = await anext(pieces, b"")

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return whole()
