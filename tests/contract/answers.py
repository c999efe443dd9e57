"""One day of a small shop, asked of every operation of feedback: what the docs show as answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from pydantic import SecretStr

from services.feedback.usecases.kpis.roll_up import RollUp
from services.feedback.usecases.kpis.watch import Watch
from services.feedback.worker import Background, background
from shared.settings import PlatformSettings
from tests.contract.live import SERVICES, admin_key, running
from tests.databases import blocking
from tests.trained import platform_of

LONGEST_LIST: Final = 2
DOCUMENT: Final = SERVICES["feedback"](
    platform_of("postgresql://nobody@127.0.0.1:1/none")
).openapi()
WHO: Final = {"customer_id": "c-1"}
QUARTER: Final = {"quarter": "2026-Q3"}


@dataclass(frozen=True, slots=True)
class Shop:
    """A running feedback, its worker's settings, and what it answered so far, by operation."""

    http: httpx.Client
    platform: PlatformSettings
    answers: dict[str, Any] = field(default_factory=dict)

    def ask(self, operation: str, /, body: Any = None, **more: Any) -> Any:
        """Ask once, with the example of the document where no body is given.

        `params` is the query, `version` an ETag that was read; the rest fills the address.
        """
        method, path = operation.split()
        shown = DOCUMENT["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
        query, version = more.pop("params", None), more.pop("version", None)
        answer = self.http.request(
            method,
            path.format(**more),
            params=query,
            json=body or shown.get("application/json", {}).get("example"),
            headers={} if version is None else {"If-Match": f'"{version}"'},
        )
        assert answer.is_success, f"{operation} {answer.text[:300]}"
        told = answer.json() if answer.content else None
        self.answers.setdefault(operation, shortened(told))
        return told

    def work(self) -> None:
        """Let the worker do what waits."""

        async def do() -> None:
            async with background(self.platform) as parts:
                await _work(parts)

        blocking(do())


async def _work(parts: Background) -> None:
    rolls = RollUp(parts.pool, parts.clock, parts.zone)
    for step in (parts.work_off, Watch(rolls).look, parts.care, parts.review):
        for _ in range(20):
            if not await step():
                break


def shortened(value: Any) -> Any:
    """Leave two items of every list: enough to see what one looks like."""
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value[:LONGEST_LIST]]
    return value


@contextmanager
def open_shop(database_url: str) -> Iterator[Shop]:
    """Run feedback beside scoring on a shop that has a history and a trained model."""
    key = admin_key(database_url)
    platform = platform_of(database_url).model_copy(
        update={"tierline_service_key": SecretStr(key), "ingest_url": "http://127.0.0.1:9"}
    )
    with ExitStack() as opened:
        scoring = opened.enter_context(running(SERVICES["scoring"](platform)))
        platform = platform.model_copy(update={"scoring_url": scoring})
        url = opened.enter_context(running(SERVICES["feedback"](platform)))
        headers = {"Authorization": f"Bearer {key}"}
        http = opened.enter_context(httpx.Client(base_url=url, headers=headers, timeout=60))
        yield Shop(http, platform)


def day(shop: Shop) -> dict[str, Any]:
    """Live through the day; give an answer of every operation."""
    for part in (_feedback, _surveys, _cases, _contacts, _offers, _care, _tasks, _trial, _numbers):
        part(shop)
    for kind in ("live", "ready"):
        shop.ask(f"GET /health/{kind}")
    return shop.answers


def _feedback(shop: Shop) -> None:
    example = DOCUMENT["paths"]["/v1/feedback"]["post"]["requestBody"]["content"]
    said = example["application/json"]["example"] | {"customer": WHO, "occurred_at": None}
    given = shop.ask("POST /v1/feedback", said)
    shop.ask("GET /v1/feedback", params=WHO)
    shop.ask("GET /v1/feedback/{feedback_id}", feedback_id=given["feedback_id"])


def _surveys(shop: Shop) -> None:
    key = shop.ask("POST /v1/surveys")["key"]
    at = "/v1/surveys/{survey_key}"
    shop.ask(f"GET {at}", survey_key=key)
    shop.ask(f"PUT {at}", survey_key=key, version=1)
    shop.ask(f"POST {at}/open", survey_key=key)
    shop.ask("GET /v1/surveys")
    invited = shop.ask(f"POST {at}/invitations", survey_key=key)
    token = invited["items"][0]["token"]
    for method in ("GET", "PUT", "POST"):
        shop.ask(f"{method} /v1/surveys/answer/{{token}}", token=token)
    shop.ask(f"GET {at}/results", survey_key=key)
    shop.ask(f"GET {at}/responses", survey_key=key)
    shop.ask(f"POST {at}/close", survey_key=key)


def _cases(shop: Shop) -> None:
    shop.ask("PUT /v1/cases/calendar")
    shop.ask("GET /v1/cases/calendar")
    at = "/v1/cases/{case_id}"
    case = {"kind": "complaint", "text": "cold", "channel": "phone", "customer": WHO}
    one = shop.ask("POST /v1/cases", case)["case_id"]
    answered = {"state": "answered", "answer": "Sorry, a new one is on its way"}
    shop.ask(f"PATCH {at}", answered, case_id=one, version=1)
    shop.ask(f"POST {at}/reopen", case_id=one)
    disputed = shop.ask("POST /v1/cases", case | {"kind": "tier_dispute"})["case_id"]
    shop.ask(f"POST {at}/decision", case_id=disputed)
    shop.ask(f"GET {at}", case_id=disputed)
    shop.ask("GET /v1/cases", params=WHO)
    span = {"since": "1990-01-01T00:00:00Z", "until": "2999-01-01T00:00:00Z"}
    shop.ask("GET /v1/cases/times", params=span)


def _contacts(shop: Shop) -> None:
    contact = {"customer": WHO, "kind": "call", "direction": "out", "channel": "phone"}
    made = shop.ask("POST /v1/interactions", contact)
    shop.ask("GET /v1/interactions", params=WHO)
    shop.ask("GET /v1/interactions/{interaction_id}", interaction_id=made["interaction_id"])
    shop.ask("GET /v1/customers/{customer_id}/timeline", **WHO)


def _offers(shop: Shop) -> None:
    key = shop.ask("POST /v1/offers")["key"]
    at = "/v1/offers/{offer_key}"
    shop.ask("GET /v1/offers")
    shop.ask(f"GET {at}", offer_key=key)
    shop.ask(f"PUT {at}", offer_key=key, version=1)
    shop.ask(f"POST {at}/responses", {"customer_id": "c-1", "answer": "accepted"}, offer_key=key)
    shop.ask(f"GET {at}/responses", offer_key=key)
    shop.ask(f"GET {at}/results", offer_key=key)
    shop.ask("GET /v1/unknown-offers")


def _care(shop: Shop) -> None:
    key = shop.ask("POST /v1/playbooks")["key"]
    at = "/v1/playbooks/{playbook_key}"
    body = DOCUMENT["paths"][at]["put"]["requestBody"]["content"]["application/json"]["example"]
    by_hand = body | {"audience": {}, "trigger": {"kind": "manual"}, "state": "live"}
    shop.ask(f"PUT {at}", by_hand, playbook_key=key, version=1)
    shop.ask(f"POST {at}/preview", playbook_key=key)
    shop.ask(f"POST {at}/run", playbook_key=key)
    shop.work()
    shop.ask(f"GET {at}", playbook_key=key)
    shop.ask(f"GET {at}/results", playbook_key=key)
    shop.ask("GET /v1/playbooks")
    shop.ask("GET /v1/playbooks/presets")
    for name in ("frequency-drops", "win-back", "festivals"):
        shop.ask(f"GET /v1/care/{name}")


def _tasks(shop: Shop) -> None:
    at = "/v1/tasks/{task_id}"
    one, other = (shop.ask("POST /v1/tasks")["task_id"] for _ in range(2))
    shop.ask("GET /v1/tasks", params=WHO)
    shop.ask(f"POST {at}/claim", task_id=one)
    shop.ask(f"POST {at}/complete", task_id=one)
    shop.ask(f"GET {at}", task_id=one)
    shop.ask(f"POST {at}/cancel", task_id=other)


def _trial(shop: Shop) -> None:
    made = shop.ask("POST /v1/experiments")
    key, about = made["key"], made["about"]["key"]
    shop.ask("PUT /v1/playbooks/{playbook_key}", playbook_key=about)
    at = "/v1/experiments/{key}"
    shop.ask("GET /v1/experiments")
    shop.ask("POST /v1/experiments/plan")
    shop.ask(f"GET {at}", key=key)
    shop.ask(f"PUT {at}", key=key, version=1)
    shop.ask(f"POST {at}/start", key=key)
    shop.ask(f"GET {at}/assignment", params=WHO, key=key)
    shop.ask(f"GET {at}/exposures", key=key)
    shop.ask(f"GET {at}/result", key=key)
    shop.ask(f"POST {at}/stop", key=key)


def _numbers(shop: Shop) -> None:
    job = shop.ask("POST /v1/kpis/rebuild")["job_id"]
    asked = shop.ask("POST /v1/reviews")
    shop.work()
    shop.ask("GET /v1/jobs")
    shop.ask("GET /v1/jobs/{job_id}", job_id=job)
    shop.ask("GET /v1/kpis/definitions")
    shop.ask("GET /v1/kpis/definitions/{kpi_key}", kpi_key="csat")
    shop.ask("PUT /v1/kpis/targets")
    shop.ask("GET /v1/kpis/targets")
    shop.ask("GET /v1/kpis", params={"keys": "repeat_rate,csat"})
    shop.ask("GET /v1/reviews")
    shop.ask("GET /v1/reviews/{review_id}", review_id=asked["review_id"])
