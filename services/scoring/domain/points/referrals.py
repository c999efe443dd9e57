"""Which points somebody earns by bringing others, derived from the events alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.scoring.domain.points.calendar import Calendar
from services.scoring.domain.points.happenings import Credit, EntryKind
from services.scoring.domain.points.terms import TermsInForce, terms_at

#: A shop may tell who brought a customer after their first order.
_TOLD_LATE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Referral:
    """Somebody was brought; `referred` is who they are after merges, None while unknown.

    `purchases`: when they bought and for how much net of returns (minor units).
    """

    key: str
    at: datetime
    referred: str | None
    purchases: Sequence[tuple[datetime, int]] = ()


def credited(
    referrals: Iterable[Referral],
    referrer: str,
    schedule: Sequence[TermsInForce],
    calendar: Calendar,
) -> list[Credit]:
    """Derive credits: nobody brings themselves nor who bought before, so many a year count.

    Of one referrer each customer counts once; two who bring the same one are both credited.
    """
    others = [each for each in referrals if each.referred not in (None, referrer) and _is_new(each)]
    candidates = sorted(
        _candidates(_once_each(others), schedule, calendar),
        key=lambda each: (each[0].at, each[0].key),
    )
    years: dict[int, int] = defaultdict(int)
    kept = []
    for credit, most in candidates:
        year = calendar.day_of(credit.at).year
        years[year] += 1
        if years[year] <= most:
            kept.append(credit)
    return kept


def _is_new(referral: Referral) -> bool:
    first = referral.at - _TOLD_LATE
    return all(at >= first for at, _ in referral.purchases)


def _once_each(referrals: Iterable[Referral]) -> list[Referral]:
    first: dict[str | None, Referral] = {}
    for referral in sorted(referrals, key=lambda each: (each.at, each.key)):
        first.setdefault(referral.referred, referral)
    return list(first.values())


def _candidates(
    referrals: Iterable[Referral], schedule: Sequence[TermsInForce], calendar: Calendar
) -> Iterator[tuple[Credit, int]]:
    for referral in referrals:
        terms = terms_at(schedule, referral.at)
        if terms is None or terms.referral is None:
            continue
        if terms.starts_on is not None and calendar.day_of(referral.at) < terms.starts_on:
            continue
        at = _due_at(referral, terms.referral.min_order)
        if at is not None:
            counts_at = at + terms.pending
            key = f"{EntryKind.REFERRAL}:{referral.key}"
            ends = terms.expiry_of(at, calendar)
            credit = Credit(key, counts_at, terms.referral.points, ends, EntryKind.REFERRAL)
            yield credit, terms.referral.most


def _due_at(referral: Referral, min_order: int | None) -> datetime | None:
    """Tell when the credit is due; None while the new customer has not bought what is asked."""
    if min_order is None:
        return referral.at
    bought = min((at for at, spend in referral.purchases if spend >= min_order), default=None)
    return None if bought is None else max(bought, referral.at)
