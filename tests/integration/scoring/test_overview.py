"""The whole base in short: counted in the background, read at a look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.queries.overview.changes import recent_changes
from services.scoring.usecases.overview.tally import SPANS, Tally
from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import LAST_DAY, profile_id
from tests.status_shop import CLUB, publish, sell
from tests.trained import CUSTOMERS, NOW

#: Nothing was told about then but what a test tells.
LATER = NOW + timedelta(hours=2)


@pytest.fixture
async def counted(background: Background) -> Tally:
    await background.tally.count()
    return background.tally


@pytest.fixture
async def club(background: Background, pool: asyncpg.Pool, shop_url: str) -> Tally:
    """A programme in which one customer became gold 40 days ago, all others entered at once."""
    await sell(pool, 1, 3000, NOW - timedelta(days=40))
    await publish(pool, shop_url)
    await background.tally.count()
    return background.tally


async def ask(scoring: Scoring, path: str, **params: Any) -> dict[str, Any]:
    answer = await scoring.client.get(f"/v1/{path}", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_every_customer_with_a_tier_is_counted_once(
    scoring: Scoring, counted: Tally, pool: asyncpg.Pool
) -> None:
    found = await ask(scoring, "programmes/value/distribution")
    held = await pool.fetchval("SELECT count(*) FROM tier_current")
    assert found["customers"] == held
    assert sum(tier["customers"] for tier in found["tiers"]) == held
    assert sum(stage["customers"] for stage in found["stages"]) == held
    assert sum(cell["customers"] for cell in found["cells"]) == held


async def test_expected_value_is_what_scores_add_up_to(
    scoring: Scoring, counted: Tally, pool: asyncpg.Pool
) -> None:
    await pool.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")
    found = await ask(scoring, "programmes/value/distribution")
    total = sum(float(tier["expected"]["amount"]) for tier in found["tiers"])
    asked = [await ask(scoring, f"customers/c-{n}/score") for n in range(CUSTOMERS)]
    scores = [float(each["value"]["amount"]) for each in asked if each["value"]]
    assert total == pytest.approx(sum(scores), rel=0.001)


async def test_before_the_first_count_a_distribution_is_empty(scoring: Scoring) -> None:
    found = await ask(scoring, "programmes/value/distribution")
    assert (found["customers"], found["cells"], found["counted_at"]) == (0, [], None)


async def test_an_erased_customer_is_not_counted(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    held = await pool.fetchval("SELECT count(*) FROM tier_current")
    await pool.execute("UPDATE customers SET erased_at = now() WHERE customer_id = 'c-1'")
    await background.tally.count()
    assert (await ask(scoring, "programmes/value/distribution"))["customers"] == held - 1


async def test_a_programme_of_rules_tells_the_stages_that_the_night_has_decided(
    club: Tally, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    stale = "UPDATE tier_current SET lifecycle = 'new' WHERE programme_key = $1"
    await pool.execute(stale, CLUB)
    await club.count()
    of_rules = await ask(scoring, f"programmes/{CLUB}/distribution")
    of_value = await ask(scoring, "programmes/value/distribution")
    assert of_rules["stages"] == of_value["stages"]
    assert len(of_rules["stages"]) > 1


async def test_published_rules_are_counted_for_dates_before_they_were_in_force(
    club: Tally, scoring: Scoring
) -> None:
    found = await ask(scoring, f"programmes/{CLUB}/distribution/history", grain="month")
    counted = [(point["date"], point["tiers"], point["stages"]) for point in found["points"]]
    assert counted[0] == ("2026-10-31", {"gold": 1}, {})


async def test_flows_tell_who_rose_between_two_dates(club: Tally, scoring: Scoring) -> None:
    dates = {"from": str(LAST_DAY - timedelta(days=91)), "to": str(LAST_DAY - timedelta(days=1))}
    found = await ask(scoring, f"programmes/{CLUB}/migration", **dates)
    assert (found["days"], found["first"], found["last"]) == (90, dates["from"], dates["to"])
    rose = [each for each in found["cells"] if each["tier_to"] == "gold"]
    assert [each["customers"] for each in rose] == [1]


@pytest.mark.parametrize(("days", "nearest"), [(1, 7), (20, 30), (61, 90), (200, 180), (900, 365)])
async def test_the_nearest_span_is_told(
    club: Tally, scoring: Scoring, days: int, nearest: int
) -> None:
    first = str(LAST_DAY - timedelta(days=days))
    found = await ask(scoring, f"programmes/{CLUB}/migration", **{"from": first})
    assert (found["days"], found["spans"]) == (nearest, list(SPANS))


async def test_changes_are_told_by_minute_with_their_reason(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await tell(pool, 1, "low", "high", NOW - timedelta(minutes=5))
    await tell(pool, 2, "high", "mid", NOW - timedelta(minutes=5))
    await tell(pool, 3, "mid", "high", NOW - timedelta(minutes=61))
    found = await ask(scoring, "programmes/value/changes", minutes=30)
    moved = [(one["up"], one["down"]) for one in found["minutes"] if one["up"] or one["down"]]
    assert moved == [(1, 1)]
    fell = [one for one in found["last_changes"] if one["way"] == "down"]
    assert [(one["customer_id"], one["text"]["zh"]) for one in fell] == [("c-2", "预期价值下降")]


async def test_the_last_changes_are_the_last_however_the_rows_lie(pool: asyncpg.Pool) -> None:
    for index, minutes in ((1, 3), (2, 1), (3, 2), (4, 4)):
        await tell(pool, index, "low", "high", LATER - timedelta(minutes=minutes))
    span = (LATER - timedelta(minutes=30), LATER)
    ranks = {"low": 0, "high": 1}
    _, last = await recent_changes(pool, "value", ranks, span, most_read=2)
    assert [each.customer_id for each in last] == ["c-2", "c-3"]


async def test_of_a_whole_base_decided_at_once_some_are_told_and_all_who_came_after(
    pool: asyncpg.Pool,
) -> None:
    at_once = LATER - timedelta(minutes=10)
    for index in range(1, 6):
        await tell(pool, index, "low", "high", at_once)
    await tell(pool, 6, "high", "low", LATER)
    ranks, span = {"low": 0, "high": 1}, (LATER - timedelta(minutes=30), LATER)
    minutes, last = await recent_changes(pool, "value", ranks, span, most_read=3)
    assert [(minute.minute, minute.up, minute.down) for minute in minutes] == [
        (at_once, 2, 0), (LATER, 0, 1),
    ]  # fmt: skip
    assert last[0].customer_id == "c-6"
    assert len(last) == 3
    everybody, _ = await recent_changes(pool, "value", ranks, span, most_read=6)
    assert [(minute.up, minute.down) for minute in everybody] == [(5, 0), (0, 1)]


async def test_concentration_holds_the_whole_in_its_last_point(
    scoring: Scoring, counted: Tally
) -> None:
    found = await ask(scoring, "value/concentration")
    for measure in ("expected", "net"):
        curve = found[measure]["curve"]
        assert (len(curve), curve[0], curve[-1]) == (101, 0.0, 1.0)
        assert curve == sorted(curve)
        assert sum(tier["share"] for tier in found[measure]["tiers"]) == pytest.approx(1.0)


async def test_status_names_the_model_and_what_waits(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await pool.execute(
        "INSERT INTO outbox (outbox_id, topic, payload, created_at, due_at)"
        " VALUES (gen_random_uuid(), 'customers_changed', '{}', now(), now())"
    )
    found = await ask(scoring, "status")
    assert found["model"]["version"] in found["model"]["sentence"]["en"]
    others = (await ask(scoring, f"models/{found['model']['version']}/backtest"))["contenders"][1:]
    best = max(others, key=lambda each: each["accuracy"]["gini"] or 0.0)
    assert found["model"]["gini_of_best_rule"] == best["accuracy"]["gini"]
    assert f"{best['name']['en']}, had" in found["model"]["sentence"]["en"]
    assert found["rescoring"]["is_under_way"] is True
    assert found["rescoring"]["waiting"] == 1


async def test_counting_rests_in_proportion_to_what_it_took(background: Background) -> None:
    seconds = iter([0.0, 0.0, 2.0, 10.0])
    tally = replace(background.tally, seconds=lambda: next(seconds))
    assert await tally.look() is True
    assert await tally.look() is False


async def tell(pool: asyncpg.Pool, index: int, before: str, after: str, at: datetime) -> None:
    await pool.execute(
        "INSERT INTO tier_history (profile_id, history_id, programme_key, release_id,"
        " customer_version, business_instant, decided_at, tier_from, tier_to, reason)"
        " VALUES ($1, gen_random_uuid(), 'value', 1, 1, $2, $3, $4, $5, 'value_fall')",
        profile_id(index),
        at,
        datetime.now(UTC),
        before,
        after,
    )
