"""Whom to win back and who comes less often, as rows; which greetings come."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import urlencode

from services.console.parts.care import customer_cells, lifecycle_word, money, money_in, shown
from services.console.parts.tables import Row
from services.console.visiting.visit import Visit
from shared.contracts.care import FestivalItem, FrequencyDrop, WinBackItem
from shared.contracts.previews import PlaybookPreview

#: The playbook whose tasks a caller makes from each list, where there is one.
WIN_BACK: Final = "win-back"
DROPS: Final = "frequency-drop"


def task_href(customer_id: str | None, playbook: str) -> str:
    """Lead to a new task for somebody; nobody can be called who has no id."""
    if not customer_id:
        return ""
    return f"/tasks/new?{urlencode({'customer': customer_id, 'playbook': playbook})}"


def win_back_row(visit: Visit, item: WinBackItem) -> Row:
    """Give somebody to win back as a row."""
    write = visit.formats
    return {
        "value": money(visit, item.value),
        "gain": money(visit, item.expected_gain),
        "recoverable": write.percent(item.recoverability, digits=0),
        "last_order": write.date(item.last_order),
        "quiet": _quiet(visit, item.quiet_days, item.usual_gap_days),
        "lifecycle": lifecycle_word(visit, item.lifecycle),
        "why": money_in(visit, " ".join(visit.local(reason.text) for reason in item.reasons)),
        **_led(visit, item.customer_id, WIN_BACK),
    }


def drop_row(visit: Visit, item: FrequencyDrop) -> Row:
    """Give somebody who comes less often as a row."""
    write = visit.formats
    return {
        "spend": money(visit, item.spend_365_days),
        "last_order": write.date(item.last_order),
        "quiet": _quiet(visit, item.quiet_days, item.usual_gap_days),
        "orders": write.number(item.order_days_90),
        "expected": write.number(item.expected_order_days_90, digits=1),
        "lifecycle": lifecycle_word(visit, item.lifecycle),
        "why": money_in(visit, visit.local(item.text)),
        **_led(visit, item.customer_id, DROPS),
    }


def _led(visit: Visit, customer_id: str | None, playbook: str) -> Row:
    href = task_href(customer_id, playbook)
    task = visit.say("winback.make_task") if href else ""
    return {**customer_cells(visit, customer_id), "task": task, "task_href": href}


def _quiet(visit: Visit, days: int, usual: float | None) -> str:
    if usual is None:
        return visit.say("winback.quiet", days=visit.formats.number(days))
    return visit.say(
        "winback.quiet_of",
        days=visit.formats.number(days),
        usual=visit.formats.number(usual, digits=0),
    )


def festival_lines(visit: Visit, found: Sequence[FestivalItem], today: date) -> list[list[str]]:
    """Write the festivals that come, the next first; those without a date are left out."""
    dated = [(each.next_on, each) for each in found if each.next_on is not None]
    return [
        [
            visit.local(festival.name),
            visit.formats.date(day),
            visit.say("winback.in_days", days=visit.formats.number((day - today).days)),
            visit.say(f"winback.calendar_{festival.calendar}"),
        ]
        for day, festival in sorted(dated, key=lambda pair: (pair[0], pair[1].key))
    ]


def coming_lines(visit: Visit, preview: PlaybookPreview) -> list[list[str]]:
    """Write the next days of greetings: when who is contacted for what."""
    return [
        [
            visit.formats.date(each.contact_on),
            shown(visit, each.occasion),
            visit.formats.date(each.on),
            visit.formats.number(each.customers),
        ]
        for each in preview.coming
    ]
