"""Two versions of a programme are compared over HTTP, drafts too."""

from tests.integration.scoring.conftest import Scoring
from tests.programme_calls import begin, draft, higher, presets


async def test_two_drafts_are_compared(scoring: Scoring) -> None:
    coffee = (await presets(scoring))["coffee"]
    await begin(scoring, "coffee", coffee)
    await draft(scoring, "coffee", higher(coffee, 600))
    answer = await scoring.client.get("/v1/programmes/coffee/versions/compare?left=1&right=2")
    (found,) = answer.json()["differences"]
    assert (found["pointer"], found["before"], found["after"]) == (
        "/tiers/1/enter/all/stars",
        500,
        600,
    )
    assert found["text"]["zh"] == "银星·升级条件·星星：由500改为600。"


async def test_a_version_that_is_not_there_is_not_compared(scoring: Scoring) -> None:
    await begin(scoring, "coffee", (await presets(scoring))["coffee"])
    answer = await scoring.client.get("/v1/programmes/coffee/versions/compare?left=1&right=2")
    assert answer.status_code == 404


async def test_both_versions_must_be_named(scoring: Scoring) -> None:
    answer = await scoring.client.get("/v1/programmes/value/versions/compare?left=1")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/right"
