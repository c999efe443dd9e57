import math
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from pydantic_core import PydanticCustomError

from services.feedback.domain.care.win_back import Lost, chance_of, reasons_of
from services.feedback.usecases.care.places import (
    TOP,
    cursor_at,
    dated_cursor,
    dated_place,
    place_of,
    writing,
)

#: Every ten days for a year (36 order days, 3,600.00), quiet for 15 of them, never asked, agreed.
LOST = Lost(15, 10.0, 36, 360_000, 0, 0, has_consent=True)


def lost(**changes: object) -> Lost:
    return replace(LOST, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quiet", "expected"), [(0, 1.0), (15, 1.0), (45, 0.5), (75, 0.25), (10_000, 0.0)]
)
def test_every_three_rhythms_of_silence_halve_the_chance(quiet: int, expected: float) -> None:
    assert chance_of(lost(quiet_days=quiet)).silence == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"), [(0, 0, 0.5), (1, 1, 2 / 3), (4, 0, 1 / 6), (98, 98, 0.99)]
)
def test_who_took_offers_before_is_easier_to_win(
    asked: int, accepted: int, expected: float
) -> None:
    chance = chance_of(lost(asked=asked, accepted=accepted))
    assert chance.response == pytest.approx(expected)


@pytest.mark.parametrize(("consent", "expected"), [(True, 1.0), (None, 0.5), (False, 0.0)])
def test_consent_decides_whether_they_can_be_reached(consent: bool | None, expected: float) -> None:
    assert chance_of(lost(has_consent=consent)).consent == expected


@pytest.mark.parametrize(
    ("order_days", "spend", "rhythm", "expected"),
    [
        (36, 360_000, 10.0, 360_000),
        (360, 3_600_000, 10.0, 365_000),
        (1, 5_000, 60.0, 5_000),
        (0, 5_000, 60.0, 5_000),
        (5, -100, 10.0, 0),
    ],
)
def test_value_is_a_year_at_their_own_rhythm_and_never_more_than_they_spent(
    order_days: int, spend: int, rhythm: float, expected: float
) -> None:
    found = chance_of(lost(order_days=order_days, spend=spend, rhythm_days=rhythm))
    assert found.value == pytest.approx(expected)


def test_gain_is_value_times_recoverability() -> None:
    chance = chance_of(lost(quiet_days=45, has_consent=None))
    assert chance.recoverability == pytest.approx(0.5 * 0.5 * 0.5)
    assert chance.gain == pytest.approx(360_000 * 0.125)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ["worth", "quiet", "never_asked", "may_be_written_to"]),
        ({"asked": 3, "accepted": 1}, ["worth", "quiet", "responded", "may_be_written_to"]),
        ({"asked": 3}, ["worth", "quiet", "never_responded", "may_be_written_to"]),
        ({"has_consent": None}, ["worth", "quiet", "never_asked", "consent_unknown"]),
    ],
)
def test_reasons_are_told_in_both_languages(changes: dict[str, object], codes: list[str]) -> None:
    reasons = reasons_of(lost(**changes), writing("CNY"))
    assert [each.code for each in reasons] == codes
    assert all(set(each.words) == {"en", "zh"} for each in reasons)


def test_reason_names_its_figures() -> None:
    worth, quiet, *_ = reasons_of(lost(quiet_days=45, spend=720_000), writing("CNY"))
    assert quiet.words["en"] == "No order for 45 days, 4.5 times the usual gap of 10 days."
    assert quiet.words["zh"] == "已有45天未下单，是平常间隔10天的4.5倍。"
    assert (
        worth.words["en"] == "Worth about 7200.00 CNY a year; spent 7200.00 CNY on 36 days so far."
    )
    assert worth.words["zh"] == "一年约值7200.00 CNY；至今在36天下单，共消费7200.00 CNY。"


def test_money_is_written_with_the_places_of_its_currency() -> None:
    assert (writing("JPY")(7200), writing("KWD")(7200)) == ("7200 JPY", "7.200 KWD")


@pytest.mark.parametrize("number", [0.0, 1e-300, 123456.789012345, 2.0**60, 1 / 3])
def test_a_place_is_read_back_exactly(number: float) -> None:
    profile_id = UUID(int=7)
    assert place_of(cursor_at(number, profile_id)) == (number, profile_id)


def test_the_first_page_begins_above_all() -> None:
    assert place_of(None) == TOP == (math.inf, UUID(int=2**128 - 1))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (date(2026, 11, 22), date(2026, 11, 22)),
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 1), date(2026, 11, 15)),
        (date(2027, 1, 1), date(2026, 11, 22)),
    ],
)
def test_a_ranking_is_gone_on_with_for_a_week(written: date, read: date) -> None:
    cursor = dated_cursor(7.5, UUID(int=7), written)
    assert dated_place(cursor, date(2026, 11, 22)) == ((7.5, UUID(int=7)), read)


@pytest.mark.parametrize("cursor", [None, cursor_at(7.5, UUID(int=7))])
def test_a_place_without_a_day_is_of_today(cursor: str | None) -> None:
    today = date(2026, 11, 22)
    assert dated_place(cursor, today) == (place_of(cursor), today)


@pytest.mark.parametrize("cursor", ["~2026-11-22", f"1~{UUID(int=1)}~2026-13-01", "2026-11-22"])
def test_a_dated_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(PydanticCustomError):
        dated_place(cursor, date(2026, 11, 22))


@pytest.mark.parametrize(
    "cursor",
    ["", "~", "1", "1~", f"inf~{UUID(int=1)}", f"nan~{UUID(int=1)}", f"1e999~{UUID(int=1)}",
     f"..~{UUID(int=1)}", f"1~{'-' * 36}", f"1~{UUID(int=1)}x", f"１~{UUID(int=1)}"],
)  # fmt: skip
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(PydanticCustomError):
        place_of(cursor)
