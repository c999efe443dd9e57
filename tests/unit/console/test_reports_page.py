"""The page of reports: what it says, what it asks for, what it refuses, what it gives away."""

from uuid import UUID, uuid4

import pytest
from nicegui import ui
from nicegui.testing import User

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.changing.reports import (
    ask_for_report,
    end_reports,
    pause_reports,
    plan_reports,
    resume_reports,
)
from services.console.pages.reports.said import file_name, timing_said
from services.console.pages.reports.schedules import new_fields, timing_in
from services.console.reports.report import Format, Report, State
from services.console.reports.schedule import Rhythm, Span, Timing
from services.console.visiting.changes import NotAccepted, NotAllowed, ReasonMissing
from tests.unit.console.report_shelf import TODAY, WISH, FakeReports, make_report, make_schedule
from tests.unit.console.visits import Stage, browsing, stage

MONTHLY = Timing(Rhythm.MONTHLY, 1, 8)


def shelf_of(here: Stage) -> FakeReports:
    assert isinstance(here.visit.house.reports, FakeReports)
    return here.visit.house.reports


async def test_the_page_says_what_to_do_where_nothing_was_made() -> None:
    async with browsing(stage().visit) as user:
        await user.open("/reports")
        await user.should_see("No report has been made yet")
        await user.should_see("No schedule yet")


async def test_a_report_is_asked_for_and_shown_as_waiting() -> None:
    here = stage(role=Role.OPS)
    async with browsing(here.visit) as user:
        await user.open("/reports")
        user.find("Make the report").click()
        await user.should_see("The report is being made")
        await user.should_see("Waiting")
    (made,) = shelf_of(here).made
    assert (made.first.isoformat(), made.last.isoformat()) == ("2026-10-01", "2026-10-31")
    (entry,) = here.accounts.entries
    assert (entry.action, entry.details["audience"]) == ("report.asked", "management")
    assert here.accounts.outcomes == ["done"]


async def test_dates_in_the_wrong_order_are_refused_and_stay_as_typed() -> None:
    here = stage()
    async with browsing(here.visit) as user:
        await user.open("/reports")
        first = field_of(user, "First day")
        first.set_value("2026-11-30")
        user.find("Make the report").click()
        await user.should_see("The first day must not be after the last")
        assert first.value == "2026-11-30"
    assert shelf_of(here).made == []


def field_of(user: User, label: str) -> ui.input:
    (found,) = user.find(kind=ui.input, content=label).elements
    return found


async def test_what_was_made_is_listed_with_its_files_and_what_is_missing() -> None:
    here = stage(language=Language.CHINESE)
    shelf_of(here).made = [
        make_report(remarks=("away_scoring", "no_pdf")),
        make_report(state=State.MAKING, progress=40, sizes={}),
        make_report(state=State.FAILED, remarks=("gave_up",), sizes={}),
    ]
    async with browsing(here.visit) as user:
        await user.open("/reports")
        for words in (
            "评分服务没有应答",
            "无法生成 PDF",
            "生成中 40%",
            "连续三次失败",
            "PowerPoint",
        ):
            await user.should_see(words)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (Format.PPTX, "会员经营报告 - 营销 2026-10-01 2026-10-31.pptx"),
        (Format.HTML, "会员经营报告 - 营销 2026-10-01 2026-10-31.html"),
    ],
    ids=str,
)
def test_files_are_named_as_people_look_for_them(form: Format, name: str) -> None:
    assert file_name(in_chinese(), form) == name


def in_chinese() -> Report:
    return make_report(wish=type(WISH)(WISH.audience, Language.CHINESE, WISH.formats))


async def test_a_file_is_given_under_its_name_whatever_letters_it_has() -> None:
    here, report = stage(), in_chinese()
    shelf_of(here).made = [report]
    shelf_of(here).files = {(report.report_id, Format.PPTX): b"PK" * 200_000}
    async with browsing(here.visit) as user:
        answer = await user.http_client.get(f"/reports/{report.report_id}/pptx")
        missing = await user.http_client.get(f"/reports/{report.report_id}/html")
        unknown = await user.http_client.get(f"/reports/{uuid4()}/pptx")
        wrong = await user.http_client.get(f"/reports/{report.report_id}/exe")
    assert answer.content == b"PK" * 200_000
    assert "filename*=UTF-8''%E4%BC%9A" in answer.headers["content-disposition"]
    assert [missing.status_code, unknown.status_code, wrong.status_code] == [404, 404, 422]


async def test_the_preview_may_run_nothing() -> None:
    here, report = stage(), make_report()
    shelf_of(here).made = [report]
    shelf_of(here).files = {(report.report_id, Format.HTML): b"<p>deck</p>"}
    async with browsing(here.visit) as user:
        await user.open("/reports")
        user.find("Preview").click()
        await user.should_see(kind=ui.dialog)
        with user:
            frames = [e for e in ui.context.client.elements.values() if e.tag == "iframe"]
    (frame,) = frames
    assert frame.props["srcdoc"] == "<p>deck</p>"
    assert "allow-scripts" not in str(frame.props["sandbox"])
    assert "allow-same-origin" not in str(frame.props["sandbox"])
    (entry,) = here.accounts.entries
    assert (entry.action, entry.subject) == ("report.shown", f"report:{report.report_id}")


async def test_schedules_are_shown_to_all_and_changed_by_some() -> None:
    here = stage(role=Role.SERVICE)
    shelf_of(here).planned = [make_schedule()]
    async with browsing(here.visit) as user:
        await user.open("/reports")
        await user.should_see("Day 1 of every month at 08:00")
        await user.should_not_see("New schedule")
        await user.should_not_see("Delete")


async def test_a_schedule_is_set_up_with_a_reason() -> None:
    here = stage(role=Role.MARKETER)
    async with browsing(here.visit) as user:
        await user.open("/reports")
        user.find("New schedule").click()
        await user.should_see("On day of the month")
        user.find(kind=ui.textarea, content="Why?").type("for the monthly meeting")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Day 1 of every month at 08:00")
    (schedule,) = shelf_of(here).planned
    assert (schedule.span, schedule.made_by) == (Span.LAST_MONTH, "user:lin")
    assert here.accounts.entries[0].details["reason"] == "for the monthly meeting"


async def test_schedules_are_paused_resumed_and_ended_with_reasons() -> None:
    here, schedule = stage(), make_schedule()
    shelf_of(here).planned = [schedule]
    await pause_reports(here.visit, schedule.schedule_id, "holidays")
    assert shelf_of(here).planned[0].paused_at is not None
    await resume_reports(here.visit, schedule.schedule_id, "back again")
    assert shelf_of(here).planned[0].paused_at is None
    await end_reports(here.visit, schedule.schedule_id, "nobody reads it")
    assert shelf_of(here).planned == []
    actions = [entry.action.partition(".")[2] for entry in here.accounts.entries]
    assert actions == ["paused", "resumed", "ended"]


@pytest.mark.parametrize("role", [Role.SERVICE, Role.OPS], ids=str)
async def test_schedules_are_for_those_who_may(role: Role) -> None:
    here = stage(role=role)
    with pytest.raises(NotAllowed):
        await plan_reports(here.visit, WISH, Span.LAST_WEEK, MONTHLY, "every Monday")
    assert shelf_of(here).planned == []


async def test_no_schedule_is_ended_without_a_reason() -> None:
    here = stage()
    with pytest.raises(ReasonMissing):
        await end_reports(here.visit, UUID(int=1), " ")


async def test_refused_dates_are_written_down() -> None:
    here = stage()
    with pytest.raises(NotAccepted):
        await ask_for_report(here.visit, WISH, TODAY, TODAY.replace(day=1))
    assert here.accounts.outcomes == ["refused: BadDates"]


@pytest.mark.parametrize(
    ("rhythm", "timing", "words"),
    [
        ("daily", Timing(Rhythm.DAILY, 1, 8), "每天 08:00"),
        ("weekly", Timing(Rhythm.WEEKLY, 5, 8), "每星期五 08:00"),
        ("monthly", Timing(Rhythm.MONTHLY, 31, 8), "每月 31 日 08:00"),
    ],
)
def test_a_schedule_takes_the_day_its_rhythm_asks_for(
    rhythm: str, timing: Timing, words: str
) -> None:
    visit = stage(language=Language.CHINESE).visit
    fields = new_fields(visit)
    fields.values.update(rhythm=rhythm, weekday="5", month_day="31")
    assert timing_in(fields) == timing
    assert timing_said(visit, timing) == words
