"""The frame of every page: who sees which rooms, in which words, and what a refusal looks like."""

import pytest

from services.console.accounts.person import Language
from services.console.accounts.roles import Permission, Role
from services.console.parts import faults
from services.console.parts.navigation import ROOMS, rooms_for
from services.console.visiting.changes import (
    Change,
    NotAllowed,
    ReasonMissing,
    SessionOver,
    checked_reason,
)
from services.console.visiting.services import Service, ServiceAway, ServiceRefused
from services.console.visiting.visit import Visit
from shared.clients.transport import Call
from shared.contracts.jobs import JobAccepted
from tests.unit.console.visits import stage

JOB = "00000000-0000-0000-0000-000000000001"
CALL = "POST /v1/things"
CHANGE = Change(
    Permission.KEYS_CHANGE,
    "thing.changed",
    "thing:1",
    Service.SCORING,
    Call("POST", "/v1/things", body={"a": 1}),
    {"a": 1},
)


async def made(visit: Visit, reason: str = "because") -> JobAccepted:
    return await visit.make(CHANGE, reason, JobAccepted)


async def test_who_what_and_why_are_in_the_audit_log_before_the_call() -> None:
    here = stage({CALL: {"job_id": JOB}})
    await made(here.visit)
    entry = here.accounts.entries[0]
    assert (entry.actor, entry.action, entry.subject) == ("user:lin", "thing.changed", "thing:1")
    assert entry.details == {"reason": "because", "role": "admin", "a": 1}
    assert here.accounts.outcomes == ["done"]
    assert here.bodies(CALL) == [{"a": 1}]


@pytest.mark.parametrize(
    ("answer", "error", "outcome"),
    [
        pytest.param(None, ServiceAway, "away: scoring", id="away"),
        pytest.param((409, {"type": "x/y"}), ServiceRefused, "refused: 409 y", id="refused"),
    ],
)
async def test_what_became_of_a_change_is_written_down(
    answer: object, error: type[Exception], outcome: str
) -> None:
    here = stage({CALL: answer})
    with pytest.raises(error):
        await made(here.visit)
    assert here.accounts.outcomes == [outcome]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
async def test_who_may_not_changes_nothing(role: Role) -> None:
    here = stage({CALL: {"job_id": JOB}}, role=role)
    with pytest.raises(NotAllowed):
        await made(here.visit)
    assert (here.asked, here.accounts.entries) == ([], [])


async def test_a_change_without_a_reason_is_not_made() -> None:
    here = stage({CALL: {"job_id": JOB}})
    with pytest.raises(ReasonMissing):
        await made(here.visit, "  x ")
    assert here.asked == []


async def test_a_session_that_ended_reads_and_changes_nothing() -> None:
    here = stage({CALL: {"job_id": JOB}})
    here.accounts.person = None
    with pytest.raises(SessionOver):
        await made(here.visit)
    with pytest.raises(SessionOver):
        await here.visit.ingest.get("/v1/sources", JobAccepted)
    assert here.asked == []


@pytest.mark.parametrize(("text", "kept"), [(" too \n many  spaces ", "too many spaces")])
def test_a_reason_is_kept_without_white_space(text: str, kept: str) -> None:
    assert checked_reason(text) == kept


@pytest.mark.parametrize("text", [None, "", "   ", "ab", "x" * 501])
def test_a_reason_says_something(text: str | None) -> None:
    with pytest.raises(ReasonMissing):
        checked_reason(text)


@pytest.mark.parametrize("role", sorted(Role))
def test_rooms_are_those_the_role_may_enter(role: Role) -> None:
    entered = {room.key for room in rooms_for(stage(role=role).visit)}
    assert {"overview", "customers", "reports"} <= entered
    assert ("users" in entered) == (role is Role.ADMIN)
    assert ("ops" in entered) == (role in {Role.ADMIN, Role.OPS})


@pytest.mark.parametrize("language", list(Language))
def test_every_room_has_a_name(language: Language) -> None:
    visit = stage(language=language).visit
    assert all(visit.say(f"{room.key}.title") for room in ROOMS)


async def test_a_refusal_is_told_with_every_fault() -> None:
    problem = {"detail": "No.", "errors": [{"pointer": "/tiers/0", "message": "is missing"}]}
    here = stage({CALL: (422, problem)})
    with pytest.raises(ServiceRefused) as refusal:
        await made(here.visit)
    said = faults.words_of(here.visit, refusal.value)
    assert said.endswith("No.\nTiers (no. 1): is missing")


async def test_a_service_that_is_away_is_named() -> None:
    here = stage({"GET /v1/x": None}, language=Language.CHINESE)
    found = await faults.tried(here.visit.feedback.get("/v1/x", JobAccepted))
    assert isinstance(found, faults.Fault)
    assert "feedback" in faults.words_of(here.visit, found.error)
