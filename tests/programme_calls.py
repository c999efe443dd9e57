"""What a marketer sends about programmes; a test states only what matters."""

from copy import deepcopy
from typing import Any, Protocol

import httpx

Body = dict[str, Any]
APPROVED = {"goal": "more who come back", "owner": "Lin", "approval": "the board"}


class Service(Protocol):
    """Scoring, as a client sees it."""

    client: httpx.AsyncClient


async def presets(scoring: Service) -> dict[str, Body]:
    items = (await scoring.client.get("/v1/presets")).json()["items"]
    return {item["key"]: item["document"] for item in items}


async def begin(scoring: Service, key: str, document: Body) -> httpx.Response:
    body = {"programme": key, "document": document}
    return await scoring.client.post("/v1/programmes", json=body)


async def publish(scoring: Service, key: str, version: int, **said: Any) -> httpx.Response:
    path = f"/v1/programmes/{key}/versions/{version}/publish"
    return await scoring.client.post(path, json=APPROVED | said)


async def draft(scoring: Service, key: str, document: Body) -> httpx.Response:
    path = f"/v1/programmes/{key}/versions"
    return await scoring.client.post(path, json={"document": document})


def higher(document: Body, stars: int) -> Body:
    changed = deepcopy(document)
    changed["tiers"][1]["enter"]["all"]["stars"] = stars
    return changed
