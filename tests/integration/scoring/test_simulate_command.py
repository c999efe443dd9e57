"""`tierline programme simulate`: what a draft would do, naming customers as the shop does."""

import json

import asyncpg
from typer.testing import CliRunner, Result

from services.scoring.cli_programme import app
from tests.databases import blocking
from tests.servers import SECRET_KEY
from tests.status_shop import CLUB, club, publish, sell
from tests.trained import NOW, raw_pool


def simulate(url: str, *arguments: str) -> Result:
    env = {
        "DATABASE_URL": url,
        "TIERLINE_SECRET_KEY": SECRET_KEY,
        "BUSINESS_NOW": NOW.isoformat(),
    }
    return CliRunner().invoke(app, ["simulate", CLUB, *arguments], env=env)


async def draft_a_dearer_club(pool: asyncpg.Pool) -> None:
    document = club()
    for tier in document["tiers"][1:]:
        tier["enter"] = {"all": {"stars": 2 * tier["enter"]["all"]["stars"]}}
        tier.pop("keep", None)
    await pool.execute(
        "INSERT INTO programme_versions (programme_key, version, status, document, created_at)"
        " VALUES ($1, 2, 'draft', $2, $3)",
        CLUB,
        document,
        NOW,
    )


async def prepare(url: str) -> None:
    async with raw_pool(url) as pool:
        await publish(pool, url)
        await sell(pool, 3, 620, NOW)
        await draft_a_dearer_club(pool)


def test_who_would_lose_a_tier_is_named_as_the_shop_names_them(shop_url: str) -> None:
    blocking(prepare(shop_url))
    result = simulate(shop_url, "2", "--months", "1")
    assert result.exit_code == 0, result.output
    assert [each["customer_id"] for each in json.loads(result.stdout)["losing"]["largest"]] == [
        "c-3"
    ]


def test_a_version_that_is_not_there_ends_with_a_sentence(shop_url: str) -> None:
    result = simulate(shop_url, "7")
    assert (result.exit_code, "has no version of that number" in result.output) == (1, True)
