"""What is answered about whom to care for."""

from datetime import date

from services.feedback.domain.care.festivals import FESTIVALS, next_festival_day
from services.feedback.domain.care.rhythm import words_of
from services.feedback.domain.care.win_back import reasons_of
from services.feedback.usecases.care.lunar_calendar import CALENDAR
from services.feedback.usecases.care.places import writing
from services.feedback.usecases.care.rhythm import Dropped
from services.feedback.usecases.care.win_back import Recoverable
from shared.contracts.care import (
    FestivalItem,
    FrequencyDrop,
    WinBackFactors,
    WinBackItem,
    WinBackReason,
)
from shared.contracts.common import LocalText, Money
from shared.money import format_minor


def win_back_answer(found: Recoverable, currency: str) -> WinBackItem:
    """Tell whom to win back, and why."""
    listed, chance = found.listed, found.chance
    return WinBackItem(
        customer_id=listed.customer_id,
        lifecycle=listed.lifecycle,
        tier=listed.tier_key,
        last_order=listed.last_order,
        quiet_days=listed.lost.quiet_days,
        usual_gap_days=round(listed.lost.rhythm_days, 1),
        value=_money(chance.value, currency),
        recoverability=round(chance.recoverability, 4),
        factors=WinBackFactors(
            silence=round(chance.silence, 4),
            response=round(chance.response, 4),
            consent=chance.consent,
        ),
        expected_gain=_money(chance.gain, currency),
        season_free_score=None if listed.score is None else round(listed.score, 4),
        reasons=[
            WinBackReason.model_validate({"code": each.code, "text": LocalText(**each.words)})
            for each in reasons_of(listed.lost, writing(currency))
        ],
    )


def drop_answer(found: Dropped, currency: str) -> FrequencyDrop:
    """Tell whose frequency dropped, with the figures that show it."""
    pace, drop = found.paced.pace, found.drop
    return FrequencyDrop(
        customer_id=found.paced.customer_id,
        signs=[each.value for each in drop.signs],
        lifecycle=pace.lifecycle,
        last_order=pace.last_order,
        quiet_days=drop.quiet_days,
        usual_gap_days=None if drop.rhythm_days is None else round(drop.rhythm_days, 1),
        order_days_90=drop.order_days_90,
        expected_order_days_90=round(drop.expected_90, 1),
        spend_365_days=_money(found.paced.spend, currency),
        text=LocalText(**words_of(drop)),
    )


def festival_answers(today: date) -> list[FestivalItem]:
    """Tell every festival and when it comes next, the next one first."""
    found = [
        FestivalItem(
            key=each.key,
            name=LocalText(**each.name),
            calendar=each.reckoning.value,
            next_on=next_festival_day(each, today, CALENDAR),
        )
        for each in FESTIVALS.values()
    ]
    return sorted(found, key=lambda each: (each.next_on or date.max, each.key))


def _money(minor: float, currency: str) -> Money:
    return Money(amount=format_minor(round(minor), currency), currency=currency)
