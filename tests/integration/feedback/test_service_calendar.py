"""The calendar of service: hours, holidays of a country, days of the shop's own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared.contracts.service_calendar import EXAMPLE_CALENDAR
from tests.integration.feedback.case_desk import CaseOffice, case_office
from tests.integration.feedback.scoring import FakeScoring

CALENDAR = "/v1/cases/calendar"
OFFICE = [{"opens": "09:00", "closes": "18:00"}]
WEEKDAYS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
CHINA = {"zone": "Asia/Shanghai", "country": "CN", "week": WEEKDAYS}


@pytest.fixture
async def office(
    app: FastAPI, pool: asyncpg.Pool, scoring: FakeScoring
) -> AsyncIterator[CaseOffice]:
    async with case_office(app, pool, scoring) as opened:
        yield opened


async def put(office: CaseOffice, body: object, **request: Any) -> httpx.Response:
    return await office.client.put(CALENDAR, json=body, **request)


async def test_a_shop_that_wrote_none_works_from_nine_to_six(office: CaseOffice) -> None:
    answer = await office.client.get(CALENDAR)
    assert answer.headers["ETag"] == '"0"'
    found = answer.json()
    assert (found["version"], found["time_zone"], found["coming"]) == (0, "Asia/Shanghai", [])
    assert (found["week"]["fri"], found["week"]["sat"]) == (OFFICE, [])


async def test_what_was_written_is_read_again(office: CaseOffice) -> None:
    written = await put(office, EXAMPLE_CALENDAR)
    assert (written.status_code, written.headers["ETag"]) == (200, '"1"')
    assert (await office.client.get(CALENDAR)).json() == written.json()
    assert written.json()["updated_by"] == "li.na"
    odd = {each["date"]: (each["is_open"], each["name"]) for each in written.json()["coming"]}
    assert odd["2026-12-31"] == (False, {"en": "Stocktaking", "zh": "年终盘点"})
    assert odd["2027-01-01"] == (False, {"en": "New Year's Day", "zh": "元旦"})
    assert odd["2026-12-27"] == (True, None)


async def test_of_two_who_write_at_once_the_second_reads_again(office: CaseOffice) -> None:
    assert (await put(office, CHINA)).status_code == 200
    assert (await put(office, CHINA)).status_code == 428
    assert (await put(office, CHINA, headers={"If-Match": '"0"'})).status_code == 412
    assert (await put(office, CHINA, headers={"If-Match": '"1"'})).headers["ETag"] == '"2"'
    assert (await put(office, CHINA, headers={"If-Match": '"1"'})).status_code == 412


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        # four hours from the eve of National Day 2026 on: seven days off
        ("2026-09-30T08:00:00+00:00", "2026-10-08T03:00:00Z"),
        # a Saturday that is worked for them
        ("2026-10-10T02:00:00+00:00", "2026-10-10T06:00:00Z"),
        ("2026-10-11T02:00:00+00:00", "2026-10-12T05:00:00Z"),
    ],
)
async def test_due_times_go_by_the_holidays_of_the_country(
    office: CaseOffice, opened: str, due: str
) -> None:
    await put(office, CHINA)
    office.clock.instant = datetime.fromisoformat(opened).astimezone(UTC)
    assert (await office.complain())["due_at"] == due


async def test_an_open_case_keeps_its_due_time(office: CaseOffice) -> None:
    case = await office.complain()
    await put(office, {"week": {"sun": OFFICE}})
    assert (await office.read(case))["due_at"] == case["due_at"]
    assert (await office.complain())["due_at"] == "2026-11-29T05:00:00Z"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"week": {}}, "/week", "too_few_hours"),
        ({"week": {"mon": [{"opens": "09:00", "closes": "09:00"}]}}, "/week/mon", "bad_hours"),
        ({"week": {"mon": [*OFFICE, *OFFICE]}}, "/week/mon", "bad_hours"),
        ({"week": {"mon": [{"opens": "9:00", "closes": "18:00"}]}}, "/week/mon/0/opens", None),
        ({"week": {"mon": [{"opens": "09:00", "closes": "24:01"}]}}, "/week/mon/0/closes", None),
        ({"week": {"monday": OFFICE}}, "/week", "unknown_field"),
        ({"zone": "Asia/Nowhere"}, "/zone", "bad_time_zone"),
        ({"zone": "../../etc/passwd"}, "/zone", "bad_time_zone"),
        ({"country": "XX"}, "/country", "unknown_country"),
        ({"country": "CN", "subdivision": "XX"}, "/country", "unknown_country"),
        ({"holidays": [{"date": "2026-02-30"}]}, "/holidays/0/date", "bad_date"),
        ({"holidays": [{"date": "2026-12-31"}] * 2}, "/holidays", "duplicate"),
        (
            {"holidays": [{"date": "2026-12-31"}], "working_days": [{"date": "2026-12-31"}]},
            "",
            "contradiction",
        ),
        ({"make_up_hours": []}, "/make_up_hours", None),
    ],
    ids=str,
)
async def test_a_calendar_that_cannot_be_is_named_by_its_field(
    office: CaseOffice, change: dict[str, Any], pointer: str, code: str | None
) -> None:
    answer = await put(office, {"week": WEEKDAYS} | change)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert code in {None, fault["code"]}
    assert (await office.client.get(CALENDAR)).json()["version"] == 0
