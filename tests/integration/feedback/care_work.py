"""Work playbooks as the worker does, in a shop of the test's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx

from services.feedback.domain.care.playbook import Cap
from services.feedback.usecases.care.holdout import Trial, nothing_logged
from services.feedback.usecases.care.judged import Care
from services.feedback.usecases.care.work import work_on_playbooks
from services.feedback.usecases.experiments.assign import NO_DRAW, Draw
from tests.integration.feedback.care_rows import NOW, make_playbook

ZONE = ZoneInfo("Asia/Shanghai")


async def no_draw(_c: asyncpg.Connection, _k: str, _u: Sequence[str], _n: datetime) -> Draw:
    return NO_DRAW


def care(*caps: Cap) -> Care:
    return Care(ZONE, caps, lambda _: True, Trial(no_draw, nothing_logged))


async def post(http: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await http.post("/v1/playbooks", json=make_playbook(**changes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def run(http: httpx.AsyncClient, key: str = "calls") -> None:
    answer = await http.post(f"/v1/playbooks/{key}/run", json={"reason": "test"})
    assert answer.status_code == 202, answer.text


async def work(pool: asyncpg.Pool, given: Care, now: datetime = NOW, chunk: int = 1000) -> None:
    while await work_on_playbooks(pool, given, now, chunk=chunk):
        pass


async def who_has_tasks(pool: asyncpg.Pool) -> list[str]:
    rows = await pool.fetch("SELECT customer_id FROM tasks ORDER BY customer_id")
    return [row["customer_id"] for row in rows]
