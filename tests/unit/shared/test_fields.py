"""Strict text: ids, instants and dates that mean exactly one thing."""

from datetime import UTC, date, datetime

import pytest
from pydantic_core import PydanticCustomError

from shared.fields import calendar_date, identifier, instant, time_zone


@pytest.mark.parametrize(
    "text",
    [
        "c-1",
        "M 1",
        "../etc/passwd",
        "'; DROP TABLE x",
        "😀",
        "顾客",
        "K",
        "a" * 128,
        "=1",
    ],
)
def test_ids_are_opaque(text: str) -> None:
    assert identifier(text) == text


def test_ids_are_normalised_to_nfc_and_not_folded() -> None:
    assert identifier("e\u0301") == "é"
    assert identifier("K") != identifier("k")
    # the Kelvin sign is canonically K; the full-width one is another letter
    assert identifier("\u212a") == "K" != identifier("\uff2b")
    assert identifier("ﬁ") == "ﬁ"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", " a", "a ", "a\u3000", "\u00a0a", "a\nb", "a\x7f", "a\x00b", "a\u202eb",
        "a\u200bb", "\ufeffa", "a\u2028b", "\x1b[31m", "a" * 129, "é" * 65, "😀" * 33, "\ud800",
    ],
)  # fmt: skip
def test_ids_that_hide_something_are_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        identifier(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T12:23:46Z", datetime(2026, 11, 21, 12, 23, 46, tzinfo=UTC)),
        ("2026-11-21t12:23:46.5z", datetime(2026, 11, 21, 12, 23, 46, 500_000, tzinfo=UTC)),
        ("2026-11-21T12:23:46+08:00", datetime(2026, 11, 21, 4, 23, 46, tzinfo=UTC)),
        ("2024-02-29T23:59:59-05:00", datetime(2024, 3, 1, 4, 59, 59, tzinfo=UTC)),
        ("2026-11-21T12:23:46.123456789Z", datetime(2026, 11, 21, 12, 23, 46, 123456, tzinfo=UTC)),
    ],
)
def test_instants_become_utc(text: str, expected: datetime) -> None:
    assert instant(text) == expected
    assert instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-21T12:23:46", "2026-11-21", 1_700_000_000, 1_700_000_000_000, 1.5, None, True, "",
        "2026-11-21T12:23:60Z", "2026-06-30T23:59:60Z", "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+01:00", "0000-01-01T00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-11-21 12:23:46Z", "2026-11-21T12:23Z", "2026-11-21T24:00:00Z", "20261121T122346Z",
        "2026-W47-6T00:00:00Z", "2026-11-21T12:23:46+0800", "2026-11-21T12:23:46+25:00",
        "２026-11-21T12:23:46Z", "2026-11-21T12:23:46Z\n", "+2026-11-21T12:23:46Z",
    ],
)  # fmt: skip
def test_anything_but_rfc3339_with_offset_is_refused(value: object) -> None:
    with pytest.raises(PydanticCustomError, match="RFC 3339"):
        instant(value)


def test_values_already_read_pass() -> None:
    now = datetime.now(UTC)
    assert instant(now) == now
    assert calendar_date(now.date()) == now.date()


def test_a_date_is_a_calendar_day() -> None:
    assert calendar_date("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "value",
    ["2026-02-30", "2026-1-1", "20260101", "2026-W01-1", "0000-01-01", "2026-01-01T00:00", 1, None],
)  # fmt: skip
def test_anything_but_a_calendar_day_is_refused(value: object) -> None:
    with pytest.raises(PydanticCustomError, match="YYYY-MM-DD"):
        calendar_date(value)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "a\x00"])
def test_a_time_zone_is_one_of_the_database(name: str) -> None:
    assert time_zone("Asia/Shanghai") == "Asia/Shanghai"
    with pytest.raises(PydanticCustomError):
        time_zone(name)
