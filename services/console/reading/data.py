"""What pages ask of the data that arrives: sources, quality, imports, quarantine, conflicts."""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

from services.console.reading.streams import pieces_of
from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.connectors import Connector, ConnectorHour
from shared.contracts.customers import Store
from shared.contracts.imports import Import, ReadyMadeMappings
from shared.contracts.merges import IdentityConflict
from shared.contracts.order_findings import OrderCorrection, ReturnFinding
from shared.contracts.products import ProductAnswer
from shared.contracts.quality import QualityDay, QualityReport, QualitySummary
from shared.contracts.quarantine import QuarantinedBody, QuarantinedItem, QuarantineSummary

Query = Mapping[str, object]
#: What a list gives at most at once: more than this are "200+".
MOST = 200


async def quality_summary(visit: Visit) -> QualitySummary:
    """Tell how good the data of the whole shop is."""
    return await visit.ingest.get("/v1/quality/summary", QualitySummary)


async def quality_reports(visit: Visit, source: str | None = None) -> Page[QualityReport]:
    """Report on each source, or on one."""
    query = {"source": source, "limit": MOST}
    return await visit.ingest.get("/v1/quality", Page[QualityReport], query)


async def quality_days(visit: Visit, source: str | None, days: int) -> Page[QualityDay]:
    """Tell what became of items day by day."""
    query = {"source": source, "days": days}
    return await visit.ingest.get("/v1/quality/days", Page[QualityDay], query)


async def connectors(visit: Visit) -> Page[Connector]:
    """List who sends, with what they sent of late."""
    return await visit.ingest.get("/v1/connectors", Page[Connector], {"limit": MOST})


async def connector_hours(
    visit: Visit, source: str | None, cursor: str | None, limit: int
) -> Page[ConnectorHour]:
    """List what was sent by hour, the newest first."""
    query = {"source": source, "cursor": cursor, "limit": limit}
    return await visit.ingest.get("/v1/connectors/log", Page[ConnectorHour], query)


async def stores(visit: Visit) -> Page[Store]:
    """List the stores."""
    return await visit.ingest.get("/v1/stores", Page[Store], {"limit": MOST})


async def products(visit: Visit) -> Page[ProductAnswer]:
    """List the products."""
    return await visit.ingest.get("/v1/products", Page[ProductAnswer], {"limit": MOST})


async def quarantine_summary(visit: Visit) -> QuarantineSummary:
    """Count what waits in quarantine, by source and reason."""
    return await visit.ingest.get("/v1/quarantine/summary", QuarantineSummary)


async def quarantined(
    visit: Visit, given: Query, cursor: str | None, limit: int
) -> Page[QuarantinedItem]:
    """List records kept aside, the newest first."""
    query = {**given, "cursor": cursor, "limit": limit}
    return await visit.ingest.get("/v1/quarantine", Page[QuarantinedItem], query)


async def quarantined_one(visit: Visit, quarantine_id: str) -> QuarantinedBody:
    """Give one record with what was sent."""
    path = f"/v1/quarantine/{quote(quarantine_id, safe='')}"
    return await visit.ingest.get(path, QuarantinedBody)


async def imports(visit: Visit, cursor: str | None, limit: int) -> Page[Import]:
    """List imports, the newest first."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.ingest.get("/v1/imports", Page[Import], query)


async def one_import(visit: Visit, import_id: str) -> Import:
    """Tell how far an import is."""
    return await visit.ingest.get(f"/v1/imports/{quote(import_id, safe='')}", Import)


async def ready_made_mappings(visit: Visit) -> list[str]:
    """List the mappings an upload may name."""
    return (await visit.ingest.get("/v1/imports/mappings", ReadyMadeMappings)).items


def import_errors(visit: Visit, import_id: str) -> AsyncIterator[bytes]:
    """Give the list of an import's rows without effect, piece by piece."""
    return pieces_of(visit.ingest, f"/v1/imports/{quote(import_id, safe='')}/errors")


async def conflicts(
    visit: Visit, *, is_open: bool, cursor: str | None, limit: int
) -> Page[IdentityConflict]:
    """List identifiers that two customers claim, the newest first."""
    query = {"is_open": is_open, "cursor": cursor, "limit": limit}
    return await visit.ingest.get("/v1/identity-conflicts", Page[IdentityConflict], query)


async def return_findings(
    visit: Visit, given: Query, cursor: str | None, limit: int
) -> Page[ReturnFinding]:
    """List returns that had no effect."""
    query = {**given, "cursor": cursor, "limit": limit}
    return await visit.ingest.get("/v1/return-findings", Page[ReturnFinding], query)


async def corrections(visit: Visit, cursor: str | None, limit: int) -> Page[OrderCorrection]:
    """List orders that are worth something else than was known before."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.ingest.get("/v1/corrections", Page[OrderCorrection], query)
