"""Tell what each connector sent of late."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Final

from services.ingest.queries import connectors
from services.ingest.queries.connectors import Refused
from services.ingest.queries.sources import RegisteredSource, sources_after
from services.ingest.usecases.running import Ingest
from shared.contracts.common import Page
from shared.contracts.connectors import Connector, ConnectorHour, LastRefused, SentCounts
from shared.fields import fault

Place = tuple[datetime, str]
_CURSOR: Final = re.compile(r"([0-9]{1,11})\.(.{1,128})", re.DOTALL)


def place_of(cursor: str) -> Place:
    """Read a cursor; raises a fault for what was never one."""
    match = _CURSOR.fullmatch(cursor)
    try:
        if match:
            return datetime.fromtimestamp(int(match[1]), UTC), match[2]
    except (OverflowError, ValueError):
        pass
    raise fault("bad_cursor", "must be the next_cursor of a page")


async def list_connectors(ingest: Ingest, *, after: str | None, limit: int) -> Page[Connector]:
    """Give one page of connectors by id, with what each sent in the last hour and day."""
    await ingest.counts.flush()
    found = await sources_after(ingest.pool, after or "", limit + 1)
    shown = found[:limit]
    names = [source.source_id for source in shown]
    hour = ingest.clock.now().replace(minute=0, second=0, microsecond=0)
    of_hour = await connectors.sent_since(ingest.pool, names, hour - timedelta(hours=1))
    of_day = await connectors.sent_since(ingest.pool, names, hour - timedelta(hours=24))
    refused = await connectors.last_refused(ingest.pool, names)
    platforms = await connectors.platforms_of(ingest.pool, names)
    items = [
        _connector(
            source,
            of_hour.get(source.source_id, {}),
            of_day.get(source.source_id, {}),
            refused.get(source.source_id),
            platforms.get(source.source_id, []),
        )
        for source in shown
    ]
    return Page(items=items, next_cursor=names[-1] if len(found) > limit else None)


def _connector(
    source: RegisteredSource,
    of_hour: Mapping[str, int],
    of_day: Mapping[str, int],
    refused: Refused | None,
    platforms: list[str],
) -> Connector:
    return Connector(
        source_id=source.source_id,
        kind=source.kind,
        order_namespace=source.order_namespace,
        is_authoritative=source.is_authoritative,
        platforms=platforms,
        last_seen_at=source.last_seen_at,
        last_hour=SentCounts(**of_hour),
        last_day=SentCounts(**of_day),
        last_refused=None if refused is None else LastRefused(**asdict(refused)),
    )


async def list_hours(
    ingest: Ingest, source_id: str | None, *, before: Place | None, limit: int
) -> Page[ConnectorHour]:
    """Give one page of the log: what was sent by hour and connector, the newest first."""
    await ingest.counts.flush()
    found = await connectors.hours_before(ingest.pool, source_id, before=before, limit=limit + 1)
    items = [
        ConnectorHour(source_id=each.source_id, hour=each.hour, **each.counts)
        for each in found[:limit]
    ]
    cursor = f"{int(items[-1].hour.timestamp())}.{items[-1].source_id}" if items else None
    return Page(items=items, next_cursor=cursor if len(found) > limit else None)
