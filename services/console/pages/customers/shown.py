"""What every page of one customer begins with: who it is, and the ways between the pages."""

from typing import Final

from nicegui import ui

from services.console.parts.care import customer_href
from services.console.parts.frame import retitle
from services.console.visiting.visit import Visit

_PAGES: Final = (
    ("", "customers.page_glance"),
    ("/benefits", "customers.page_benefits"),
    ("/timeline", "customers.page_timeline"),
    ("/profile", "customers.page_profile"),
)


def begin(visit: Visit, customer_id: str, here: str) -> None:
    """Name the customer, and lead to the other pages about them."""
    retitle(visit.say("customers.one", customer=customer_id))
    base = customer_href(customer_id)
    with ui.element("nav").classes("tl-ways") as nav:
        nav.props["aria-label"] = customer_id
        ui.link(visit.say("customers.back"), "/customers")
        for path, word in _PAGES:
            link = ui.link(visit.say(word), base + path)
            if path == here:
                link.classes("tl-here").props("aria-current=page")
