"""What is kept too long is deleted, in batches; asked first, it only tells."""

from datetime import datetime
from pathlib import Path

from asyncpg import Pool

from services.ingest.domain.retention import Rule, rules
from services.ingest.queries import retention
from services.ingest.queries.retention import BATCH
from services.ingest.settings import IngestSettings
from shared.contracts.privacy import RetentionPolicy, RetentionRule

__all__ = ["BATCH", "purge_all", "purge_once", "rules_of", "show_retention"]


def rules_of(settings: IngestSettings) -> tuple[Rule, ...]:
    """Return the rules as the settings have them."""
    return rules(
        quarantine=settings.retention_quarantine_days,
        imports=settings.retention_imports_days,
        sources=settings.retention_source_days,
        properties=settings.retention_properties_days,
        tombstones=settings.tombstone_days,
    )


async def show_retention(pool: Pool, settings: IngestSettings, *, now: datetime) -> RetentionPolicy:
    """Return every rule and what it would delete now."""
    shown = []
    for rule in rules_of(settings):
        before = rule.before(now)
        due, oldest = (0, None) if before is None else await retention.due(pool, rule.name, before)
        shown.append(
            RetentionRule(
                table=rule.name, what=rule.what, keep_days=rule.keep_days, due=due, oldest=oldest
            )
        )
    return RetentionPolicy(as_of=now, rules=shown)


async def purge_once(pool: Pool, settings: IngestSettings, *, now: datetime) -> dict[str, int]:
    """Delete one batch of every rule; returns how many rows by rule."""
    done = {}
    for rule in rules_of(settings):
        before = rule.before(now)
        if before is not None:
            async with pool.acquire() as connection, connection.transaction():
                done[rule.name] = await retention.purge(connection, rule.name, before)
    return done


def purge_files(directory: Path, before: float) -> int:
    """Delete uploads and lists of refused rows last written before (seconds); returns how many.

    An import deletes its upload at its end: what is found here belongs to one that never ended.
    """
    if not directory.is_dir():
        return 0
    old = [path for path in directory.iterdir() if path.is_file() and _written(path) < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process was faster
        return float("inf")


async def purge_all(pool: Pool, settings: IngestSettings, *, now: datetime) -> dict[str, int]:
    """Delete everything that is due; returns how many rows by rule."""
    total: dict[str, int] = {}
    while any((batch := await purge_once(pool, settings, now=now)).values()):
        total = {name: total.get(name, 0) + count for name, count in batch.items()}
    return total
