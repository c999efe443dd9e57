"""Imports are listed newest first, with who and how far, to whom they concern."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.ingest.uploading import CSV, ROWS, Service, uploading


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with uploading(database_url, tmp_path) as service:
        yield service


async def listed(service: Service, key: str | None = None, **query: Any) -> dict[str, Any]:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    answer = await service.client.get("/v1/imports", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_imports_are_listed_newest_first_with_who_and_how_far(service: Service) -> None:
    first = await service.taken_in(ROWS, CSV, currency="CNY", file_name="九月.csv")
    second = await service.client.post("/v1/imports", content=ROWS, headers=CSV)
    page = await listed(service, limit=1)
    (waiting,) = page["items"]
    assert (waiting["import_id"], waiting["status"]) == (second.json()["import_id"], "queued")
    assert (waiting["progress"], waiting["requested_by"]) == (0.0, "shop")
    (done,) = (await listed(service, limit=1, cursor=page["next_cursor"]))["items"]
    assert done == first
    assert (done["file_name"], done["progress"], done["rows_done"]) == ("九月.csv", 1.0, 2)
    assert [each["status"] for each in (await listed(service, status="done"))["items"]] == ["done"]


async def test_imports_of_another_source_are_not_listed(service: Service) -> None:
    await service.taken_in(ROWS, CSV, currency="CNY")
    for chosen in ({}, {"source": "shop"}):
        assert (await listed(service, service.other_key, **chosen))["items"] == []


async def test_an_import_whose_job_failed_is_listed_as_failed(service: Service) -> None:
    sent = await service.client.post("/v1/imports", content=ROWS, headers=CSV)
    await service.pool.execute(
        "UPDATE jobs SET status = 'failed', message = 'lost', finished_at = now()"
    )
    (failed,) = (await listed(service, status="failed"))["items"]
    assert (failed["import_id"], failed["message"]) == (sent.json()["import_id"], "lost")


async def test_only_an_admin_key_uploads_for_another_source(service: Service) -> None:
    asked = {"currency": "CNY", "source": "old_shop"}
    refused = await service.client.post("/v1/imports", content=ROWS, headers=CSV, params=asked)
    assert refused.status_code == 403
    key = new_key()
    await add_key(service.pool, key, Grant("desk", frozenset({"admin"}), "desk"))
    admin = CSV | {"Authorization": f"Bearer {key}"}
    await service.client.post("/v1/imports", content=ROWS, headers=admin, params=asked)
    assert await service.work()
    (done,) = (await listed(service, key, source="old_shop"))["items"]
    assert (done["source_id"], done["requested_by"], done["accepted"]) == ("old_shop", "desk", 1)


async def test_mappings_that_need_one_file_only_are_listed(service: Service) -> None:
    names = (await service.client.get("/v1/imports/mappings")).json()["items"]
    assert "shopify" in names
    assert "olist" not in names
