"""List what became of orders and returns that somebody should look at."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from services.ingest.queries.findings import (
    Corrected,
    Found,
    Wanted,
    corrections_before,
    findings_after,
)
from services.ingest.usecases.running import Ingest
from shared.contracts.common import Page
from shared.contracts.order_findings import FindingName, OrderCorrection, ReturnFinding
from shared.fields import fault
from shared.money import format_milli, format_minor

#: A return may come before its sale: it is nobody's concern before so many days.
ORPHAN_DAYS: Final = 30
Place = tuple[datetime, bytes]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR: Final = re.compile(r"(-?[0-9]{1,18})\.([0-9a-f]{32})")


def place_of(cursor: str) -> Place:
    """Read a cursor; raises a fault for what was never one."""
    match = _CURSOR.fullmatch(cursor)
    try:
        if match:
            at = _EPOCH + timedelta(microseconds=int(match[1]))
            return at, bytes.fromhex(match[2])
    except OverflowError:
        pass
    raise fault("bad_cursor", "must be the next_cursor of a page")


def _cursor(found: Found) -> str:
    return f"{(found.at - _EPOCH) // timedelta(microseconds=1)}.{found.event_key.hex()}"


async def list_findings(
    ingest: Ingest,
    finding: FindingName | None,
    *,
    older_than_days: int | None,
    after: Place | None,
    limit: int,
) -> Page[ReturnFinding]:
    """Give one page of the returns without effect, the oldest first.

    Without `older_than_days` orphans are listed after 30 days, all others at once.
    """
    now = ingest.clock.now()

    def until(default: int) -> datetime:
        return now - timedelta(days=default if older_than_days is None else older_than_days)

    wanted = Wanted(finding, until(ORPHAN_DAYS), until(0), after)
    found = await findings_after(ingest.pool, wanted, limit + 1)
    items = [_finding(each) for each in found[:limit]]
    return Page(items=items, next_cursor=_cursor(found[limit - 1]) if len(found) > limit else None)


def _finding(found: Found) -> ReturnFinding:
    return ReturnFinding.model_validate(
        {
            "finding": found.finding,
            "at": found.at,
            "event_key": found.event_key.hex(),
            "order_key": None if found.order_key is None else found.order_key.hex(),
            "sequence": found.sequence,
            "customer_id": found.customer_id,
        }
    )


async def list_corrections(
    ingest: Ingest, *, before: UUID | None, limit: int
) -> Page[OrderCorrection]:
    """Give one page of the corrected orders, the newest first."""
    found = await corrections_before(ingest.pool, before, limit + 1)
    cursor = str(found[limit - 1].audit_id) if len(found) > limit else None
    return Page(items=_corrections(found[:limit]), next_cursor=cursor)


def _corrections(found: Sequence[Corrected]) -> list[OrderCorrection]:
    return [
        OrderCorrection(
            at=each.at,
            order_key=each.subject.removeprefix("order:"),
            customer_id=each.customer_id,
            currency=each.currency,
            old_net=format_minor(each.details["old_net"], each.currency),
            new_net=format_minor(each.details["new_net"], each.currency),
            old_quantity=format_milli(each.details["old_quantity_milli"]),
            new_quantity=format_milli(each.details["new_quantity_milli"]),
            sequence=each.details["sequence"],
            customer_version=each.details["customer_version"],
        )
        for each in found
    ]
