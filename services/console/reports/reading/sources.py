"""How good what the sources send is, as ingest tells it."""

from services.console.decks.data import Source
from services.console.reports.reading.asking import Asker
from services.console.visiting.services import Service
from shared.contracts.quality import QualityReport


async def read_sources(asker: Asker) -> tuple[Source, ...] | None:
    """Read grade, completeness and freshness of every source."""
    found = await asker.listed(Service.INGEST, "/v1/quality", QualityReport, most=100)
    return None if found is None else tuple(_source(each) for each in found)


def _source(report: QualityReport) -> Source:
    return Source(
        key=report.source,
        grade=report.grade,
        received=report.items.received,
        rejected=report.items.rejected,
        completeness=report.completeness.model_dump(),
        anonymous=report.anonymous_share,
        last_event_at=report.freshness.last_event_at,
        is_silent=report.freshness.is_silent,
    )
