"""How good what each source sends is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

from services.ingest.domain.quality import (
    Counted,
    Grades,
    Observed,
    grades_of,
    is_silent,
    share,
)
from services.ingest.domain.shop_quality import WORDS, Sender, shop_quality
from services.ingest.queries.quality import counted_of, days_of, observed_of, reasons_of
from services.ingest.queries.sources import RegisteredSource, find_sources, sources_after
from services.ingest.usecases.running import Ingest
from shared.contracts.common import Page
from shared.contracts.quality import (
    Completeness,
    Freshness,
    GradesAnswer,
    ItemCounts,
    Lateness,
    QualityDay,
    QualityReport,
    QualitySummary,
    ReturnShares,
)
from shared.keys import OWN_KEYS

#: The source of what feedback tells ingest.
OUR_RELAY: Final = OWN_KEYS["TIERLINE_SERVICE_KEY"]
DEFAULT_DAYS = 30
#: The shop's grade looks at so many sources at most.
MOST_SOURCES = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """A source, what was counted and seen of it, and its grades."""

    source: RegisteredSource
    counted: Counted
    observed: Observed
    grades: Grades


async def judge(ingest: Ingest, sources: Sequence[RegisteredSource], days: int) -> list[Judged]:
    """Return what is known of sources over the last days."""
    now = ingest.clock.now()
    since = now - timedelta(days=days)
    names = [source.source_id for source in sources]
    counted = await counted_of(ingest.pool, names, since.astimezone(ingest.zone).date())
    observed = await observed_of(ingest.pool, names, since)
    judged = []
    for source in sources:
        items = counted.get(source.source_id, Counted())
        seen = observed.get(source.source_id, Observed())
        grades = grades_of(items, seen, is_history=source.is_history)
        judged.append(Judged(source, items, seen, grades))
    return judged


async def report_quality(
    ingest: Ingest, source: str | None, *, days: int, after: str | None, limit: int
) -> Page[QualityReport]:
    """Give one page of reports, by source; the cursor is the last one's id."""
    await ingest.counts.flush()
    if source is None:
        found = await sources_after(ingest.pool, after or "", limit + 1)
    else:
        found = await find_sources(ingest.pool, [source])
    names = [each.source_id for each in found[:limit]]
    since = ingest.clock.now() - timedelta(days=days)
    reasons = await reasons_of(ingest.pool, names, since)
    judged = await judge(ingest, found[:limit], days)
    items = [_report(ingest, each, reasons.get(each.source.source_id, {})) for each in judged]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=names[-1] if has_more else None)


async def summarise_quality(ingest: Ingest) -> QualitySummary:
    """Tell how good the data of the whole shop is, in a word and a sentence."""
    await ingest.counts.flush()
    sources = await sources_after(ingest.pool, "", MOST_SOURCES)
    judged = await judge(ingest, sources, DEFAULT_DAYS)
    found = shop_quality([_sender(ingest, each) for each in judged])
    held = None
    if found.source_id is not None and found.dimension is not None:
        held = {"source": found.source_id, "dimension": found.dimension}
    return QualitySummary.model_validate(
        {
            "grade": found.grade,
            "word": WORDS[found.grade],
            "sentence": found.sentence,
            "held_down_by": held,
            "sources": len(sources),
            "judged_sources": found.judged,
            "silent_sources": list(found.silent),
            "last_event_at": found.last_event_at,
            "as_of": ingest.clock.now(),
        }
    )


def _sender(ingest: Ingest, judged: Judged) -> Sender:
    fresh = _freshness(ingest, judged)
    return Sender(
        judged.source.source_id,
        max(judged.counted.received, judged.observed.events),
        judged.grades,
        fresh.last_event_at,
        fresh.is_silent,
    )


async def list_days(ingest: Ingest, source: str | None, *, days: int) -> Page[QualityDay]:
    """Give what became of items by business date, the oldest first."""
    await ingest.counts.flush()
    today = ingest.clock.now().astimezone(ingest.zone).date()
    found = await days_of(ingest.pool, source, today - timedelta(days=days - 1))
    return Page(items=[QualityDay(day=day, **asdict(counted)) for day, counted in found])


def _report(ingest: Ingest, judged: Judged, reasons: dict[str, int]) -> QualityReport:
    seen = judged.observed
    return QualityReport.model_validate(
        {
            "source": judged.source.source_id,
            "grade": judged.grades.overall,
            "grades": GradesAnswer.model_validate(asdict(judged.grades)),
            "items": ItemCounts(**asdict(judged.counted)),
            "rejected_by_reason": reasons,
            "observed_events": seen.events,
            "completeness": _completeness(seen),
            "anonymous_share": share(seen.anonymous, seen.purchases),
            "time_suspect_share": share(seen.time_suspect, seen.events),
            "lateness_s": _lateness(seen),
            "freshness": _freshness(ingest, judged),
            "returns": _returns(seen),
        }
    )


def _completeness(seen: Observed) -> Completeness:
    return Completeness(
        customer=share(seen.purchases - seen.anonymous, seen.purchases),
        store=share(seen.with_store, seen.purchases),
        category=share(seen.with_category, seen.lines),
        cost=share(seen.with_cost, seen.lines),
    )


def _lateness(seen: Observed) -> Lateness | None:
    if seen.lateness_s is None:
        return None
    p50, p90, p99 = (round(late, 3) for late in seen.lateness_s)
    return Lateness(p50=p50, p90=p90, p99=p99)


def _freshness(ingest: Ingest, judged: Judged) -> Freshness:
    seen = judged.observed
    last = seen.last_event_at or judged.source.last_seen_at
    gap = None if seen.usual_gap_s is None else round(seen.usual_gap_s, 3)
    # Who tells of the past has told it, and our own relay speaks when somebody gave feedback.
    waited_for = not judged.source.is_history and judged.source.source_id != OUR_RELAY
    silent = waited_for and is_silent(last, gap, ingest.clock.now())
    return Freshness(last_event_at=last, usual_gap_s=gap, is_silent=silent)


def _returns(seen: Observed) -> ReturnShares:
    shares = {
        name: share(seen.findings.get(name, 0), seen.returns)
        for name in ("orphan", "over_return", "unmatched_return")
    }
    return ReturnShares(returns=seen.returns, **shares)
