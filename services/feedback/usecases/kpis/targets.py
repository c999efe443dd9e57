"""Set out what a KPI should be, and who sees to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import asyncpg

from services.feedback.domain.kpis.targets import Target
from services.feedback.queries.kpis.targets import (
    Key,
    page_of_targets,
    put_target,
    target_for_update,
)
from services.feedback.usecases.desk import Desk
from shared.problem import DomainError


class TargetChanged(DomainError):
    """Somebody else has changed this target: read it again and say which version you change."""


class TargetThere(DomainError):
    """There is such a target: read it and send its ETag as If-Match."""


class NoSuchPage(DomainError):
    """The cursor is not one that a list gave: begin without one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A target somebody asks for, and the version they have read."""

    kpi_key: str
    slice_key: str
    period: str
    value: float
    owner: str
    note: str
    version: int | None


async def set_target(desk: Desk, actor: str, wish: Wish) -> tuple[Target, bool]:
    """Keep a target; gives it and whether it is new; raises TargetThere, TargetChanged.

    Asking for what stands already changes nothing, so a request may be sent again.
    """
    async with desk.pool.acquire() as connection, connection.transaction():
        key = (wish.kpi_key, wish.slice_key, wish.period)
        before = await target_for_update(connection, key)
        wanted = Target(*key, wish.value, wish.owner, wish.note, 1, actor, desk.clock.now())
        if before is None:
            if wish.version is not None or not await put_target(connection, wanted, None):
                raise TargetChanged
            return wanted, True
        if _is_same(before, wanted) and wish.version in (None, before.version, before.version - 1):
            return before, False
        if wish.version is None:
            raise TargetThere
        wanted = replace(wanted, version=before.version + 1)
        if wish.version != before.version or not await put_target(connection, wanted, before):
            raise TargetChanged
        return wanted, False


async def list_targets(
    pool: asyncpg.Pool, kpi_key: str | None, *, cursor: str | None, limit: int
) -> tuple[list[Target], str | None]:
    """List a page of targets and where the next begins; raises NoSuchPage."""
    found = await page_of_targets(pool, kpi_key, after=_key_of(cursor), limit=limit + 1)
    page = found[:limit]
    return page, _cursor_of(page[-1]) if len(found) > limit else None


def _cursor_of(target: Target) -> str:
    # neither a key nor a period holds a "~"; a slice may
    return f"{target.kpi_key}~{target.period}~{target.slice_key}"


def _key_of(cursor: str | None) -> Key:
    if cursor is None:
        return "", "", ""
    parts = cursor.split("~", 2)
    if len(parts) != 3 or "\0" in cursor:
        raise NoSuchPage
    return parts[0], parts[2], parts[1]


def _is_same(one: Target, other: Target) -> bool:
    return (one.value, one.owner, one.note) == (other.value, other.owner, other.note)
