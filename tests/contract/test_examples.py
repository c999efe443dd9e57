"""Every example of every OpenAPI document is a body that the service takes."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from services.ingest.domain.senders.signature import signature_of
from services.scoring.routes.contracts.webhook_contracts import EXAMPLE_ENDPOINT
from shared.contracts.invitations import EXAMPLE_INVITATIONS
from shared.contracts.programmes import EXAMPLE_PROGRAMME
from shared.contracts.surveys import EXAMPLE_DOCUMENT
from shared.contracts.webhooks import EXAMPLE_SETUP
from tests.contract.case_routes import some_case
from tests.contract.live import SERVICES, admin_key, platform_at, running
from tests.contract.playbook_routes import playbook_key, task_id
from tests.contract.test_openapi import DOCUMENTS
from tests.tills import receipt

NEED_A_PAST = (
    "/v1/models/{version}/promote",
    "/v1/models/rollback",
    "/v1/customers/{customer_id}/entitlements/{benefit}/redeem",
    "/v1/customers/{customer_id}/what-if",
    "/v1/customers/{customer_id}/points/redeem",
    "/v1/customers/{customer_id}/points/adjust",
    "/v1/programmes/{programme}/rollback",
    "/v1/reviews/{review_id}/findings/{finding_id}",
)
SQUARE_URL = "https://shop.example/v1/webhooks/square/c-1"


class Example(NamedTuple):
    """One body that a document shows, and where it is posted."""

    service: str
    method: str
    path: str
    media: str
    body: Any


def _examples() -> Iterator[Example]:
    for service, document in DOCUMENTS.items():
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                content = operation.get("requestBody", {}).get("content", {})
                for media, shown in content.items():
                    if media != "application/vnd.apache.parquet":  # binary: nothing to show
                        yield Example(service, method, path, media, shown["example"])


ALL = list(_examples())


@pytest.fixture(scope="module")
def clients(module_database_url: str) -> Iterator[dict[str, httpx.Client]]:
    """Every service running, in a shop where somebody is known and something went wrong."""
    headers = {"Authorization": f"Bearer {admin_key(module_database_url)}"}
    platform = platform_at(module_database_url)
    opened: dict[str, httpx.Client] = {}
    with (
        running(SERVICES["ingest"](platform)) as ingest,
        running(SERVICES["scoring"](platform)) as scoring,
        running(SERVICES["feedback"](platform)) as feedback,
    ):
        for name, url in (("ingest", ingest), ("scoring", scoring), ("feedback", feedback)):
            opened[name] = httpx.Client(base_url=url, headers=headers, timeout=30)
        _settle_in(opened["ingest"])
        named = EXAMPLE_PROGRAMME | {"programme": "c-1"}
        assert opened["scoring"].post("/v1/programmes", json=named).status_code == 201
        yield opened
        for client in opened.values():
            client.close()


def _settle_in(ingest: httpx.Client) -> None:
    """Make what examples speak of: a contested phone, secrets that pushes are signed with."""
    ingest.post("/v1/receipts", json={"receipts": [receipt(1, customer={"customer_id": "c-1"})]})
    for number, named in ((2, {"loyalty_account": "M-2"}), (3, {"customer_id": "c-9"})):
        ingest.post("/v1/receipts", json={"receipts": [receipt(number, customer=named)]})
    for who in ("c-7", "c-8"):
        ingest.put(f"/v1/customers/{who}", json={"identifiers": {"phone": "+8613900139000"}})
    ingest.put("/v1/sources/c-1/webhook", json=EXAMPLE_SETUP)
    square = EXAMPLE_SETUP | {"platform": "square", "notification_url": SQUARE_URL}
    ingest.put("/v1/sources/c-1/webhook", json=square)


def _path_of(example: Example, clients: dict[str, httpx.Client]) -> str:
    """Fill the ids of things that a first call must have made."""
    ingest = clients["ingest"]
    if "{webhook_id}" in example.path:
        made = clients["scoring"].post("/v1/webhooks", json=EXAMPLE_ENDPOINT).json()
        return example.path.format(webhook_id=made["webhook_id"])
    if "{quarantine_id}" in example.path:
        bad = receipt(77, currency="XXX")
        answer = ingest.post("/v1/receipts", json={"receipts": [bad]}).json()
        ingest.put(
            "/v1/exchange-rates",
            json={"rates": [{"currency": "XXX", "valid_from": "2000-01-01", "rate": "1"}]},
        )
        return example.path.format(quarantine_id=answer["rejected"][0]["quarantine_id"])
    if "{conflict_id}" in example.path:
        (conflict, *_) = ingest.get("/v1/identity-conflicts").json()["items"]
        return example.path.format(conflict_id=conflict["conflict_id"])
    if example.service == "feedback":
        return _feedback_path(example.path, clients["feedback"])
    if example.path.startswith("/v1/programmes/"):
        return example.path.format(programme="c-1", version=1)
    path = example.path.replace("{sku}", "6927165")
    if path.endswith("/erase"):
        path = path.format(customer_id="c-9")  # c-1 is needed by the others
    return path.translate(str.maketrans("{}", "\0\0"))


def _feedback_path(path: str, feedback: httpx.Client) -> str:
    if "{finding_id}" in path:
        return path.format(review_id=UUID(int=1), finding_id=UUID(int=2))
    if path.startswith("/v1/surveys/{survey_key}/") or "{token}" in path:
        return path.format(survey_key="asked", token=_survey_token(feedback))
    if "{case_id}" in path:
        return path.format(case_id=some_case(feedback, path)["case_id"])
    if path.startswith("/v1/playbooks/{playbook_key}/"):
        return path.format(playbook_key=playbook_key(feedback))
    if "{task_id}" in path:
        return path.format(task_id=task_id(feedback))
    return path.translate(str.maketrans("{}", "\0\0"))


def _survey_token(feedback: httpx.Client) -> str:
    """Ask c-1 a survey once more; give the token of their link."""
    feedback.put("/v1/surveys/asked", json=EXAMPLE_DOCUMENT)
    feedback.post("/v1/surveys/asked/open").raise_for_status()
    invited = feedback.post("/v1/surveys/asked/invitations", json=EXAMPLE_INVITATIONS)
    token: str = invited.json()["items"][0]["token"]
    return token


def _content(example: Example) -> bytes:
    body = example.body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _signed(example: Example, content: bytes) -> dict[str, str]:
    secret = EXAMPLE_SETUP["secret"]
    if example.path.startswith("/v1/webhooks/shopify"):
        signature = signature_of(secret, content).decode()
        return {"X-Shopify-Topic": "orders/create", "X-Shopify-Hmac-SHA256": signature}
    if example.path.startswith("/v1/webhooks/square"):
        signature = signature_of(secret, SQUARE_URL.encode() + content).decode()
        return {"X-Square-HmacSha256-Signature": signature}
    return {}


@pytest.mark.parametrize("example", ALL, ids=lambda one: f"{one.method} {one.path} {one.media}")
def test_an_example_is_taken_as_it_stands(
    clients: dict[str, httpx.Client], example: Example
) -> None:
    parts = _path_of(example, clients).split("\0")
    path = "".join("c-1" if number % 2 else part for number, part in enumerate(parts))
    content = _content(example)
    headers = {"Content-Type": example.media, **_signed(example, content)}
    if example.method == "patch":
        seen = clients[example.service].get(path).headers
        headers["If-Match"] = seen.get("ETag", '"1"')
    answer = clients[example.service].request(
        example.method.upper(), path, content=content, headers=headers
    )
    if example.path in NEED_A_PAST:  # the body was taken; the shop has nothing to apply it to
        assert answer.status_code in (404, 409), answer.text
        return
    assert answer.is_success, answer.text
    assert not answer.json().get("rejected"), answer.text
