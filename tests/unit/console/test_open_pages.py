"""A page that stays open: its session ends, its person loses a role, something in it breaks."""

import asyncio
import logging
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from nicegui import Client, ElementFilter, ui
from nicegui.testing import User

from services.console.accounts.person import Language, Person
from services.console.accounts.roles import Permission, Role
from services.console.reports.report import Format
from services.console.visiting.changes import NotAllowed, SessionOver
from services.console.visiting.services import Service, ServiceAway
from shared.contracts.jobs import JobAccepted
from tests.unit.console.ops_answers import page_of
from tests.unit.console.report_shelf import FakeReports, make_report
from tests.unit.console.visits import Stage, browsing, stage

JOBS = {"GET /v1/jobs": page_of()}
OVER = "Your session has ended"
NOT_ALLOWED = "Your role does not allow this"
SIGN_IN = "Sign in again in a new tab"


def demote(here: Stage) -> None:
    here.accounts.person = replace(here.visit.person, role=Role.ANALYST)


def end_session(here: Stage) -> None:
    here.accounts.person = None


def found(user: User, kind: type[ui.element]) -> list[Any]:
    with user:
        return list(ElementFilter(kind=kind))


def timer_of(user: User) -> ui.timer:
    (timer,) = found(user, ui.timer)
    assert isinstance(timer, ui.timer)
    return timer


async def ring(timer: ui.timer) -> None:
    """Do what the timer does when its time has come."""
    assert timer.callback is not None
    assert timer.parent_slot is not None
    with timer.parent_slot:
        await timer.callback()


async def test_who_lost_the_permission_of_a_page_reads_nothing_more_on_it() -> None:
    here = stage(JOBS)
    visit = replace(here.visit, needs=Permission.OPS_READ)
    demote(here)
    with pytest.raises(NotAllowed):
        await visit.scoring.get("/v1/jobs", JobAccepted)
    assert here.asked == []
    assert visit.person.role is Role.ANALYST
    assert not visit.may(Permission.OPS_READ)


async def test_a_session_they_went_on_with_is_not_undone_by_a_look_at_the_old_one() -> None:
    here = stage()
    old, new = here.visit.person, stage().visit.person

    async def live(_: UUID) -> Person:
        here.visit.seat.person = new
        return old

    accounts: Any = SimpleNamespace(live=live)
    visit = replace(here.visit, house=replace(here.visit.house, accounts=accounts))
    await visit.here()
    assert visit.person is new


async def test_users_are_not_read_by_who_is_no_administrator_any_more() -> None:
    here = stage()
    (first,) = here.accounts.users.known
    here.accounts.users.known = [replace(first, name=f"u{n:02d}") for n in range(60)]
    async with browsing(here.visit) as user:
        await user.open("/users")
        demote(here)
        user.find(content="Next page", kind=ui.button).click()
        await user.should_see(NOT_ALLOWED)
        (grid,) = found(user, ui.aggrid)
        assert grid.options["rowData"][0]["name"] == "u00"


async def test_a_report_is_not_shown_to_whose_session_is_over() -> None:
    report, here = make_report(), stage()
    shelf = here.visit.house.reports
    assert isinstance(shelf, FakeReports)
    shelf.made, shelf.files = [report], {(report.report_id, Format.HTML): b"<p>figures</p>"}
    async with browsing(here.visit) as user:
        await user.open("/reports")
        end_session(here)
        user.find(content="Preview", kind=ui.button).click()
        await user.should_see(OVER)
        assert "iframe" not in {element.tag for element in found(user, ui.element)}


async def test_nothing_is_kept_for_whose_session_is_over() -> None:
    here = stage()
    async with browsing(here.visit) as user:
        await user.open("/account")
        end_session(here)
        user.find(content="中文", kind=ui.button).click()
        await user.should_see(OVER)


async def test_a_dialog_gives_a_way_to_sign_in_and_keeps_what_was_typed() -> None:
    here = stage()
    async with browsing(here.visit) as user:
        await user.open("/users")
        user.find(content="Create a user", kind=ui.button).click()
        await user.should_see(content="Confirm", kind=ui.button)
        user.find(kind=ui.textarea).type("she is new here")
        end_session(here)
        user.find(content="Confirm", kind=ui.button).click()
        await user.should_see(SIGN_IN)
        (reason,) = found(user, ui.textarea)
        assert reason.value == "she is new here"
    assert here.accounts.entries == []


async def test_a_page_left_while_a_dialog_asks_ends_without_a_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with browsing(stage().visit) as user:
        client = await user.open("/users")
        user.find(content="Create a user", kind=ui.button).click()
        await user.should_see(content="Confirm", kind=ui.button)
        with caplog.at_level(logging.ERROR):
            client.delete()
            for _ in range(5):
                await asyncio.sleep(0)
        assert [record.getMessage() for record in caplog.records] == []


async def test_a_browser_that_connects_again_finds_the_timer_it_had() -> None:
    async with browsing(stage(JOBS).visit) as user:
        client = await user.open("/ops/jobs")
        before = timer_of(user)
        for handler in client.connect_handlers:
            client.safe_invoke(handler)
        assert timer_of(user) is before


async def test_a_session_that_is_over_ends_the_timer_and_is_told_once() -> None:
    here = stage(JOBS)
    async with browsing(here.visit) as user:
        await user.open("/ops/jobs")
        timer = timer_of(user)
        end_session(here)
        await ring(timer)
        await ring(timer)
        await user.should_see(SIGN_IN)
        assert not timer.active
        assert len(found(user, ui.dialog)) == 1


async def test_timers_run_again_for_who_goes_on_with_their_next_session() -> None:
    here = stage(JOBS)
    async with browsing(here.visit) as user:
        await user.open("/ops/jobs")
        timer = timer_of(user)
        end_session(here)
        await ring(timer)
        await user.should_see(SIGN_IN)
        following = replace(here.visit.person, session_id=uuid4())
        here.accounts.person = following
        handle = here.visit.house.returning.issue(following)
        user.javascript_rules[re.compile("fetch")] = lambda _: handle
        user.find("I have signed in again: go on").click()
        await user.should_not_see(SIGN_IN)
        asked = len(here.asked)
        assert timer.active
        await ring(timer)
        assert timer.active
        assert len(here.asked) > asked


async def test_a_refresh_that_went_well_goes_on() -> None:
    here = stage(JOBS)
    async with browsing(here.visit) as user:
        await user.open("/ops/jobs")
        timer = timer_of(user)
        asked = len(here.asked)
        await ring(timer)
        assert timer.active
        assert len(here.asked) > asked


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(RuntimeError("a fault of ours"), "faults.unexpected", id="unexpected"),
        pytest.param(SessionOver(), "faults.session", id="session"),
        pytest.param(NotAllowed(Permission.READ), "faults.not_allowed", id="role"),
        pytest.param(ServiceAway(Service.INGEST), "faults.ingest", id="away"),
    ],
)
@pytest.mark.parametrize("language", list(Language))
async def test_what_goes_wrong_in_a_click_is_told_in_words(
    error: Exception, words: str, language: Language
) -> None:
    here = stage(language=language)

    async def break_off() -> None:
        raise error

    async with browsing(here.visit) as user:
        await user.open("/account")
        with user:
            ui.button("break off", on_click=break_off)
        user.find("break off").click()
        await user.should_see(here.visit.say(words))


async def test_who_may_not_enter_a_page_may_still_choose_its_language() -> None:
    here = stage(role=Role.ANALYST)
    async with browsing(here.visit) as user:
        await user.open("/account")  # what the simulated reload goes back to
        answer = await user.http_client.get("/users")
        assert answer.status_code == 403
        (client,) = [each for each in Client.instances.values() if each.page.path == "/users"]
        with client:
            (switch,) = [
                each for each in ElementFilter(kind=ui.button) if each.props.get("lang") == "zh-CN"
            ]
            for listener in switch._event_listeners.values():  # noqa: SLF001 - as a click does
                assert listener.handler is not None
                listener.handler(None)
        await asyncio.sleep(0.2)
    assert here.accounts.person is not None
    assert here.accounts.person.language is Language.CHINESE
