"""A complaint is answered; who comes second is told, and keeps what they wrote."""

import pytest
from playwright.sync_api import Page, expect

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.words import said
from tests.browser.conftest import Enter
from tests.browser.console import Console
from tests.browsers import come_to

WORDS = "<script>alert('x')</script> =1+1 咖啡凉了"


def complained(console: Console) -> str:
    """Let a customer complain; give the case that was opened."""
    body = {
        "kind": "complaint",
        "channel": "phone",
        "customer": {"customer_id": "demo-00005"},
        "text": WORDS,
    }
    said_ = console.tell("feedback", "/v1/feedback", body)
    listed = console.ask("feedback", f"/v1/cases?feedback_id={said_['feedback_id']}")
    return str(listed["items"][0]["case_id"])


def answer(page: Page, language: Language, words: str) -> None:
    """Write an answer with its reason, and send it."""
    page.locator("button[data-step=answer]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(said(language, "cases.answer"), exact=True).fill(words)
    dialog.get_by_label(said(language, "parts.reason")).fill("the customer waits")
    dialog.get_by_role("button", name=said(language, "parts.confirm")).click()


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_case_is_answered(console: Console, enter: Enter, language: Language) -> None:
    case_id = complained(console)
    page = enter(Role.SERVICE, language)
    come_to(page, f"/cases/{case_id}")
    expect(page.get_by_text(WORDS)).to_be_visible()
    answer(page, language, "We are sorry. / 非常抱歉。")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_text("We are sorry. / 非常抱歉。").first).to_be_visible()
    answered = console.ask("feedback", f"/v1/cases/{case_id}")
    assert answered["state"] == "answered"
    # who wrote it down is the person at the desk, not the console
    desk = console.members[Role.SERVICE, language].name
    assert f"user:{desk}" in {each["actor"] for each in answered["events"]}


def test_who_answers_second_is_told_and_keeps_what_they_wrote(
    console: Console, enter: Enter
) -> None:
    case_id = complained(console)
    first, second = (enter(Role.SERVICE, Language.ENGLISH) for _ in range(2))
    for page in (first, second):
        come_to(page, f"/cases/{case_id}")
        expect(page.locator("button[data-step=answer]")).to_be_visible()
    answer(first, Language.ENGLISH, "the first answer")
    expect(first.get_by_role("dialog")).to_be_hidden()
    answer(second, Language.ENGLISH, "the second answer")
    dialog = second.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody else changed this")
    field = dialog.get_by_label(said(Language.ENGLISH, "cases.answer"), exact=True)
    expect(field).to_have_value("the second answer")
    assert console.ask("feedback", f"/v1/cases/{case_id}")["answer"] == "the first answer"
