"""Reports and their files: ask, claim, tell how far, finish, list, read, forget."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.console.accounts.person import Language
from services.console.decks.audiences import Audience
from services.console.reports.report import KEPT, File, Format, NewReport, Report, State, Wish

#: By the clock of the database: that of the business may stand still.
LEASE_S: Final = 120
MOST_ATTEMPTS: Final = 3

_ADD: Final = """
INSERT INTO reports (report_id, schedule_id, due_at, audience, language, formats, first_day,
    last_day, asked_by, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (schedule_id, due_at) DO NOTHING
"""
_COLUMNS: Final = """
r.report_id, r.schedule_id, r.audience, r.language, r.formats, r.first_day, r.last_day, r.asked_by,
    r.asked_at, r.state, r.progress, r.attempts, r.finished_at, r.remark
"""
_GIVE_UP: Final = """
UPDATE reports SET state = 'failed', remark = 'gave_up', finished_at = $1
WHERE state = 'making' AND lease_until < now() AND attempts >= $2
"""
_CLAIM: Final = f"""
UPDATE reports r SET state = 'making', progress = 0, attempts = attempts + 1,
    lease_until = now() + make_interval(secs => $1)
WHERE report_id = (
    SELECT report_id FROM reports
    WHERE state = 'waiting' OR (state = 'making' AND lease_until < now() AND attempts < $2)
    ORDER BY report_id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING {_COLUMNS}
"""  # noqa: S608 - the columns are ours
_TELL: Final = """
UPDATE reports SET progress = $3, lease_until = now() + make_interval(secs => $4)
WHERE report_id = $1 AND state = 'making' AND attempts = $2
"""
_FINISH: Final = """
UPDATE reports SET state = 'done', progress = 100, finished_at = $3, remark = $4
WHERE report_id = $1 AND state = 'making' AND attempts = $2
"""
_PUT_FILE: Final = """
INSERT INTO report_files (report_id, format, size, content) VALUES ($1, $2, $3, $4)
"""
_FORGET: Final = """
DELETE FROM reports WHERE report_id IN (
    SELECT report_id FROM reports WHERE state IN ('done', 'failed')
    ORDER BY report_id DESC OFFSET $1
)
"""
_SIZES: Final = """
(SELECT jsonb_object_agg(f.format, f.size) FROM report_files f WHERE f.report_id = r.report_id)
"""
_LIST: Final = f"""
SELECT {_COLUMNS}, {_SIZES} AS sizes FROM reports r ORDER BY r.report_id DESC LIMIT $1
"""  # noqa: S608 - the columns are ours
_ONE: Final = f"""
SELECT {_COLUMNS}, {_SIZES} AS sizes FROM reports r WHERE r.report_id = $1
"""  # noqa: S608 - the columns are ours
_CONTENT: Final = "SELECT content FROM report_files WHERE report_id = $1 AND format = $2"


async def add_report(connection: Any, new: NewReport) -> bool:
    """Ask for a report; False where that of this schedule and time is asked for already."""
    wish = new.wish
    tag: str = await connection.execute(
        _ADD,
        new.report_id,
        new.schedule_id,
        new.due_at,
        wish.audience.value,
        wish.language.value,
        [each.value for each in wish.formats],
        new.first,
        new.last,
        new.asked_by,
        new.asked_at,
    )
    return tag.endswith(" 1")


async def claim_report(pool: asyncpg.Pool, at: datetime) -> Report | None:
    """Take the oldest report to be made, or one whose maker is lost; after three tries give up."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_GIVE_UP, at, MOST_ATTEMPTS)
        row = await connection.fetchrow(_CLAIM, LEASE_S, MOST_ATTEMPTS)
    return None if row is None else _report(row)


async def tell_progress(pool: asyncpg.Pool, report: Report, progress: int) -> None:
    """Note how far a report is, of 100, and keep it ours."""
    await pool.execute(_TELL, report.report_id, report.attempts, progress, LEASE_S)


async def finish_report(
    pool: asyncpg.Pool, report: Report, files: Sequence[File], remarks: Sequence[str], at: datetime
) -> bool:
    """Keep a report's files and forget the oldest; False where it is no longer ours."""
    async with pool.acquire() as connection, connection.transaction():
        told = " ".join(remarks) or None
        tag = await connection.execute(_FINISH, report.report_id, report.attempts, at, told)
        if not tag.endswith(" 1"):
            return False
        rows = [(report.report_id, f.format.value, len(f.content), f.content) for f in files]
        await connection.executemany(_PUT_FILE, rows)
        await connection.execute(_FORGET, KEPT)
    return True


async def list_reports(pool: asyncpg.Pool) -> list[Report]:
    """List the reports that are kept and those under way, the newest first."""
    return [_report(row) for row in await pool.fetch(_LIST, 2 * KEPT)]


async def find_report(pool: asyncpg.Pool, report_id: UUID) -> Report | None:
    """Give one report; None where it is not kept."""
    row = await pool.fetchrow(_ONE, report_id)
    return None if row is None else _report(row)


async def content_of(pool: asyncpg.Pool, report_id: UUID, form: Format) -> bytes | None:
    """Give one file of a report; None where there is no such file."""
    content: bytes | None = await pool.fetchval(_CONTENT, report_id, form.value)
    return content


def wish_of(row: Any) -> Wish:
    """Read for whom, in which language, as which files."""
    formats = tuple(Format(each) for each in row["formats"])
    return Wish(Audience(row["audience"]), Language(row["language"]), formats)


def _report(row: Any) -> Report:
    sizes = row.get("sizes") or {}
    return Report(
        report_id=row["report_id"],
        wish=wish_of(row),
        first=row["first_day"],
        last=row["last_day"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        schedule_id=row["schedule_id"],
        state=State(row["state"]),
        progress=row["progress"],
        attempts=row["attempts"],
        finished_at=row["finished_at"],
        remarks=tuple((row["remark"] or "").split()),
        sizes={Format(name): size for name, size in sizes.items()},
    )
