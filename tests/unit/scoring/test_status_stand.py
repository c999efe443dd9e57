"""Where a customer stands: told fields, warnings, progress, and when anything changes by itself."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.scoring.domain.status.engine.history import Entry, Grant, History, Pin, PinMode
from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.rules import Rules, read_rules
from services.scoring.domain.status.engine.stand import Fall, Stand, stand
from services.scoring.domain.status.engine.timeline import InForce
from tests.status_cases import at, golden, history_of, rules_of

BASE: dict[str, Any] = {
    "kind": "status",
    "tiers": [
        {"key": "basic"},
        {"key": "silver", "enter": {"all": {"s": 10}}, "keep": {"all": {"s": 8}}},
        {"key": "gold", "enter": {"all": {"s": 30}}, "keep": {"all": {"s": 24}}},
    ],
    "window": {"kind": "rolling", "months": 12},
    "validity": {"kind": "months", "months": 12},
    "qualification": "track",
    "refresh": "first",
    "downgrade": "base",
    "time_zone": "UTC",
    "currency": "CNY",
}
ENROLLED = "2025-01-01T00:00:00Z"


def rules(**changes: Any) -> Rules:
    return read_rules("test", 1, BASE | changes)


def bought(*entries: tuple[str, int]) -> History:
    listed = [Entry(f"e{n}", at(when), None, {"s": s}) for n, (when, s) in enumerate(entries)]
    return History(at(ENROLLED), listed)


def stands(history: History, now: str, **changes: Any) -> Stand:
    return stand([InForce(rules(**changes))], history, at(now))


GOLD = bought(("2025-03-01T00:00:00Z", 30))


def test_before_enrolment_nothing_is_held_until_enrolment() -> None:
    found = stands(GOLD, "2024-12-31T00:00:00Z")
    assert (found.rank, found.items, found.next_change_at) == (0, (), at(ENROLLED))


def test_a_tier_is_held_until_its_end() -> None:
    found = stands(GOLD, "2025-06-01T00:00:00Z")
    assert (found.rank, found.status, found.reason) == (2, "held", Reason.QUALIFIED)
    assert (found.since, found.until) == (at("2025-03-01T00:00:00Z"), at("2026-03-01T00:00:00Z"))


def test_a_fall_is_warned_of_thirty_days_before_the_end() -> None:
    before = stands(GOLD, "2026-01-29T23:59:59Z")
    assert (before.status, before.warn) == ("held", None)
    assert before.next_change_at == at("2026-01-30T00:00:00Z")
    found = stands(GOLD, "2026-01-30T00:00:00Z")
    assert (found.status, found.warn) == ("at_risk", Fall("basic", at("2026-03-01T00:00:00Z")))


def test_an_end_that_will_be_kept_is_no_risk() -> None:
    history = bought(("2025-03-01T00:00:00Z", 30), ("2025-09-01T00:00:00Z", 24))
    found = stands(history, "2026-02-20T00:00:00Z")
    assert (found.status, found.warn) == ("held", None)
    assert found.keep is not None
    assert found.keep.needs == ()


def test_in_grace_the_tier_is_kept_and_the_fall_dated_at_its_end() -> None:
    found = stands(GOLD, "2026-03-05T00:00:00Z", grace_days=20)
    assert (found.rank, found.status, found.reason) == (2, "grace", Reason.GRACE)
    assert found.grace_until == at("2026-03-21T00:00:00Z")
    assert found.warn == Fall("basic", at("2026-03-21T00:00:00Z"))
    assert found.keep is not None
    assert found.keep.by == at("2026-03-21T00:00:00Z")


@pytest.mark.parametrize(
    ("buys", "now", "reason"),
    [
        ([("2025-03-01", 9)], "2025-05-01", Reason.ENTERED),
        ([("2025-03-01", 10)], "2025-05-01", Reason.QUALIFIED),
        ([("2025-03-01", 10), ("2025-04-01", 1)], "2025-05-01", Reason.REFRESHED),
        ([("2025-03-01", 10), ("2026-03-05", 1)], "2026-03-10", Reason.REVIEW_LOWERED),
    ],
    ids=["too little", "enough", "still enough", "too little again"],
)
def test_only_a_purchase_that_earns_a_tier_is_its_reason(
    buys: list[tuple[str, int]], now: str, reason: Reason
) -> None:
    history = bought(*((f"{day}T00:00:00Z", s) for day, s in buys))
    assert stands(history, f"{now}T00:00:00Z", qualification="ledger").reason == reason


def test_what_is_missing_to_the_next_tier_and_to_keep_is_told() -> None:
    found = stands(bought(("2025-03-01T00:00:00Z", 12)), "2025-06-01T00:00:00Z")
    assert found.next is not None
    assert found.keep is not None
    assert (found.next.tier_key, found.next.needs, found.next.by) == ("gold", (("s", 18),), None)
    # On 1 March 2026 the purchase of 1 March 2025 has left the twelve months.
    assert (found.keep.tier_key, found.keep.needs) == ("silver", (("s", 8),))
    assert found.keep.by == at("2026-03-01T00:00:00Z")


def test_any_of_several_metrics_is_told_as_a_choice() -> None:
    tiers = [{"key": "basic"}, {"key": "silver", "enter": {"any": {"s": 10, "n": 3}}}]
    found = stands(bought(("2025-03-01T00:00:00Z", 4)), "2025-06-01T00:00:00Z", tiers=tiers)
    assert found.next is not None
    assert (found.next.needs, found.next.is_any) == ((("s", 6), ("n", 3)), True)


def test_a_calendar_year_is_to_be_kept_within_the_year_that_the_review_measures() -> None:
    calendar = {
        "window": {"kind": "calendar", "unit": "year", "start_month": 1},
        "validity": {"kind": "periods", "after": 1, "plus_months": 2},
    }
    found = stands(GOLD, "2026-06-01T00:00:00Z", **calendar)
    assert found.until == at("2027-03-01T00:00:00Z")
    assert found.keep is not None
    assert found.next is None
    assert (found.keep.needs, found.keep.by) == ((("s", 24),), at("2027-01-01T00:00:00Z"))
    late = stands(GOLD, "2027-02-01T00:00:00Z", **calendar)
    assert (late.status, late.keep) == ("at_risk", None)


def test_a_floating_tier_is_at_risk_before_its_purchases_leave() -> None:
    floating = {"window": {"kind": "rolling", "days": 90}, "validity": {"kind": "floating"}}
    found = stands(GOLD, "2025-05-10T00:00:00Z", **floating)
    assert (found.status, found.until) == ("at_risk", None)
    assert found.warn == Fall("basic", at("2025-05-30T00:00:00Z"))
    assert found.keep is not None
    assert (found.keep.needs, found.keep.by) == ((("s", 24),), at("2025-05-30T00:00:00Z"))


def test_a_pin_is_told_over_what_is_earned() -> None:
    pin = Pin("p", "exact", "silver", at("2025-04-01T00:00:00Z"), at("2025-08-01T00:00:00Z"))
    history = History(GOLD.enrolled_at, GOLD.entries, [pin])
    found = stands(history, "2025-05-01T00:00:00Z")
    assert (found.rank, found.earned_rank, found.status) == (1, 2, "pinned")
    assert (found.reason, found.next_change_at) == (Reason.PINNED, at("2025-08-01T00:00:00Z"))


JUNE, AUGUST, LATE = "2025-06-01", "2025-08-01", "2026-08-01"
#: Gold is earned until this day.
EARNED = "2026-03-01"
SILVER = bought(("2025-03-01T00:00:00Z", 12))


def pinned(history: History, *pins: tuple[PinMode, str, str | None], **changes: Any) -> Stand:
    nails = [
        Pin(
            f"p{n}", mode, tier, at("2025-04-01T00:00:00Z"), at(f"{end}T00:00:00Z") if end else None
        )
        for n, (mode, tier, end) in enumerate(pins)
    ]
    held = History(history.enrolled_at, history.entries, nails)
    return stands(held, "2025-05-01T00:00:00Z", **changes)


@pytest.mark.parametrize(
    ("history", "pins", "tier", "until"),
    [
        (SILVER, [("exact", "gold", AUGUST)], 2, AUGUST),
        (SILVER, [("floor", "gold", LATE)], 2, LATE),  # not when silver ends
        (SILVER, [("floor", "gold", None)], 2, None),
        (SILVER, [("floor", "gold", JUNE), ("floor", "gold", AUGUST)], 2, AUGUST),
        (SILVER, [("exact", "gold", None), ("exact", "basic", JUNE)], 0, JUNE),
        (GOLD, [("exact", "gold", AUGUST)], 2, AUGUST),
        (GOLD, [("floor", "gold", AUGUST)], 2, EARNED),  # earned for longer
        (GOLD, [("floor", "gold", LATE)], 2, LATE),
        (GOLD, [("floor", "silver", AUGUST)], 2, EARNED),
        (GOLD, [("ceiling", "silver", AUGUST)], 1, AUGUST),
        (GOLD, [("ceiling", "silver", LATE)], 1, EARNED),  # what it caps ends before
        (GOLD, [("ceiling", "basic", LATE)], 0, LATE),
        (SILVER, [("floor", "gold", JUNE), ("ceiling", "silver", AUGUST)], 1, AUGUST),
    ],
)
def test_a_tier_shown_by_a_pin_is_valid_until_the_pin_ends(
    history: History, pins: list[tuple[PinMode, str, str | None]], tier: int, until: str | None
) -> None:
    found = pinned(history, *pins)
    assert (found.rank, found.until) == (tier, None if until is None else at(f"{until}T00:00:00Z"))


@pytest.mark.parametrize(
    ("history", "pin", "following", "kept"),
    [
        (SILVER, ("exact", "gold", AUGUST), None, None),
        (bought(), ("floor", "silver", AUGUST), ("gold", (("s", 30),)), None),
        (GOLD, ("exact", "basic", AUGUST), ("silver", ()), None),
        # to be kept by buying only what ends when that is reviewed
        (SILVER, ("exact", "silver", AUGUST), ("gold", (("s", 18),)), None),
        (SILVER, ("floor", "silver", LATE), ("gold", (("s", 18),)), None),
        (SILVER, ("floor", "silver", None), ("gold", (("s", 18),)), None),
        (SILVER, ("floor", "silver", AUGUST), ("gold", (("s", 18),)), "silver"),
        (SILVER, ("ceiling", "gold", AUGUST), ("gold", (("s", 18),)), "silver"),
    ],
    ids=[
        "at the top",
        "raised",
        "lowered",
        "set as earned",
        "held for longer",
        "held for ever",
        "earned for longer",
        "not reached",
    ],
)
def test_progress_goes_by_the_tier_held_through_a_pin(
    history: History,
    pin: tuple[PinMode, str, str],
    following: tuple[str, object] | None,
    kept: str | None,
) -> None:
    found = pinned(history, pin)
    told_next = None if found.next is None else (found.next.tier_key, found.next.needs)
    assert (told_next, found.keep and found.keep.tier_key) == (following, kept)


@pytest.mark.parametrize(("end", "kept"), [(LATE, False), (AUGUST, True)])
def test_what_an_invitation_holds_for_longer_is_not_kept_by_buying(end: str, kept: bool) -> None:
    invited = Grant("g", "invited", "gold", at("2025-04-01T00:00:00Z"), at(f"{end}T00:00:00Z"))
    found = stands(History(GOLD.enrolled_at, GOLD.entries, (), [invited]), "2025-05-01T00:00:00Z")
    told = at(f"{EARNED if kept else end}T00:00:00Z")
    assert (found.rank, found.until, found.keep is not None) == (2, told, kept)


def test_what_is_capped_in_grace_is_held_until_the_cap_ends() -> None:
    cap = Pin("p", "ceiling", "silver", at("2025-04-01T00:00:00Z"), at("2026-08-01T00:00:00Z"))
    history = History(GOLD.enrolled_at, GOLD.entries, [cap])
    found = stands(history, "2026-03-05T00:00:00Z", grace_days=20)
    assert (found.rank, found.until) == (1, cap.ends_at)


def test_the_reason_of_a_pinned_tier_is_the_pin_whatever_was_earned_since() -> None:
    since = bought(("2025-03-01T00:00:00Z", 12), ("2025-04-20T00:00:00Z", 12))
    found = pinned(since, ("exact", "basic", AUGUST), refresh="latest")
    assert (found.rank, found.reason) == (0, Reason.PINNED)


@pytest.mark.parametrize(
    ("now", "tier", "until"),
    [
        ("2025-02-01T00:00:00Z", 0, None),
        ("2025-04-01T00:00:00Z", 2, "2025-10-01T00:00:00Z"),  # both earned and paid for
        ("2025-10-01T00:00:00Z", 0, None),  # earned still, but paid for no more
    ],
)
def test_a_tier_that_asks_for_payment_needs_both(now: str, tier: int, until: str | None) -> None:
    tiers = [
        {"key": "guest"},
        {"key": "plus", "enter": {"grant": "paid"}},
        {"key": "plus_gold", "enter": {"grant": "paid", "all": {"s": 30}}},
    ]
    paid = Grant("g", "paid", "plus", at("2025-04-01T00:00:00Z"), at("2025-10-01T00:00:00Z"))
    found = stands(History(GOLD.enrolled_at, GOLD.entries, (), [paid]), now, tiers=tiers)
    assert (found.rank, found.until) == (tier, None if until is None else at(until))


def test_an_invitation_holds_a_tier_until_it_ends() -> None:
    invited = Grant("g", "invited", "gold", at("2025-02-01T00:00:00Z"), at("2025-05-01T00:00:00Z"))
    history = History(at(ENROLLED), (), (), [invited])
    found = stands(history, "2025-04-20T00:00:00Z")
    assert (found.rank, found.until, found.status) == (2, at("2025-05-01T00:00:00Z"), "at_risk")
    assert found.warn == Fall("basic", at("2025-05-01T00:00:00Z"))
    assert stands(history, "2025-05-01T00:00:00Z").reason is Reason.GRANT_ENDED


def told(found: Stand) -> tuple[object, ...]:
    return (
        found.rank, found.earned_rank, found.since, found.until, found.status, found.grace_until,
        found.reason, found.items, found.warn, found.next, found.keep,
    )  # fmt: skip


def boundaries(versions: list[InForce], history: History, until: datetime) -> list[datetime]:
    found, now = [history.enrolled_at], history.enrolled_at
    while (after := stand(versions, history, now).next_change_at) and after < until:
        assert after > now
        found.append(after)
        now = after
    return found


@pytest.mark.parametrize("file", ["track_cases", "policy_cases", "ledger_cases"])
def test_nothing_told_changes_between_two_changes(file: str) -> None:
    for case in golden(file)[::4]:
        versions, history = [InForce(rules_of(case))], history_of(case)
        edges = boundaries(versions, history, at(case["until"]))
        for begin, end in pairwise(edges):
            last = end - timedelta(microseconds=1)
            assert told(stand(versions, history, last)) == told(stand(versions, history, begin))
