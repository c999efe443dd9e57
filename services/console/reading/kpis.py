"""What pages ask of KPIs: what they are, how they stand, what they should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.kpis import KpiDefinition, KpiReport, TargetAnswer


@dataclass(frozen=True, slots=True)
class Span:
    """Which dates, in parts of which length, of which slice."""

    first: date
    last: date
    grain: str = "day"
    slice_key: str = "all"


async def kpi_definition(visit: Visit, key: str) -> KpiDefinition:
    """Give what one KPI is."""
    path = f"/v1/kpis/definitions/{quote(key, safe='')}"
    return await visit.feedback.get(path, KpiDefinition)


async def kpi_report(visit: Visit, span: Span, keys: Sequence[str] = ()) -> KpiReport:
    """Give how KPIs (none named: all) stand over some dates."""
    query = {
        "from": span.first,
        "to": span.last,
        "grain": span.grain,
        "slice": span.slice_key,
        "keys": ",".join(keys) or None,
    }
    return await visit.feedback.get("/v1/kpis", KpiReport, query)


async def kpi_targets(visit: Visit, key: str) -> list[TargetAnswer]:
    """List the targets of a KPI."""
    query = {"kpi": key, "limit": 200}
    return (await visit.feedback.get("/v1/kpis/targets", Page[TargetAnswer], query)).items
