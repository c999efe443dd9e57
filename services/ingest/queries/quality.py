"""What sources sent lately: exact counts by day, and a look at the newest events."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from asyncpg import Pool

from services.ingest.domain.quality import Counted, Observed
from shared.schema.ingest import EVENT_SEQUENCE

#: A look is at so many of the newest events of all sources at most: bounded however long the log.
NEWEST: Final = 20_000
#: The newest records kept aside that reasons are counted over.
NEWEST_KEPT: Final = 50_000

# The log is appended to in sequence, so the BRIN index finds its end without reading the rest.
_RECENT = """
WITH recent AS MATERIALIZED (
    SELECT e.source_id, e.profile_id, e.event_key, e.is_anonymous, e.is_time_suspect, e.store_id,
        e.received_at, extract(epoch FROM e.received_at - e.occurred_at)::float8 AS late_s,
        e.body ->> 'record' AS record, l.lines, l.categories, l.costs
    FROM events e CROSS JOIN LATERAL (
        SELECT count(*) AS lines, count(line ->> 2) AS categories,
            count(*) FILTER (WHERE (line ->> -1)::bigint > 0) AS costs
        FROM jsonb_array_elements(
            CASE jsonb_typeof(e.body -> 'lines') WHEN 'array' THEN e.body -> 'lines' ELSE '[]' END
        ) AS line
    ) AS l
    WHERE e.sequence > $3 AND e.received_at >= $1 AND e.source_id = ANY($2::text[])
)
"""
_OBSERVED = f"""
{_RECENT}, gaps AS (
    SELECT source_id, percentile_cont(0.95) WITHIN GROUP (ORDER BY gap_s)::float8 AS usual_gap_s
    FROM (
        SELECT source_id, extract(epoch FROM received_at
            - lag(received_at) OVER (PARTITION BY source_id ORDER BY received_at)) AS gap_s
        FROM recent
    ) AS pauses WHERE gap_s > 0 GROUP BY source_id
), found AS (
    SELECT source_id, jsonb_object_agg(finding, times) AS findings FROM (
        SELECT r.source_id, f.finding, count(*) AS times
        FROM recent r JOIN return_findings f USING (profile_id, event_key) GROUP BY 1, 2
    ) AS by_finding GROUP BY source_id
)
SELECT source_id, count(*) AS events,
    count(*) FILTER (WHERE record IN ('sale', 'return')) AS purchases,
    count(*) FILTER (WHERE record IN ('sale', 'return') AND is_anonymous) AS anonymous,
    count(*) FILTER (WHERE record IN ('sale', 'return') AND store_id IS NOT NULL) AS with_store,
    count(*) FILTER (WHERE is_time_suspect) AS time_suspect,
    coalesce(sum(lines), 0)::bigint AS lines,
    coalesce(sum(categories), 0)::bigint AS with_category,
    coalesce(sum(costs), 0)::bigint AS with_cost,
    count(*) FILTER (WHERE record = 'return') AS returns,
    percentile_cont(ARRAY[0.5, 0.9, 0.99])
        WITHIN GROUP (ORDER BY greatest(late_s, 0)) AS lateness_s,
    max(received_at) AS last_event_at,
    usual_gap_s, findings
FROM recent LEFT JOIN gaps USING (source_id) LEFT JOIN found USING (source_id)
GROUP BY source_id, usual_gap_s, findings
"""  # noqa: S608 - constants of ours


async def observed_of(pool: Pool, sources: Sequence[str], since: datetime) -> dict[str, Observed]:
    """Return what the newest events of these sources show."""
    newest = await pool.fetchval(f"SELECT last_value FROM {EVENT_SEQUENCE}")  # noqa: S608 - ours
    # a number, not a sub-select: the planner would take a third of the log for found
    rows = await pool.fetch(_OBSERVED, since, sources, newest - NEWEST)
    found = {}
    for row in rows:
        values = dict(row)
        source_id = values.pop("source_id")
        late = tuple(values.pop("lateness_s"))
        findings = values.pop("findings") or {}
        found[source_id] = Observed(lateness_s=late, findings=findings, **values)
    return found


async def counted_of(pool: Pool, sources: Sequence[str], since: date) -> dict[str, Counted]:
    """Return what became of these sources' items since a day."""
    rows = await pool.fetch(
        """
        SELECT source_id, sum(received)::bigint, sum(accepted)::bigint, sum(duplicates)::bigint,
            sum(conflicts)::bigint, sum(rejected)::bigint
        FROM source_day WHERE source_id = ANY($1::text[]) AND received_on >= $2 GROUP BY source_id
        """,
        sources,
        since,
    )
    return {row[0]: Counted(*row[1:]) for row in rows}


async def days_of(pool: Pool, source_id: str | None, since: date) -> list[tuple[date, Counted]]:
    """Return what became of items by day, of one source or of all together."""
    rows = await pool.fetch(
        """
        SELECT received_on, sum(received)::bigint, sum(accepted)::bigint, sum(duplicates)::bigint,
            sum(conflicts)::bigint, sum(rejected)::bigint
        FROM source_day
        WHERE received_on >= $1 AND source_id = ANY(
            CASE WHEN $2::text IS NULL THEN (SELECT array_agg(source_id) FROM sources)
            ELSE ARRAY[$2] END)
        GROUP BY received_on ORDER BY received_on
        """,
        since,
        source_id,
    )
    return [(row[0], Counted(*row[1:])) for row in rows]


async def reasons_of(
    pool: Pool, sources: Sequence[str], since: datetime
) -> dict[str, dict[str, int]]:
    """Return how often these sources' items were refused, by reason."""
    rows = await pool.fetch(
        f"""
        SELECT source_id, reason, sum(times_seen)::bigint AS times FROM (
            SELECT source_id, reason, times_seen FROM quarantine
            WHERE received_at >= $2 AND source_id = ANY($1::text[])
            ORDER BY received_at DESC LIMIT {NEWEST_KEPT}
        ) AS newest GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
        """,  # noqa: S608 - a constant of ours
        sources,
        since,
    )
    found: dict[str, dict[str, int]] = {}
    for source_id, reason, times in rows:
        found.setdefault(source_id, {})[reason] = times
    return found
