"""Write down what a customer says on the phone: a case, or a rating."""

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from nicegui import ui

from services.console.changing import cases as changing
from services.console.parts.care import said_channels, words_for
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.reasons import with_reason
from services.console.visiting.visit import Visit
from shared.contracts.cases import CaseAnswer
from shared.contracts.feedback import RATING_RANGES, FeedbackAnswer

#: These open a case; ratings open theirs where they are low.
ALWAYS_A_CASE: Final = ("complaint", "suggestion", "tier_dispute", "text")
KNOWN_BY: Final = ("customer_id", "loyalty_account", "phone", "email")


async def record_feedback(visit: Visit) -> None:
    """Ask what was said, by whom and where; open the case it makes."""
    key = uuid4().hex
    fields = DialogFields({"kind": "complaint", "channel": "phone", "known_by": "customer_id"})
    opened: list[CaseAnswer] = []

    async def make(reason: str) -> None:
        body = said_body(fields.given())
        if body["kind"] in ALWAYS_A_CASE:
            opened.append(await visit.make(changing.report_case(body, key), reason, CaseAnswer))
        else:
            await visit.make(changing.record_feedback(body, key), reason, FeedbackAnswer)

    def lay() -> None:
        _lay(visit, fields)

    if await with_reason(visit, visit.say("cases.record"), make, fields=lay) and opened:
        ui.navigate.to(f"/cases/{opened[0].case_id}")


def said_body(given: Mapping[str, object]) -> dict[str, object]:
    """Build what is sent of what was filled in; a case takes no rating."""
    body = {k: v for k, v in given.items() if k in {"kind", "channel", "text", "order_id"}}
    if given.get("identifier"):
        body["customer"] = {str(given["known_by"]): given["identifier"]}
    if given["kind"] in RATING_RANGES and "rating" in given:
        body["rating"] = given["rating"]
    return body


def _lay(visit: Visit, fields: DialogFields) -> None:
    say = visit.say
    kinds = words_for(visit, "care.kind_", (*ALWAYS_A_CASE, *RATING_RANGES))
    known = words_for(visit, "cases.known_by_", KNOWN_BY)
    with ui.element("div").classes("tl-form"):
        fields.choose("kind", say("cases.column_kind"), kinds)
        fields.choose("channel", say("cases.column_channel"), said_channels(visit))
        fields.choose("known_by", say("cases.known_by"), known)
        fields.text("identifier", say("cases.identifier"))
        fields.number("rating", say("cases.rating_of"))
        fields.text("order_id", say("cases.order"))
    fields.words("text", say("cases.text"))
