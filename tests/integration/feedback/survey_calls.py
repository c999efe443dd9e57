"""A shop that asks its customers: surveys are written, sent and answered."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
import httpx

from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.feedback.people_rows import THEN, add_person, forget_people, profile
from tests.unit.feedback.survey_documents import ask, make_document

Body = dict[str, Any]
TABLES: Final = (
    "survey_responses", "survey_invitations", "survey_versions", "surveys", "cases", "case_events",
    "feedback", "consents", "segments", "segment_members", "outbox",
)  # fmt: skip
QUESTIONS: Final = (
    ask("satisfaction", required=True),
    ask("why", "text", show_if={"not": {"gte": {"question": "satisfaction", "value": 3}}}),
    ask("roast", "single", attribute="preferences.roast"),
    ask("promote", "nps"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes surveys, and who answers them: without a key."""

    http: httpx.AsyncClient
    outside: httpx.AsyncClient
    pool: asyncpg.Pool

    async def write(self, *questions: Body, key: str = "visit", **changes: object) -> None:
        """Make a live survey."""
        document = make_document(*(questions or QUESTIONS), **changes)
        answer = await self.http.post("/v1/surveys", json={"key": key, **document})
        assert answer.status_code == 201, answer.text
        assert (await self.http.post(f"/v1/surveys/{key}/open")).status_code == 200

    async def put(self, document: Body, version: int | None = None) -> httpx.Response:
        """Write the survey `visit`, based on a version that was read."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return await self.http.put("/v1/surveys/visit", json=document, headers=headers)

    async def invite(self, *customers: str, key: str = "visit", **more: object) -> Body:
        """Invite customers; gives the answer."""
        body = {"customers": list(customers)} if customers else {}
        answer = await self.http.post(f"/v1/surveys/{key}/invitations", json=body | more)
        assert answer.status_code == 200, answer.text
        found: Body = answer.json()
        return found

    async def link(self, customer: str = "c-1", key: str = "visit") -> str:
        """Give a customer's token."""
        (item,) = (await self.invite(customer, key=key))["items"]
        return str(item["token"])

    async def answer(self, token: str, **answers: object) -> httpx.Response:
        """Give answers."""
        return await self.outside.post(f"/v1/surveys/answer/{token}", json={"answers": answers})

    async def save(self, token: str, **answers: object) -> httpx.Response:
        """Save answers on the way."""
        return await self.outside.put(f"/v1/surveys/answer/{token}", json={"answers": answers})

    async def results(self, key: str = "visit") -> Body:
        """Give what a survey came to."""
        answer = await self.http.get(f"/v1/surveys/{key}/results")
        assert answer.status_code == 200, answer.text
        found: Body = answer.json()
        return found


async def open_desk(pool: asyncpg.Pool, http: httpx.AsyncClient) -> Desk:
    """Give a desk in an empty shop where c-1, c-2 and c-3 are known; c-2 was c-2b too."""
    await forget_people(pool)
    for table in TABLES:
        await pool.execute(f"DELETE FROM {table}")
    for number, ids in ((1, ["c-1"]), (2, ["c-2"]), (3, ["c-3"])):
        await add_person(pool, number, *ids)
    await add_person(pool, 22, "c-2b", merged_into=2)
    key = new_key()
    scopes = frozenset({"feedback:write", "feedback:read", "reports:read"})
    await add_key(pool, key, Grant("marketing", scopes, "marketing"))
    http.headers["Authorization"] = f"Bearer {key}"
    outside = httpx.AsyncClient(transport=http._transport, base_url=http.base_url)  # noqa: SLF001 - the same app
    return Desk(http, outside, pool)


async def say_of_service(pool: asyncpg.Pool, number: int, *granted: bool) -> None:
    """Write what a profile said about service, one word after the other."""
    for place, is_granted in enumerate(granted):
        await pool.execute(
            "INSERT INTO consents (profile_id, purpose, sequence, is_granted, customer_version,"
            " changed_at) VALUES ($1, 'service', $2, $3, 1, $4)",
            profile(number),
            place,
            is_granted,
            THEN + timedelta(seconds=place),
        )
