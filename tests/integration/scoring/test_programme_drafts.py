"""Presets, drafts and looking programmes up, over HTTP."""

import asyncpg
import pytest
from jsonschema import Draft202012Validator

from tests.integration.scoring.conftest import Scoring
from tests.programme_calls import Body, begin, draft, higher, presets, publish


async def test_presets_speak_the_shops_currency_and_fit_the_schema(scoring: Scoring) -> None:
    schema = (await scoring.client.get("/v1/programmes/schema")).json()
    found = await presets(scoring)
    assert found["coffee"]["currency"] == "CNY"
    for document in found.values():
        assert Draft202012Validator(schema).is_valid(document)


async def test_one_preset_is_given_alone(scoring: Scoring) -> None:
    answer = await scoring.client.get("/v1/presets/coffee")
    assert answer.json() == (await presets(scoring))["coffee"]
    assert (await scoring.client.get("/v1/presets/tea")).status_code == 404


async def test_every_preset_can_be_begun(scoring: Scoring) -> None:
    for key, document in (await presets(scoring)).items():
        answer = await begin(scoring, f"my-{key}", document)
        assert answer.status_code == 201, answer.text
        assert answer.json() == {"programme": f"my-{key}", "version": 1, "status": "draft"}


async def test_a_draft_is_nobodys_programme_yet(scoring: Scoring) -> None:
    await begin(scoring, "coffee", (await presets(scoring))["coffee"])
    listed = (await scoring.client.get("/v1/programmes")).json()["items"]
    assert [item["programme"] for item in listed] == ["value"]
    with_drafts = (await scoring.client.get("/v1/programmes?drafts=true")).json()["items"]
    assert [item["programme"] for item in with_drafts] == ["coffee", "value"]
    answer = await scoring.client.get("/v1/customers/c-1/tier?programme=coffee")
    assert answer.status_code == 404


async def test_a_programme_and_its_versions_are_looked_up(scoring: Scoring) -> None:
    coffee = (await presets(scoring))["coffee"]
    await begin(scoring, "coffee", coffee)
    await draft(scoring, "coffee", higher(coffee, 600))
    shown = (await scoring.client.get("/v1/programmes/coffee")).json()
    assert (shown["kind"], shown["newest_version"], shown["release"]) == ("status", 2, None)
    assert [tier["key"] for tier in shown["tiers"]] == ["regular", "silver", "gold"]
    first = (await scoring.client.get("/v1/programmes/coffee/versions?limit=1")).json()
    assert [item["version"] for item in first["items"]] == [2]
    rest = await scoring.client.get(f"/v1/programmes/coffee/versions?cursor={first['next_cursor']}")
    assert [item["version"] for item in rest.json()["items"]] == [1]
    one = (await scoring.client.get("/v1/programmes/coffee/versions/1")).json()
    assert one["document"] == coffee
    assert one["status"] == "draft"


async def test_a_draft_keeps_what_was_asked_with_it_also_when_it_is_published(
    scoring: Scoring,
) -> None:
    coffee = (await presets(scoring))["coffee"]
    await begin(scoring, "coffee", coffee)
    path = "/v1/programmes/coffee/versions"
    asked = {"document": higher(coffee, 400), "question": "What if Silver asked for 400?"}
    assert (await scoring.client.post(path, json=asked)).status_code == 201
    assert (await scoring.client.post(path, json=asked | {"question": ""})).status_code == 422
    shown = (await scoring.client.get(f"{path}/2")).json()
    assert shown["note"] == {"question": "What if Silver asked for 400?"}
    assert (await scoring.client.get(f"{path}/1")).json()["note"] == {}
    assert (await publish(scoring, "coffee", 2)).status_code == 202
    published = (await scoring.client.get(f"{path}/2")).json()["note"]
    assert (published["question"], published["owner"]) == (asked["question"], "Lin")


async def test_programmes_come_in_pages(scoring: Scoring) -> None:
    coffee = (await presets(scoring))["coffee"]
    for key in ("a", "b"):
        await begin(scoring, key, coffee)
    page = (await scoring.client.get("/v1/programmes?drafts=true&limit=2")).json()
    assert ([item["programme"] for item in page["items"]], page["next_cursor"]) == (["a", "b"], "b")
    rest = (await scoring.client.get("/v1/programmes?drafts=true&cursor=b")).json()
    assert ([item["programme"] for item in rest["items"]], rest["next_cursor"]) == (["value"], None)


async def test_a_document_with_faults_is_refused_with_their_places(scoring: Scoring) -> None:
    answer = await begin(scoring, "coffee", higher((await presets(scoring))["coffee"], 2500))
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == "/document/tiers/2/enter"
    assert fault["code"] == "unreachable"
    assert "drafts" not in (await scoring.client.get("/v1/programmes/coffee")).text


async def test_a_document_is_checked_as_it_is_written_and_nothing_is_kept(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    coffee = (await presets(scoring))["coffee"]
    before = await pool.fetchval("SELECT count(*) FROM programmes")
    path = "/v1/programmes/check"
    sound = await scoring.client.post(path, json={"document": coffee})
    assert (sound.status_code, sound.json()) == (200, {"faults": []})
    faulty = await scoring.client.post(path, json={"document": higher(coffee, 2500)})
    (fault,) = faulty.json()["faults"]
    assert (fault["pointer"], fault["code"]) == ("/tiers/2/enter", "unreachable")
    await pool.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")
    other = await scoring.client.post(path, json={"document": coffee | {"currency": "EUR"}})
    assert [each["pointer"] for each in other.json()["faults"]] == ["/currency"]
    assert await pool.fetchval("SELECT count(*) FROM programmes") == before


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"currency": "EUR"}, "/document/currency"), ({"time_zone": "Mars"}, "/document/time_zone")],
    ids=["currency", "zone"],
)
async def test_a_document_must_fit_the_shop(
    scoring: Scoring, pool: asyncpg.Pool, change: Body, pointer: str
) -> None:
    await pool.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")
    answer = await begin(scoring, "coffee", (await presets(scoring))["coffee"] | change)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_a_key_is_taken_once_and_schema_never(scoring: Scoring) -> None:
    coffee = (await presets(scoring))["coffee"]
    assert (await begin(scoring, "coffee", coffee)).status_code == 201
    again = await begin(scoring, "coffee", coffee)
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "programme_exists")
    assert (await begin(scoring, "schema", coffee)).status_code == 422


async def test_a_programme_keeps_its_kind_and_audience(scoring: Scoring) -> None:
    found = await presets(scoring)
    await begin(scoring, "coffee", found["coffee"])
    for document, member in (
        (found["pg"], "kind"),
        (found["coffee"] | {"audience": "internal"}, "audience"),
    ):
        (fault,) = (await draft(scoring, "coffee", document)).json()["errors"]
        assert fault["pointer"] == f"/document/{member}"


async def test_a_class_that_goes_by_tiers_is_refused(scoring: Scoring) -> None:
    document = (await presets(scoring))["abc"]
    document["tiers"][0]["when"] = {"any": [{"tier": {"programme": "abc", "in": ["b"]}}]}
    (ring,) = (await begin(scoring, "abc", document)).json()["errors"]
    assert (ring["pointer"], ring["code"]) == ("/document/tiers/0/when/any/0/tier", "cyclic")


async def test_the_same_key_and_body_make_one_draft(scoring: Scoring) -> None:
    coffee = (await presets(scoring))["coffee"]
    headers = {"Idempotency-Key": "once"}
    body = {"programme": "coffee", "document": coffee}
    first = await scoring.client.post("/v1/programmes", json=body, headers=headers)
    again = await scoring.client.post("/v1/programmes", json=body, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
