"""A desk whose clock the test moves, with the key of somebody who works on cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
from fastapi import FastAPI

from services.feedback.domain.cases.case import Rules
from services.feedback.usecases.capture.give import counter_at
from services.feedback.usecases.cases.calendar import Shop
from services.feedback.usecases.cases.desk import CaseDesk
from services.feedback.usecases.cases.service_levels import ServiceLevels
from services.feedback.usecases.desk import Desk
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.feedback.scoring import FOUR_HOURS, FakeScoring

#: A Monday, ten in the morning in Shanghai.
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
AT_MOST = {"csat": 2, "nps": 6, "ces": 3, "review": 2}
SCOPES = frozenset({"feedback:write", "feedback:read", "reports:read"})
DAY_AND_NIGHT = [{"opens": "00:00", "closes": "24:00"}]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS_OPEN = {"zone": "UTC", "week": dict.fromkeys(WEEKDAYS, DAY_AND_NIGHT)}


@dataclass(slots=True)
class HandClock:
    """Stands still until somebody moves it."""

    instant: datetime = MONDAY

    def now(self) -> datetime:
        return self.instant

    def advance(self, **span: float) -> None:
        self.instant += timedelta(**span)


@dataclass(slots=True)
class CaseOffice:
    """Where cases are worked on: a client, a clock, and the desk behind them."""

    client: httpx.AsyncClient
    clock: HandClock
    desk: Desk
    scoring: FakeScoring

    @property
    def shop(self) -> Shop:
        return Shop(self.desk.pool, self.clock, self.desk.zone)

    async def complain(self, **changes: Any) -> dict[str, Any]:
        """Open a case as staff."""
        body = {"kind": "complaint", "text": "Cold", "customer": {"customer_id": "c-1"}} | changes
        return self._made(await self.client.post("/v1/cases", json=body))

    async def change(
        self, case: dict[str, Any], *, version: int | None = None, **change: Any
    ) -> httpx.Response:
        """Change a case as it was read."""
        tag = f'"{case["version"] if version is None else version}"'
        return await self.client.patch(
            f"/v1/cases/{case['case_id']}", json=change, headers={"If-Match": tag}
        )

    async def changed(self, case: dict[str, Any], **change: Any) -> dict[str, Any]:
        return self._made(await self.change(case, **change))

    async def walk(self, case: dict[str, Any], *states: str) -> dict[str, Any]:
        """Take steps, each with its words."""
        words = {"answered": "answer", "resolved": "resolution", "improved": "improvement"}
        for state in states:
            case = await self.changed(case, state=state, **{words[state]: f"{state} so"})
        return case

    async def reopen(self, case: dict[str, Any], **request: Any) -> httpx.Response:
        body = {"reason": "late again"}
        return await self.client.post(f"/v1/cases/{case['case_id']}/reopen", json=body, **request)

    async def decide(
        self, case: dict[str, Any], decision: str, tier: str, **more: Any
    ) -> httpx.Response:
        body = {"decision": decision, "programme": "value", "tier": tier, "reason": "Miscounted"}
        return await self.client.post(f"/v1/cases/{case['case_id']}/decision", json=body | more)

    async def read(self, case: dict[str, Any]) -> dict[str, Any]:
        return self._made(await self.client.get(f"/v1/cases/{case['case_id']}"))

    async def listed(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/cases", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def keep_open(self) -> None:
        """Have service work day and night, so that hours are plain ones."""
        assert (await self.client.put("/v1/cases/calendar", json=ALWAYS_OPEN)).is_success

    def _made(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.is_success, answer.text
        made: dict[str, Any] = answer.json()
        return made


@asynccontextmanager
async def case_office(
    app: FastAPI, pool: asyncpg.Pool, scoring: FakeScoring, *, resolution_hours: int | None = None
) -> AsyncIterator[CaseOffice]:
    """Open the running service with a clock of the test's own; nothing learned before counts."""
    key, clock = new_key(), HandClock()
    scoring.level = FOUR_HOURS
    await add_key(pool, key, Grant("li.na", SCOPES, "desk"))
    before = (app.state.desk, app.state.counter)
    cases = CaseDesk(Rules(AT_MOST, 24, resolution_hours), ServiceLevels(scoring, 0.1))
    desk = replace(app.state.desk, clock=clock, zone=ZoneInfo("Asia/Shanghai"), cases=cases)
    app.state.desk = desk
    app.state.counter = counter_at(desk, before[1].asking, before[1].telling)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://feedback",
        headers={"Authorization": f"Bearer {key}"},
    ) as client:
        yield CaseOffice(client, clock, desk, scoring)
    app.state.desk, app.state.counter = before
