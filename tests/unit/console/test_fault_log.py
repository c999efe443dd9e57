"""What the log tells of faults: one line of those expected, a trace of ours."""

import io
import json
import logging

import pytest
from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.parts.fault_log import OneLine
from services.console.parts.faults import words_of
from services.console.visiting.changes import NotAccepted, NotAllowed, ReasonMissing, SessionOver
from services.console.visiting.services import Service, ServiceAway, ServiceRefused
from shared.clients.transport import RemoteProblem
from shared.logs import configure
from tests.unit.console.visits import browsing, stage

REFUSED = RemoteProblem(409, "conflict", "c-1 was merged into c-2")
EXPECTED = [
    (ServiceAway(Service.INGEST), "ServiceAway ingest"),
    (ServiceRefused(Service.SCORING, REFUSED), "ServiceRefused scoring 409 conflict"),
    (NotAllowed(Permission.CUSTOMERS_CHANGE), f"NotAllowed {Permission.CUSTOMERS_CHANGE.value}"),
    (NotAccepted("users.last_admin"), "NotAccepted users.last_admin"),
    (ReasonMissing(), "ReasonMissing"),
    (SessionOver(), "SessionOver"),
]


async def lines_after(error: Exception) -> list[str]:
    """Give the lines of the console's log after something broke off in a click."""
    root = logging.getLogger()
    before, level, stream = root.handlers[:], root.level, io.StringIO()
    visit = stage().visit

    async def break_off() -> None:
        raise error

    try:
        async with browsing(visit) as user:
            configure("console", stream=stream)
            await user.open("/account")
            with user:
                ui.button("break off", on_click=break_off)
            user.find("break off").click()
            await user.should_see(words_of(visit, error))
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(("error", "words"), EXPECTED, ids=[words for _, words in EXPECTED])
async def test_an_expected_fault_is_one_line_without_a_trace(error: Exception, words: str) -> None:
    (line,) = map(json.loads, await lines_after(error))
    assert line == {
        "service": "console",
        "event": f"fault_met {words}",
        "level": "warning",
        "logger": "nicegui",
    }


async def test_a_fault_of_ours_keeps_its_trace() -> None:
    (line,) = map(json.loads, await lines_after(RuntimeError("a fault of ours")))
    assert line["level"] == "error"
    assert "Traceback" in line["exception"]


def test_a_record_of_no_fault_is_left_alone() -> None:
    record = logging.LogRecord("nicegui", logging.INFO, "", 0, "started", (), None)
    assert OneLine().filter(record)
    assert (record.getMessage(), record.levelno) == ("started", logging.INFO)
