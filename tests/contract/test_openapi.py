"""What each OpenAPI document promises is what comes back, for made-up input of both kinds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.live import SERVICES, admin_key, platform_at, running

EXAMPLES = 15
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NOWHERE = platform_at("postgresql://nobody@127.0.0.1:1/none")
DOCUMENTS = {name: create(NOWHERE).openapi() for name, create in SERVICES.items()}


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    name: str
    http: httpx.Client


@pytest.fixture(scope="module", params=sorted(SERVICES))
def service(request: pytest.FixtureRequest, module_database_url: str) -> Iterator[Service]:
    app = SERVICES[request.param](platform_at(module_database_url))
    headers = {"Authorization": f"Bearer {admin_key(module_database_url)}"}
    with running(app) as url, httpx.Client(base_url=url, headers=headers, timeout=30) as http:
        yield Service(request.param, http)


def operations(name: str, mode: GenerationMode) -> list[Any]:
    """List a service's operations; one without any input has no wrong one."""
    schema = schemathesis.openapi.from_dict(DOCUMENTS[name])
    results: list[Any] = list(schema.get_all_operations())
    found = [result.ok() for result in results]
    return [one for one in found if mode is GenerationMode.POSITIVE or _takes_input(one)]


def _takes_input(operation: Any) -> bool:
    parts = (operation.body, operation.query, operation.path_parameters, operation.headers)
    return any(len(part) for part in parts)


def probe(operation: Any, mode: GenerationMode, service: Service) -> None:
    """Send made-up requests of an operation; judge each answer by the document."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        url, headers = str(service.http.base_url), dict(service.http.headers)
        case.validate_response(case.call(base_url=url, headers=headers), checks=CHECKS)

    ask()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_made_up_input_gets_a_documented_answer(service: Service, mode: GenerationMode) -> None:
    for operation in operations(service.name, mode):
        probe(operation, mode, service)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_operation_says_what_it_does(name: str) -> None:
    paths = DOCUMENTS[name]["paths"]
    shown = [operation for path in paths.values() for operation in path.values()]
    summaries = [operation["summary"] for operation in shown]
    assert [each for each in summaries if len(each.split()) < 3] == []
    ids = [operation["operationId"] for operation in shown]
    assert len(set(ids)) == len(ids)


def test_the_document_is_served_with_its_page(service: Service) -> None:
    assert service.http.get("/openapi.json").json() == DOCUMENTS[service.name]
    page = service.http.get("/docs").text
    assert "https://" not in page
    assert service.http.get("/").headers["location"] == "/docs"
