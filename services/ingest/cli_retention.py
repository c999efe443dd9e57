"""`tierline retention`: delete what is kept too long, or tell what would be deleted."""

from typing import Annotated

import asyncpg
import typer

from services.ingest.settings import IngestSettings
from services.ingest.usecases.privacy.retention import purge_all, show_retention
from shared.clock import clock_from
from shared.commands import run_with_pool
from shared.settings import PlatformSettings

DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what is due, delete nothing")]


def retention(dry_run: DryRun = False) -> None:
    """Delete rows older than INGEST_RETENTION_..._DAYS; the worker does the same by itself."""
    settings, platform = IngestSettings.load(), PlatformSettings.load()
    now = clock_from(platform.business_now).now()

    async def run(pool: asyncpg.Pool) -> None:
        policy = await show_retention(pool, settings, now=now)
        for rule in policy.rules:
            kept = "for ever" if rule.keep_days is None else f"{rule.keep_days} days"
            typer.echo(f"{rule.table:18} kept {kept:10} due {rule.due:>8}  {rule.what}")
        if not dry_run:
            done = await purge_all(pool, settings, now=now)
            typer.echo(f"{sum(done.values())} rows deleted or blanked")

    run_with_pool(platform, run)
