"""A wallet put together from facts and commands, and what is told when it changes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.scoring.domain.announcement import Kind
from services.scoring.domain.points.calendar import calendar_of
from services.scoring.domain.points.happenings import EntryKind
from services.scoring.domain.points.ledger import (
    Command,
    PointsBook,
    WalletFacts,
    held_before,
    key_of,
    wallet_of,
)
from services.scoring.domain.points.referrals import Referral
from services.scoring.domain.points.telling import (
    CORRECTED,
    News,
    WrittenEntry,
    entry_id_of,
    settle,
    written,
)
from services.scoring.domain.points.terms import TermsInForce, read_terms
from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.timeline import Item

T = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OWN, OTHER = UUID(int=1), UUID(int=2)


def book(**points: Any) -> PointsBook:
    given = {"earn": {"per": "1.00", "points": 1, "tiers": {"gold": "2"}}} | points
    terms = read_terms({"currency": "CNY", "points": given})
    ladders = [(None, ["base", "gold"]), (T + 9 * DAY, ["base", "silver", "gold"])]
    return PointsBook([TermsInForce(terms, None)], ladders, calendar_of("UTC"))


def order(key: int, spend: int, at: datetime, of: int | None = None) -> EntryRow:
    reverses = None if of is None else of.to_bytes(16, "big")
    count = 1 if of is None else 0
    return EntryRow(key.to_bytes(16, "big"), reverses, at, at, spend, spend, count, 1000)


def command(key: int, kind: Any, points: int, days: int = 0, **more: Any) -> Command:
    return Command(UUID(int=key), kind, points, T + days * DAY, **more)


def facts(*commands: Command, **more: Any) -> WalletFacts:
    rows = [order(1, 100_00, T), order(2, -40_00, T + DAY, of=1)]
    given: dict[str, Any] = {"timeline": (), "referrals": ()} | more
    return WalletFacts(OWN, rows, commands=commands, **given)


@pytest.mark.parametrize(
    ("commands", "balance"),
    [
        ((), 60),
        ((command(1, "redeem", 50, 2),), 10),
        ((command(1, "redeem", 50, 2), command(2, "cancel", 0, 3, cancels=UUID(int=1))), 60),
        ((command(1, "adjust", 15, 2),), 75),
        ((command(1, "adjust", -15, 2),), 45),
    ],
)
def test_commands_change_what_facts_earned(commands: tuple[Command, ...], balance: int) -> None:
    assert wallet_of(facts(*commands), book(), T + 5 * DAY).balance == balance


def test_points_given_by_hand_expire_as_others_do() -> None:
    given = facts(command(1, "adjust", 15, 2))
    wallet = wallet_of(given, book(expiry={"months": 1}), T + 5 * DAY)
    ends = {lot.points: lot.expires_at for lot in wallet.lots}
    assert ends[15] == datetime(2026, 6, 3, tzinfo=UTC)


def test_who_brought_somebody_is_credited() -> None:
    brought = [Referral("a", T, OTHER.hex), Referral("b", T, OWN.hex)]
    terms = book(referral={"points": 200, "max_per_year": 9})
    assert terms.has_referrals
    assert wallet_of(facts(referrals=brought), terms, T + 5 * DAY).balance == 260


def test_an_order_earns_in_the_tier_it_found_as_the_version_of_its_instant_names_it() -> None:
    ranks = [(T, 0), (T + 2 * DAY, 1), (T + 20 * DAY, 2)]
    items = [Item(at, rank, None, Reason.QUALIFIED) for at, rank in ranks]
    tier_at = held_before(items[::-1], book())
    asked = (0, 2, 3, 10, 21)
    assert [tier_at(T + days * DAY) for days in asked] == ["base", "base", "gold", "silver", "gold"]


def test_terms_say_whether_tiers_matter() -> None:
    assert book().has_factors
    assert not book(earn={"per": "1.00", "points": 1}).has_factors
    assert not book().has_referrals


def entry(key: str, points: int, kind: str = "earned", **more: Any) -> WrittenEntry:
    return WrittenEntry(entry_id_of("club", key), kind, points, T, None, key, **more)


A, B = entry("a", 100), entry("b", -30, "redeemed")


def told(news: list[News]) -> list[tuple[Kind, int, str]]:
    return [(each.kind, each.points, each.reason) for each in news]


@pytest.mark.parametrize(
    ("stored", "now", "news"),
    [
        ([], [A], [(Kind.POINTS_EARNED, 100, "earned")]),
        ([(OWN, A)], [A], []),
        ([(OWN, A)], [A, B], [(Kind.POINTS_REDEEMED, -30, "redeemed")]),
        ([(OWN, A)], [entry("a", 150)], [(Kind.POINTS_EARNED, 50, CORRECTED)]),
        ([(OWN, A)], [entry("a", 70)], [(Kind.POINTS_CLAWED_BACK, -30, CORRECTED)]),
        ([(OWN, A)], [], [(Kind.POINTS_CLAWED_BACK, -100, CORRECTED)]),
        # nothing changes in a balance by a cancellation that gives nothing back
        ([], [entry("c", 0, "cancelled")], []),
        ([], [entry("e", -5, "expired")], [(Kind.POINTS_EXPIRED, -5, "expired")]),
        ([], [entry("r", -5, "clawed_back")], [(Kind.POINTS_CLAWED_BACK, -5, "clawed_back")]),
        ([], [entry("j", -5, "adjusted")], [(Kind.POINTS_REDEEMED, -5, "adjusted")]),
        # it was withdrawn and is due again
        ([(OWN, entry("a", 100, is_withdrawn=True))], [A], [(Kind.POINTS_EARNED, 100, CORRECTED)]),
        # whoever was merged in had it told already
        ([(OTHER, A)], [A], []),
    ],
)
def test_what_is_told_of_a_change(
    stored: list[tuple[UUID, WrittenEntry]],
    now: list[WrittenEntry],
    news: list[tuple[Kind, int, str]],
) -> None:
    assert told(settle(OWN, stored, now).news) == news


def test_rows_follow_the_customer_through_a_merge() -> None:
    rows = settle(OWN, [(OTHER, A)], [A]).rows
    gone = entry("a", 100, is_withdrawn=True)
    assert rows == [(OWN, A), (OTHER, gone)]
    assert settle(OWN, [(OTHER, gone), (OWN, A)], [A]).rows == []


def test_what_no_longer_follows_is_withdrawn_once() -> None:
    gone = entry("a", 100, is_withdrawn=True)
    assert settle(OWN, [(OWN, A)], []).rows == [(OWN, gone)]
    assert settle(OWN, [(OWN, gone)], []).rows == []


def test_news_says_what_and_what_is_left() -> None:
    body = News(A, 100, "earned").body("club", 170)
    assert (body["programme"], body["points"], body["balance"]) == ("club", 100, 170)
    assert (body["at"], body["expires_at"]) == ("2026-05-01T12:00:00Z", None)


def test_entries_are_written_under_a_name_of_their_own() -> None:
    wallet = wallet_of(facts(command(7, "redeem", 5, 2)), book(), T + 5 * DAY)
    rows = written("club", wallet.entries)
    assert [row.kind for row in rows] == [EntryKind.EARNED, EntryKind.CLAWED_BACK, "redeemed"]
    assert rows[2].entry_id == entry_id_of("club", key_of("redeem", UUID(int=7)))
    assert (
        len({row.entry_id for row in rows} | {row.entry_id for row in written("x", wallet.entries)})
        == 6
    )
