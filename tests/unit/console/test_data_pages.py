"""The data room page by page: what is shown, and what a click does."""

import json
from pathlib import Path
from typing import Any

import pytest
from nicegui import Client, ui
from nicegui.elements.upload_files import LargeFileUpload
from nicegui.testing import User
from typing_extensions import override

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.changing.data import Upload, upload_file
from services.console.pages.data.upload import UploadForm
from shared.contracts.imports import ImportAccepted
from tests.unit.console.data_answers import (
    CONFLICT,
    IMPORT,
    RECEIPT,
    RECORD,
    answers,
    conflict,
    imported,
    page_of,
    record,
    waiting,
)
from tests.unit.console.visits import browsing, stage

REPLAY = f"POST /v1/quarantine/{RECORD}/replay"
REPLAYED = {"quarantine_id": RECORD, "sequence": 7, "replayed_at": "2026-11-22T03:00:00Z"}
GOOD = '{"corrected": true}'


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("/data", ("Weak (C)", "Held down to C by till.", "120", "silent: 1 hour ago", "0", "0+")),
        ("/data/sources/till", ("Source till", "2 hours", "Total is not the sum of the lines")),
        ("/data/log", ("Till (POS), shopify", "Bad phone number, 1 hour ago")),
        ("/data/quarantine", ("Refused records that wait", "120")),
        (f"/data/quarantine/{RECORD}", ("/total/net is not the sum of the lines", "Receipt")),
        ("/data/conflicts", ("Phone", "c-1", "a customer without an id (01a2060e…)")),
        ("/data/returns", ("Returns without effect", "Corrected orders")),
        ("/data/imports", ("Take a file in",)),
        (f"/data/imports/{IMPORT}", ("Import of 九月.csv", "2 of 2", "Download the list (CSV)")),
    ],
)
async def test_pages_show_what_ingest_answers(path: str, texts: tuple[str, ...]) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        for text in texts:
            await user.should_see(text)


@pytest.mark.parametrize("language", list(Language))
async def test_an_empty_shop_is_told_what_to_do_next(language: Language) -> None:
    nothing = {call: page_of() for call in answers() if call.startswith("GET /v1/")}
    here = stage(
        answers(**nothing)
        | {
            "GET /v1/quality/summary": answers()["GET /v1/quality/summary"],
            "GET /v1/quarantine/summary": waiting(),
        },
        language=language,
    )
    async with browsing(here.visit) as user:
        for path, key in (
            ("/data", "no_sources"),
            ("/data/quarantine", "nothing_waits"),
            ("/data/conflicts", "no_conflicts"),
            ("/data/imports", "no_imports"),
        ):
            await user.open(path)
            await user.should_see(here.visit.say(f"data.{key}"))


async def mend(user: User, text: str, reason: str = "the till was wrong") -> None:
    await user.open(f"/data/quarantine/{RECORD}")
    user.find(kind=ui.textarea, marker="body").elements.pop().set_value(text)
    user.find(kind=ui.button, content="Try it again").click()
    await user.should_see("Why?")
    user.find(kind=ui.textarea, content="Why?").type(reason)
    user.find(kind=ui.button, content="Confirm").click()


async def test_a_corrected_record_is_read_in_its_place_with_its_reason() -> None:
    here = stage(answers(**{REPLAY: REPLAYED}))
    async with browsing(here.visit) as user:
        await mend(user, GOOD)
        await user.should_see("Done")
    assert here.bodies(REPLAY) == [{"body": {"corrected": True}}]
    (entry,) = here.accounts.entries
    assert (entry.action, entry.subject) == ("quarantine.replayed", f"quarantine:{RECORD}")
    assert entry.details["reason"] == "the till was wrong"


async def test_a_record_that_is_refused_again_says_why_and_keeps_what_was_typed() -> None:
    problem = {
        "type": "tag:tierline,2026:problem/invalid",
        "detail": "The record is refused again",
        "errors": [{"pointer": "/body", "message": "/channel must be one of ..."}],
    }
    here = stage(answers(**{REPLAY: (422, problem)}))
    async with browsing(here.visit) as user:
        await mend(user, GOOD)
        await user.should_see("/channel must be one of ...")
        (body,) = user.find(kind=ui.textarea, marker="body").elements
        assert body.value == GOOD
    assert here.accounts.outcomes == ["refused: 422 invalid"]


async def test_a_record_as_it_was_sent_is_read_again_without_a_body() -> None:
    here = stage(answers(**{REPLAY: REPLAYED}))
    async with browsing(here.visit) as user:
        await mend(user, json.dumps(RECEIPT))
        await user.should_see("Done")
    sent = next(r for r in here.asked if r.url.path.endswith("/replay"))
    assert sent.content == b""


async def test_text_that_is_no_json_cannot_be_sent() -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(f"/data/quarantine/{RECORD}")
        user.find(kind=ui.textarea, marker="body").elements.pop().set_value("{")
        await user.should_see("This is no JSON: line 1, column 2.")
        (button,) = user.find(kind=ui.button, content="Try it again").elements
        assert not button.enabled


async def test_a_record_that_was_cut_asks_for_the_whole_one() -> None:
    cut = record(body='{"a": 1, "b', is_truncated=True)
    here = stage(answers(**{f"GET /v1/quarantine/{RECORD}": cut}))
    async with browsing(here.visit) as user:
        await user.open(f"/data/quarantine/{RECORD}")
        await user.should_see("Only the first 64 KiB")


async def test_all_of_a_filter_are_tried_again_page_by_page() -> None:
    more = {"replayed": 50, "refused": [], "next_cursor": RECORD}
    last = {"replayed": 0, "refused": [{"quarantine_id": RECORD, "code": "x", "message": "y"}]}
    here = stage(_Turns(answers(), "POST /v1/quarantine/replay", [more, last]))
    async with browsing(here.visit) as user:
        await user.open("/data/quarantine?reason=total_mismatch")
        user.find(kind=ui.button, content="Try all of these again").click()
        await user.should_see("120 records wait under these filters.")
        user.find(kind=ui.textarea, content="Why?").type("rates are there now")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("50 count now, 1 are refused again.")
    calls = [r for r in here.asked if r.method == "POST"]
    assert [r.url.params.get("cursor") for r in calls] == [None, RECORD]
    assert here.bodies("POST /v1/quarantine/replay")[0] == {"reason": "total_mismatch", "limit": 50}


async def test_a_conflict_is_settled_for_whom_somebody_chose() -> None:
    call = f"POST /v1/identity-conflicts/{CONFLICT}/resolve"
    here = stage(answers(**{call: conflict(resolved_at="2026-11-22T03:00:00Z")}), role=Role.SERVICE)
    async with browsing(here.visit) as user:
        await user.open("/data/conflicts")
        user.find(kind=ui.button, content="Give it to the other one").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Why?").type("she told us")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Done")
    assert here.bodies(call) == [{"keep": "claimant"}]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/data/quarantine", "Try all of these again"),
        ("/data/conflicts", "Keep it with the holder"),
        ("/data/imports", "Choose a file"),
    ],
)
async def test_an_analyst_is_offered_no_change(path: str, text: str) -> None:
    async with browsing(stage(answers(), role=Role.ANALYST).visit) as user:
        await user.open(path)
        await user.should_not_see(text)


async def test_what_was_sent_is_not_for_everybody() -> None:
    here = stage(answers(), role=Role.ANALYST)
    async with browsing(here.visit) as user:
        answer = await user.http_client.get(f"/data/quarantine/{RECORD}")
    assert (answer.status_code, here.asked) == (403, [])


async def test_a_file_that_was_not_sent_leaves_the_disk_with_its_page(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    chosen.write_bytes(b"customer_id,occurred_at,amount\n")
    visit = stage().visit
    form = UploadForm(visit, [])
    async with browsing(visit) as user:

        @ui.page("/a-file")
        async def show() -> None:
            form.show()
            await form.take(LargeFileUpload("rows.csv", "text/csv", chosen))

        await user.open("/a-file")
        await user.should_see("rows.csv")
        assert chosen.exists()
        for client in list(Client.instances.values()):
            client.delete()
    assert not chosen.exists()


async def test_a_file_is_sent_as_it_is_with_how_to_read_it() -> None:
    accepted = {"import_id": IMPORT, "job_id": IMPORT}
    here = stage({"POST /v1/imports": (202, accepted)})

    async def pieces() -> Any:
        yield b"a,b\n"
        yield b"1,2\n"

    upload = Upload("九月.csv", "text/csv", pieces, "shopify", "CNY", None, is_dry_run=True)
    await here.visit.make(upload_file(upload), "first look", ImportAccepted)
    (sent,) = here.asked
    assert dict(sent.url.params) == {
        "mapping": "shopify",
        "currency": "CNY",
        "file_name": "九月.csv",
        "dry_run": "true",
    }
    assert (sent.content, sent.headers["Content-Type"]) == (b"a,b\n1,2\n", "text/csv")


async def test_the_list_of_an_imports_faults_is_given_under_its_name() -> None:
    here = stage(answers(**{f"GET /v1/imports/{IMPORT}/errors": "row,code"}))
    async with browsing(here.visit) as user:
        answer = await user.http_client.get(f"/data/imports/{IMPORT}/errors.csv")
    assert answer.status_code == 200
    assert "errors.csv" in answer.headers["Content-Disposition"]


async def test_an_import_without_faults_has_no_list() -> None:
    whole = imported(has_errors=False)
    here = stage(answers(**{f"GET /v1/imports/{IMPORT}": whole}))
    async with browsing(here.visit) as user:
        answer = await user.http_client.get(f"/data/imports/{IMPORT}/errors.csv")
    assert answer.status_code == 404


class _Turns(dict[str, Any]):
    """Answers of which one call is answered otherwise each time."""

    def __init__(self, known: dict[str, Any], call: str, turns: list[Any]) -> None:
        super().__init__(known)
        self._call, self._turns = call, turns

    @override
    def get(self, key: str, default: Any = None) -> Any:
        if key == self._call and self._turns:
            return self._turns.pop(0)
        return super().get(key, default)
