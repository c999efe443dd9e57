"""Operations in the console: what is said of services, queues, jobs, keys and acts."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from typing_extensions import override

from services.console.accounts.person import Language
from services.console.pages.ops.audit import asked_for, audit_file
from services.console.pages.ops.said import (
    act_row,
    age_tone,
    check_lines,
    count_of,
    delivery_row,
    is_quiet,
    job_row,
    key_row,
    missing_workers,
    oldest_note,
    outbox_line,
    worker_lines,
)
from services.console.pages.ops.webhooks import midnight_of, ping_words, try_words
from services.console.parts.pieces import Tone
from shared.contracts.audit import AuditEntry
from shared.contracts.health import Health
from shared.contracts.jobs import Job
from shared.contracts.keys import KeyInfo
from shared.contracts.ops import OutboxQueue, Queues, Waiting, WorkerSeen
from shared.contracts.outgoing_webhooks import DeliveryAnswer, PingAnswer, Try
from tests.unit.console.ops_answers import act, delivery, queues
from tests.unit.console.visits import NOW, Stage, stage

CHINESE = stage(language=Language.CHINESE).visit
ENGLISH = stage().visit


@pytest.mark.parametrize(
    ("age", "tone"),
    [
        (None, "good"),
        (0.0, "good"),
        (59.9, "good"),
        (60.0, "warn"),
        (599.9, "warn"),
        (600.0, "bad"),
    ],
    ids=str,
)
def test_a_queue_is_judged_by_its_oldest(age: float | None, tone: Tone) -> None:
    assert age_tone(Waiting(count=1, oldest_s=age)) == tone


def test_a_count_that_goes_on_has_a_plus() -> None:
    assert count_of(ENGLISH, Waiting(count=10_000, is_more=True)) == "10,000+"
    assert count_of(ENGLISH, Waiting(count=7)) == "7"


def test_an_empty_queue_has_no_oldest() -> None:
    assert oldest_note(ENGLISH, Waiting(count=0)) == "nothing waits"
    assert oldest_note(CHINESE, Waiting(count=1, oldest_s=120)) == "最早：2分钟"


def test_a_topic_is_said_in_the_readers_language() -> None:
    queue = OutboxQueue.model_validate(queues()["outbox"][0])
    assert outbox_line(CHINESE, queue)[:2] == ["待重新判定等级的会员", "3"]
    unknown = queue.model_copy(update={"topic_text": None})
    assert outbox_line(ENGLISH, unknown)[0] == "customers_changed"


def test_only_what_is_wrong_tells_its_detail() -> None:
    checks = [
        {"name": "database", "state": "ok", "detail": "all of it"},
        {"name": "model", "state": "degraded", "detail": "none yet"},
    ]
    health = Health.model_validate({"status": "degraded", "checks": checks})
    assert check_lines(ENGLISH, health) == [
        ("Database", "fine"),
        ("Value model", "degraded · none yet"),
    ]


def test_a_worker_that_is_not_connected_is_named() -> None:
    found = Queues.model_validate(queues())
    assert missing_workers(found) == ["feedback"]


@pytest.mark.parametrize(
    ("name", "silent_s", "expected"),
    [
        ("scoring", 5, False),
        ("scoring", 121, True),
        ("platform", 900, False),
        ("platform", 1501, True),
        ("scoring", None, False),
    ],
    ids=str,
)
def test_a_worker_is_quiet_when_it_rests_too_long(
    name: str, silent_s: int | None, expected: bool
) -> None:
    found = Queues.model_validate(queues())
    at = None if silent_s is None else found.at - timedelta(seconds=silent_s)
    assert is_quiet(WorkerSeen(name=name, connections=1, last_asked_at=at), found) == expected


def test_a_worker_is_said_with_when_it_was_last_active() -> None:
    lines = worker_lines(ENGLISH, Queues.model_validate(queues()))
    assert lines[0][:3] == ["Cleaning up (platform)", "active", "5 minutes ago"]
    assert lines[2][:3] == ["Tiers (scoring)", "active", "1 second ago"]


def test_a_job_tells_how_far_it_is_and_how_long_it_took() -> None:
    ended = NOW + timedelta(minutes=3)
    job = Job(
        id=UUID(int=1), kind="import", status="failed", progress=0.25, message="no such column",
        created_at=NOW, started_at=NOW, finished_at=ended,
    )  # fmt: skip
    row = job_row(CHINESE, job)
    assert (row["kind"], row["status"], row["progress"]) == ("导入文件", "失败", "25%")
    assert (row["took"], row["message"]) == ("3分钟", "no such column")


def test_a_key_says_until_when_it_was_good() -> None:
    key = KeyInfo(
        key_id=UUID(int=1), name="till", kind="secret", scopes=["events:write"], created_at=NOW
    )
    assert key_row(ENGLISH, key)["state"] == "Active"
    row = key_row(ENGLISH, key.model_copy(update={"revoked_at": NOW}))
    assert row["state"] == "Revoked 22 Nov 2026, 12:00:00"
    assert not row["is_active"]


@pytest.mark.parametrize(
    ("changes", "action", "outcome"),
    [
        ({}, "Tier pinned", ""),
        ({"action": "user.signed_in", "action_text": None}, "Signed in", ""),
        ({"action": "never.heard_of", "action_text": None}, "never.heard_of", ""),
        ({"details": {"outcome": "done"}}, "Tier pinned", "done"),
        (
            {"details": {"outcome": "refused: 409 conflict"}},
            "Tier pinned",
            "refused (409 conflict)",
        ),
    ],
    ids=["service", "console", "unknown", "done", "refused"],
)
def test_an_act_is_said_in_words(changes: dict[str, Any], action: str, outcome: str) -> None:
    row = act_row(ENGLISH, AuditEntry.model_validate(act(**changes)))
    assert (row["action"], row["outcome"]) == (action, outcome)


def test_what_is_told_apart_is_not_told_twice() -> None:
    details = {"reason": "told at the till", "outcome": "done", "tier": "gold"}
    row = act_row(ENGLISH, AuditEntry.model_validate(act(details=details)))
    assert row["details"] == '{"tier": "gold"}'


def test_days_of_the_log_are_days_of_the_shop() -> None:
    asked = asked_for(ENGLISH, {"since": "2026-11-22", "until": "2026-11-22", "actor": "ann"})
    assert asked == {
        "actor": "ann",
        "since": "2026-11-22T00:00:00+08:00",
        "until": "2026-11-23T00:00:00+08:00",
    }


@pytest.mark.parametrize("day", ["", "soon", "9999-12-31", None], ids=str)
def test_a_day_that_is_none_asks_for_all(day: str | None) -> None:
    assert asked_for(ENGLISH, {"until": day}) == {}


async def taken_away(here: Stage, **chosen: str) -> list[str]:
    file = await audit_file(here.visit, **chosen)
    assert file is not None
    assert file.name == "audit-2026-11-22.csv"
    return b"".join([piece async for piece in file.pieces]).decode("utf-8-sig").splitlines()


async def test_the_log_is_taken_away_without_formulas() -> None:
    items = [act(actor="=cmd|' /C calc'!A0", reason='+"x"'), act(details={"a": "b"})]
    here = stage({"GET /v1/audit": {"items": items, "next_cursor": None}})
    head, first, second = await taken_away(here, action="pin.given")
    assert head == '"at","actor","action","subject","reason","details"'
    assert "\"'=cmd|' /C calc'!A0\"" in first
    assert '"\'+""x"""' in first
    assert second.endswith('"{""a"": ""b""}"')
    assert here.asked[0].url.params["action"] == "pin.given"


async def test_the_log_is_taken_away_page_by_page() -> None:
    here = stage(_Pages())
    lines = await taken_away(here)
    assert len(lines) == 3
    assert [request.url.params.get("cursor") for request in here.asked] == [None, "next"]


class _Pages(dict[str, Any]):
    """Two pages of the log."""

    def __init__(self) -> None:
        super().__init__()
        self._left = [None, "next"]

    @override
    def get(self, key: object, default: object = None) -> Any:
        return {"items": [act()], "next_cursor": self._left.pop()}


def test_a_message_tells_its_last_answer() -> None:
    row = delivery_row(ENGLISH, DeliveryAnswer.model_validate(delivery()))
    assert (row["status"], row["attempts"], row["answer"]) == ("Given up", "2", "503")


def test_an_attempt_without_answer_says_so() -> None:
    attempt = Try(at=NOW, status=None, ms=12, error=None)
    assert try_words(ENGLISH, attempt) == "no answer · 12 ms"
    assert try_words(CHINESE, attempt.model_copy(update={"status": 204})) == "204 · 12 毫秒"


def test_a_try_says_what_the_receiver_answered() -> None:
    good = PingAnswer(delivered=True, status=204, ms=7, error=None)
    assert ping_words(ENGLISH, good) == "The receiver answered 204 after 7 ms."
    bad = PingAnswer(delivered=False, status=None, ms=7, error="ConnectError")
    assert ping_words(ENGLISH, bad) == "The receiver did not take it: ConnectError"


def test_messages_are_sent_again_from_a_midnight_of_the_shop() -> None:
    assert midnight_of(ENGLISH, "2026-11-01").isoformat() == "2026-11-01T00:00:00+08:00"
    assert midnight_of(ENGLISH, None).isoformat() == "2026-11-22T00:00:00+08:00"


def test_words_of_details_stay_short() -> None:
    details = {"text": "x" * 1000}
    row = act_row(ENGLISH, AuditEntry.model_validate(act(details=details)))
    assert len(str(row["details"])) == 300
    assert json.dumps(details)[:299] in str(row["details"])
