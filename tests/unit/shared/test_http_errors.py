"""Every error of an app leaves as a problem document that tells nothing it should not."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.auth import ApiKeys
from shared.http import create_service_app
from shared.keys import new_key
from tests.factories import make_caller
from tests.fakes import FakeKeys

MEMBERS = {"type", "title", "status", "detail", "instance"}


async def look(client: httpx.AsyncClient, key: str, path: str) -> httpx.Response:
    return await client.get(path, headers={"Authorization": f"Bearer {key}"})


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) >= MEMBERS
    assert body["status"] == answer.status_code
    assert body["instance"] == answer.headers["x-request-id"]
    return str(body["type"]).removeprefix("tag:tierline,2026:problem/")


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        ("unknown", 404, "no_such_cup"),
        ("broken", 404, "no_such_cup"),
        ("unmapped", 500, "internal"),
        ("mistake", 500, "internal"),
        ("away", 503, "database_unavailable"),
    ],
)
async def test_errors_of_a_route_are_mapped(
    client: httpx.AsyncClient, key: str, name: str, status: int, expected: str
) -> None:
    answer = await look(client, key, f"/v1/cups/{name}")
    assert (answer.status_code, slug(answer)) == (status, expected)


async def test_the_detail_is_the_docstring_unless_the_class_says_more(
    client: httpx.AsyncClient, key: str
) -> None:
    unknown = await look(client, key, "/v1/cups/unknown")
    broken = await look(client, key, "/v1/cups/broken")
    assert unknown.json()["detail"] == "There is no cup of that name."
    assert broken.json()["detail"] == "It broke."


async def test_an_unexpected_error_is_logged_and_not_told(
    client: httpx.AsyncClient, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await look(client, key, "/v1/cups/mistake")
    assert "secret" not in answer.text
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert line["event"] == "request_failed"
    assert line["request_id"] == answer.headers["x-request-id"]
    assert "secret detail" in line["exception"]


async def test_an_outage_says_when_to_come_back(client: httpx.AsyncClient, key: str) -> None:
    answer = await look(client, key, "/v1/cups/away")
    assert answer.headers["retry-after"] == "1"
    assert "10.0.0.7" not in answer.text


async def test_an_unknown_path_is_404_and_a_wrong_method_names_the_right_ones(
    client: httpx.AsyncClient,
) -> None:
    missing = await client.get("/v1/nothing")
    wrong = await client.delete("/v1/cups")
    assert (missing.status_code, slug(missing)) == (404, "not_found")
    assert (wrong.status_code, slug(wrong)) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"


@pytest.mark.parametrize("limit", ["0", "101", "x", "1e3", "", "9" * 5000])
async def test_a_faulty_parameter_is_422(client: httpx.AsyncClient, key: str, limit: str) -> None:
    answer = await look(client, key, f"/v1/cups/a?limit={limit}")
    assert (answer.status_code, slug(answer)) == (422, "invalid")
    assert answer.json()["errors"][0]["pointer"] == "/query/limit"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/cups/a%00b", 400),
        ("/v1/cups/a?x=%00", 400),
        ("/v1/cups/a%0Ab", 400),
        ("/v1/cups/%1b[31m", 400),
        ("/v1/cups/%ff", 400),
        ("/v1/cups/%ed%a0%80", 400),
        ("/v1/cups/a?x=%ff", 400),
        ("/v1/cups/a?x=%c0%80", 400),
        ("/v1/cups/" + "a" * 129, 422),
        ("/v1/cups/%20a", 422),
        ("/v1/cups/a%E2%80%AEb", 422),
        ("/v1/cups/%2e%2e%2fetc", 404),
        ("/v1//cups/a", 400),
        ("/v1/cups/a%2Fb", 404),
        ("/v1/cups/%E5%92%96%E5%95%A1", 200),
        ("/v1/cups/100%25", 200),
    ],
)
async def test_odd_addresses_never_reach_a_500(
    client: httpx.AsyncClient, key: str, path: str, status: int
) -> None:
    answer = await look(client, key, path)
    assert answer.status_code == status
    if status != 200:
        assert slug(answer)


async def test_a_request_id_is_taken_over_when_it_is_harmless(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/live", headers={"X-Request-Id": "till-7.a_B"})
    assert answer.headers["x-request-id"] == "till-7.a_B"


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, '"}\\n', "ä", "<script>"])
async def test_any_other_request_id_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/health/live", headers=[(b"X-Request-Id", given.encode())])
    assert len(answer.headers["x-request-id"]) == 32


async def test_hot_routes_answer_before_fastapi(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/pour/caf%C3%A9/now")
    assert (answer.status_code, answer.text) == (200, "café")
    assert "x-request-id" in answer.headers


async def test_errors_of_hot_routes_are_mapped_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/pour/broken/now")
    assert (answer.status_code, slug(answer)) == (404, "no_such_cup")


async def test_other_methods_of_a_hot_path_go_the_ordinary_way(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/pour/a/now")).status_code == 404
    assert (await client.get("/v1/pour/a/now/then")).status_code == 404


async def test_the_front_door_leads_to_the_docs(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).headers["location"] == "/docs"
    docs = await client.get("/docs")
    assert docs.status_code == 200
    assert "https://" not in docs.text.replace("https://fastapi.tiangolo.com", "")


async def test_metrics_count_by_route_template(client: httpx.AsyncClient, key: str) -> None:
    await look(client, key, "/v1/cups/private-name")
    await client.get("/v1/pour/private-name/now")
    text = (await client.get("/metrics")).text
    assert (
        'tierline_http_requests_total{method="GET",route="/v1/cups/{name}",status="200"} 1.0'
        in text
    )
    assert 'route="/v1/pour/{name}/now",status="200"} 1.0' in text
    assert "private-name" not in text


async def test_openapi_declares_bodies_problems_and_the_key(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    spec = (await client.get("/openapi.json")).json()
    wash = spec["paths"]["/v1/cups"]["post"]
    assert wash["requestBody"]["content"]["application/json"]["example"] == {"id": "cup-1"}
    assert set(wash["responses"]) >= {"200", "400", "401", "413", "415", "422", "503"}
    assert wash["security"] == [{"ApiKey": []}]
    assert "CustomerReference" in spec["components"]["schemas"]
    assert "$defs" not in json.dumps(spec)
    assert app.openapi() is app.openapi()


async def test_what_is_not_public_is_gone_or_asks_for_an_admin_key(keys: FakeKeys) -> None:
    app = create_service_app(service="cups", title="Cups", routers=[], table={}, docs_public=False)
    app.state.api_keys = ApiKeys(keys)
    admin = new_key()
    keys.add(admin, make_caller("admin"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://cups") as client:
        found = [(await client.get(path)).status_code for path in ("/docs", "/openapi.json")]
        assert found == [404, 404]
        assert (await client.get("/metrics")).status_code == 401
        assert (await look(client, admin, "/metrics")).status_code == 200
        assert (await client.get("/")).headers["location"] == "/health/live"


def refs(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(refs, node.values()))
    return set().union(*map(refs, node)) if isinstance(node, list) else set()


async def test_every_reference_of_the_openapi_document_leads_somewhere(app: FastAPI) -> None:
    spec = app.openapi()
    assert {ref.rpartition("/")[2] for ref in refs(spec)} <= set(spec["components"]["schemas"])
