"""What is put right of a customer: only what was changed, over nobody else, in clear to few."""

import pytest
from nicegui import ui

from services.console.accounts.roles import Role
from services.console.changing.customers import erase
from services.console.pages.customers.correcting import changed_consents
from services.console.pages.customers.rows import MASK, names_nobody
from tests.unit.console.test_customer_pages import ONE, PROFILE, answers
from tests.unit.console.visits import browsing, stage

REASON = "Why? This is written into the audit log."
TOLD = {"name": "Wang Lei", "geography": {"city": "Chengdu"}}


@pytest.mark.parametrize(
    ("known", "told", "changed"),
    [
        pytest.param({}, {"marketing": True}, {"marketing": True}, id="asked now"),
        pytest.param({"marketing": True}, {"marketing": False}, {"marketing": False}, id="taken"),
        pytest.param({"marketing": True}, {"marketing": True}, {}, id="ticked back"),
        pytest.param({"service": True}, {}, {}, id="left alone"),
    ],
)
def test_only_changed_consents_are_told(
    known: dict[str, bool], told: dict[str, bool], changed: dict[str, bool]
) -> None:
    assert changed_consents(known, told) == changed


async def test_a_purpose_that_was_never_asked_is_not_withdrawn() -> None:
    here = stage({**answers(), f"PUT {ONE}/consents": {"customer_id": "c-1", "consents": {}}})
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1/profile")
        user.find("Change consents").click()
        await user.should_see(REASON)
        user.find(kind=ui.checkbox, content="Marketing").click()
        user.find(REASON).type("said so at the till")
        user.find("Confirm").click()
        await user.should_see("Done")
    (sent,) = here.bodies(f"PUT {ONE}/consents")
    assert sent == {"marketing": True}


@pytest.mark.parametrize("path", ["geography.city", "gender", "birth_year"])
def test_what_many_people_share_names_nobody(path: str) -> None:
    assert names_nobody(path)


@pytest.mark.parametrize("path", ["name", "email", "traits.phone", "birthday", "city.note"])
def test_anything_else_may_name_somebody(path: str) -> None:
    assert not names_nobody(path)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SERVICE], ids=str)
async def test_attributes_that_may_name_somebody_are_masked(role: Role) -> None:
    here = stage({**answers(), f"GET {ONE}": {**PROFILE, "attributes": TOLD}}, role=role)
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1/profile")
        await user.should_see("Chengdu")
        if role is Role.SERVICE:
            await user.should_see("Wang Lei")
        else:
            await user.should_see(MASK)
            await user.should_not_see("Wang Lei")


async def test_attributes_that_changed_meanwhile_are_not_written_over() -> None:
    known = answers()
    here = stage(known)
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1/profile")
        user.find("Correct").click()
        await user.should_see(REASON)
        known[f"PUT {ONE}"] = (412, {"detail": "read it again"})
        user.find(REASON).type("a wrong city")
        user.find("Confirm").click()
        await user.should_see("Somebody else changed this")
    (sent,) = [each for each in here.asked if each.method == "PUT"]
    assert sent.headers["If-Match"] == f'"{PROFILE["version"]}"'


def test_the_entry_of_an_erasure_names_nobody_who_is_erased() -> None:
    assert erase("c-1", "the-key").subject == "erasure:the-key"


async def test_the_merges_of_one_customer_are_asked_for_however_many_the_shop_has() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/customers/c-1/profile")
        await user.should_see("Merges")
    (asked,) = [each for each in here.asked if each.url.path == "/v1/merges"]
    assert asked.url.params["customer_id"] == "c-1"
