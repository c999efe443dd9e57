from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from tests.integration.feedback.kpis.conftest import Place, say
from tests.kpi_shop import TODAY, Day, ago, noon, person


async def test_windows_of_customers_are_counted_as_the_words_say(place: Place) -> None:
    await place.shop.add(
        [
            Day(0, ago(500)), Day(0, ago(100)), Day(0, ago(2)),
            Day(1, ago(400)), Day(1, ago(120)),
            Day(2, ago(91)),
            Day(3, ago(1), orders=2, referrals=1),
        ]
    )  # fmt: skip
    await place.roll_up()
    fractions = {
        key: (item["actual"]["numerator"], item["actual"]["denominator"])
        for key in ("repeat_rate", "retention", "churn_rate", "referral_rate")
        for item in [await place.kpi(key, to=ago(1).isoformat())]
    }
    assert fractions == {
        # 0 and 3 bought twice within the year up to yesterday
        "repeat_rate": (2, 4),
        "retention": (2, 2),
        # 0, 1 and 2 bought 91 to 180 days back, as yesterday saw it; 1 and 2 not since
        "churn_rate": (2, 3),
        "referral_rate": (1, 2),
    }


async def test_a_tier_counts_those_who_held_it_on_the_date(place: Place) -> None:
    await place.shop.add([Day(0, ago(10)), Day(1, ago(10)), Day(0, ago(3)), Day(1, ago(3))])
    await place.shop.tell(0, "value", "low", noon(ago(10)))
    await place.shop.tell(0, "value", "high", noon(ago(3)))
    await place.shop.tell(1, "value", "low", noon(ago(10)))
    await place.roll_up()
    span = {"from": ago(4).isoformat(), "to": ago(3).isoformat()}
    shares = await place.report(keys="tier_distribution", slice="tier:value", **span)
    assert {
        item["slice"]: [point["figure"] and point["figure"]["value"] for point in item["points"]]
        for item in shares["items"]
    } == {"tier:value:high": [None, 0.5], "tier:value:low": [1.0, 0.5]}
    spend = await place.kpi("net_spend", "tier:value:high", **span)
    assert spend["actual"]["money"] == {"amount": "10.00", "currency": "CNY"}


async def test_moves_between_tiers_are_a_matrix_and_two_shares(place: Place) -> None:
    for number, tier in enumerate(("high", "high", "mid", "low")):
        await place.shop.add([Day(number, ago(60))])
        await place.shop.tell(number, "value", tier, noon(ago(60)))
    await place.shop.tell(0, "value", "mid", noon(ago(9)))
    await place.shop.tell(3, "value", "mid", noon(ago(9)))
    await place.roll_up()
    moves = await place.report(keys="tier_migration", slice="move:value", to=ago(1).isoformat())
    # a move that was there last week and is no more has no figure, not an old one
    assert {
        item["slice"]: item["actual"]["value"] for item in moves["items"] if item["actual"]
    } == {
        "move:value:high:high": 0.5,
        "move:value:high:mid": 0.5,
        "move:value:mid:mid": 1.0,
        "move:value:low:mid": 1.0,
    }
    for key in ("tier_upgrades", "tier_downgrades"):
        assert (await place.kpi(key))["actual"]["value"] == 0.25
        assert (await place.kpi(key, "programme:value"))["actual"]["value"] == 0.25


async def test_what_service_cost_is_told_by_tier(place: Place) -> None:
    await place.shop.add([Day(0, ago(20), net=5000, cost=2000), Day(1, ago(20))])
    await place.shop.tell(0, "value", "high", noon(ago(20)))
    await place.pool.execute(
        "INSERT INTO interactions (customer_id, interaction_id, event_key, fingerprint, kind,"
        " direction, channel, cost, currency, at, received_at)"
        " SELECT 'c-0', gen_random_uuid(), 'a'::bytea || n::text::bytea, '', 'call', 'in',"
        " 'phone', 300, currency, $1, $1 FROM (VALUES (1, 'CNY'), (2, 'USD')) x (n, currency)",
        noon(ago(5)),
    )
    await place.pool.execute(
        "INSERT INTO benefit_usage (profile_id, usage_id, programme_key, benefit_key, used_at,"
        " quantity) VALUES ($1, $2, 'coffee', 'drink', $3, 2)",
        person(0),
        UUID(int=1),
        noon(ago(4)),
    )
    await place.roll_up()
    cost = await place.kpi("cost_to_serve", "tier:value:high")
    assert cost["actual"]["money"]["amount"] == "10.00"
    assert (await place.kpi("cost_to_serve"))["actual"]["money"]["amount"] == "5.00"
    back = await place.kpi("return_per_customer", "tier:value:high")
    assert back["actual"]["money"]["amount"] == "20.00"


async def test_a_shop_that_notes_no_costs_does_not_serve_for_nothing(place: Place) -> None:
    await place.shop.add([Day(0, ago(20)), Day(1, ago(20))])
    await place.shop.tell(0, "value", "high", noon(ago(20)))
    await place.roll_up()
    item = await place.kpi("cost_to_serve")
    assert item["actual"] is None
    assert "No costs were noted" in item["no_data"]["en"]
    await place.shop.serve(1, 3, 500)
    await place.roll_up()
    assert (await place.kpi("cost_to_serve"))["actual"]["value"] == 2.5
    # others cost something: these cost nothing
    assert (await place.kpi("cost_to_serve", "tier:value:high"))["actual"]["value"] == 0


async def test_what_was_said_is_told_by_tier_and_channel(place: Place) -> None:
    await say(place, "csat", 5, noon(ago(3)), "high")
    await say(place, "csat", 2, noon(ago(3)))
    await say(place, "nps", 10, noon(ago(2)))
    await place.roll_up()
    assert (await place.kpi("csat"))["actual"]["value"] == 0.5
    assert (await place.kpi("csat", "tier:value:high"))["actual"]["value"] == 1.0
    assert (await place.kpi("csat", "channel:web"))["actual"]["denominator"] == 2
    assert (await place.kpi("nps"))["actual"]["value"] == 100.0


async def test_today_is_counted_from_todays_rows_at_each_read(place: Place) -> None:
    await place.roll_up()
    now = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    today = {"from": TODAY.isoformat(), "to": TODAY.isoformat()}
    assert (await place.kpi("new_customers", **today))["actual"]["value"] == 0
    await place.shop.add([Day(0, TODAY, net=1250, orders=1)])
    await place.shop.tell(0, "value", "low", noon(ago(3)))
    await say(place, "csat", 4, now)
    assert (await place.kpi("new_customers", **today))["actual"]["value"] == 1
    assert (await place.kpi("aov", **today))["actual"]["money"]["amount"] == "12.50"
    assert (await place.kpi("aov", "tier:value:low", **today))["actual"]["value"] == 12.5
    assert (await place.kpi("csat", **today))["actual"]["value"] == 1.0


async def test_response_times_have_a_median_of_nights_and_today_together(place: Place) -> None:
    for number, (minutes, at) in enumerate(
        [(10, noon(ago(2))), (20, noon(ago(2))), (90, datetime(2026, 11, 22, 0, 30, tzinfo=UTC))]
    ):
        await place.pool.execute(
            "INSERT INTO cases (case_id, kind, state, opened_at, clock_from, due_at, first_due_at,"
            " first_answered_at, response_minutes, programme_key, tier_key, updated_at)"
            " VALUES ($1, 'complaint', 'answered', $2, $2, $2, $2, $2, $3, 'value', 'high', $2)",
            UUID(int=number),
            at,
            minutes,
        )
    await place.roll_up()
    for slice_key in ("all", "tier:value:high", "channel:web"):
        item = await place.kpi("first_response_time", slice_key)
        assert item["actual"]["value"] == 20
    item = await place.kpi("first_response_time", to=ago(1).isoformat())
    assert item["actual"]["value"] == 15


async def test_a_level_of_today_is_that_of_the_last_night(place: Place) -> None:
    await place.shop.add([Day(0, ago(5), orders=2)])
    await place.roll_up()
    item = await place.kpi("repeat_rate", **{"from": TODAY.isoformat()})
    assert item["actual"]["value"] == 1.0
    assert item["actual"]["as_of_date"] == ago(1).isoformat()


async def test_before_the_first_round_it_says_so(place: Place) -> None:
    report = await place.report(keys="churn_rate")
    assert report["rolled_up_to"] is None
    assert "rebuild" in report["items"][0]["no_data"]["en"]


@pytest.mark.parametrize("name", ["channel:web", "tier:value:high"])
async def test_a_slice_of_which_nothing_is_known_is_answered_without_data(
    place: Place, name: str
) -> None:
    await place.roll_up()
    report = await place.report(slice=name)
    assert "csat" in {item["key"] for item in report["items"]}
    assert {item["slice"] for item in report["items"]} == {name}
    assert all(item["actual"] is None or item["actual"]["value"] == 0 for item in report["items"])


async def test_dates_to_come_have_no_data(place: Place) -> None:
    await place.roll_up()
    item = await place.kpi("csat", **{"from": "2030-01-01", "to": "2030-01-31"})
    assert item["actual"] is None
    assert item["no_data"]["zh"] == "这些日期尚未到来。"


async def test_csv_has_a_row_a_point_and_runs_nothing(place: Place) -> None:
    await place.shop.add([Day(0, ago(1), net=-700, orders=0, sales=0)])
    await place.roll_up()
    query = {"keys": "net_spend", "from": ago(1).isoformat(), "to": ago(1).isoformat()}
    answer = await place.http.get("/v1/kpis", params=query | {"format": "csv"})
    head, row = answer.text.split("\r\n")[:2]
    assert head.startswith('"kpi","slice","period"')
    assert row == (
        '"net_spend","all","2026-11-21","2026-11-21","2026-11-21",-7.00,"money","CNY",-700,,,'
    )


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"keys": "happiness"}, ["keys"]),
        ({"keys": "csat,,nps"}, ["keys"]),
        ({"from": "2026-11-02", "to": "2026-11-01"}, ["from"]),
        ({"from": "1990-01-01", "to": "2026-11-01"}, ["from"]),
        ({"from": "yesterday"}, ["from"]),
        ({"from": "0754-10-03", "to": "0754-10-03"}, ["from", "to"]),
        ({"to": "0001-01-01"}, ["to"]),
        ({"to": "9999-12-31"}, ["to"]),
        ({"grain": "hour"}, ["grain"]),
        ({"slice": "Tier"}, ["slice"]),
        ({"slice": "tier:"}, ["slice"]),
        ({"slice": "shelf:3"}, ["slice"]),
        ({"slice": "tier:a\u00a0b"}, ["slice"]),
        ({"format": "xml"}, ["format"]),
    ],
    ids=[
        "no kpi", "an empty kpi", "backwards", "too long", "no date", "before all", "to before all",
        "to after all", "grain", "capital", "half a slice", "no slice", "unprintable", "format",
    ],
)  # fmt: skip
async def test_a_wrong_question_is_refused_with_a_place_and_a_sentence(
    place: Place, query: dict[str, str], wrong: list[str]
) -> None:
    answer = await place.http.get("/v1/kpis", params=query)
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert [each["pointer"] for each in errors] == [f"/query/{name}" for name in wrong]
    assert all(each["message"] for each in errors)


async def test_definitions_say_what_every_kpi_is(place: Place) -> None:
    items = (await place.http.get("/v1/kpis/definitions")).json()["items"]
    one = (await place.http.get("/v1/kpis/definitions/nps")).json()
    assert one in items
    assert one["factor"] == 100
    assert (await place.http.get("/v1/kpis/definitions/fun")).status_code == 404


async def test_reading_needs_reports_read(http: httpx.AsyncClient) -> None:
    assert (await http.get("/v1/kpis")).status_code == 403
