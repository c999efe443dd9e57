"""Right what was kept of pinned tiers and reopened cases."""

from collections.abc import Sequence

from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Pins in force or to come in every programme. Grants in value programmes alone: status programmes,
# whose date is 'infinity', always told when a grant ends.
_CONTROLLED = """
WITH controls AS (
    SELECT profile_id, programme_key, least(ends_at, ended_at) AS ends_at, true AS is_pin FROM pins
    UNION ALL
    SELECT profile_id, programme_key, least(ends_at, ended_at), false FROM grants
    UNION ALL
    SELECT profile_id, programme_key, least(ends_at, ended_at), false FROM memberships
), told AS (
    SELECT t.profile_id, t.programme_key, t.release_id
    FROM controls o LEFT JOIN customers c ON c.profile_id = o.profile_id
    JOIN tier_current t ON t.profile_id = coalesce(c.merged_into, o.profile_id)
        AND t.programme_key = o.programme_key
    WHERE (o.is_pin OR t.business_date < 'infinity') AND t.next_change_at > t.decided_at
        AND (o.ends_at IS NULL OR o.ends_at > t.decided_at)
    ORDER BY t.profile_id, t.programme_key, t.release_id FOR UPDATE OF t
)
UPDATE tier_current t SET next_change_at = t.decided_at FROM told
WHERE t.profile_id = told.profile_id AND t.programme_key = told.programme_key
    AND t.release_id = told.release_id
"""
# The last date alone makes a round due at once; it finds all others rolled up by other meanings.
_LAST_KPI_DAY = (
    "DELETE FROM kpi_days WHERE business_date = (SELECT max(business_date) FROM kpi_days)"
)


def upgrade() -> None:
    """Decide pinned tiers anew when read, roll KPIs up anew, time no solution of what is open.

    A stored answer told the end of what was earned beneath a pin, and would until the pin ends.
    """
    op.execute(_CONTROLLED)
    op.execute(_LAST_KPI_DAY)
    op.execute(
        "UPDATE cases SET resolution_minutes = NULL"
        " WHERE resolved_at IS NULL AND resolution_minutes IS NOT NULL"
    )
