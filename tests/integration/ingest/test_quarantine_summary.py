"""What waits in quarantine is counted by source and reason."""

from tests.integration.ingest.conftest import Shop
from tests.tills import receipt


async def test_what_waits_is_counted_by_reason_the_most_first(shop: Shop) -> None:
    await shop.post({}, {"a": 1}, receipt(1, channel="smoke"), {})
    found = (await shop.http.get("/v1/quarantine/summary")).json()
    counted = [(g["source"], g["reason"], g["waiting"], g["times_seen"]) for g in found["items"]]
    assert counted[0] == ("till", "missing", 2, 3)
    assert (found["waiting"], found["is_capped"]) == (3, False)


async def test_what_was_replayed_waits_no_more(shop: Shop) -> None:
    (refused,) = (await shop.post({}))["rejected"]
    path = f"/v1/quarantine/{refused['quarantine_id']}/replay"
    assert (await shop.http.post(path, json={"body": receipt(1)})).status_code == 200
    found = (await shop.http.get("/v1/quarantine/summary")).json()
    assert (found["items"], found["waiting"]) == ([], 0)
