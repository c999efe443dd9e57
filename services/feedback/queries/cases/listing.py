"""Lists of cases, the most urgent first."""

from typing import Any, Final

import asyncpg

from services.feedback.domain.cases.case import Case
from services.feedback.domain.cases.listing import NO_RANK, Place, Wanted
from services.feedback.queries.cases.cases import LIST, case_in

_OVERDUE: Final = """
state IN ('received', 'answered') AND (state = 'received' AND due_at < {at} OR resolve_by < {at})
"""
# Due first; then as service works: the priority, the higher tier, who waits longest.
_ORDER: Final = f"due_at, priority, -coalesce(tier_rank, {NO_RANK}), opened_at, case_id"


async def list_cases(
    pool: asyncpg.Pool, wanted: Wanted, *, after: Place | None, limit: int
) -> list[Case]:
    """List cases, the most urgent first, from after a place on."""
    values: list[Any] = []

    def bound(value: object) -> str:
        values.append(value)
        return f"${len(values)}"

    names = ("state", "owner", "tier_key", "priority", "kind", "feedback_id")
    given = [(name, getattr(wanted, name)) for name in names]
    terms = [f"{name} = {bound(value)}" for name, value in given if value is not None]
    if wanted.customer_ids is not None:
        terms.append(f"customer_id = ANY({bound(wanted.customer_ids)}::text[])")
    if wanted.overdue_at is not None:
        terms.append(_OVERDUE.format(at=bound(wanted.overdue_at)))
    if after is not None:
        last = (after.due_at, after.priority, -after.rank, after.opened_at, after.case_id)
        terms.append(f"({_ORDER}) > ({', '.join(map(bound, last))})")
    where = f"WHERE {' AND '.join(terms)}" if terms else ""
    statement = f"SELECT {LIST} FROM cases {where} ORDER BY {_ORDER} LIMIT {bound(limit)}"  # noqa: S608 - names of ours, every value is bound
    return [case_in(row) for row in await pool.fetch(statement, *values)]
