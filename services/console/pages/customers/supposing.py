"""What a tier would be if the customer bought, or if some days passed."""

import re
from dataclasses import dataclass, field
from typing import Final

from nicegui import ui

from services.console.pages.customers.missing import gap_line, gaps_of, purchase_line
from services.console.pages.customers.one_form import in_one_form
from services.console.pages.customers.standing import TO_NEXT, texts
from services.console.parts.faults import told, tried
from services.console.parts.frame import heading
from services.console.parts.pieces import Tone, action, section, tag
from services.console.reading import customers as reading
from services.console.reading.programmes import one_version
from services.console.visiting.visit import Visit
from shared.contracts.programmes import Document, ProgrammeSummary, VersionDetail
from shared.contracts.what_if import MOST_DAYS, WhatIfAnswer
from shared.money import exponent_of

#: As people type an amount: 164, 164.50, 1,200.
_AMOUNT: Final = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.([0-9]+))?")


def supposing(visit: Visit, customer_id: str, programmes: list[ProgrammeSummary]) -> None:
    """Offer to suppose purchases and days, and show what the tier would be."""
    if not programmes:
        return
    with section(visit.say("customers.suppose"), note=visit.say("customers.suppose_note")):
        asked = _Asked(visit, customer_id, {each.programme: each for each in programmes})
        asked.show()


def amount_fault(visit: Visit, text: str) -> str:
    """Say what is wrong with an amount as it was typed; nothing is wrong with none."""
    found = _AMOUNT.fullmatch(text)
    if not text:
        return ""
    if found is None or not text.strip("0.,"):
        return visit.say("customers.suppose_not_amount")
    digits = exponent_of(visit.house.currency or "")
    if len(found[2] or "") > digits:
        return visit.say("customers.suppose_too_fine", digits=digits)
    return ""


def days_fault(visit: Visit, days: object) -> str:
    """Say what is wrong with a number of days; nothing is wrong with none."""
    is_fine = days is None or (
        isinstance(days, int | float) and days == int(days) and 0 <= days <= MOST_DAYS
    )
    return "" if is_fine else visit.say("customers.suppose_not_days", most=MOST_DAYS)


@dataclass(slots=True)
class _Asked:
    """The form, and the place of the answer."""

    visit: Visit
    customer_id: str
    programmes: dict[str, ProgrammeSummary]
    _which: ui.select = field(init=False)
    _amount: ui.input = field(init=False)
    _days: ui.number = field(init=False)
    _place: ui.element = field(init=False)
    _is_answered: bool = False

    def show(self) -> None:
        visit = self.visit
        named = {key: visit.local(each.name) for key, each in self.programmes.items()}
        with ui.element("div").classes("tl-form"):
            self._which = ui.select(
                named, label=visit.say("customers.programme"), value=next(iter(named))
            )
            self._amount = ui.input(visit.say("customers.suppose_amount"))
            self._days = ui.number(
                visit.say("customers.suppose_days"), min=0, max=MOST_DAYS, precision=0
            )
            for made in (self._which, self._amount, self._days):
                made.props("outlined dense options-dense").classes("tl-filter")
                made.on_value_change(self._changed)
            action(visit.say("customers.suppose_ask"), self.ask, icon="psychology", main=True)
        self._place = ui.element("div").props("role=status")

    def _changed(self) -> None:
        """Take away an answer to another question, and a fault that may be mended."""
        self._amount.error = self._days.error = None
        if self._is_answered:
            self._is_answered = False
            self._place.clear()
            button = self.visit.say("customers.suppose_ask")
            with self._place:
                ui.label(self.visit.say("customers.suppose_changed", button=button))

    async def ask(self) -> None:
        visit = self.visit
        self._amount.error = amount_fault(visit, self._typed()) or None
        self._days.error = days_fault(visit, self._days.value) or None
        if self._amount.error or self._days.error:
            return
        async with told(visit):
            body = self.body()
            answer = await reading.what_if(visit, self.customer_id, body)
            programme = self.programmes[answer.now.programme]
            version = await tried(one_version(visit, programme.programme, programme.version))
            document = version.document if isinstance(version, VersionDetail) else {}
            self._place.clear()
            self._is_answered = True
            with self._place:
                _answered(visit, answer, programme, document)

    def _typed(self) -> str:
        return str(self._amount.value or "").strip()

    def body(self) -> dict[str, object]:
        amount, days = self._typed().replace(",", ""), self._days.value
        return {
            "programme": self._which.value,
            "purchases": [{"amount": amount}] if amount else [],
            "days_passed": int(days) if days else 0,
        }


def _tone(ranks: int) -> Tone:
    if ranks == 0:
        return "plain"
    return "good" if ranks > 0 else "bad"


def _answered(
    visit: Visit, answer: WhatIfAnswer, programme: ProgrammeSummary, document: Document
) -> None:
    now, then = answer.now.tier, answer.then.tier
    with ui.element("div").classes("tl-row"):
        tag(visit.local(now.name))
        ui.icon("arrow_forward").props("aria-hidden=true")
        tag(visit.local(then.name), _tone(then.rank - now.rank))
        ui.label(visit.say("customers.supposed_on", on=visit.formats.date(answer.on)))
    gaps = gaps_of(document, answer.then)
    reasons = [each for each in answer.then.reasons if not (gaps and each.code == TO_NEXT)]
    texts([in_one_form(visit, reason.text) for reason in reasons])
    if lines := _changing(visit, answer, programme, document):
        heading(visit.say("customers.what_it_takes"), level=3)
        texts(lines)
    ui.label(visit.local(answer.assumes)).classes("tl-note")


def _changing(
    visit: Visit, answer: WhatIfAnswer, programme: ProgrammeSummary, document: Document
) -> list[str]:
    """Say what would change the tier that is supposed; the ways answered are those of today."""
    then, gaps = answer.then, gaps_of(document, answer.then)
    lines = [gap_line(visit, document, gap) for gap in gaps]
    if gaps:
        lines.append(purchase_line(visit, document, gaps))
    if then.tier.rank == max(tier.rank for tier in programme.tiers):
        lines.append(visit.say("customers.supposed_top"))
    if then.valid_until is not None:
        until, name = visit.formats.instant(then.valid_until), visit.local(then.tier.name)
        lines.append(visit.say("customers.supposed_kept", tier=name, until=until))
    return lines
