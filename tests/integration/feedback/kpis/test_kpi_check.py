import asyncio

import pytest
from typer.testing import CliRunner, Result

from services.feedback.cli import app
from tests.integration.feedback.kpis.conftest import Place, say
from tests.kpi_shop import NOW, Day, ago, noon


@pytest.fixture(autouse=True)
def settings(module_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", module_database_url)
    monkeypatch.setenv("TIERLINE_SECRET_KEY", "5e" * 32)
    monkeypatch.setenv("BUSINESS_NOW", NOW.isoformat())
    monkeypatch.setenv("BUSINESS_TIME_ZONE", "UTC")


async def check(*options: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["kpis", "check", *options])


async def busy(place: Place) -> None:
    """Let something of every kind happen."""
    await place.shop.add([Day(0, ago(40), orders=2), Day(1, ago(3)), Day(2, ago(3), referrals=1)])
    await place.shop.tell(0, "value", "high", noon(ago(30)))
    for kind, rating in (("csat", 5), ("csat", 2), ("nps", 9), ("nps", 3), ("ces", 6)):
        await say(place, kind, rating, noon(ago(3)), "high")
    await place.pool.execute(
        "INSERT INTO offer_responses (customer_id, offer_key, sending, response_id, answer, at,"
        " received_at) VALUES ('c', 'o', '', gen_random_uuid(), 'accepted', $1, now())",
        noon(ago(3)),
    )
    await place.pool.execute(
        "INSERT INTO survey_invitations (invitation_id, survey_key, version, profile_id,"
        " customer_id, invited_at, answered_at, expires_at)"
        " VALUES (gen_random_uuid(), 's', 1, gen_random_uuid(), 'c', $1, $1, 'infinity')",
        noon(ago(3)),
    )
    await place.pool.execute(
        "INSERT INTO cases (case_id, kind, state, opened_at, clock_from, due_at, first_due_at,"
        " first_answered_at, response_minutes, programme_key, tier_key, updated_at)"
        " VALUES (gen_random_uuid(), 'complaint', 'answered', $1, $1, $1, $1, $1, 25, 'value',"
        " 'high', $1)",
        noon(ago(3)),
    )


async def test_a_shop_that_was_rolled_up_has_no_difference(place: Place) -> None:
    await busy(place)
    await place.roll_up()
    found = await check()
    assert found.exit_code == 0, found.output
    assert "of 40 dates are what the rows say" in found.stdout


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (
            """
            UPDATE kpi_daily SET numerator = 7
            WHERE kpi_key = 'net_spend' AND slice = 'all' AND business_date = '2026-11-19'
            """,
            "2026-11-19  net_spend  all    7 / 0      2000 / 0",
        ),
        (
            "DELETE FROM kpi_daily WHERE kpi_key = 'csat' AND slice = 'channel:web'",
            "2026-11-19  csat  channel:web  -          1 / 2",
        ),
    ],
    ids=["purchases", "said"],
)
async def test_a_difference_is_shown_and_ends_with_one_until_it_is_repaired(
    place: Place, spoil: str, line: str
) -> None:
    await busy(place)
    await place.roll_up()
    await place.pool.execute(spoil)
    found = await check("--from", "2026-11-19", "--to", "2026-11-19")
    assert found.exit_code == 1
    assert line in found.stdout.splitlines()
    assert "1 of " in found.stderr
    elsewhere = await check("--to", "2026-11-18")
    assert elsewhere.exit_code == 0
    repaired = await check("--repair")
    assert repaired.exit_code == 0, repaired.output


async def test_facts_after_the_night_are_a_difference(place: Place) -> None:
    await place.shop.add([Day(0, ago(10))])
    await place.roll_up()
    await place.shop.add([Day(1, ago(5))])
    found = await check()
    assert found.exit_code == 1
    assert "2026-11-17  net_spend" in found.stdout


async def test_nothing_rolled_up_is_said(place: Place) -> None:
    await place.shop.add([Day(0, ago(10))])
    found = await check()
    assert found.exit_code == 1
    assert "nothing was rolled up" in found.stderr
