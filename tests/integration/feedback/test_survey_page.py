"""The page of a survey works without scripts: step by step, in two languages, nothing executed."""

import re
from collections.abc import AsyncIterator, Mapping

import asyncpg
import httpx
import pytest

from services.feedback.routes.survey_page.page import liked
from services.feedback.usecases.surveys.links import LENGTH
from tests.integration.feedback.survey_calls import Desk, open_desk
from tests.unit.feedback.survey_documents import BRANCHES, KINDS, ask

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EVIL = "</textarea><script>alert('x')</script>\"&"


@pytest.fixture
async def desk(pool: asyncpg.Pool, http: httpx.AsyncClient) -> AsyncIterator[Desk]:
    made = await open_desk(pool, http)
    yield made
    await made.outside.aclose()


async def post(desk: Desk, token: str, step: int, **fields: object) -> httpx.Response:
    """Send the form of a step; `move` and `lang` are fields of their own."""
    own = ("move", "lang")
    named = {key if key in own else f"q.{key}": value for key, value in fields.items()}
    data: Mapping[str, object] = {"step": str(step), "lang": "en"} | named
    return await desk.outside.post(f"/s/{token}", data=data)


async def look(desk: Desk, token: str, query: str = "", **headers: str) -> httpx.Response:
    return await desk.outside.get(f"/s/{token}{query}", headers=headers)


async def test_the_page_loads_nothing_and_runs_nothing(desk: Desk) -> None:
    await desk.write(*(ask(kind, kind) for kind in KINDS))
    answer = await look(desk, await desk.link())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == (
        "no-referrer",
        "no-store",
    )
    assert not re.search(r"<script|https?://|\son\w+=|<link|<img|style=", answer.text)
    for kind in KINDS:
        assert f'name="q.{kind}"' in answer.text


async def test_every_field_has_a_label(desk: Desk) -> None:
    await desk.write(*(ask(kind, kind) for kind in KINDS))
    page = (await look(desk, await desk.link())).text
    for kind in ("text", "date"):
        assert f'for="q-{kind}-in"' in page
        assert f'id="q-{kind}-in"' in page
    groups = len(KINDS) - 2
    assert page.count("<fieldset") == page.count("<legend>") == groups
    picks = re.findall(r'<label class="pick[^>]*><input type="(?:radio|checkbox)"', page)
    assert len(picks) == page.count('type="radio"') + page.count('type="checkbox"')


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "de,en;q=0.5,zh;q=0.9", "zh-CN"),
        ("?lang=en", "zh", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=%3Cb%3E", "zh", "zh-CN"),
        ("?utm_source=mail&utm_campaign=x&mc_cid=1&lang=zh", "en", "zh-CN"),
    ],
)
async def test_the_language_is_asked_for_or_liked(
    desk: Desk, query: str, header: str, language: str
) -> None:
    await desk.write()
    answer = await look(desk, await desk.link(), query, **{"accept-language": header})
    assert f'<html lang="{language}">' in answer.text
    assert ("您的光临" in answer.text) is (language == "zh-CN")


@pytest.mark.parametrize("header", ["", "*", ";;q=x", "zh;q=nan", "fr;q=1", "en;q=0", "," * 9999])
def test_a_strange_header_means_english(header: str) -> None:
    assert liked(header) == "en"


async def test_a_survey_is_answered_step_by_step(desk: Desk) -> None:
    await desk.write(*BRANCHES)
    token = await desk.link()
    first = await look(desk, token)
    assert "Step 1 of 3" in first.text
    assert 'name="q.why"' not in first.text
    to_why = await post(desk, token, 0, satisfaction="1")
    assert (to_why.status_code, to_why.headers["location"]) == (303, "?lang=en&step=1")
    assert 'name="q.why"' in (await look(desk, token, to_why.headers["location"])).text
    onward = await post(desk, token, 1, why="dark")
    last = await look(desk, token, onward.headers["location"])
    assert 'name="q.more"' in last.text
    done = await post(desk, token, 2, more="cold", again="yes")
    assert (done.status_code, done.headers["location"]) == (303, "?lang=en&step=0")
    assert "Your answers have been saved" in (await look(desk, token)).text
    row = await desk.pool.fetchrow("SELECT answers, texts, language FROM survey_responses")
    assert row["answers"] == {"satisfaction": 1, "why": "dark", "again": True}
    assert (row["texts"], row["language"]) == ({"more": "cold"}, "en")


async def test_a_step_that_asks_nothing_is_passed_over_both_ways(desk: Desk) -> None:
    await desk.write(*BRANCHES)
    token = await desk.link()
    onward = await post(desk, token, 0, satisfaction="5")
    assert onward.headers["location"] == "?lang=en&step=2"
    back = await post(desk, token, 2, again="no", move="back")
    assert back.headers["location"] == "?lang=en&step=0"
    page = (await look(desk, token)).text
    assert 'name="q.satisfaction" value="5" required checked' in page


async def test_somebody_changes_their_mind(desk: Desk) -> None:
    await desk.write(*BRANCHES)
    token = await desk.link()
    await post(desk, token, 0, satisfaction="1")
    await post(desk, token, 1, why="dark")
    await post(desk, token, 0, satisfaction="5")
    done = await post(desk, token, 2, again="yes")
    assert done.status_code == 303
    answers = await desk.pool.fetchval("SELECT answers FROM survey_responses")
    assert answers == {"satisfaction": 5, "again": True}


async def test_what_is_missing_is_marked_and_what_was_typed_stays(desk: Desk) -> None:
    await desk.write(ask("rated", required=True), ask("words", "text"))
    answer = await post(desk, await desk.link(), 0, words=EVIL)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert '<a href="#q-rated">' in answer.text
    assert 'aria-describedby="q-rated-fault"' in answer.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Please choose from 1 to 5."), ("zh", "请选择 1 到 5。")]
)
async def test_an_answer_out_of_its_scale_is_told_once_in_the_language_of_the_page(
    desk: Desk, lang: str, words: str
) -> None:
    await desk.write(ask("rated", required=True))
    answer = await post(desk, await desk.link(), 0, rated="6", lang=lang)
    assert answer.status_code == 422
    assert answer.text.count('class="fault"') == answer.text.count(words) == 1


async def test_the_last_step_alone_does_not_end_a_survey(desk: Desk) -> None:
    await desk.write(*BRANCHES)
    token = await desk.link()
    answer = await post(desk, token, 2, again="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, "?lang=en&step=0")
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_responses") == 0


async def test_sent_again_a_form_changes_nothing(desk: Desk) -> None:
    await desk.write(ask("rated", required=True))
    token = await desk.link()
    for rated in ("5", "1"):
        assert (await post(desk, token, 0, rated=rated)).status_code == 303
    rows = await desk.pool.fetch("SELECT answers FROM survey_responses")
    assert [row["answers"] for row in rows] == [{"rated": 5}]


async def test_words_of_marketers_are_escaped_too(desk: Desk) -> None:
    text = {"en": EVIL, "zh": EVIL}
    asked = ask("one", "single", text=text, help=text, options=[{"key": "a", "text": text}])
    scale = ask("two", "scale", scale={"min": 0, "max": 1, "min_label": text, "max_label": text})
    await desk.write(asked, scale, title=text, intro=text, thanks=text)
    token = await desk.link()
    assert "<script>" not in (await look(desk, token)).text
    await post(desk, token, 0, one="a")
    thanks = (await look(desk, token)).text
    assert "<script>" not in thanks
    assert "&lt;script&gt;" in thanks


@pytest.mark.parametrize(
    ("token", "status"), [("x", 404), ("A" * LENGTH, 404), ("%00", 400), ("%2e%2e", 404)]
)
async def test_a_link_that_leads_nowhere_says_so(desk: Desk, token: str, status: int) -> None:
    answer = await look(desk, token, "?lang=zh")
    assert answer.status_code == status
    if status == 404 and answer.headers["content-type"].startswith("text/html"):
        assert "链接无效" in answer.text


async def test_a_closed_survey_says_so_in_the_readers_language(desk: Desk) -> None:
    await desk.write()
    token = await desk.link()
    await desk.http.post("/v1/surveys/visit/close")
    answer = await look(desk, token, "?lang=zh")
    assert (answer.status_code, "问卷已结束" in answer.text) == (410, True)
    assert (await post(desk, token, 0, satisfaction="5")).status_code == 410


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"q.satisfaction=5", "text/plain", 415),
        (b"q.satisfaction=%FF", FORM["Content-Type"], 400),
        (b"q.satisfaction=%00", FORM["Content-Type"], 400),
        (b"q.satisfaction=\xe4", FORM["Content-Type"], 400),
        (b"&".join([b"a=1"] * 20_001), FORM["Content-Type"], 400),
        (b"a=" + b"x" * (1024 * 1024), FORM["Content-Type"], 413),
        (b"q.satisfaction=5&step=99999999999", FORM["Content-Type"], 303),
        (b"q.nothing=5&q.satisfaction=4", FORM["Content-Type"], 303),
    ],
)
async def test_a_form_of_another_kind_is_refused_for_people(
    desk: Desk, content: bytes, kind: str, status: int
) -> None:
    await desk.write(ask("satisfaction", required=True))
    token = await desk.link()
    answer = await desk.outside.post(f"/s/{token}", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    if status != 303:
        assert answer.headers["content-type"].startswith("text/html")
        assert await desk.pool.fetchval("SELECT count(*) FROM survey_responses") == 0
