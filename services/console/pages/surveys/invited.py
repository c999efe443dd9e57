"""Links of those who were invited, shown once: whoever has a link answers in its owner's name."""

from nicegui import ui

from services.console.parts.charts import plain_table
from services.console.parts.frame import heading
from services.console.parts.pieces import action
from services.console.visiting.services import Service
from services.console.visiting.visit import Visit
from shared.contracts.invitations import InvitationsAnswer


def show_links(visit: Visit, invited: InvitationsAnswer) -> None:
    """Show who was asked by which link, and who was not and why."""
    with ui.dialog(value=True).props("persistent") as dialog, ui.card().classes("tl-dialog"):
        heading(visit.say("surveys.invited", n=visit.formats.number(len(invited.items))))
        ui.label(visit.say("surveys.links_note")).classes("tl-note")
        if invited.items:
            head = [visit.say(f"surveys.column_{name}") for name in ("customer", "link", "expires")]
            plain_table(head, link_lines(visit, invited, public_address(visit)))
        for skipped in invited.skipped:
            reason = visit.say(f"surveys.skipped_{skipped.reason}")
            ui.label(f"{skipped.customer_id or '–'}: {reason}")
        if invited.next_cursor is not None:
            ui.label(visit.say("surveys.more_to_invite")).classes("tl-note")
        with ui.element("div").classes("tl-buttons"):
            action(visit.say("parts.close"), dialog.close, main=True)


def public_address(visit: Visit) -> str:
    """Give where customers reach feedback."""
    public = visit.house.settings.feedback_public_url
    return (public or str(visit.house.lines[Service.FEEDBACK].http.base_url)).rstrip("/")


def link_lines(visit: Visit, invited: InvitationsAnswer, address: str) -> list[list[str]]:
    """Write each customer's link whole, to be copied."""
    return [
        [item.customer_id, f"{address}{item.path}", visit.formats.minute(item.expires_at)]
        for item in invited.items
    ]
