"""What the erased answered: numbers stay, what they chose, wrote and are called goes."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from shared.settings import PlatformSettings
from tests.integration.feedback.survey_calls import Desk, open_desk
from tests.integration.feedback.test_erase import ANN, forget
from tests.unit.feedback.survey_documents import ask

NAME = f"erased-{ANN.erasure_id.hex}"


@pytest.fixture
async def desk(pool: asyncpg.Pool, http: httpx.AsyncClient) -> AsyncIterator[Desk]:
    made = await open_desk(pool, http)
    yield made
    await made.outside.aclose()


async def test_numbers_stay_and_everything_else_of_an_answer_goes(
    desk: Desk, platform: PlatformSettings
) -> None:
    await desk.write(
        ask("satisfaction"),
        ask("roast", "single", attribute="preferences.roast"),
        ask("why", "text"),
        ask("born", "date"),
        ask("again", "yes_no"),
    )
    answers = {"satisfaction": 4, "roast": "dark", "why": "I am Ann", "born": "1990-01-01"}
    for who in ("c-1", "c-2"):
        await desk.answer(await desk.link(who), **answers, again=True)
    removed = await forget(desk.pool, platform)
    assert (removed["survey_responses"], removed["survey_invitations"]) == (1, 1)
    ann, bob = await desk.pool.fetch("SELECT * FROM survey_responses ORDER BY response_id")
    assert (ann["customer_id"], ann["answers"], ann["texts"]) == (NAME, {"satisfaction": 4}, {})
    assert (bob["customer_id"], len(bob["answers"]), len(bob["texts"])) == ("c-2", 3, 2)
    found = await desk.results()
    assert (found["reach"]["answered"], found["questions"][0]["mean"]) == (2, 4.0)


async def test_what_waits_to_be_told_of_the_erased_is_not_told(
    desk: Desk, platform: PlatformSettings
) -> None:
    await desk.write()
    for who in ("c-1", "c-2"):
        await desk.answer(await desk.link(who), satisfaction=5, roast="dark")
    removed = await forget(desk.pool, platform)
    assert removed["outbox"] == 3
    topics = "SELECT topic FROM outbox WHERE topic NOT LIKE 'customer_erased%' ORDER BY topic"
    left = [row["topic"] for row in await desk.pool.fetch(topics)]
    assert left == ["feedback_given", "feedback_given", "survey_told"]


async def test_answers_saved_on_the_way_go_too(desk: Desk, platform: PlatformSettings) -> None:
    await desk.write()
    token = await desk.link()
    await desk.save(token, satisfaction=1, why="I am Ann")
    await forget(desk.pool, platform)
    row = await desk.pool.fetchrow("SELECT customer_id, saved, is_open FROM survey_invitations")
    assert tuple(row) == (NAME, None, False)
    assert (await desk.answer(token, satisfaction=1)).status_code == 410
