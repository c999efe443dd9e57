"""Segments as scoring finds them, written as they look on the wire."""

from datetime import datetime

from services.scoring.domain.segments import Member
from services.scoring.usecases.segments.count import Tally
from shared.contracts.common import Money
from shared.contracts.segments import CountAnswer, MemberAnswer
from shared.money import format_minor


def count_of(tally: Tally) -> CountAnswer:
    """Tell a count with its share of all."""
    return CountAnswer(
        matching=tally.matching,
        total=tally.total,
        share=round(tally.matching / tally.total, 6) if tally.total else 0.0,
        pending=tally.pending,
        as_of=tally.moment.now,
        business_date=tally.moment.today,
    )


def member_answer(
    member: Member, currency: str, entered_at: datetime | None = None
) -> MemberAnswer:
    """Tell a member."""
    return MemberAnswer(
        customer_id=member.customer_id,
        lifecycle=member.lifecycle,
        orders=member.orders,
        spend=Money(amount=format_minor(member.spend, currency), currency=currency),
        last_order=member.last_order,
        entered_at=entered_at,
    )
