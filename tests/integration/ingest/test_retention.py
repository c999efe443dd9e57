"""Rows that are kept too long are told, then deleted, and nothing else."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.ingest.cli import app
from services.ingest.settings import IngestSettings
from services.ingest.usecases.privacy.retention import purge_all, purge_files
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.integration.ingest.conftest import Shop
from tests.servers import SECRET_KEY
from tests.tills import Body, event, receipt

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
SETTINGS = IngestSettings(retention_properties_days=10)
FILL = """
INSERT INTO quarantine (quarantine_id, source_id, route, reason, message, body_encrypted,
    body_sha256, received_at)
SELECT gen_random_uuid(), 'till', 'r', 'x', 'x', '', convert_to(n::text, 'UTF8'),
    $1::timestamptz - n * interval '1 day'
FROM generate_series(0, 99) AS n;
"""
FILES = """
INSERT INTO imports (import_id, source_id, file_name, status, mapping, started_at)
SELECT gen_random_uuid(), 'till', 'f', 'done', '{}', $1::timestamptz - n * interval '20 days'
FROM generate_series(0, 2) AS n
"""
ERRORS = """
INSERT INTO import_errors (import_id, row, codes, message)
SELECT import_id, 1, '{}', '' FROM imports
"""


async def fill(shop: Shop) -> None:
    await shop.pool.execute(FILL, NOW)
    await shop.pool.execute(FILES, NOW)
    await shop.pool.execute(ERRORS)
    await shop.pool.execute(
        "INSERT INTO source_day (source_id, received_on)"
        " VALUES ('till', '2025-01-01'), ('till', '2026-11-21')"
    )
    await shop.pool.execute(
        "INSERT INTO source_hour (source_id, received_in)"
        " VALUES ('till', '2026-10-01T00:00:00Z'), ('till', '2026-11-21T00:00:00Z')"
    )
    await shop.pool.execute(
        "INSERT INTO tombstones (kind, lookup_key, erased_at, refused_until) VALUES"
        " ('phone', 'a', now(), '2026-11-22T00:59:00Z'),"
        " ('phone', 'b', now(), '2026-11-23T00:00:00Z')"
    )


async def rules(shop: Shop) -> dict[str, Body]:
    answer = await shop.http.get("/v1/retention")
    assert answer.status_code == 200, answer.text
    return {rule["table"]: rule for rule in answer.json()["rules"]}


async def test_the_policy_says_what_is_due_and_deletes_nothing(shop: Shop) -> None:
    await fill(shop)
    shown = await rules(shop)
    due = {table: rule["due"] for table, rule in shown.items()}
    assert due == {
        "quarantine": 9,
        "import_errors": 1,
        "source_day": 1,
        "source_hour": 1,
        "event_properties": 0,
        "tombstones": 1,
    }
    assert shown["event_properties"]["keep_days"] is None
    assert shown["quarantine"]["keep_days"] == 90
    assert shown["tombstones"]["keep_days"] == 30
    assert await shop.count("quarantine") == 100


async def test_what_is_due_goes_and_the_rest_stays(shop: Shop) -> None:
    await fill(shop)
    done = await purge_all(shop.pool, SETTINGS, now=NOW)
    counted = {table: rule["due"] for table, rule in (await rules(shop)).items()}
    assert done["quarantine"] == 9
    assert set(counted.values()) == {0}
    assert await shop.count("quarantine") == 91
    assert await shop.count("import_errors") == 2
    assert await shop.count("tombstones") == 1


async def test_an_item_refused_again_of_late_is_kept(shop: Shop) -> None:
    await fill(shop)
    await shop.pool.execute("UPDATE quarantine SET last_seen_at = $1", NOW)
    assert (await purge_all(shop.pool, SETTINGS, now=NOW)).get("quarantine", 0) == 0


async def test_free_properties_go_and_facts_stay(shop: Shop) -> None:
    await shop.tell(event("e-1", "product_viewed", note="Ann"))
    await shop.accept(receipt(1))
    later = datetime(2026, 12, 22, tzinfo=UTC)
    assert (await purge_all(shop.pool, SETTINGS, now=later))["event_properties"] == 1
    assert await shop.value("SELECT count(*) FROM events WHERE body ? 'properties'") == 0
    work = Rebuild(repairs=False)
    assert [each async for each in work.run(shop.pool, lambda *_: None)] == []


async def test_a_stored_event_is_safe_from_everybody_else(shop: Shop) -> None:
    await shop.accept(receipt(1))
    await purge_all(shop.pool, SETTINGS, now=NOW)
    with pytest.raises(Exception, match="events are immutable"):
        await shop.pool.execute("DELETE FROM events")


async def test_the_command_tells_first_and_deletes_then(
    shop: Shop, module_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(shop)
    monkeypatch.setenv("DATABASE_URL", module_database_url)
    monkeypatch.setenv("TIERLINE_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("BUSINESS_NOW", NOW.isoformat())
    dry = await asyncio.to_thread(CliRunner().invoke, app, ["retention", "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert await shop.count("quarantine") == 100
    done = await asyncio.to_thread(CliRunner().invoke, app, ["retention"])
    assert "13 rows deleted" in done.output
    assert await shop.count("quarantine") == 91


def test_uploads_of_imports_that_never_ended_go(tmp_path: Path) -> None:
    for name, written in (("old.csv", 1_000.0), ("new.csv", 3_000.0)):
        (tmp_path / name).write_text("a person", encoding="utf-8")
        os.utime(tmp_path / name, (written, written))
    assert purge_files(tmp_path, 2_000.0) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["new.csv"]
    assert purge_files(tmp_path / "nowhere", 2_000.0) == 0
