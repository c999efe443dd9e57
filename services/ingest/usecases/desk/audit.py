"""The audit log as people read it."""

from uuid import UUID

from asyncpg import Pool

from services.ingest.domain.audit_words import words_of
from services.ingest.domain.audited import Noted, Searched
from services.ingest.queries import audit_log
from shared.contracts.audit import AuditEntry
from shared.contracts.common import LocalText, Page


async def list_notes(
    pool: Pool, searched: Searched, *, after: UUID | None, limit: int
) -> Page[AuditEntry]:
    """Give one page of what was done, newest first; the cursor is the last one's id."""
    before = None
    if after is not None:
        before = await audit_log.place_of(pool, after)
        if before is None:
            return Page(items=[])
    found = await audit_log.notes_before(pool, searched, before=before, limit=limit + 1)
    items = [_entry(noted) for noted in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=str(items[-1].audit_id) if has_more else None)


def _entry(noted: Noted) -> AuditEntry:
    words = words_of(noted.action)
    return AuditEntry(
        audit_id=noted.audit_id,
        at=noted.at,
        actor=noted.actor,
        action=noted.action,
        action_text=None if words is None else LocalText(en=words.en, zh=words.zh),
        subject=noted.subject,
        reason=noted.reason,
        details=dict(noted.details),
    )
