"""What serving a customer cost: contacts, work done, benefits used."""

from __future__ import annotations

from typing import Final

# A completed task and the interaction written with it are one cost.
_CONTACTS: Final = """
SELECT i.customer_id, i.at, i.cost, i.currency FROM interactions i
WHERE i.cost IS NOT NULL AND NOT EXISTS (
    SELECT FROM tasks t WHERE t.interaction_id = i.interaction_id AND t.actual_cost IS NOT NULL)
UNION ALL
SELECT customer_id, closed_at, actual_cost, currency FROM tasks
WHERE state = 'done' AND actual_cost IS NOT NULL
"""
# What a benefit costs is what the programme in force says now.
_BENEFITS: Final = """
SELECT u.profile_id, u.used_at AS at,
    (u.quantity * (b.benefit -> 'cost' ->> 'amount')::numeric * 10 ^ $4::int)::bigint AS cost
FROM benefit_usage u
JOIN live_releases l USING (programme_key)
JOIN releases r ON r.release_id = l.release_id
JOIN programme_versions v ON v.programme_key = l.programme_key AND v.version = r.programme_version
JOIN LATERAL jsonb_array_elements(v.document -> 'benefits') b (benefit)
    ON b.benefit ->> 'key' = u.benefit_key
WHERE u.cancelled_at IS NULL AND b.benefit ? 'cost'
"""
#: profile_id (of the winner), day, cost; $3 zone, $4 decimals of the shop's currency.
COSTS: Final = f"""
SELECT coalesce(c.merged_into, c.profile_id) AS profile_id,
    (x.at AT TIME ZONE $3::text)::date AS day, x.cost
FROM (
    SELECT n.profile_id, k.at, k.cost FROM ({_CONTACTS}) k
    JOIN identifiers n ON n.kind = 'customer_id'
        AND n.lookup_key = convert_to(k.customer_id, 'UTF8')
    WHERE k.currency = (SELECT base_currency FROM shop)
    UNION ALL
    {_BENEFITS}
) x JOIN customers c ON c.profile_id = x.profile_id
"""  # noqa: S608 - ours
