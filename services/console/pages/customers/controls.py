"""Pins and grants: hold somebody at a tier, give them one, and take it back."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing import customers as changing
from services.console.parts.actors import actor_name
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.faults import Fault, fault_card
from services.console.parts.pieces import action, section
from services.console.parts.reasons import with_reason
from services.console.visiting.changes import Change
from services.console.visiting.visit import Visit
from shared.contracts.controls import GrantAnswer, PinAnswer
from shared.contracts.programmes import ProgrammeSummary

MODES = ("floor", "exact", "ceiling")
GRANT_KINDS = ("invited", "paid", "imported")
Held = tuple[list[PinAnswer] | Fault, list[GrantAnswer] | Fault]


async def give_pin(visit: Visit, customer_id: str, programmes: list[ProgrammeSummary]) -> None:
    """Ask how and why somebody is held at a tier, and do it."""
    fields = _TierFields(visit, programmes, "mode", MODES)
    key = str(uuid4())

    async def make(reason: str) -> None:
        await visit.do(changing.pin(customer_id, fields.body(), reason, key), reason)

    title, text = visit.say("customers.pin"), visit.say("customers.pin_note")
    if await with_reason(visit, title, make, text=text, fields=fields.show):
        ui.navigate.reload()


async def give_grant(visit: Visit, customer_id: str, programmes: list[ProgrammeSummary]) -> None:
    """Ask why somebody is given a tier, and do it."""
    fields = _TierFields(visit, programmes, "kind", GRANT_KINDS)
    key = str(uuid4())

    async def make(reason: str) -> None:
        await visit.do(changing.grant(customer_id, fields.body(), reason, key), reason)

    title, text = visit.say("customers.grant"), visit.say("customers.grant_note")
    if await with_reason(visit, title, make, text=text, fields=fields.show):
        ui.navigate.reload()


class _TierFields:
    """Which tier of which programme, how, and until when."""

    def __init__(
        self, visit: Visit, programmes: list[ProgrammeSummary], word: str, words: tuple[str, ...]
    ) -> None:
        self._visit, self._programmes, self._word, self._words = visit, programmes, word, words
        self._fields = DialogFields({word: words[0]})

    def show(self) -> None:
        visit = self._visit
        tiers = {
            f"{each.programme}/{tier.key}": f"{visit.local(each.name)} · {visit.local(tier.name)}"
            for each in self._programmes
            for tier in each.tiers
        }
        self._fields.choose("tier", visit.say("customers.tier"), tiers)
        named = {word: visit.say(f"customers.{self._word}_{word}") for word in self._words}
        self._fields.choose(self._word, visit.say(f"customers.{self._word}"), named)
        self._fields.day("until", visit.say("customers.ends_on"))

    def body(self) -> dict[str, object]:
        given = self._fields.given()
        programme, _, tier = str(given.get("tier", "")).partition("/")
        body = {"programme": programme, "tier": tier, self._word: given.get(self._word)}
        if until := given.get("until"):
            body["ends_at"] = midnight_after(self._visit, str(until))
        return body


def midnight_after(visit: Visit, day: str) -> str:
    """Give the end of a date in the shop's zone; what is no date is sent as it is."""
    try:
        following = date.fromisoformat(day) + timedelta(days=1)
    except ValueError:
        return day
    return datetime.combine(following, time(), visit.house.zone).isoformat()


def held_controls(
    visit: Visit, customer_id: str, programmes: list[ProgrammeSummary], held: Held
) -> None:
    """List pins and grants, those in force with a way to end them."""
    faults = [each for each in held if isinstance(each, Fault)]
    listed = [one for each in held if not isinstance(each, Fault) for one in each]
    if not (faults or listed):
        return
    with section(visit.say("customers.controls"), note=visit.say("customers.controls_note")):
        for fault in faults:
            fault_card(visit, fault)
        names = {each.programme: each for each in programmes}
        for one in sorted(listed, key=lambda each: each.starts_at, reverse=True):
            _control(visit, customer_id, names, one)


def _control(
    visit: Visit,
    customer_id: str,
    programmes: dict[str, ProgrammeSummary],
    one: PinAnswer | GrantAnswer,
) -> None:
    with ui.element("div").classes("tl-row tl-event"):
        ui.label(control_line(visit, programmes, one)).classes("tl-fill")
        if is_open(visit, one) and visit.may(Permission.CUSTOMERS_CHANGE):
            action(visit.say("customers.end_control"), lambda: _end(visit, customer_id, one))


def control_line(
    visit: Visit, programmes: dict[str, ProgrammeSummary], one: PinAnswer | GrantAnswer
) -> str:
    """Say what was decided, by whom, why and until when."""
    programme = programmes.get(one.programme)
    tiers = {tier.key: visit.local(tier.name) for tier in programme.tiers} if programme else {}
    word = f"mode_{one.mode}" if isinstance(one, PinAnswer) else f"kind_{one.kind}"
    state = "open" if is_open(visit, one) else "over"
    ends = one.ended_at or one.ends_at
    return visit.say(
        f"customers.control_{state}",
        what=visit.say(f"customers.{word}"),
        tier=tiers.get(one.tier, one.tier),
        programme=visit.local(programme.name) if programme else one.programme,
        since=visit.formats.instant(one.starts_at),
        until=visit.formats.instant(ends) if ends else visit.say("customers.no_end"),
        reason=one.reason,
        actor=actor_name(visit, one.actor),
    )


def is_open(visit: Visit, one: PinAnswer | GrantAnswer) -> bool:
    """Tell whether a pin or a grant is in force or to come."""
    return one.ended_at is None and (one.ends_at is None or one.ends_at > visit.now())


async def _end(visit: Visit, customer_id: str, one: PinAnswer | GrantAnswer) -> None:
    async def make(reason: str) -> None:
        await visit.do(_ending(customer_id, one), reason)

    if await with_reason(visit, visit.say("customers.end_control"), make):
        ui.navigate.reload()


def _ending(customer_id: str, one: PinAnswer | GrantAnswer) -> Change:
    if isinstance(one, PinAnswer):
        return changing.end_pin(customer_id, one.pin_id)
    return changing.end_grant(customer_id, one.grant_id)
