"""Outgoing webhooks: who is told of what, how messages fare, and sending them again."""

from datetime import date, datetime
from typing import Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.ops import ping, replay_delivery, replay_since
from services.console.pages.ops import WAYS
from services.console.pages.ops.said import delivery_row
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import (
    Tone,
    action,
    closer_look,
    empty,
    fact,
    grid,
    section,
    tag,
)
from services.console.parts.reasons import with_reason
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading.ops import list_deliveries, one_webhook, webhooks
from services.console.visiting.visit import Visit
from shared.contracts.outgoing_webhooks import (
    DeliveryAnswer,
    EndpointAnswer,
    PingAnswer,
    ReplayAnswer,
    Try,
)

_STATUSES: Final = ("pending", "delivered", "given_up")
_WIDTHS: Final = {
    "type": 170, "status": 130, "attempts": 100, "answer": 170, "announced": 215, "next": 215,
}  # fmt: skip


@page("/ops/webhooks", "ops", may=Permission.OPS_READ)
async def listed(visit: Visit) -> None:
    """Show who is told of what."""
    ways(visit, "ops", "/ops/webhooks", WAYS)
    found = await tried(webhooks(visit))
    if isinstance(found, Fault):
        fault_card(visit, found)
        return
    if not found:
        empty(visit.say("ops.no_webhooks"))
    with grid():
        for endpoint in found:
            _card(visit, endpoint)


def _card(visit: Visit, endpoint: EndpointAnswer) -> None:
    with section(endpoint.description or visit.say("ops.webhook")):
        _state(visit, endpoint)
        fact(visit.say("ops.url"), endpoint.url)
        fact(visit.say("ops.kinds"), ", ".join(endpoint.kinds))
        ui.link(visit.say("ops.deliveries"), f"/ops/webhooks/{endpoint.webhook_id}")


def _state(visit: Visit, endpoint: EndpointAnswer) -> None:
    is_active = endpoint.status == "active"
    tone: Tone = "bad" if not is_active else "warn" if endpoint.failing_since else "good"
    words = "failing" if is_active and endpoint.failing_since else endpoint.status
    tag(visit.say(f"ops.webhook_{words}"), tone)
    if endpoint.failing_since:
        since = visit.formats.instant(endpoint.failing_since)
        ui.label(visit.say("ops.failing_since", at=since))
    if endpoint.disabled_reason:
        ui.label(endpoint.disabled_reason)


@page("/ops/webhooks/{webhook_id}", "ops", may=Permission.OPS_READ)
async def one(visit: Visit, webhook_id: str) -> None:
    """Show one webhook and what was sent to it."""
    ways(visit, "ops", "/ops/webhooks", WAYS)
    endpoint = await one_webhook(visit, webhook_id)
    retitle(endpoint.description or visit.say("ops.webhook"))
    with section(visit.say("ops.webhook")):
        _state(visit, endpoint)
        fact(visit.say("ops.url"), endpoint.url)
        fact(visit.say("ops.kinds"), ", ".join(endpoint.kinds))
        fact(
            visit.say("ops.programmes"),
            ", ".join(endpoint.programmes) or visit.say("ops.programmes_all"),
        )
    await _Deliveries(visit, endpoint).show()


class _Deliveries:
    """What was sent, and what is done from there."""

    def __init__(self, visit: Visit, endpoint: EndpointAnswer) -> None:
        self._visit, self._endpoint = visit, endpoint
        self._shown: dict[str, DeliveryAnswer] = {}
        columns = [
            Column(key, visit.say(f"ops.column_{key}"), min_width=width)
            for key, width in _WIDTHS.items()
        ]
        self._table = PagedTable(
            visit,
            columns,
            self._fetch,
            visit.say("ops.no_deliveries"),
            visit.say("ops.deliveries"),
            on_open=self._opened,
        )
        self._filters = Filters(visit, self._table.restart)

    async def show(self) -> None:
        """Lay out the filters, the buttons and the list."""
        visit = self._visit
        with section(visit.say("ops.deliveries"), note=visit.say("ops.deliveries_note")):
            words = {each: visit.say(f"ops.delivery_{each}") for each in _STATUSES}
            with ui.element("div").classes("tl-form tl-above"):
                self._filters.choose("status", visit.say("ops.column_status"), words)
            if visit.may(Permission.DATA_CHANGE):
                with ui.element("div").classes("tl-row tl-above"):
                    action(visit.say("ops.try_webhook"), self._try, icon="send")
                    action(visit.say("ops.replay_since"), self._since, icon="replay")
            await self._table.show()

    async def _fetch(self, cursor: str | None, limit: int) -> Fetched:
        status = self._filters.given().get("status")
        found = await list_deliveries(
            self._visit,
            str(self._endpoint.webhook_id),
            None if status is None else str(status),
            cursor,
            limit,
        )
        self._shown = {str(each.delivery_id): each for each in found.items}
        return [delivery_row(self._visit, each) for each in found.items], found.next_cursor

    def _opened(self, row: Row) -> None:
        """Show one message with its attempts, and offer to send it again."""
        visit, delivery = self._visit, self._shown[str(row["id"])]
        with closer_look(visit, delivery.type) as (dialog, buttons):
            fact(visit.say("ops.message_id"), delivery.message_id)
            for attempt in delivery.tries:
                fact(visit.formats.instant(attempt.at), try_words(visit, attempt))

            async def again() -> None:
                dialog.close()
                await self._again(delivery)

            if visit.may(Permission.DATA_CHANGE):
                with buttons:
                    action(visit.say("ops.replay_one"), again, icon="replay", main=True)

    async def _again(self, delivery: DeliveryAnswer) -> None:
        visit = self._visit
        change = replay_delivery(self._endpoint.webhook_id, delivery.delivery_id)

        async def make(reason: str) -> None:
            await visit.make(change, reason, DeliveryAnswer)

        if await with_reason(visit, visit.say("ops.replay_one"), make, text=delivery.type):
            await self._table.load()

    async def _try(self) -> None:
        visit, answers = self._visit, []

        async def make(reason: str) -> None:
            change = ping(self._endpoint.webhook_id)
            answers.append(await visit.make(change, reason, PingAnswer))

        if await with_reason(visit, visit.say("ops.try_webhook"), make):
            answer = answers[-1]
            text = ping_words(visit, answer)
            ui.notify(text, type="positive" if answer.delivered else "negative", timeout=0,
                      close_button=visit.say("parts.close"))  # fmt: skip

    async def _since(self) -> None:
        visit = self._visit
        today = visit.now().astimezone(visit.house.zone).date()
        fields = DialogFields({"day": today.isoformat()})

        async def make(reason: str) -> None:
            since = midnight_of(visit, fields.given().get("day"))
            await visit.make(replay_since(self._endpoint.webhook_id, since), reason, ReplayAnswer)

        def ask() -> None:
            fields.day("day", visit.say("ops.since"))

        title, text = visit.say("ops.replay_since"), visit.say("ops.replay_since_text")
        if await with_reason(visit, title, make, text=text, fields=ask):
            await self._table.restart()


def ping_words(visit: Visit, answer: PingAnswer) -> str:
    """Say what the receiver answered to a try."""
    if answer.delivered:
        return visit.say("ops.try_done", status=answer.status, ms=answer.ms)
    return visit.say("ops.try_failed", error=answer.error or answer.status)


def try_words(visit: Visit, attempt: Try) -> str:
    """Say what came of one attempt."""
    told = attempt.error or attempt.status or visit.say("ops.no_answer")
    return visit.say("ops.attempt", answer=told, ms=visit.formats.number(attempt.ms))


def midnight_of(visit: Visit, day: object) -> datetime:
    """Give the midnight a day of the shop begins with; none given, today's."""
    now = visit.now().astimezone(visit.house.zone)
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        chosen = date.fromisoformat(str(day))
    except ValueError:
        return start
    return start.replace(year=chosen.year, month=chosen.month, day=chosen.day)
