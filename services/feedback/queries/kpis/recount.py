"""KPIs of one date counted from nothing but the facts, customer by customer: to check roll-ups.

Slow, and on purpose unlike queries/kpis/levels.py: everybody is looked at in full for each date.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import asyncpg

from services.feedback.queries.kpis.costs import COSTS
from services.feedback.queries.kpis.flows import Span
from services.feedback.queries.kpis.held import LONGEST_S, Ladder

Fraction = tuple[int, int]
Place = tuple[str, str]

#: $1 the date, $2 a date before it, $3 zone, $4 decimals.
_HELD: Final = """
    SELECT DISTINCT ON (h.profile_id, h.programme_key) h.profile_id, h.programme_key AS programme,
        h.tier_to AS tier, 'tier:' || h.programme_key || ':' || h.tier_to AS slice
    FROM tier_history h JOIN customers c ON c.profile_id = h.profile_id
    WHERE h.programme_key IN (SELECT programme_key FROM live_releases) AND c.merged_into IS NULL
        AND (c.erased_at IS NULL OR (c.erased_at AT TIME ZONE $3::text)::date > {day})
        AND (h.business_instant AT TIME ZONE $3::text)::date <= {day}
    ORDER BY h.profile_id, h.programme_key, h.business_instant DESC, h.decided_at DESC,
        h.history_id DESC
"""
_PEOPLE: Final = f"""
WITH held AS MATERIALIZED ({_HELD.format(day="$1::date")}),
held_then AS ({_HELD.format(day="$2::date")}),
spent AS (
    SELECT profile_id, sum(cost) AS cost FROM ({COSTS}) c
    WHERE day > $1::date - 90 AND day <= $1::date GROUP BY profile_id
), facts AS (
    SELECT profile_id,
        coalesce(sum(orders) FILTER (WHERE day = $1::date AND orders > 0), 0) AS orders_1,
        coalesce(sum(sales) FILTER (WHERE day = $1::date), 0) AS sales_1,
        coalesce(sum(net) FILTER (WHERE day = $1::date), 0) AS net_1,
        coalesce(bool_or(orders > 0) FILTER (WHERE day > $1::date - 90), false) AS in_90,
        coalesce(bool_or(orders > 0)
            FILTER (WHERE day > $1::date - 180 AND day <= $1::date - 90), false) AS before_90,
        coalesce(bool_or(orders > 0) FILTER (WHERE day > $1::date - 365), false) AS in_365,
        coalesce(bool_or(orders > 0)
            FILTER (WHERE day > $1::date - 730 AND day <= $1::date - 365), false) AS before_365,
        coalesce(sum(orders) FILTER (WHERE day > $1::date - 365 AND orders > 0), 0) AS orders_365,
        coalesce(bool_or(referrals > 0) FILTER (WHERE day > $1::date - 90), false) AS has_referred,
        coalesce(sum(net) FILTER (WHERE day > $1::date - 90), 0) AS net_90,
        coalesce(sum(net - cost) FILTER (WHERE day > $1::date - 90), 0) AS margin_90,
        coalesce(sum(net) FILTER (WHERE day > $1::date - 455 AND day <= $1::date - 365), 0)
            AS net_90_then,
        coalesce(sum(net) FILTER (WHERE day > $1::date - 365), 0) AS net_365,
        min(day) FILTER (WHERE orders > 0) AS first_day
    FROM (SELECT profile_id, business_date AS day, orders, sales_net AS sales, net_booked AS net,
            cost, referrals FROM customer_day WHERE business_date <= $1::date) d
    GROUP BY profile_id
), people AS (
    SELECT *, coalesce(s.cost, 0) AS cost_90
    FROM (SELECT profile_id, 'all' AS slice FROM customers WHERE merged_into IS NULL
        UNION ALL SELECT profile_id, slice FROM held) AS slices
    LEFT JOIN facts USING (profile_id) LEFT JOIN spent s USING (profile_id)
)
"""  # noqa: S608 - ours
_OF_BUYERS: Final = """
SELECT kpi, slice, numerator, denominator FROM (
    SELECT slice, sum(net_1) AS net_1, sum(sales_1) AS sales_1, sum(orders_1) AS orders_1,
        count(*) FILTER (WHERE first_day = $1::date) AS newcomers,
        count(*) FILTER (WHERE in_90) AS in_90, count(*) FILTER (WHERE before_90) AS before_90,
        count(*) FILTER (WHERE before_90 AND NOT in_90) AS left_90,
        count(*) FILTER (WHERE in_365) AS in_365, count(*) FILTER (WHERE before_365) AS before_365,
        count(*) FILTER (WHERE in_365 AND before_365) AS kept_365,
        count(*) FILTER (WHERE in_365 AND orders_365 >= 2) AS again_365,
        count(*) FILTER (WHERE has_referred) AS has_referred, sum(net_90) AS net_90,
        sum(net_90_then) AS net_90_then, sum(cost_90) AS cost_90, sum(margin_90) AS margin_90,
        (SELECT min(first_day) FROM facts) AS opened,
        (SELECT sum(cost) FROM spent JOIN customers USING (profile_id)) AS of_shop_90
    FROM people GROUP BY slice
) AS sums CROSS JOIN LATERAL (VALUES
    ('net_spend', net_1, CASE WHEN net_1 <> 0 THEN 0 END),
    ('aov', sales_1, nullif(orders_1, 0)),
    ('new_customers', newcomers, CASE WHEN slice = 'all' AND newcomers > 0 THEN 0 END),
    ('repeat_rate', again_365, nullif(in_365, 0)),
    ('retention', kept_365, nullif(before_365, 0)),
    ('churn_rate', left_90, nullif(before_90, 0)),
    ('referral_rate', has_referred, nullif(in_90, 0)),
    ('spend_growth', net_90, CASE WHEN $1::date - 454 >= opened AND net_90_then > 0
        THEN net_90_then END),
    ('cost_to_serve', cost_90, CASE WHEN of_shop_90 <> 0 THEN nullif(in_365, 0) END),
    ('return_per_customer', coalesce(margin_90, 0) - cost_90, nullif(in_365, 0))
) AS k (kpi, numerator, denominator)
WHERE denominator IS NOT NULL
UNION ALL
SELECT 'tier_distribution', slice, count(*), sum(count(*)) OVER (PARTITION BY programme)
FROM held GROUP BY programme, slice
UNION ALL
SELECT 'tier_migration', 'move:' || programme || ':' || t.tier || ':' || h.tier, count(*),
    sum(count(*)) OVER (PARTITION BY programme, t.tier)
FROM held h JOIN held_then t USING (profile_id, programme) GROUP BY programme, t.tier, h.tier
UNION ALL
SELECT 'net_365', slice, coalesce(sum(net_365), 0), 0 FROM people GROUP BY slice
"""


async def recount(
    connection: asyncpg.Connection, span: Span, decimals: int, ladders: Sequence[Ladder]
) -> dict[Place, Fraction]:
    """Count every KPI of purchases and tiers on the span's last date, by (kpi, slice)."""
    day = span.last
    before = date.fromordinal(day.toordinal() - 30)
    rows = await connection.fetch(
        _PEOPLE + _OF_BUYERS, day, before, span.zone, decimals, timeout=LONGEST_S
    )
    found = {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}
    yearly = {place[1]: n for place, (n, _) in found.items() if place[0] == "net_365"}
    kept = {place: value for place, value in found.items() if place[0] != "net_365"}
    for ladder in ladders:
        kept.update(_of_programme(ladder, kept, yearly))
    return kept


def _of_programme(
    ladder: Ladder, found: dict[Place, Fraction], yearly: dict[str, int]
) -> dict[Place, Fraction]:
    """Put together what is told of a programme as a whole."""
    rank = {f"{ladder.programme}:{tier}": n for n, tier in enumerate(ladder.tiers)}
    moves = [
        (rank[f"{programme}:{after}"] - rank[f"{programme}:{then}"], count)
        for (kpi, place), (count, _) in found.items()
        if kpi == "tier_migration"
        for _, programme, then, after in [place.split(":")]
        if {f"{programme}:{then}", f"{programme}:{after}"} <= rank.keys()
    ]
    whole = sum(count for _, count in moves)
    shares = {
        "tier_upgrades": (sum(count for step, count in moves if step > 0), whole),
        "tier_downgrades": (sum(count for step, count in moves if step < 0), whole),
    }
    held = (slice_key for kpi, slice_key in found if kpi == "tier_distribution")
    if any(slice_key.startswith(f"tier:{ladder.programme}:") for slice_key in held):
        top = yearly.get(f"tier:{ladder.programme}:{ladder.tiers[-1]}", 0)
        shares["value_share_of_top_tier"] = (top, yearly.get("all", 0))
    slices = [f"programme:{ladder.programme}", *(["all"] if ladder.is_default else [])]
    return {(kpi, name): value for kpi, value in shares.items() for name in slices if value[1] > 0}
