"""Publication and rollback of programmes over HTTP: value programmes and status programmes."""

from copy import deepcopy
from uuid import UUID

import asyncpg

from services.scoring.usecases.programmes.publisher import Publisher
from services.scoring.worker import Background
from shared.contracts.programmes import PublishAnswer
from tests.integration.scoring.conftest import Scoring
from tests.programme_calls import APPROVED, begin, draft, higher, presets, publish
from tests.servers import add_key
from tests.status_shop import sell
from tests.trained import NOW, no_report


async def test_a_dry_run_tells_what_changes_and_does_nothing(scoring: Scoring) -> None:
    value = (await presets(scoring))["value"]
    changed = deepcopy(value)
    changed["tiers"][0]["enter_share"] = 0.1
    assert (await draft(scoring, "value", changed)).json()["version"] == 2
    answer = await publish(scoring, "value", 2, dry_run=True)
    told = PublishAnswer.model_validate_json(answer.content)  # as its document says
    assert (told.programme, told.version, told.job_id) == ("value", 2, None)
    assert answer.status_code == 200
    told = answer.json()
    assert told["job_id"] is None
    assert told["changes"] == [
        {"what": "threshold", "subject": "high/enter_share", "before": 0.2, "after": 0.1}
    ]
    assert (await scoring.client.get("/v1/programmes/value/versions/2")).json()["status"] == "draft"


async def test_a_value_version_is_published_and_rolled_back(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    value = (await presets(scoring))["value"]
    value["tiers"][0] |= {"enter_share": 0.01, "leave_share": 0.02}
    await draft(scoring, "value", value)
    asked = await publish(scoring, "value", 2)
    assert asked.status_code == 202, asked.text
    assert asked.headers["location"] == f"/v1/jobs/{asked.json()['job_id']}"
    assert await background.work_off()
    owner = {"Authorization": f"Bearer {add_key(scoring.url, 'programmes:write')}"}
    job = (await scoring.client.get(asked.headers["location"], headers=owner)).json()
    assert job["status"] == "done", job
    version = (await scoring.client.get("/v1/programmes/value/versions/2")).json()
    assert version["status"] == "published"
    assert version["note"]["owner"] == "Lin"
    before = await top_of(pool)
    answer = await scoring.client.post("/v1/programmes/value/rollback", json={"reason": "no"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["version"], told["from_version"]) == (1, 2)
    assert await top_of(pool) > before * 5
    assert (await scoring.client.get("/v1/programmes/value/versions/2")).json()[
        "status"
    ] == "withdrawn"
    assert (await scoring.client.get("/v1/programmes/value")).json()["version"] == 1


async def test_going_back_to_a_model_never_goes_back_to_other_rules(
    scoring: Scoring, background: Background
) -> None:
    await draft(scoring, "value", (await presets(scoring))["value"])
    await publish(scoring, "value", 2)
    assert await background.work_off()
    answer = await scoring.client.post("/v1/models/rollback", json={"reason": "too low"})
    assert answer.json()["type"].rpartition("/")[2] == "nothing_to_roll_back"
    assert (await scoring.client.get("/v1/programmes/value")).json()["version"] == 2


async def top_of(pool: asyncpg.Pool) -> int:
    """Count who is in the top tier of the release in force."""
    found: int = await pool.fetchval(
        """
        SELECT count(*) FROM tier_current t JOIN live_releases l USING (programme_key, release_id)
        WHERE t.tier_key = 'high'
        """
    )
    return found


async def test_what_was_published_never_changes(scoring: Scoring, background: Background) -> None:
    answer = await publish(scoring, "value", 1)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "not_a_draft")
    await draft(scoring, "value", (await presets(scoring))["value"])
    await publish(scoring, "value", 2)
    under_way = await publish(scoring, "value", 2)
    assert under_way.json()["type"].rpartition("/")[2] == "publication_under_way"


async def test_a_failed_publication_leaves_a_draft(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await draft(scoring, "value", (await presets(scoring))["value"])
    job_id = (await publish(scoring, "value", 2)).json()["job_id"]
    statement = "UPDATE jobs SET status = 'failed', finished_at = now() WHERE job_id = $1"
    await pool.execute(statement, UUID(job_id))
    assert (await scoring.client.get("/v1/programmes/value/versions/2")).json()["status"] == "draft"
    assert (await publish(scoring, "value", 2)).status_code == 202


async def test_an_older_draft_is_not_published_over_a_newer_version(
    scoring: Scoring, background: Background
) -> None:
    value = (await presets(scoring))["value"]
    await draft(scoring, "value", value)
    await draft(scoring, "value", value)
    await publish(scoring, "value", 3)
    assert await background.work_off()
    answer = await publish(scoring, "value", 2)
    assert answer.json()["type"].rpartition("/")[2] == "outdated_draft"


async def test_there_is_nothing_before_the_first_version(scoring: Scoring) -> None:
    answer = await scoring.client.post("/v1/programmes/value/rollback", json={"reason": "no"})
    assert answer.json()["type"].rpartition("/")[2] == "nothing_to_roll_back"
    unknown = await scoring.client.post("/v1/programmes/tea/rollback", json={"reason": "no"})
    assert unknown.status_code == 404


async def test_everything_is_noted_with_who_did_it(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await draft(scoring, "value", (await presets(scoring))["value"])
    await publish(scoring, "value", 2)
    rows = await pool.fetch(
        "SELECT action, subject, details FROM audit_log WHERE subject = 'value' ORDER BY audit_id"
    )
    assert [(row["action"], row["subject"]) for row in rows] == [
        ("draft_programme", "value"),
        ("publish_programme", "value"),
    ]
    assert rows[1]["details"]["goal"] == APPROVED["goal"]


async def test_a_publication_that_was_done_is_not_done_again(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    await draft(scoring, "value", (await presets(scoring))["value"])
    await publish(scoring, "value", 2)
    assert await background.work_off()
    live = await pool.fetchval("SELECT release_id FROM live_releases")
    publisher: Publisher = background.publisher
    again = await publisher.publish("value", 2, no_report)
    assert again["release"] == f"r-{live}"


async def test_a_status_programme_is_published_read_and_rolled_back(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    coffee = (await presets(scoring))["coffee"]
    await some_buy(pool)
    await begin(scoring, "coffee", coffee)
    assert (await scoring.client.get("/v1/customers/c-1/tier?programme=coffee")).status_code == 404
    await publish(scoring, "coffee", 1)
    assert await background.work_off()
    assert await tier_of(scoring, "c-1") == (1, "regular")
    first = await tiers_of(pool)
    assert (first["silver"], first["gold"]) == (1, 1)
    assert sum(first.values()) == await pool.fetchval("SELECT count(*) FROM customers")
    await draft(scoring, "coffee", higher(coffee, 1))
    changes = (await publish(scoring, "coffee", 2)).json()["changes"]
    assert changes == [
        {
            "what": "threshold",
            "subject": "silver/enter",
            "before": {"all": {"stars": 500}},
            "after": {"all": {"stars": 1}},
        }
    ]
    assert await background.work_off()
    assert await tiers_of(pool) == first  # what was bought before was judged by the rules of then
    await sell(pool, 1, 5, NOW)
    assert await tier_of(scoring, "c-1") == (2, "silver")
    answer = await scoring.client.post("/v1/programmes/coffee/rollback", json={"reason": "no"})
    assert answer.json()["version"] == 1
    assert await tier_of(scoring, "c-1") == (1, "regular")
    assert await tiers_of(pool) == first


async def tier_of(scoring: Scoring, customer_id: str) -> tuple[int, str]:
    """Read by which version a customer holds which tier of the coffee club."""
    answer = await scoring.client.get(f"/v1/customers/{customer_id}/tier?programme=coffee")
    body = answer.json()
    return body["programme_version"], body["tier"]["key"]


async def some_buy(pool: asyncpg.Pool) -> None:
    """Sell to three customers: too little for silver, enough, and enough for gold."""
    for index, yuan in ((1, 100), (2, 600), (3, 3000)):
        await sell(pool, index, yuan)


async def tiers_of(pool: asyncpg.Pool) -> dict[str, int]:
    """Count who holds which tier of the coffee club by the release in force."""
    rows = await pool.fetch(
        """
        SELECT t.tier_key, count(*) FROM tier_current t
        JOIN live_releases l USING (programme_key, release_id)
        WHERE l.programme_key = 'coffee' GROUP BY 1
        """
    )
    return dict(map(tuple, rows))


async def test_what_follows_a_rollback_tells_who_changed(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    coffee = (await presets(scoring))["coffee"]
    await some_buy(pool)
    await begin(scoring, "coffee", coffee)
    await publish(scoring, "coffee", 1)
    assert await background.work_off()
    await draft(scoring, "coffee", higher(coffee, 1))
    await publish(scoring, "coffee", 2)
    assert await background.work_off()
    await sell(pool, 1, 5, NOW)
    assert await tier_of(scoring, "c-1") == (2, "silver")
    told = await histories(pool)
    back = await scoring.client.post("/v1/programmes/coffee/rollback", json={"reason": "no"})
    assert back.status_code == 200, back.text
    assert await background.work_off()
    after = await histories(pool)
    assert after == told + 1
    assert await tier_of(scoring, "c-1") == (1, "regular")
    assert await histories(pool) == after


async def histories(pool: asyncpg.Pool) -> int:
    """Count what was told of the coffee club."""
    statement = "SELECT count(*) FROM tier_history WHERE programme_key = 'coffee'"
    found: int = await pool.fetchval(statement)
    return found
