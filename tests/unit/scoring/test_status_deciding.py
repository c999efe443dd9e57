"""What a status decision is made of: enrolment, why a tier changed, what is due and told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.scoring.domain.announcement import Kind
from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.deciding import NEVER, Instant, decide_status, history_of
from services.scoring.domain.status.decision import StatusCustomer, StatusDecision, StoredStatus
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.status.news import may_have_news, news_of
from services.scoring.domain.status.release import status_release
from services.scoring.domain.tiers.decision import Versions
from services.scoring.queries.tiers.status_facts import enrolment
from tests.status_shop import CLUB, club

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
DAY = timedelta(days=1)
RELEASE = status_release(3, CLUB, [(1, None, club())], NOW.date())


def midnight_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def at(now: datetime) -> Instant:
    return Instant(now, now.date(), midnight_of)


def order(yuan: int, when: datetime) -> EntryRow:
    return EntryRow(bytes(14) + yuan.to_bytes(2), None, when, when, yuan * 100, 0, 1, 0)


def customer(*rows: EntryRow, **changes: Any) -> StatusCustomer:
    plain = StatusCustomer(UUID(int=1), "c-1", Versions(2, 0), None, rows, [], [], ())
    return replace(plain, **changes)


def decided(who: StatusCustomer, now: datetime = NOW) -> StatusDecision:
    return decide_status([who], RELEASE, at(now))[0]


def stored(decision: StatusDecision, when: datetime) -> StoredStatus:
    fall = decision.fall
    return StoredStatus(
        when, decision.rank, len(decision.items), decision.items_sum, fall.at if fall else None
    )


def decided_again(before: StatusCustomer, after: StatusCustomer, days: int = 1) -> StatusDecision:
    """Decide what was decided before, and some days later what became of it."""
    first = decided(before)
    told = (first.tier_key, RELEASE.release_id)
    known = replace(after, stored=stored(first, NOW), last_told=told)
    return decided(known, NOW + days * DAY)


EARLY = order(1, NOW - 40 * DAY)
GRANT = Grant("g", "invited", "silver", NOW - 50 * DAY, None)
PIN = Pin("p", "floor", "silver", NOW - 60 * DAY, NOW - 55 * DAY)


@pytest.mark.parametrize(
    "told",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "2020-01-01",
    ],
)
def test_an_enrolment_that_no_calendar_reaches_says_nothing(told: str) -> None:
    assert enrolment(told) is None


def test_an_answer_ends_when_the_enrolment_that_the_profile_tells_begins() -> None:
    assert decided(customer(EARLY, enrolled_at=NOW + DAY)).next_change_at == NOW + DAY


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ({}, NOW - 40 * DAY),
        ({"grants": [GRANT]}, NOW - 50 * DAY),
        ({"grants": [GRANT], "pins": [PIN]}, NOW - 60 * DAY),
        ({"enrolled_at": NOW - 10 * DAY}, NOW - 10 * DAY),
        ({"enrolled_at": NOW + DAY}, NOW - 40 * DAY),
        ({"rows": ()}, midnight_of(NOW.date())),
        ({"rows": [order(1, NOW + DAY)]}, midnight_of(NOW.date())),
    ],
)
def test_enrolled_is_who_says_so_or_was_first_seen(
    changes: dict[str, Any], since: datetime
) -> None:
    who = customer(**{"rows": [EARLY], **changes})
    assert history_of(who, RELEASE, at(NOW)).enrolled_at == since


def test_a_membership_that_names_no_tier_gives_the_lowest_that_asks_for_one() -> None:
    tiers = [
        {"key": "guest"},
        {"key": "plus", "enter": {"grant": "paid"}},
        {"key": "gold", "enter": {"grant": "paid", "all": {"stars": 100}}},
    ]
    prime = status_release(1, CLUB, [(1, None, club(tiers=tiers))], NOW.date())
    who = customer(grants=[Grant("m", "paid", "", NOW - DAY, None)])
    assert history_of(who, prime, at(NOW)).grants[0].tier_key == "plus"


def test_a_first_decision_says_so() -> None:
    assert decided(customer()).because == "first_decision"


def test_what_was_told_already_needs_no_reason() -> None:
    assert decided_again(customer(EARLY), customer(EARLY)).because is None


def test_another_release_is_the_reason() -> None:
    who = customer(order(600, NOW - DAY), last_told=("regular", 2))
    assert (decided(who).because, decided(who).tier_before) == ("release", "regular")


@pytest.mark.parametrize(
    ("bought", "because"),
    [(NOW + DAY / 2, "qualified"), (NOW - DAY, "correction"), (NOW - 50 * DAY, "correction")],
)
def test_what_happened_before_it_was_told_corrects(bought: datetime, because: str) -> None:
    late = customer(EARLY, order(600, bought))
    assert decided_again(customer(EARLY), late).because == because


def test_the_reason_is_that_of_the_tier_not_of_its_end() -> None:
    more = customer(EARLY, order(600, NOW + DAY / 4), order(700, NOW + DAY / 2))
    assert decided_again(customer(EARLY), more).because == "qualified"


SILVER = order(600, NOW - 300 * DAY)
ENDS = (NOW - 300 * DAY).replace(year=2027)


def test_nothing_is_due_where_nothing_ends() -> None:
    entry = decided(customer(EARLY))
    assert entry.due_at is None


def test_nobody_without_facts_changes_ever() -> None:
    assert decided(customer()).next_change_at == NEVER


def test_a_review_is_due_when_the_warning_is() -> None:
    assert decided(customer(SILVER)).due_at == ENDS - 30 * DAY


def test_a_review_is_due_when_a_pin_begins_or_ends() -> None:
    pins = [Pin("p", "floor", "gold", NOW + DAY, NOW + 2 * DAY)]
    assert decided(customer(EARLY, pins=pins)).due_at == NOW + DAY
    assert decided(customer(EARLY, pins=pins), NOW + DAY).due_at == NOW + 2 * DAY


def test_order_days_bound_how_long_an_answer_holds() -> None:
    who = customer(EARLY, order_days=[EARLY.at.date()])
    decision = decided(who)
    assert decision.lifecycle == "active"
    assert decision.next_change_at < NOW + 60 * DAY
    assert decision.due_at is None


def test_a_fall_is_announced_when_it_comes_near_and_again_only_if_it_moves() -> None:
    far, near = decided(customer(SILVER)), decided(customer(SILVER), ENDS - 3 * DAY)
    before = stored(far, NOW)
    (warning,) = news_of(near, before, RELEASE.programme, ENDS - 3 * DAY)
    assert (warning.kind, warning.body["at"]) == (Kind.TIER_WILL_CHANGE, ENDS.isoformat())
    assert not may_have_news(near, stored(near, ENDS - 3 * DAY))
    assert news_of(near, stored(near, ENDS - 3 * DAY), RELEASE.programme, ENDS - 2 * DAY) == []


def test_a_tier_that_ended_is_announced_at_its_end() -> None:
    before = stored(decided(customer(SILVER)), NOW)
    late = ENDS + 9 * DAY
    (expired,) = news_of(decided(customer(SILVER), late), before, RELEASE.programme, late)
    assert (expired.kind, expired.at) == (Kind.TIER_EXPIRED, ENDS)
    assert (expired.body["from"]["key"], expired.body["to"]["key"]) == ("silver", "regular")


def test_a_return_takes_a_tier_back_without_its_having_expired() -> None:
    before = stored(decided(customer(SILVER)), NOW)
    back = EntryRow(b"r" * 16, SILVER.entry_id, SILVER.at, NOW + DAY, -60_000, 0, -1, 0)
    after = decided(customer(SILVER, back), NOW + 2 * DAY)
    assert after.tier_key == "regular"
    assert news_of(after, before, RELEASE.programme, NOW + 2 * DAY) == []
