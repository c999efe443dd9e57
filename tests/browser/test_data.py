"""A refused record is mended and counts; a file is judged and its faults taken away."""

import json
import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.words import said
from tests.browser.conftest import Enter
from tests.browser.console import Console
from tests.browsers import HEARD, come_to
from tests.factories import make_receipt

#: The worker takes a file in within seconds; a machine that starts everything else takes longer.
_JUDGED_WITHIN_MS = 60_000
ROWS = "Member,Order Date,Total\nbrowser-1,2026-11-01,12.50\nbrowser-1,2026-11-01,oops\n"


class Words:
    """The words of the data room, and of its dialogs, in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, key: str, **parts: object) -> str:
        room = "" if "." in key else "data."
        return said(self._language, f"{room}{key}", **parts)


def refused(console: Console) -> tuple[str, dict[str, Any]]:
    """Post a receipt whose total is wrong; give its id in quarantine, and what was sent."""
    receipt = make_receipt(
        store_id=f"b-{secrets.token_hex(4)}", customer={"customer_id": "browser-1"}
    )
    wrong = receipt | {"total": {"net": "99999.00", "tax": "0.00"}}
    (kept,) = console.tell("ingest", "/v1/receipts", {"receipts": [wrong]})["rejected"]
    return str(kept["quarantine_id"]), receipt


def replay(page: Page, say: Words, body: str, reason: str) -> None:
    """Type a body, and try it again for a reason."""
    page.wait_for_function(HEARD)
    page.get_by_role("textbox", name=say("body")).fill(body)
    page.get_by_role("button", name=say("replay")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(say("parts.reason")).fill(reason)
    dialog.get_by_role("button", name=say("parts.confirm")).click()


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_refused_record_is_found_mended_and_counts_once(
    console: Console, enter: Enter, language: Language
) -> None:
    say = Words(language)
    quarantine_id, receipt = refused(console)
    page = enter(Role.OPS, language)
    come_to(page, "/data/quarantine?reason=total_mismatch")
    page.locator(f'a[href="/data/quarantine/{quarantine_id}"]').click()
    expect(page.locator("h1")).to_have_text(say("record"))
    replay(page, say, json.dumps(receipt | {"channel": "smoke"}), "a guess")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("/channel must be one of")
    dialog.get_by_role("button", name=say("parts.cancel")).click()
    expect(dialog).to_be_hidden()
    replay(page, say, json.dumps(receipt), "the till added wrongly")
    expect(page.get_by_text(say("state_replayed"), exact=True)).to_be_visible()
    assert console.ask("ingest", f"/v1/quarantine/{quarantine_id}")["replayed_at"]
    noted = console.query(
        "SELECT details ->> 'reason' FROM audit_log"
        " WHERE subject = $1 AND actor LIKE 'user:%' ORDER BY at, audit_id",
        f"quarantine:{quarantine_id}",
    )
    assert [row[0] for row in noted] == ["a guess", "the till added wrongly"]


def test_what_is_no_json_cannot_be_sent_and_stays_as_it_was_typed(
    console: Console, enter: Enter
) -> None:
    say = Words(Language.ENGLISH)
    quarantine_id, _ = refused(console)
    page = enter(Role.OPS, Language.ENGLISH)
    come_to(page, f"/data/quarantine/{quarantine_id}")
    text = page.get_by_role("textbox", name=say("body"))
    text.fill('{"a": <script>alert(1)</script>')
    expect(page.get_by_text(say("no_json", line=1, column=7))).to_be_visible()
    expect(page.get_by_role("button", name=say("replay"))).to_be_disabled()
    expect(text).to_have_value('{"a": <script>alert(1)</script>')


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_file_is_judged_and_the_list_of_its_faults_taken_away(
    enter: Enter, language: Language
) -> None:
    say = Words(language)
    page = enter(Role.OPS, language)
    come_to(page, "/data/imports")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=say("choose_file")).click()
    file: FilePayload = {"name": "九月.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    chooser.value.set_files(file)
    page.get_by_label(say("currency")).fill("CNY")
    page.get_by_role("button", name=say("judge")).click()
    page.get_by_role("dialog").get_by_label(say("parts.reason")).fill("a first look")
    page.get_by_role("dialog").get_by_role("button", name=say("parts.confirm")).click()
    expect(page).to_have_url(re.compile("/data/imports/[0-9a-f-]{36}$"))
    state = say("dry", status=say("import_done"))
    expect(page.get_by_text(state)).to_be_visible(timeout=_JUDGED_WITHIN_MS)
    with page.expect_download() as coming:
        page.get_by_role("link", name=say("download_errors")).click()
    assert coming.value.suggested_filename == "九月.csv.errors.csv"
    lines = coming.value.path().read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [["2", "bad_decimal"]]
