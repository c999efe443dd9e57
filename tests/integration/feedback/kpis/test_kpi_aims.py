from datetime import date

from tests.integration.feedback.kpis.conftest import Place, say
from tests.kpi_shop import noon


async def test_a_target_is_created_changed_and_its_history_kept(place: Place) -> None:
    target = {"kpi": "repeat_rate", "period": "2026-Q4", "value": 0.5, "owner": "Li Wei"}
    made = await place.http.put("/v1/kpis/targets", json=target)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert (await place.http.put("/v1/kpis/targets", json=target)).status_code == 200
    higher = target | {"value": 0.6}
    assert (await place.http.put("/v1/kpis/targets", json=higher)).status_code == 428
    stale = await place.http.put("/v1/kpis/targets", json=higher, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    changed = await place.http.put("/v1/kpis/targets", json=higher, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    log = await place.pool.fetch("SELECT action, details::text FROM audit_log ORDER BY audit_id")
    assert [row["action"] for row in log] == ["kpi_target_changed"] * 2
    assert '"value": 0.5' in log[1]["details"]


async def test_targets_are_listed_page_by_page(place: Place) -> None:
    for month in ("2026-10", "2026-11", "2026-12"):
        body = {"kpi": "nps", "period": month, "value": 40, "owner": "Li Wei"}
        await place.http.put("/v1/kpis/targets", json=body)
    first = (await place.http.get("/v1/kpis/targets", params={"limit": 2})).json()
    query = {"limit": "2", "cursor": first["next_cursor"]}
    second = (await place.http.get("/v1/kpis/targets", params=query)).json()
    assert [each["period"] for page in (first, second) for each in page["items"]] == [
        "2026-10",
        "2026-11",
        "2026-12",
    ]
    assert second["next_cursor"] is None


async def test_a_target_is_judged_by_its_own_period(place: Place) -> None:
    await say(place, "csat", 5, noon(date(2026, 11, 3)))
    await say(place, "csat", 1, noon(date(2026, 10, 30)))
    await place.roll_up()
    for period, value in (("2026-11", 0.9), ("2026-10", 0.9), ("2026", 0.9)):
        body = {"kpi": "csat", "period": period, "value": value, "owner": "Li Wei"}
        assert (await place.http.put("/v1/kpis/targets", json=body)).status_code == 201
    item = await place.kpi("csat", **{"from": "2026-10-01", "grain": "month"})
    assert item["status"] == "on_track"
    assert item["target"]["period"] == "2026-11"
    assert [(p["period"], p["status"]) for p in item["points"]] == [
        ("2026-10", "missed"),
        ("2026-11", "on_track"),
    ]
    # asked for October: its own target, which nobody can reach any more
    item = await place.kpi("csat", **{"from": "2026-10-30", "to": "2026-10-31"})
    assert (item["target"]["period"], item["status"]) == ("2026-10", "missed")
