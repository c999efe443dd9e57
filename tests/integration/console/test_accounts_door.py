from dataclasses import replace

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from services.console.accounts.guard import Guard
from services.console.accounts.roles import Role
from services.console.settings import ConsoleSettings
from tests.integration.console.conftest import Door
from tests.integration.console.visitor import HOST, alert_in, visitor_of

SOCKET = "/_nicegui_ws/socket.io"


async def test_who_is_not_signed_in_is_sent_to_sign_in_and_on(door: Door) -> None:
    await door.add("li", Role.OPS)
    visitor = visitor_of(door.keeper)
    away = await visitor.open("/room?a=1&b=2")
    assert (away.status_code, away.headers["location"]) == (
        302,
        "/login?next=%2Froom%3Fa%3D1%26b%3D2",
    )
    entered = await visitor.sign_in("li", next_path="%2Froom%3Fa%3D1%26b%3D2")
    assert (entered.status_code, entered.headers["location"]) == (303, "/room?a=1&b=2")
    assert (await visitor.open("/room")).json() == {"name": "li", "role": "ops"}


@pytest.mark.parametrize(
    ("role", "path"), [(Role.SERVICE, "/cases"), (Role.OPS, "/ops"), (Role.MARKETER, "/")], ids=str
)
async def test_who_asked_for_no_page_begins_where_their_work_waits(
    door: Door, role: Role, path: str
) -> None:
    await door.add("li", role)
    entered = await visitor_of(door.keeper).sign_in("li", next_path="/")
    assert (entered.status_code, entered.headers["location"]) == (303, path)


async def test_programs_are_told_that_they_are_not_signed_in(door: Door) -> None:
    visitor = visitor_of(door.keeper)
    assert (await visitor.http.get("/room")).status_code == 401
    assert (await visitor.post("/room")).status_code == 401
    assert (await visitor.open(SOCKET)).status_code == 401


async def test_the_session_is_in_a_cookie_that_no_script_reads(door: Door) -> None:
    await door.add("li")
    entered = await visitor_of(door.keeper).sign_in("li", next_path="/")
    (cookie,) = entered.headers.get_list("set-cookie")
    assert cookie.startswith("tierline_session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))


async def test_behind_tls_no_cookie_travels_without_it(door: Door) -> None:
    await door.add("li")
    keeper = replace(door.keeper, settings=ConsoleSettings(cookie_secure=True))
    page = await visitor_of(keeper).open("/login?language=zh")
    cookies = page.headers.get_list("set-cookie")
    assert ["Secure" in cookie.split("; ") for cookie in cookies] == [True, True]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_wrong_password_is_said_in_the_readers_language(door: Door, language: str) -> None:
    visitor = visitor_of(door.keeper)
    await visitor.open(f"/login?language={language}")
    refused = await visitor.sign_in("<b>nobody", "wrong")
    words = {"en": "Name and password do not match.", "zh": "用户名或密码不正确"}[language]
    assert refused.status_code == 401
    assert words in alert_in(refused)
    assert 'value="&lt;b&gt;nobody"' in refused.text
    assert "wrong" not in refused.text
    assert "tierline_session" not in refused.headers.get("set-cookie", "")


async def test_who_guesses_is_told_when_to_try_again(door: Door) -> None:
    visitor = visitor_of(door.keeper)
    for _ in range(5):
        await visitor.sign_in("li", "wrong")
    refused = await visitor.sign_in("li", "wrong")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert "Try again in 5 seconds" in alert_in(refused)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({}, id="no token"),
        pytest.param({"form": "forged"}, id="forged"),
        pytest.param({"form": "x" * 20_000}, id="too long"),
    ],
)
async def test_a_form_that_is_not_ours_signs_nobody_in(door: Door, form: dict[str, str]) -> None:
    await door.add("li")
    visitor = visitor_of(door.keeper)
    await visitor.open("/login")
    refused = await visitor.post("/login", form | {"name": "li", "password": "korrekt pferd 3"})
    assert refused.status_code == 403
    assert "tierline_session" not in visitor.http.cookies


async def test_a_form_that_is_none_is_refused_in_words(door: Door) -> None:
    visitor = visitor_of(door.keeper)
    for content, kind in (
        (b"{}", "application/json"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
    ):
        headers = {"Origin": HOST, "Content-Type": kind}
        refused = await visitor.http.post("/login", content=content, headers=headers)
        assert (refused.status_code, bool(alert_in(refused))) == (403, True)


@pytest.mark.parametrize("origin", ["http://evil.shop", "null", ""])
@pytest.mark.parametrize("path", ["/room", "/login", "/logout"])
async def test_nothing_is_changed_from_another_sites_page(
    door: Door, origin: str, path: str
) -> None:
    await door.add("li")
    visitor = visitor_of(door.keeper)
    await visitor.sign_in("li")
    assert (await visitor.post(path, {}, origin=origin)).status_code == 403
    assert (await visitor.post("/room", {})).status_code == 200


async def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(door: Door) -> None:
    await door.add("li")
    visitor = visitor_of(door.keeper)
    await visitor.sign_in("li")
    token = visitor.http.cookies["tierline_session"]
    left = await visitor.post("/logout")
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert "tierline_session" not in visitor.http.cookies
    visitor.http.cookies.set("tierline_session", token)
    assert (await visitor.open("/room")).status_code == 302
    again = await visitor.post("/logout")
    assert (again.status_code, again.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("token", ["forged", "x" * 5000, "%00", ""])
async def test_a_forged_cookie_is_no_session(door: Door, token: str) -> None:
    visitor = visitor_of(door.keeper)
    visitor.http.cookies.set("tierline_session", token)
    assert (await visitor.open("/room")).status_code == 302


async def test_who_is_signed_in_already_goes_on(door: Door) -> None:
    await door.add("li")
    visitor = visitor_of(door.keeper)
    await visitor.sign_in("li")
    assert (await visitor.open("/login?next=/room")).headers["location"] == "/room"
    assert (await visitor.open("/login?next=//evil")).headers["location"] == "/"


def headers_of(answer: httpx.Response) -> dict[str, str]:
    names = ("x-content-type-options", "x-frame-options", "referrer-policy")
    return {name: answer.headers.get(name, "") for name in names}


@pytest.mark.parametrize("path", ["/login", "/room", "/nowhere", "/health/live"])
async def test_every_answer_tells_browsers_to_be_careful(door: Door, path: str) -> None:
    await door.add("li")
    visitor = visitor_of(door.keeper)
    for answer in (await visitor.open(path), await visitor.sign_in("li"), await visitor.open(path)):
        assert headers_of(answer) == {
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
        }
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/login", "/room", "/nowhere"])
async def test_no_page_is_kept_by_browsers(door: Door, path: str) -> None:
    assert (await visitor_of(door.keeper).open(path)).headers["cache-control"] == "no-store"


async def test_the_sign_in_page_runs_no_script(door: Door) -> None:
    page = await visitor_of(door.keeper).open("/login")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert "<script" not in page.text


async def knock(door: Door, headers: dict[str, str]) -> str:
    """Open a websocket as a browser would; tell how it was answered."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    named = {"host": "console.shop"} | headers
    scope: Scope = {
        "type": "websocket",
        "path": SOCKET,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
        "state": {"accounts": door.keeper},
    }
    await Guard(Behind(), settings=door.keeper.settings)(scope, receive, send)
    return str(sent[0]["type"])


class Behind:
    """What lies behind the guard: it takes every websocket."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["state"]["person"].name == "li"
        await send({"type": "websocket.accept"})


async def test_a_socket_needs_a_session_and_a_page_of_ours(door: Door) -> None:
    known = await door.add("li")
    session = {"Cookie": f"tierline_session={known.token}"}
    ours = {"Origin": HOST}
    assert await knock(door, ours | session) == "websocket.accept"
    for headers in (
        {},
        ours,
        session,
        ours | {"Cookie": "tierline_session=forged"},
        session | {"Origin": "http://evil.shop"},
        session | {"Origin": "null"},
    ):
        assert await knock(door, headers) == "websocket.close"
