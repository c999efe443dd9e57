"""Whoever changes what feedback goes by is in the audit log."""

from typing import Any

import asyncpg
import httpx
import pytest

from shared.contracts.experiments import EXAMPLE_BODY as EXPERIMENT
from shared.contracts.offers import EXAMPLE_OFFER_BODY
from shared.contracts.playbooks import EXAMPLE_PLAYBOOK_BODY
from shared.contracts.service_calendar import EXAMPLE_CALENDAR
from shared.contracts.surveys import EXAMPLE_DOCUMENT

ABOUT_OTHER = EXPERIMENT | {"about": {"kind": "other", "key": "x"}, "segment": None}
ABOUT_OTHER = {name: value for name, value in ABOUT_OTHER.items() if not name.endswith("_at")}
Call = tuple[str, str, Any]
WRITE_SURVEY: Call = ("PUT", "/v1/surveys/s", EXAMPLE_DOCUMENT)
WRITE_EXPERIMENT: Call = ("PUT", "/v1/experiments/e", ABOUT_OTHER)
CHANGES: list[tuple[list[Call], list[tuple[str, str]]]] = [
    (
        [
            WRITE_SURVEY,
            ("POST", "/v1/surveys/s/open", None),
            ("POST", "/v1/surveys/s/open", None),
            ("POST", "/v1/surveys/s/close", None),
            ("DELETE", "/v1/surveys/s", None),
        ],
        [
            ("survey.written", "s"),
            ("survey.opened", "s"),
            ("survey.closed", "s"),
            ("survey.deleted", "s"),
        ],
    ),
    (
        [
            WRITE_EXPERIMENT,
            ("POST", "/v1/experiments/e/start", None),
            ("POST", "/v1/experiments/e/start", None),
            ("POST", "/v1/experiments/e/stop", None),
        ],
        [("experiment.written", "e"), ("experiment.started", "e"), ("experiment.stopped", "e")],
    ),
    ([("PUT", "/v1/offers/o", EXAMPLE_OFFER_BODY)], [("offer.written", "o")]),
    (
        [("PUT", "/v1/playbooks/p", EXAMPLE_PLAYBOOK_BODY | {"state": "draft"})],
        [("playbook.written", "p")],
    ),
    (
        [("PUT", "/v1/cases/calendar", EXAMPLE_CALENDAR)],
        [("service_calendar.written", "service")],
    ),
]


async def noted(pool: asyncpg.Pool) -> list[tuple[str, str, str]]:
    rows = await pool.fetch("SELECT actor, action, subject FROM audit_log ORDER BY audit_id")
    return [tuple(row) for row in rows]


@pytest.fixture(autouse=True)
async def nothing_written(pool: asyncpg.Pool) -> None:
    for table in ("audit_log", "surveys", "experiments", "offers", "playbooks"):
        await pool.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(("calls", "told"), CHANGES, ids=[row[1][0][0] for row in CHANGES])
async def test_a_change_is_noted_once_with_who_made_it(
    http: httpx.AsyncClient, pool: asyncpg.Pool, calls: list[Call], told: list[tuple[str, str]]
) -> None:
    for method, path, body in calls:
        answer = await http.request(method, path, json=body)
        assert answer.is_success, answer.text
    found = await noted(pool)
    assert [(action, subject) for _, action, subject in found] == told
    assert len({actor for actor, _, _ in found}) == 1
    assert found[0][0]


async def test_what_was_refused_is_not_noted(http: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    assert (await http.put("/v1/surveys/s", json=EXAMPLE_DOCUMENT | {"questions": []})).is_error
    assert (await http.post("/v1/experiments/none/start")).status_code == 404
    assert await noted(pool) == []


async def test_a_rebuild_is_noted_once_while_it_runs(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    jobs = [(await http.post("/v1/kpis/rebuild")).json()["job_id"] for _ in range(2)]
    assert [(action, subject) for _, action, subject in await noted(pool)] == [
        ("kpis.rebuild_asked", jobs[0])
    ]
