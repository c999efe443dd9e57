"""What somebody does about a case: answer, resolve, hand on, reopen, decide."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import get_args
from uuid import uuid4
from zoneinfo import ZoneInfo

from nicegui import ui

from services.console.changing import cases as changing
from services.console.pages.cases.rows import NEXT
from services.console.parts.care import priorities, words_for
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.pieces import action
from services.console.parts.reasons import with_reason
from services.console.visiting.visit import Visit
from shared.contracts.cases import CaseAnswer, Decision
from shared.contracts.contacts import Direction, InteractionAnswer, InteractionKind


def case_actions(visit: Visit, case: CaseAnswer) -> None:
    """Show what may be done about a case as it stands."""
    say = visit.say
    with ui.element("div").classes("tl-row tl-below"):
        if (step := NEXT.get(case.state)) is not None:
            state, word = step
            next_step = action(say(f"cases.to_{state}"), lambda: _step(visit, case), main=True)
            next_step.props["data-step"] = word
        if case.owner != visit.person.name:
            mine: dict[str, object] = {"owner": visit.person.name}
            action(say("cases.take"), lambda: _change(visit, case, say("cases.take"), mine))
        action(say("cases.assign"), lambda: _assign(visit, case))
        action(say("cases.set_priority"), lambda: _priority(visit, case))
        action(say("cases.add_note"), lambda: _words(visit, case, "note", {}))
        if case.state != "received":
            action(say("cases.reopen"), lambda: _reopen(visit, case))


async def _step(visit: Visit, case: CaseAnswer) -> None:
    state, word = NEXT[case.state]
    title = visit.say(f"cases.to_{state}")
    # who answers what is nobody's has taken it
    more = {"state": state} | ({} if case.owner else {"owner": visit.person.name})
    text = visit.say("cases.answer_note") if word == "answer" else ""
    await _words(visit, case, word, more, title=title, text=text)


async def _words(
    visit: Visit,
    case: CaseAnswer,
    word: str,
    more: Mapping[str, object],
    *,
    title: str = "",
    text: str = "",
) -> None:
    fields = DialogFields({word: getattr(case, word, None) or ""})
    label = visit.say(f"cases.{word}")

    def lay() -> None:
        fields.words(word, label)

    heading = title or visit.say("cases.add_note")
    await _change(visit, case, heading, more, fields=fields, lay=lay, text=text)


async def _assign(visit: Visit, case: CaseAnswer) -> None:
    fields = DialogFields({"owner": case.owner or ""})

    def lay() -> None:
        fields.text("owner", visit.say("cases.owner_or_nobody"))

    # nobody's: the owner is taken away, not left as it is
    nobody: dict[str, object] = {"owner": None}
    await _change(visit, case, visit.say("cases.assign"), nobody, fields=fields, lay=lay)


async def _priority(visit: Visit, case: CaseAnswer) -> None:
    fields = DialogFields({"priority": str(case.priority)})

    def lay() -> None:
        fields.choose("priority", visit.say("cases.column_priority"), priorities(visit))

    await _change(visit, case, visit.say("cases.set_priority"), {}, fields=fields, lay=lay)


async def _change(
    visit: Visit,
    case: CaseAnswer,
    title: str,
    more: Mapping[str, object],
    *,
    fields: DialogFields | None = None,
    lay: Callable[[], None] | None = None,
    text: str = "",
) -> None:
    async def make(reason: str) -> None:
        body = changed_body(more, fields.given() if fields else {})
        await visit.make(changing.change_case(case.case_id, case.version, body), reason, CaseAnswer)

    if await with_reason(visit, title, make, fields=lay, text=text):
        ui.navigate.to(f"/cases/{case.case_id}")


def changed_body(more: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """Build what is changed; a priority is chosen as text and sent as a number."""
    body = {**more, **given}
    if "priority" in body:
        body["priority"] = int(str(body["priority"]))
    return body


async def _reopen(visit: Visit, case: CaseAnswer) -> None:
    key = uuid4().hex

    async def make(reason: str) -> None:
        await visit.make(changing.reopen_case(case.case_id, reason, key), reason, CaseAnswer)

    text = visit.say("cases.reopen_note")
    if await with_reason(visit, visit.say("cases.reopen"), make, text=text):
        ui.navigate.to(f"/cases/{case.case_id}")


async def decide(visit: Visit, case: CaseAnswer) -> None:
    """Ask which tier it ought to be, and until when."""
    key = uuid4().hex
    tier = case.tier
    fields = DialogFields(
        {"decision": "keep", "programme": tier.programme if tier else "", "tier": _key_of(case)}
    )

    async def make(reason: str) -> None:
        body = decision_body(fields.given(), reason, visit.house.zone)
        await visit.make(changing.decide_case(case.case_id, body, key), reason, CaseAnswer)

    def lay() -> None:
        say = visit.say
        decisions = words_for(visit, "cases.decision_", get_args(Decision))
        fields.choose("decision", say("cases.decision"), decisions)
        with ui.element("div").classes("tl-form"):
            fields.text("programme", say("cases.programme_key"))
            fields.text("tier", say("cases.tier_key"))
            fields.day("ends_on", say("cases.until"))

    text = visit.say("cases.decide_note")
    if await with_reason(visit, visit.say("cases.decide"), make, text=text, fields=lay):
        ui.navigate.to(f"/cases/{case.case_id}")


def _key_of(case: CaseAnswer) -> str:
    return (case.tier.key if case.tier else None) or ""


def decision_body(given: Mapping[str, object], reason: str, zone: ZoneInfo) -> dict[str, object]:
    """Build a decision; it ends with the day that was chosen, on the shop's clock."""
    body = {k: v for k, v in given.items() if k in {"decision", "programme", "tier"}}
    if given.get("ends_on"):
        end = datetime.fromisoformat(f"{given['ends_on']}T23:59:59").replace(tzinfo=zone)
        body["ends_at"] = end.isoformat()
    return {**body, "reason": reason}


async def note_contact(visit: Visit, case: CaseAnswer) -> None:
    """Write down a call, a message or a visit."""
    key = uuid4().hex
    fields = DialogFields({"kind": "call", "direction": "out", "channel": "phone"})

    async def make(reason: str) -> None:
        body = {**fields.given(), "customer": {"customer_id": case.customer_id}}
        body["agent"] = visit.person.name
        change = changing.note_contact(case.case_id, body, key)
        await visit.make(change, reason, InteractionAnswer)

    def lay() -> None:
        say = visit.say
        with ui.element("div").classes("tl-form"):
            known = words_for(visit, "cases.contact_", get_args(InteractionKind))
            fields.choose("kind", say("cases.contact"), known)
            ways = words_for(visit, "cases.direction_", get_args(Direction))
            fields.choose("direction", say("cases.direction"), ways)
        fields.text("subject", say("cases.about"))
        fields.words("note", say("cases.note"))
        fields.text("outcome", say("cases.outcome"))

    if await with_reason(visit, visit.say("cases.note_contact"), make, fields=lay):
        ui.navigate.to(f"/cases/{case.case_id}")
