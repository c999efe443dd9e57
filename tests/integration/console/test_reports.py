"""Reports in the database: asked for, made once, kept for a while, made again by schedule."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import asyncpg
import httpx
import pytest

from services.console.accounts.person import Language
from services.console.decks.audiences import Audience
from services.console.decks.pdf import PdfMissing
from services.console.reports.desk import Desk, TooManySchedules
from services.console.reports.making import LOCAL_LINKS, NO_PDF, Maker
from services.console.reports.queries.reports import (
    claim_report,
    content_of,
    find_report,
    finish_report,
    list_reports,
)
from services.console.reports.queries.schedules import MOST_SCHEDULES, list_schedules
from services.console.reports.report import KEPT, BadDates, File, Format, State, Wish
from services.console.reports.schedule import Rhythm, Span, Timing
from services.console.visiting.services import Service
from services.console.worker import loops
from shared.clients.transport import Transport
from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings
from tests.deck_figures import SHANGHAI
from tests.fakes import FakeClock

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
WISH = Wish(Audience.MANAGEMENT, Language.CHINESE, (Format.PPTX, Format.HTML))
DAILY = Timing(Rhythm.DAILY, 1, 8)


@pytest.fixture
async def pool(module_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    opened = await create_raw_pool(module_database_url, Limits("tests"), size=4)
    await opened.execute("TRUNCATE reports, report_files, report_schedules")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def desk(pool: asyncpg.Pool, clock: FakeClock) -> Desk:
    return Desk(pool, clock, SHANGHAI)


def no_pdf(_: str) -> bytes:
    raise PdfMissing


def maker_of(desk: Desk, public_url: str | None = "http://console.test") -> Maker:
    """Makes reports of services that have nothing to tell."""
    answering = httpx.MockTransport(lambda _: httpx.Response(404, json={}))
    client = httpx.AsyncClient(transport=answering, base_url="http://service")
    ways = dict.fromkeys(Service, Transport(client))
    return Maker(desk, ways, public_url, no_pdf)


async def test_a_report_whose_links_open_here_alone_is_made_and_says_so(desk: Desk) -> None:
    report_id = await desk.ask(WISH, FIRST, LAST, "user:li")
    assert await maker_of(desk, None).make_next()
    report = await find_report(desk.pool, report_id)
    assert report is not None
    assert LOCAL_LINKS in report.remarks


async def test_a_report_that_was_asked_for_is_made_and_kept(desk: Desk) -> None:
    report_id = await desk.ask(WISH, FIRST, LAST, "user:li")
    assert await maker_of(desk).make_next()
    report = await find_report(desk.pool, report_id)
    assert report is not None
    assert (report.state, report.progress, report.asked_by) == (State.DONE, 100, "user:li")
    pptx = await content_of(desk.pool, report_id, Format.PPTX)
    assert pptx is not None
    assert report.sizes[Format.PPTX] == len(pptx)
    assert "ppt/presentation.xml" in ZipFile(BytesIO(pptx)).namelist()
    html = await content_of(desk.pool, report_id, Format.HTML)
    assert html is not None
    assert "会员经营报告" in html.decode()


async def test_without_weasyprint_a_pdf_is_told_missing_and_html_is_there(desk: Desk) -> None:
    wish = Wish(Audience.DATA, Language.ENGLISH, (Format.PDF,))
    report_id = await desk.ask(wish, FIRST, LAST, "user:li")
    await maker_of(desk).make_next()
    report = await find_report(desk.pool, report_id)
    assert report is not None
    assert report.remarks == (NO_PDF,)
    assert set(report.sizes) == {Format.HTML}


async def test_dates_to_come_are_refused(desk: Desk) -> None:
    with pytest.raises(BadDates):
        await desk.ask(WISH, FIRST, date(2026, 11, 24), "user:li")


async def test_two_workers_never_make_the_same_report(desk: Desk) -> None:
    for _ in range(3):
        await desk.ask(WISH, FIRST, LAST, "user:li")
    claimed = await asyncio.gather(*(claim_report(desk.pool, START) for _ in range(5)))
    ids = [each.report_id for each in claimed if each is not None]
    assert len(ids) == len(set(ids)) == 3


async def test_a_report_whose_maker_is_lost_is_made_by_another(desk: Desk) -> None:
    await desk.ask(WISH, FIRST, LAST, "user:li")
    lost = await claim_report(desk.pool, START)
    assert lost is not None
    await _lose(desk)
    second = await claim_report(desk.pool, START)
    assert second is not None
    assert second.report_id == lost.report_id
    # The first comes back: its files are not wanted any more.
    assert not await finish_report(desk.pool, lost, [File(Format.HTML, b"old")], [], START)
    assert await content_of(desk.pool, lost.report_id, Format.HTML) is None


async def test_a_report_that_fails_three_times_is_given_up(desk: Desk) -> None:
    report_id = await desk.ask(WISH, FIRST, LAST, "user:li")
    for _ in range(3):
        assert await claim_report(desk.pool, START) is not None
        await _lose(desk)
    assert await claim_report(desk.pool, START) is None
    report = await find_report(desk.pool, report_id)
    assert report is not None
    assert (report.state, report.remarks) == (State.FAILED, ("gave_up",))


async def _lose(desk: Desk) -> None:
    await desk.pool.execute("UPDATE reports SET lease_until = now() - interval '1 second'")


async def test_a_schedule_is_due_once_however_many_workers_look(
    desk: Desk, clock: FakeClock
) -> None:
    schedule = await desk.plan(WISH, Span.LAST_MONTH, DAILY, "user:li")
    assert schedule.next_at == datetime(2026, 11, 24, tzinfo=UTC)
    clock.instant = schedule.next_at
    await asyncio.gather(*(desk.ask_for_due() for _ in range(4)))
    (report,) = await list_reports(desk.pool)
    assert (report.schedule_id, report.first, report.last) == (schedule.schedule_id, FIRST, LAST)
    (moved,) = await list_schedules(desk.pool)
    assert moved.next_at == schedule.next_at + timedelta(days=1)


async def test_what_was_missed_is_made_once(desk: Desk, clock: FakeClock) -> None:
    await desk.plan(WISH, Span.LAST_WEEK, DAILY, "user:li")
    clock.instant = START + timedelta(days=30)
    assert await desk.ask_for_due() == 1
    assert await desk.ask_for_due() == 0
    (moved,) = await list_schedules(desk.pool)
    assert moved.next_at > clock.instant


async def test_a_paused_schedule_makes_nothing_until_it_is_resumed(
    desk: Desk, clock: FakeClock
) -> None:
    schedule = await desk.plan(WISH, Span.LAST_WEEK, DAILY, "user:li")
    await desk.pause(schedule.schedule_id)
    clock.instant = START + timedelta(days=3)
    assert await desk.ask_for_due() == 0
    await desk.resume(schedule.schedule_id)
    assert await desk.ask_for_due() == 0
    (resumed,) = await list_schedules(desk.pool)
    assert resumed.paused_at is None
    assert resumed.next_at > clock.instant


async def test_ending_a_schedule_keeps_its_reports(desk: Desk, clock: FakeClock) -> None:
    schedule = await desk.plan(WISH, Span.LAST_WEEK, DAILY, "user:li")
    clock.instant = schedule.next_at
    await desk.ask_for_due()
    await desk.end(schedule.schedule_id)
    assert await list_schedules(desk.pool) == []
    assert len(await list_reports(desk.pool)) == 1


async def test_there_are_only_so_many_schedules(desk: Desk) -> None:
    for _ in range(MOST_SCHEDULES):
        await desk.plan(WISH, Span.LAST_WEEK, DAILY, "user:li")
    with pytest.raises(TooManySchedules):
        await desk.plan(WISH, Span.LAST_WEEK, DAILY, "user:li")


async def test_only_the_newest_reports_are_kept(desk: Desk) -> None:
    ids = [await desk.ask(WISH, FIRST, LAST, "user:li") for _ in range(KEPT + 2)]
    for _ in ids:
        report = await claim_report(desk.pool, START)
        assert report is not None
        await finish_report(desk.pool, report, [File(Format.HTML, b"x")], [], START)
    kept = {each.report_id for each in await list_reports(desk.pool)}
    assert kept == set(ids[2:])
    assert await content_of(desk.pool, ids[0], Format.HTML) is None


async def test_the_worker_makes_reports(
    module_database_url: str, desk: Desk, clock: FakeClock
) -> None:
    clock.instant = datetime(2020, 1, 1, tzinfo=UTC)
    platform = PlatformSettings.model_validate(
        {
            "database_url": module_database_url,
            "tierline_secret_key": "00" * 32,
            # Nobody answers at these: the report says so, and is made all the same.
            **{f"{each.value}_url": "http://127.0.0.1:1" for each in Service},
        }
    )
    report_id = await desk.ask(WISH, date(2019, 1, 1), date(2019, 1, 31), "user:li")
    async with loops(platform) as (loop,):
        assert loop.name == "console.reports"
        assert await loop.run_once()
        assert not await loop.run_once()
    report = await find_report(desk.pool, report_id)
    assert report is not None
    aways = ("away_feedback", "away_ingest", "away_scoring")
    assert report.remarks == (*aways, LOCAL_LINKS)
