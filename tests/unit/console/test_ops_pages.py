"""Operations in the console, page by page: what is shown, and what a click does."""

from typing import Any
from uuid import uuid4

import pytest
from nicegui import ui
from nicegui.testing import User

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.pages.ops.keys import revocable, wish_of
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.tables import Row
from tests.unit.console.ops_answers import (
    READY,
    WEBHOOK,
    act,
    delivery,
    key,
    page_of,
    queues,
    webhook,
)
from tests.unit.console.visits import browsing, stage

KEYS = "/v1/keys"
ONE = f"/v1/webhooks/{WEBHOOK}"
MADE = key(name="till-2") | {"key": "tl_sk_" + "a" * 43}
SECOND = f"{KEYS}/{key()['key_id']}"


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "GET /health/ready": READY,
        "GET /v1/ops/queues": queues(),
        "GET /v1/jobs": page_of(),
        f"GET {KEYS}": page_of(key()),
        f"POST {KEYS}": (201, MADE),
        f"DELETE {SECOND}": key(revoked_at=key()["created_at"]),
        "GET /v1/audit": page_of(act()),
        "GET /v1/webhooks": page_of(webhook()),
        f"GET {ONE}": webhook(),
        f"GET {ONE}/deliveries": page_of(delivery()),
        f"POST {ONE}/ping": {"delivered": True, "status": 204, "ms": 8, "error": None},
        **changes,
    }


async def test_health_shows_every_service_and_what_waits() -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open("/ops")
        for text in ("The service for data (ingest)", "Ready", "10,000+", "RemoteUnavailable"):
            await user.should_see(text)
        await user.should_see("Not connected: Feedback (feedback)")


async def test_a_service_that_is_away_hides_none_of_the_others() -> None:
    body = {"status": "unavailable", "checks": [
        {"name": "database", "state": "failed", "detail": "cannot be reached"}
    ]}  # fmt: skip
    here = stage(answers(**{"GET /health/ready": (503, body), "GET /v1/ops/queues": None}))
    async with browsing(here.visit) as user:
        await user.open("/ops")
        await user.should_see("Not ready")
        await user.should_see("failed · cannot be reached")
        await user.should_see("does not answer just now")


@pytest.mark.parametrize("language", list(Language))
async def test_every_page_of_operations_is_there_in_both_languages(language: Language) -> None:
    here = stage(answers(), language=language)
    async with browsing(here.visit) as user:
        for path in ("/ops", "/ops/jobs", "/ops/webhooks", f"/ops/webhooks/{WEBHOOK}", "/ops/keys"):
            await user.open(path)
            await user.should_see(here.visit.say("ops.audit"))
            await user.should_not_see("does not answer")


async def test_a_job_is_opened_with_all_it_left_behind() -> None:
    number, result = str(uuid4()), {"model_version": "2026-11-01-1", "why": "x" * 200}
    job = {"id": number, "kind": "train_model", "status": "done", "progress": 1, "result": result}
    async with browsing(stage(answers(**{"GET /v1/jobs": page_of(job)})).visit) as user:
        await user.open("/ops/jobs")
        (grid,) = user.find(ui.aggrid).elements
        assert "model_version" in str(grid.options["rowData"])
        assert "x" * 200 not in str(grid.options["rowData"])
        user.find(ui.aggrid).trigger("rowDoubleClicked", {"rowIndex": 0})
        await user.should_see("x" * 200)
        await user.should_see(number)


async def test_only_administrators_are_offered_to_change_keys() -> None:
    async with browsing(stage(answers(), role=Role.OPS).visit) as user:
        await user.open("/ops/keys")
        await user.should_not_see("Make a key")


async def test_a_made_key_is_shown_once_and_its_making_audited() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await _ask_for_a_key(user)
        await user.should_see(MADE["key"])
    (sent,) = here.bodies(f"POST {KEYS}")
    assert sent == {"name": "till-2", "kind": "secret", "scopes": []}
    (entry,) = here.accounts.entries
    assert (entry.action, entry.subject) == ("key.made", "key:till-2")
    assert MADE["key"] not in str(entry)


async def test_a_key_that_is_asked_for_again_in_a_dialog_is_the_same_one() -> None:
    said = answers() | {f"POST {KEYS}": (409, {"detail": "Not now."})}
    here = stage(said)
    async with browsing(here.visit) as user:
        await _ask_for_a_key(user)
        await user.should_see("Not now.")
        said[f"POST {KEYS}"] = (201, MADE)
        _press_last(user, "Make a key")
        await user.should_see(MADE["key"])
    keys = [each.headers["idempotency-key"] for each in here.asked if each.method == "POST"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_a_key_is_not_made_without_a_reason() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/ops/keys")
        user.find("Make a key").click()
        await user.should_see("What it is for")
        _press_last(user, "Make a key")
        await user.should_see("Please give a reason")
    assert here.bodies(f"POST {KEYS}") == []


async def test_a_key_is_revoked_for_a_reason() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/ops/keys")
        with user:
            next(iter(user.find(kind=ui.select).elements)).set_value(key()["key_id"])
        user.find(kind=ui.button, content="Revoke").click()
        await user.should_see("Revoke till-1?")
        user.find("Why?").type("the till was sold")
        user.find("Confirm").click()
        await user.should_see("Done")
    asked = [request for request in here.asked if request.method == "DELETE"]
    assert [request.url.params["reason"] for request in asked] == ["the till was sold"]
    assert here.accounts.outcomes == ["done"]


async def test_a_webhook_is_tried_and_its_answer_told() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(f"/ops/webhooks/{WEBHOOK}")
        await user.should_see("Failing")
        user.find("Send a try").click()
        await user.should_see("Why?")
        user.find("Why?").type("after the move")
        user.find("Confirm").click()
        await user.should_see("The receiver answered 204 after 8 ms.")


async def test_the_log_asks_for_what_is_chosen() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/ops/audit?action=pin.given&since=2026-11-01")
        await user.should_see("Download as CSV")
    (asked,) = [request for request in here.asked if request.url.path == "/v1/audit"]
    assert asked.url.params["action"] == "pin.given"
    assert asked.url.params["since"] == "2026-11-01T00:00:00+08:00"


def test_keys_of_the_settings_and_revoked_ones_are_not_offered() -> None:
    rows: list[Row] = [
        {"id": "1", "name": "till", "is_active": True},
        {"id": "2", "name": "old", "is_active": False},
        {"id": "3", "name": "TIERLINE_ADMIN_KEY", "is_active": True},
    ]
    assert revocable(rows) == {"1": "till"}


def test_a_publishable_key_is_asked_for_without_scopes() -> None:
    fields = DialogFields({"name": "page", "kind": "publishable", "scopes": ["admin"]})
    assert (wish_of(fields).scopes, wish_of(fields).source) == ([], None)


async def _ask_for_a_key(user: User) -> None:
    await user.open("/ops/keys")
    user.find("Make a key").click()
    await user.should_see("What it is for")
    user.find("What it is for").type("till-2")
    user.find("Why?").type("the new till")
    _press_last(user, "Make a key")


def _press_last(user: User, words: str) -> None:
    """Press the newest button of these words: that of the dialog, not the one that opened it."""
    buttons = user.find(kind=ui.button, content=words)
    newest = max(buttons.elements, key=lambda each: each.id)
    buttons.elements.clear()
    buttons.elements.add(newest)
    buttons.click()
