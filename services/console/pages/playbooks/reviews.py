"""Reviews of a quarter: what works badly, by which figures, and what becomes of it."""

from datetime import date
from typing import Final, get_args
from uuid import UUID, uuid4

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.reviews import ask_review, change_finding
from services.console.pages.playbooks.board import PAGES
from services.console.parts.actors import actor_name
from services.console.parts.care import words_for
from services.console.parts.charts import plain_table
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import Tone, action, empty, fact, section, tag
from services.console.parts.reasons import with_reason
from services.console.parts.subpages import ways
from services.console.reading.reviews import list_reviews, one_review
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.reviews import (
    FindingAnswer,
    FindingStateName,
    ReviewAnswer,
    ReviewItem,
)

_TONES: Final[dict[str, Tone]] = {"open": "warn", "accepted": "good", "rejected": "plain"}


@page("/reviews", "playbooks")
async def reviews(visit: Visit) -> None:
    """List the reviews there are, the newest open."""
    retitle(visit.say("playbooks.reviews"))
    ways(visit, "playbooks", "/reviews", PAGES)
    found = await list_reviews(visit)
    with section(visit.say("playbooks.all_reviews"), note=visit.say("playbooks.reviews_note")):
        if visit.may(Permission.CARE_CHANGE):
            with ui.element("div").classes("tl-row tl-above"):
                action(visit.say("playbooks.ask_review"), lambda: _ask(visit), icon="search")
        if not found.items:
            empty(visit.say("playbooks.no_reviews"))
            return
        for item in found.items:
            _listed(visit, item)


def _listed(visit: Visit, item: ReviewItem) -> None:
    with ui.element("div").classes("tl-row tl-event"):
        ui.link(item.quarter, f"/reviews/{item.review_id}").classes("tl-strong")
        tag(
            visit.say(f"playbooks.review_{item.state}"), "good" if item.state == "done" else "plain"
        )
        span = f"{visit.formats.date(item.first_day)} – {visit.formats.date(item.last_day)}"
        ui.label(span).classes("tl-note")
        ui.label(actor_name(visit, item.asked_by)).classes("tl-note")


@page("/reviews/{review_id}", "playbooks")
async def review(visit: Visit, review_id: str) -> None:
    """Show what a review found."""
    found = await one_review(visit, review_id)
    retitle(visit.say("playbooks.review_of", quarter=found.quarter))
    ui.link(visit.say("playbooks.all_reviews"), "/reviews")
    with section(visit.say("playbooks.findings"), note=_looked_at(visit, found)):
        if found.state == "waiting":
            empty(visit.say("playbooks.waiting"))
        elif not found.findings:
            empty(visit.say("playbooks.no_findings"))
        for finding in found.findings:
            _finding(visit, found, finding)
    if found.not_enough_data:
        with section(
            visit.say("playbooks.too_little"), note=visit.say("playbooks.too_little_note")
        ):
            head = [
                visit.say(f"playbooks.column_{name}") for name in ("question", "have", "needed")
            ]
            rows = [
                [
                    visit.local(each.text),
                    visit.formats.number(each.have),
                    visit.formats.number(each.needed),
                ]
                for each in found.not_enough_data
            ]
            plain_table(head, rows)


def _looked_at(visit: Visit, found: ReviewAnswer) -> str:
    versions = [f"{each.programme} v{each.programme_version}" for each in found.programmes]
    return visit.say(
        "playbooks.looked_at",
        first=visit.formats.date(found.first_day),
        last=visit.formats.date(found.last_day),
        before=found.compared_with,
        programmes=", ".join(versions) or NOTHING,
    )


def _finding(visit: Visit, found: ReviewAnswer, finding: FindingAnswer) -> None:
    with ui.element("div").classes("tl-event"):
        with ui.element("div").classes("tl-row"):
            tag(visit.say(f"playbooks.finding_{finding.state}"), _TONES[finding.state])
            ui.label(visit.local(finding.text)).classes("tl-strong")
        ui.label(visit.local(finding.suggestion)).classes("tl-lines")
        fact(visit.say("playbooks.changes"), visit.local(finding.changes.text))
        if href := page_of(finding):
            ui.link(visit.say("playbooks.open_document"), href)
        fact(visit.say("playbooks.column_owner"), finding.owner or NOTHING)
        if finding.note:
            fact(visit.say("playbooks.note"), finding.note)
        if visit.may(Permission.CARE_CHANGE):
            label = visit.say("playbooks.judge")
            action(label, lambda: _judge(visit, found.review_id, finding))


def page_of(finding: FindingAnswer) -> str:
    """Give the page of the document a finding would change."""
    changes = finding.changes
    if changes.document in {"playbook", "experiment"} and changes.key:
        return f"/{changes.document}s/{changes.key}"
    return f"/programmes/{changes.programme}" if changes.programme else ""


async def _judge(visit: Visit, review_id: UUID, finding: FindingAnswer) -> None:
    state = "accepted" if finding.state == "open" else finding.state
    fields = DialogFields({"state": state, "owner": finding.owner or ""})

    async def make(reason: str) -> None:
        body = {**fields.given(), "note": reason}
        await visit.make(change_finding(review_id, finding, body), reason, FindingAnswer)

    def lay() -> None:
        states = words_for(visit, "playbooks.finding_", get_args(FindingStateName))
        fields.choose("state", visit.say("playbooks.column_state"), states)
        fields.text("owner", visit.say("playbooks.column_owner"))

    if await with_reason(visit, visit.say("playbooks.judge"), make, fields=lay):
        ui.navigate.to(f"/reviews/{review_id}")


def quarter_of(day: date) -> str:
    """Name the quarter of a day."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


async def _ask(visit: Visit) -> None:
    key = uuid4().hex
    today = visit.now().astimezone(visit.house.zone).date()
    fields = DialogFields({"quarter": quarter_of(today)})
    asked: list[ReviewItem] = []

    async def make(reason: str) -> None:
        quarter = str(fields.given().get("quarter", ""))
        asked.append(await visit.make(ask_review(quarter, key), reason, ReviewItem))

    def lay() -> None:
        fields.text("quarter", visit.say("playbooks.quarter"))

    if await with_reason(visit, visit.say("playbooks.ask_review"), make, fields=lay):
        ui.navigate.to(f"/reviews/{asked[0].review_id}")
