import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from services.console.accounts.oidc import Provider, ProviderRules
from services.console.accounts.oidc_claims import Vouched, role_map
from services.console.accounts.roles import Role
from services.console.accounts.vouched import user_for
from tests.integration.console.conftest import PASSWORD, Door
from tests.integration.console.provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, serving
from tests.integration.console.visitor import Visitor, alert_in, visitor_of

ROLES = role_map("tiers-admin=admin, tiers-marketing=marketer, shop=analyst")


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with serving(FakeProvider()) as served:
        yield served


@pytest.fixture
async def visitor(door: Door, provider: FakeProvider) -> AsyncIterator[Visitor]:
    rules = ProviderRules(provider.issuer, CLIENT_ID, CLIENT_SECRET, "groups", ROLES)
    async with httpx.AsyncClient() as http:
        yield visitor_of(replace(door.keeper, provider=Provider(rules, http)))


async def journey(visitor: Visitor, provider: FakeProvider, **changed: str) -> httpx.Response:
    """Go to the provider and come back; `changed` replaces what comes back."""
    away = await visitor.open("/oidc/start?next=/room")
    asked = parse_qs(urlsplit(away.headers["location"]).query)
    back = {"code": provider.agree(away.headers["location"]), "state": asked["state"][0]}
    return await visitor.http.get("/oidc/callback", params=back | changed)


async def test_whom_the_provider_vouches_for_is_let_in_with_the_role_of_their_group(
    door: Door, visitor: Visitor, provider: FakeProvider
) -> None:
    entered = await journey(visitor, provider)
    assert (entered.status_code, entered.headers["location"]) == (303, "/room")
    assert (await visitor.open("/room")).json() == {"name": "li.na", "role": "marketer"}
    user = await door.users.named("li.na")
    assert (user.display, user.has_password, user.is_from_provider) == ("Li Na", False, True)
    assert await door.noted() == ["user.signed_in"]


async def test_the_provider_decides_on_the_role_each_time(
    door: Door, visitor: Visitor, provider: FakeProvider
) -> None:
    await journey(visitor, provider)
    provider.claims |= {"groups": "shop", "preferred_username": "renamed"}
    visitor.http.cookies.clear()
    await journey(visitor, provider)
    assert (await door.users.named("li.na")).role is Role.ANALYST
    assert len((await door.users.page())[0]) == 1


async def test_a_local_user_of_the_same_name_is_not_taken_over(
    door: Door, visitor: Visitor, provider: FakeProvider
) -> None:
    await door.add("Li.Na", Role.ADMIN)
    await journey(visitor, provider)
    assert (await visitor.open("/room")).json() == {"name": "li.na (u-1)", "role": "marketer"}


async def test_who_is_locked_out_here_stays_out(
    door: Door, visitor: Visitor, provider: FakeProvider
) -> None:
    await journey(visitor, provider)
    await door.users.disable((await door.users.named("li.na")).user_id)
    refused = await journey(visitor, provider)
    assert (refused.status_code, "was not accepted" in alert_in(refused)) == (403, True)
    assert (await visitor.open("/room")).status_code == 302


async def test_who_has_no_group_of_ours_is_told_so(
    visitor: Visitor, provider: FakeProvider
) -> None:
    provider.claims["groups"] = ["others"]
    refused = await journey(visitor, provider)
    assert (refused.status_code, "has no role here" in alert_in(refused)) == (403, True)


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param({"iss": "http://evil"}, id="another issuer"),
        pytest.param({"aud": "another"}, id="for somebody else"),
        pytest.param({"aud": [CLIENT_ID, "another"], "azp": "another"}, id="asked by another"),
        pytest.param({"nonce": "replayed"}, id="replayed"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"exp": 1}, id="expired"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"at_hash": "AAAA"}, id="another access token"),
    ],
)
async def test_a_token_that_was_not_made_for_this_is_refused(
    visitor: Visitor, provider: FakeProvider, spoiled: dict[str, Any]
) -> None:
    provider.spoiled = spoiled
    refused = await journey(visitor, provider)
    assert (refused.status_code, "was not accepted" in alert_in(refused)) == (403, True)
    assert "tierline_session" not in visitor.http.cookies


async def test_a_token_by_another_key_is_refused(visitor: Visitor, provider: FakeProvider) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "1"})
    assert (await journey(visitor, provider)).status_code == 403
    provider.signing, provider.algorithm = OctKey.import_key(CLIENT_SECRET * 8), "HS256"
    assert (await journey(visitor, provider)).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [{"state": "forged"}, {"state": ""}, {"code": "guessed"}, {"code": ""}],
    ids=["state", "no state", "code", "no code"],
)
async def test_a_forged_way_back_lets_nobody_in(
    visitor: Visitor, provider: FakeProvider, changed: dict[str, str]
) -> None:
    refused = await journey(visitor, provider, **changed)
    assert (refused.status_code, bool(alert_in(refused))) == (403, True)


async def test_the_way_back_works_only_where_the_way_there_began(
    visitor: Visitor, provider: FakeProvider
) -> None:
    away = await visitor.open("/oidc/start")
    code = provider.agree(away.headers["location"])
    state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
    visitor.http.cookies.clear()
    back = await visitor.http.get("/oidc/callback", params={"code": code, "state": state})
    assert back.status_code == 403


async def test_a_provider_that_does_not_answer_is_named_as_the_reason(
    visitor: Visitor, provider: FakeProvider
) -> None:
    provider.is_broken = True
    refused = await visitor.open("/oidc/start")
    assert (refused.status_code, "does not answer" in alert_in(refused)) == (503, True)


async def test_the_sign_in_page_offers_the_provider_only_where_there_is_one(
    door: Door, visitor: Visitor
) -> None:
    assert "/oidc/start?next=%2Fcases" in (await visitor.open("/login?next=/cases")).text
    without = visitor_of(door.keeper)
    assert "/oidc" not in (await without.open("/login")).text
    assert (await without.open("/oidc/start")).headers["location"] == "/login"
    assert (await without.open("/oidc/callback?code=1&state=")).status_code == 403


async def test_names_and_passwords_still_work_beside_it(door: Door, visitor: Visitor) -> None:
    await door.add("li")
    assert (await visitor.sign_in("li", PASSWORD)).status_code == 303


async def test_who_signs_in_for_the_first_time_in_two_tabs_is_one_user(door: Door) -> None:
    vouched = Vouched("issuer|u-1", ("li.na", "li.na (u-1)"), "Li Na", Role.MARKETER)
    made = await asyncio.gather(*(user_for(door.users, vouched) for _ in range(4)))
    assert {user.name for user in made} == {"li.na"}
    assert len((await door.users.page())[0]) == 1
