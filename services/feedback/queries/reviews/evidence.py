"""The figures a review looks at, over the table `kpi_held` of its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg

from services.feedback.domain.kpis.periods import Period
from services.feedback.domain.reviews.evidence import (
    Account,
    Activity,
    BenefitUse,
    Flow,
    Place,
    PlaybookOutcome,
    Satisfaction,
    Service,
    Words,
)
from services.feedback.domain.reviews.intervals import Sums
from services.feedback.queries.kpis.costs import COSTS

# $1 first, $2 last date of a quarter. Tiers held on its first date.
_ACTIVITY: Final = """
SELECT h.programme, h.tier, count(*) AS n, coalesce(sum(x.days), 0)::float8 AS total,
    coalesce(sum(x.days * x.days), 0)::float8 AS squares
FROM kpi_held h LEFT JOIN (
    SELECT profile_id, count(*) AS days FROM customer_day
    WHERE orders > 0 AND business_date BETWEEN $1 AND $2 GROUP BY profile_id
) x USING (profile_id)
WHERE h.programme IS NOT NULL AND h.since <= $1 AND h.until > $1 GROUP BY 1, 2
"""
_SATISFACTION: Final = """
SELECT programme, tier, kind, count(*) AS n, sum(value)::float8 AS total,
    sum(value * value)::float8 AS squares
FROM (
    SELECT tier_held ->> 'programme' AS programme, tier_held -> 'tier' ->> 'key' AS tier, kind,
        CASE WHEN kind <> 'nps' THEN rating WHEN rating >= 9 THEN 100 WHEN rating <= 6 THEN -100
            ELSE 0 END AS value
    FROM feedback
    WHERE kind IN ('csat', 'nps', 'ces') AND rating IS NOT NULL AND tier_held IS NOT NULL
        AND (occurred_at AT TIME ZONE $3::text)::date BETWEEN $1 AND $2
) said WHERE programme IS NOT NULL AND tier IS NOT NULL GROUP BY 1, 2, 3
"""
_SERVICE: Final = """
SELECT programme_key AS programme, tier_key AS tier, count(*) AS cases,
    count(*) FILTER (WHERE breaches > 0) AS breached
FROM cases
WHERE programme_key IS NOT NULL AND tier_key IS NOT NULL
    AND (opened_at AT TIME ZONE $3::text)::date BETWEEN $1 AND $2
GROUP BY 1, 2 ORDER BY 1, 2
"""
_LIVE: Final = """
live_releases l JOIN releases r ON r.release_id = l.release_id
JOIN programme_versions v ON v.programme_key = l.programme_key AND v.version = r.programme_version
"""
# A price and a service level work by themselves: nobody redeems them.
_BENEFITS: Final = f"""
WITH offered AS (
    SELECT l.programme_key AS programme, b ->> 'key' AS benefit, b -> 'name' AS name,
        ARRAY(SELECT jsonb_array_elements_text(b -> 'tiers')) AS tiers
    FROM {_LIVE} CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'benefits') b
    WHERE b ->> 'kind' NOT IN ('price', 'service_level')
), used AS (
    SELECT u.programme_key AS programme, u.benefit_key AS benefit,
        count(DISTINCT coalesce(c.merged_into, c.profile_id)) AS users
    FROM benefit_usage u JOIN customers c USING (profile_id)
    WHERE u.cancelled_at IS NULL AND (u.used_at AT TIME ZONE $3::text)::date BETWEEN $1 AND $2
    GROUP BY 1, 2
)
SELECT o.programme, o.benefit, o.name, coalesce(u.users, 0) AS users,
    (SELECT count(DISTINCT h.profile_id) FROM kpi_held h WHERE h.programme = o.programme
        AND h.tier = ANY(o.tiers) AND h.since <= $2 AND h.until > $1) AS entitled
FROM offered o LEFT JOIN used u USING (programme, benefit) ORDER BY 1, 2
"""  # noqa: S608 - ours
_PLAYBOOKS: Final = """
SELECT t.playbook_key AS playbook, p.document -> 'name' AS name, count(*) AS tried,
    count(*) FILTER (WHERE t.outcome = 'accepted') AS accepted,
    coalesce(sum(coalesce(t.actual_cost, t.cost)), 0)::bigint AS cost
FROM tasks t JOIN playbooks p USING (playbook_key)
WHERE t.state = 'done' AND t.outcome <> 'skipped'
    AND (t.closed_at AT TIME ZONE $3::text)::date BETWEEN $1 AND $2
GROUP BY 1, 2 ORDER BY 1
"""
_FLOWS: Final = """
SELECT programme, tier, count(*) FILTER (WHERE since <= $2 AND until > $2) AS members,
    count(*) FILTER (WHERE since BETWEEN $1 AND $2) AS entered,
    count(*) FILTER (WHERE until > $2::date - 365 AND until <= $2) AS left_in_year
FROM kpi_held WHERE programme IS NOT NULL GROUP BY 1, 2
"""
_KNOWN: Final = """
SELECT programme, greatest($1::date - min(since), 0) AS days
FROM kpi_held WHERE programme IS NOT NULL GROUP BY 1
"""
_COSTS: Final = f"""
SELECT programme, tier, sum(cost)::bigint AS amount
FROM ({COSTS}) c JOIN kpi_held h USING (profile_id)
WHERE h.programme IS NOT NULL AND c.day BETWEEN $1 AND $2 AND h.since <= c.day AND h.until > c.day
GROUP BY 1, 2
"""  # noqa: S608 - ours
_MARGINS: Final = """
SELECT programme, tier, sum(d.net_booked - d.cost)::bigint AS amount
FROM customer_day d JOIN kpi_held h USING (profile_id)
WHERE h.programme IS NOT NULL AND d.business_date BETWEEN $1 AND $2
    AND h.since <= d.business_date AND h.until > d.business_date
GROUP BY 1, 2
"""
_PROGRAMMES: Final = f"""
SELECT l.programme_key AS programme, r.release_id, r.programme_version, r.model_version,
    v.document -> 'name' AS name, v.document -> 'tiers' AS tiers
FROM {_LIVE} ORDER BY 1
"""  # noqa: S608 - ours
_IN_FORCE_SINCE: Final = """
SELECT min(r.created_at) FROM releases r JOIN live_releases l USING (programme_key)
"""
_EXPERIMENTS: Final = """
SELECT experiment_key FROM experiments
WHERE (started_at AT TIME ZONE $3::text)::date <= $2
    AND (ended_at IS NULL OR (ended_at AT TIME ZONE $3::text)::date BETWEEN $1 AND $2)
ORDER BY experiment_key
"""


@dataclass(frozen=True, slots=True)
class InForce:
    """A programme in force: what of it was looked at, and its tiers as they are named."""

    programme: str
    release_id: int
    programme_version: int
    model_version: str | None
    names: dict[str, Words]


async def programmes_in_force(connection: asyncpg.Connection) -> list[InForce]:
    """List the programmes in force with the versions of their releases."""
    return [
        InForce(
            row["programme"],
            row["release_id"],
            row["programme_version"],
            row["model_version"],
            {tier["key"]: tier["name"] for tier in row["tiers"] or ()},
        )
        for row in await connection.fetch(_PROGRAMMES)
    ]


async def in_force_since(connection: asyncpg.Connection | asyncpg.Pool) -> datetime | None:
    """Tell when the first release of a programme that is in force was made."""
    found: datetime | None = await connection.fetchval(_IN_FORCE_SINCE)
    return found


async def experiments_within(
    connection: asyncpg.Connection, first: date, last: date, zone: str
) -> list[str]:
    """Name the experiments that run, and those that ended between two dates."""
    return [row[0] for row in await connection.fetch(_EXPERIMENTS, first, last, zone)]


async def activities(
    connection: asyncpg.Connection, quarter: Period, before: Period
) -> list[Activity]:
    """Sum order days by the tier held when each quarter began."""
    latter = _sums(await connection.fetch(_ACTIVITY, quarter.first, quarter.last))
    former = _sums(await connection.fetch(_ACTIVITY, before.first, before.last))
    return [Activity(Place(*key), latter[key], former.get(key, Sums())) for key in sorted(latter)]


async def satisfaction(
    connection: asyncpg.Connection, quarter: Period, before: Period, zone: str
) -> list[Satisfaction]:
    """Sum answers by the tier held when they were given."""
    found = [
        _sums(await connection.fetch(_SATISFACTION, each.first, each.last, zone))
        for each in (quarter, before)
    ]
    return [
        Satisfaction(Place(*key[:2]), key[2], found[0][key], found[1].get(key, Sums()))
        for key in sorted(found[0])
    ]


async def services(
    connection: asyncpg.Connection, quarter: Period, before: Period, zone: str
) -> list[Service]:
    """Count cases and broken promises by tier."""
    now, then = [
        {
            _place(row): (row["cases"], row["breached"])
            for row in await connection.fetch(_SERVICE, each.first, each.last, zone)
        }
        for each in (quarter, before)
    ]
    return [Service(place, *found, *then.get(place, (0, 0))) for place, found in now.items()]


async def benefit_use(
    connection: asyncpg.Connection, quarter: Period, before: Period, zone: str
) -> list[BenefitUse]:
    """Count who could and who did use each benefit that is redeemed."""
    rows = await connection.fetch(_BENEFITS, quarter.first, quarter.last, zone)
    former = await connection.fetch(_BENEFITS, before.first, before.last, zone)
    then = {(row["programme"], row["benefit"]): (row["entitled"], row["users"]) for row in former}
    return [
        BenefitUse(**dict(row), entitled_before=entitled, users_before=users)
        for row in rows
        for entitled, users in [then.get((row["programme"], row["benefit"]), (0, 0))]
    ]


async def playbook_outcomes(
    connection: asyncpg.Connection, quarter: Period, before: Period, zone: str
) -> list[PlaybookOutcome]:
    """Count what came of the tasks of each playbook."""
    rows = await connection.fetch(_PLAYBOOKS, quarter.first, quarter.last, zone)
    former = await connection.fetch(_PLAYBOOKS, before.first, before.last, zone)
    then = {row["playbook"]: (row["tried"], row["accepted"]) for row in former}
    return [
        PlaybookOutcome(**dict(row), tried_before=tried, accepted_before=accepted)
        for row in rows
        for tried, accepted in [then.get(row["playbook"], (0, 0))]
    ]


async def flows(
    connection: asyncpg.Connection, quarter: Period, before: Period, above: list[Place]
) -> list[Flow]:
    """Count who came into and left the tiers above the lowest; one nobody ever held too."""
    now, then = [
        {
            _place(row): (row["members"], row["entered"], row["left_in_year"])
            for row in await connection.fetch(_FLOWS, each.first, each.last)
        }
        for each in (quarter, before)
    ]
    after = quarter.last + timedelta(days=1)
    known = {row[0]: row[1] for row in await connection.fetch(_KNOWN, after)}
    nobody = (0, 0, 0)
    return [
        Flow(
            place,
            *now.get(place, nobody),
            known.get(place.programme, 0),
            *then.get(place, nobody)[:2],
        )
        for place in above
    ]


async def accounts(
    connection: asyncpg.Connection, quarter: Period, before: Period, zone: str, decimals: int
) -> list[Account]:
    """Sum what serving each tier cost, and the margin it brought."""
    now, then = [
        (
            _amounts(await connection.fetch(_COSTS, each.first, each.last, zone, decimals)),
            _amounts(await connection.fetch(_MARGINS, each.first, each.last)),
        )
        for each in (quarter, before)
    ]
    return [
        Account(place, cost, *(found.get(place, 0) for found in (now[1], *then)))
        for place, cost in sorted(now[0].items())
    ]


def _sums(rows: list[asyncpg.Record]) -> dict[Any, Sums]:
    """Key sums by all columns before the last three."""
    return {tuple(row)[:-3]: Sums(row["n"], row["total"], row["squares"]) for row in rows}


def _amounts(rows: list[asyncpg.Record]) -> dict[Place, int]:
    return {_place(row): row["amount"] for row in rows}


def _place(row: asyncpg.Record) -> Place:
    return Place(row["programme"], row["tier"])
