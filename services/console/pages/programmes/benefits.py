"""The fields of benefits: what tiers entitle to, how often, and what one use costs."""

from functools import partial
from typing import Any, Final

from nicegui import ui

from services.console.pages.programmes import fields
from services.console.pages.programmes.desk import Desk
from services.console.pages.programmes.documents import Path, add, at
from services.console.parts.pieces import action

KINDS: Final = ("price", "service_level", "gift", "shipping", "event", "partner", "channel")
PERIODS: Final = ("month", "quarter", "year", "anniversary", "tier_period", "ever")
#: What a benefit of a kind must say besides.
_OWN: Final[dict[str, dict[str, Any]]] = {
    "price": {"price": {"percent": "5"}},
    "service_level": {"service_level": {"response_hours": 24}},
}


def benefit_fields(desk: Desk) -> None:
    """Lay out every benefit, and a way to add one."""
    found = desk.document.get("benefits", [])
    for place, benefit in enumerate(found if isinstance(found, list) else []):
        if isinstance(benefit, dict):
            _benefit(desk, ("benefits", place))
    action(desk.visit.say("programmes.add_benefit"), partial(_add, desk), icon="add")


def _benefit(desk: Desk, path: Path) -> None:
    visit = desk.visit
    with ui.element("div").classes("tl-part"):
        with ui.element("div").classes("tl-form"):
            fields.text(desk, visit.say("programmes.benefit_key"), (*path, "key"))
            fields.names(desk, visit.say("programmes.name"), (*path, "name"))
            _kind(desk, path)
            tiers = {
                tier["key"]: visit.local(tier["name"])
                for tier in desk.document.get("tiers", [])
                if isinstance(tier, dict) and {"key", "name"} <= tier.keys()
            }
            fields.several(desk, visit.say("programmes.for_tiers"), (*path, "tiers"), tiers)
            _own(desk, path)
            fields.whole(desk, visit.say("programmes.quota"), (*path, "quota", "count"))
            periods = {per: visit.say(f"programmes.per_{per}") for per in PERIODS}
            fields.choice(desk, visit.say("programmes.quota_per"), (*path, "quota", "per"), periods)
            fields.amount(desk, visit.say("programmes.cost"), (*path, "cost", "amount"))
        name = visit.say("programmes.remove_benefit", n=int(path[1]) + 1)
        action(name, partial(desk.set, path, None, redraw=True), icon="delete")


def _kind(desk: Desk, path: Path) -> None:
    visit = desk.visit
    options = {kind: visit.say(f"programmes.benefit_{kind}") for kind in KINDS}
    value = at(desk.document, (*path, "kind"))

    async def chosen(event: Any) -> None:
        await desk.set(path, of_kind(at(desk.document, path), event.value), redraw=True)

    made = ui.select(
        options,
        label=visit.say("programmes.benefit_kind"),
        value=value if value in options else None,
        on_change=chosen,
    )
    desk.register((*path, "kind"), made.props("outlined dense"))


def of_kind(benefit: dict[str, Any], kind: str) -> dict[str, Any]:
    """Give a benefit as one of another kind, with what that kind must say."""
    kept = {name: value for name, value in benefit.items() if name not in _OWN}
    return kept | {"kind": kind} | _OWN.get(kind, {})


def _own(desk: Desk, path: Path) -> None:
    visit = desk.visit
    match at(desk.document, (*path, "kind")):
        case "price":
            label = visit.say("programmes.price_percent")
            fields.amount(desk, label, (*path, "price", "percent"))
        case "service_level":
            for name, show in (
                ("response_hours", fields.whole),
                ("agent", fields.text),
                ("hotline", fields.text),
            ):
                show(desk, visit.say(f"programmes.{name}"), (*path, "service_level", name))
        case _:
            pass


async def _add(desk: Desk) -> None:
    tiers = desk.document.get("tiers", [])
    top = tiers[-1].get("key") if tiers and isinstance(tiers[-1], dict) else None
    if desk.document.get("kind") == "value" and tiers and isinstance(tiers[0], dict):
        top = tiers[0].get("key")
    number = len(desk.document.get("benefits", [])) + 1
    benefit = {
        "key": f"benefit_{number}",
        "kind": "gift",
        "name": {"en": "New benefit", "zh": "新权益"},
        "tiers": [top],
        "quota": {"count": 1, "per": "year"},
    }
    await desk.replace(add(desk.document, ("benefits",), benefit))
