"""What a tier would be if the customer bought, or if some days passed."""

from dataclasses import dataclass, field

from nicegui import ui

from services.console.parts.faults import told
from services.console.parts.frame import heading
from services.console.parts.pieces import Tone, action, section, tag
from services.console.reading import customers as reading
from services.console.visiting.visit import Visit
from shared.contracts.programmes import ProgrammeSummary
from shared.contracts.what_if import WhatIfAnswer


def supposing(visit: Visit, customer_id: str, programmes: list[ProgrammeSummary]) -> None:
    """Offer to suppose purchases and days, and show what the tier would be."""
    if not programmes:
        return
    with section(visit.say("customers.suppose"), note=visit.say("customers.suppose_note")):
        asked = _Asked(visit, customer_id)
        asked.show(programmes)


@dataclass(slots=True)
class _Asked:
    """The form, and the place of the answer."""

    visit: Visit
    customer_id: str
    _values: dict[str, object] = field(default_factory=dict)
    _place: ui.element | None = None

    def show(self, programmes: list[ProgrammeSummary]) -> None:
        visit = self.visit
        named = {each.programme: visit.local(each.name) for each in programmes}
        first = next((each.programme for each in programmes if each.is_default), next(iter(named)))
        self._values["programme"] = first
        with ui.element("div").classes("tl-form"):
            which = ui.select(named, label=visit.say("customers.programme"), value=first)
            amount = ui.input(visit.say("customers.suppose_amount"))
            days = ui.number(visit.say("customers.suppose_days"), min=0, max=730, precision=0)
            for name, made in (("programme", which), ("amount", amount), ("days", days)):
                made.props("outlined dense options-dense").classes("tl-filter")
                made.on_value_change(
                    lambda event, name=name: self._values.update({name: event.value})
                )
            action(visit.say("customers.suppose_ask"), self.ask, icon="psychology", main=True)
        self._place = ui.element("div").props("role=status")

    async def ask(self) -> None:
        async with told(self.visit):
            answer = await reading.what_if(self.visit, self.customer_id, self.body())
            if self._place is not None:
                self._place.clear()
                with self._place:
                    _answered(self.visit, answer)

    def body(self) -> dict[str, object]:
        amount = str(self._values.get("amount") or "").strip()
        days = self._values.get("days")
        return {
            "programme": self._values["programme"],
            "purchases": [{"amount": amount}] if amount else [],
            "days_passed": int(days) if isinstance(days, (int, float)) else 0,
        }


def _tone(ranks: int) -> Tone:
    if ranks == 0:
        return "plain"
    return "good" if ranks > 0 else "bad"


def _answered(visit: Visit, answer: WhatIfAnswer) -> None:
    now, then = answer.now.tier, answer.then.tier
    with ui.element("div").classes("tl-row"):
        tag(visit.local(now.name))
        ui.icon("arrow_forward").props("aria-hidden=true")
        tag(visit.local(then.name), _tone(then.rank - now.rank))
        ui.label(visit.say("customers.supposed_on", on=visit.formats.date(answer.on)))
    with ui.element("ul"):
        for reason in answer.then.reasons:
            with ui.element("li"):
                ui.label(visit.local(reason.text))
    heading(visit.say("customers.what_it_takes"), level=3)
    with ui.element("ul"):
        for text in (*(way.text for way in answer.up), answer.down.text):
            with ui.element("li"):
                ui.label(visit.local(text))
    ui.label(visit.local(answer.assumes)).classes("tl-note")
