"""What a count tells of more people than it looks at: as they were, and soon as they are."""

import asyncpg
import pytest

from services.scoring.domain.conditions.tree import Condition, Tier
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.rescore import rescore
from services.scoring.usecases.segments.count import Counter
from services.scoring.usecases.segments.definitions import Definitions
from services.scoring.usecases.segments.keep_sheets import SheetKeeper
from services.scoring.worker import Background
from shared.clock import clock_from
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import profile_id
from tests.status_shop import CLUB, club, publish, sell
from tests.trained import CUSTOMERS, NOW, platform_of

HIGH = Tier("value", ("high",))
MEMBERS = Tier(CLUB, ("silver", "gold"))
_HIGH_NOW = """
SELECT count(*) FROM tier_current t JOIN live_releases l USING (programme_key, release_id)
WHERE programme_key = 'value' AND tier_key = 'high'
"""


def counter(parts: Background, url: str, most_looked_at: int) -> Counter:
    platform = platform_of(url)
    day = BusinessDay(clock_from(platform.business_now), platform.zone)
    keeper = SheetKeeper(parts.pool, day, parts.decider, parts.catalog)
    definitions = Definitions(parts.pool, None)
    return Counter(parts.pool, definitions, keeper, timeout_s=10, most_looked_at=most_looked_at)


async def told(parts: Background, url: str, condition: Condition, most: int) -> tuple[int, int]:
    tally = await counter(parts, url, most).count(condition)
    assert tally.total == CUSTOMERS
    return tally.matching, tally.pending


async def high_now(pool: asyncpg.Pool) -> int:
    found: int = await pool.fetchval(_HIGH_NOW)
    assert 0 < found < CUSTOMERS
    return found


@pytest.mark.parametrize("most", [CUSTOMERS, CUSTOMERS + 1], ids=["as many", "fewer"])
async def test_those_whom_nobody_looked_at_are_looked_at_before_the_answer(
    background: Background, shop_url: str, most: int
) -> None:
    matching, pending = await told(background, shop_url, HIGH, most)
    assert (matching, pending) == (await high_now(background.pool), 0)


async def test_one_more_than_is_looked_at_leaves_all_of_them_pending(
    background: Background, shop_url: str
) -> None:
    assert await told(background, shop_url, HIGH, CUSTOMERS - 1) == (0, CUSTOMERS)


@pytest.mark.parametrize("does", ["go_round", "tidy"])
async def test_the_background_looks_at_everybody_though_no_segment_asks_for_a_tier(
    background: Background, shop_url: str, does: str
) -> None:
    await getattr(background.rounds, does)()
    matching, pending = await told(background, shop_url, HIGH, 0)
    assert (matching, pending) == (await high_now(background.pool), 0)


async def test_more_than_are_looked_at_count_as_they_were_until_the_background_has_been_round(
    background: Background, shop_url: str
) -> None:
    await background.rounds.go_round()
    before, _ = await told(background, shop_url, HIGH, 0)
    await background.pool.execute("UPDATE customers SET version = version + 1")
    assert await told(background, shop_url, HIGH, CUSTOMERS - 1) == (before, CUSTOMERS)
    everybody = [profile_id(index) for index in range(CUSTOMERS)]
    await rescore(everybody, background.decider, background.catalog)
    await background.rounds.tidy()
    assert await told(background, shop_url, HIGH, 0) == (await high_now(background.pool), 0)


async def test_a_programme_just_published_is_counted_after_the_next_round(
    background: Background, shop_url: str
) -> None:
    await background.rounds.go_round()
    await sell(background.pool, 3, 10**6, NOW)
    await rescore([profile_id(3)], background.decider, background.catalog)
    await publish(background.pool, shop_url, club())
    was, pending = await told(background, shop_url, MEMBERS, 0)
    assert (was, pending) == (0, CUSTOMERS)
    await background.rounds.go_round()
    assert await told(background, shop_url, MEMBERS, 0) == (1, 0)


async def test_a_preview_tells_who_is_pending(scoring: Scoring) -> None:
    scoring.app.state.segment_desk._counter._most_looked_at = 0  # noqa: SLF001 - a knob
    asked = {"condition": {"tier": {"programme": "value", "in": ["high"]}}}
    seen = (await scoring.client.post("/v1/segments/preview", json=asked)).json()
    assert (seen["matching"], seen["pending"], seen["total"]) == (0, CUSTOMERS, CUSTOMERS)
