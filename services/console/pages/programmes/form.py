"""The form of a programme: names, tiers, what counts and for how long, policies, points."""

from functools import partial
from typing import Any, Final

from nicegui import ui

from services.console.pages.programmes import fields
from services.console.pages.programmes.benefits import benefit_fields
from services.console.pages.programmes.desk import Desk
from services.console.pages.programmes.documents import Document, Path, add, at
from services.console.pages.programmes.sentence import metric_words
from services.console.parts.frame import heading
from services.console.parts.pieces import action
from services.console.visiting.visit import Visit

METRICS: Final = ("spend", "margin", "orders", "quantity", "days")
#: Written as texts with decimals; the others are whole.
_DECIMAL: Final = frozenset({"spend", "margin", "quantity"})
_WINDOWS: Final[dict[str, dict[str, Any]]] = {
    "rolling": {"kind": "rolling", "months": 12},
    "calendar": {"kind": "calendar", "unit": "year", "start_month": 1},
    "anniversary": {"kind": "anniversary"},
    "lifetime": {"kind": "lifetime"},
}
_VALIDITIES: Final[dict[str, dict[str, Any]]] = {
    "months": {"kind": "months", "months": 12},
    "periods": {"kind": "periods", "after": 1},
    "floating": {"kind": "floating"},
    "forever": {"kind": "forever"},
}
_POLICIES: Final = {
    "qualification": ("ledger", "track"),
    "refresh": ("latest", "first"),
    "upgrade": ("immediate", "period_end"),
    "downgrade": ("one_step", "qualified", "base", "never"),
    "keep_window": ("same", "since_grant"),
    "clawback": ("immediate", "at_review"),
}
_DAYS: Final = ("grace_days", "pending_days", "warn_days")


def draw(desk: Desk) -> None:
    """Lay out the fields of a document, as far as its parts have their shape."""
    visit, is_status = desk.visit, desk.document.get("kind") == "status"
    with ui.element("div").classes("tl-form"):
        fields.names(desk, visit.say("programmes.name"), ("name",))
    _part(visit, "tiers")
    for place, tier in enumerate(_items(desk.document, ("tiers",))):
        if isinstance(tier, dict):
            _tier(desk, place, is_status=is_status)
    action(visit.say("programmes.add_tier"), partial(_add_tier, desk, is_status), icon="add")
    if is_status:
        _part(visit, "window")
        _kind_of(desk, "window", _WINDOWS)
        _part(visit, "validity")
        _kind_of(desk, "validity", _VALIDITIES)
    _policies(desk, is_status=is_status)
    _part(visit, "benefits")
    benefit_fields(desk)
    _points(desk)


def _tier(desk: Desk, place: int, *, is_status: bool) -> None:
    visit, path = desk.visit, ("tiers", place)
    with ui.element("div").classes("tl-part"):
        with ui.element("div").classes("tl-form"):
            fields.text(desk, visit.say("programmes.tier_key"), (*path, "key"))
            fields.names(desk, visit.say("programmes.name"), (*path, "name"))
            if is_status:
                _rule(desk, (*path, "enter"))
                _rule(desk, (*path, "keep"))
            else:
                _class(desk, path)
        name = visit.say("programmes.remove_tier", n=place + 1)
        action(name, partial(desk.set, path, None, redraw=True), icon="delete")


def _class(desk: Desk, path: Path) -> None:
    visit = desk.visit
    if at(desk.document, (*path, "when")) is not None:
        ui.label(visit.say("programmes.by_condition")).classes("tl-note")
        return
    for name in ("enter_share", "leave_share"):
        if at(desk.document, (*path, name)) is not None:
            fields.share(desk, visit.say(f"programmes.{name}"), (*path, name))


def _rule(desk: Desk, path: Path) -> None:
    """Show every threshold of a rule, a way to add one, and who may be granted the tier."""
    visit, rule = desk.visit, at(desk.document, path)
    name = visit.say(f"programmes.rule_{path[-1]}")
    for way in ("all", "any"):
        asked = at(rule, (way,), {})
        for metric in asked if isinstance(asked, dict) else {}:
            words = metric_words(visit, desk.document, metric)
            label = visit.say(f"programmes.threshold_{way}", rule=name, metric=words)
            is_whole = metric not in _DECIMAL
            fields.amount(desk, label, (*path, way, metric), is_whole=is_whole)
    if path[1] == 0:
        return
    _add_threshold(desk, path, name)
    if path[-1] == "enter":
        kinds = {k: visit.say(f"programmes.grant_{k}") for k in ("paid", "invited", "imported")}
        fields.choice(desk, visit.say("programmes.grant"), (*path, "grant"), kinds)


def _add_threshold(desk: Desk, path: Path, name: str) -> None:
    visit = desk.visit
    own = at(desk.document, ("metrics",), {})
    known = [*METRICS, *(own if isinstance(own, dict) else {})]
    options = {metric: metric_words(visit, desk.document, metric) for metric in known}

    async def chosen(event: Any) -> None:
        way = "any" if at(desk.document, (*path, "any")) else "all"
        value = "1.00" if event.value in _DECIMAL else 1
        if at(desk.document, path) is None:
            await desk.set(path, {way: {event.value: value}}, redraw=True)
        else:
            await desk.set((*path, way, event.value), value, redraw=True)

    label = visit.say("programmes.add_threshold", rule=name)
    ui.select(options, label=label, on_change=chosen).props("outlined dense")


def _kind_of(desk: Desk, name: str, kinds: dict[str, dict[str, Any]]) -> None:
    """Show which kind of window or validity it is, and the numbers of that kind."""
    visit = desk.visit
    value = at(desk.document, (name, "kind"))
    options = {kind: visit.say(f"programmes.{name}_kind_{kind}") for kind in kinds}

    async def chosen(event: Any) -> None:
        await desk.set((name,), kinds[event.value], redraw=True)

    with ui.element("div").classes("tl-form"):
        shown = value if value in options else None
        label = visit.say(f"programmes.{name}")
        made = ui.select(options, label=label, value=shown, on_change=chosen)
        desk.register((name, "kind"), made.props("outlined dense"))
        for number in ("months", "days", "start_month", "after", "plus_months"):
            if at(desk.document, (name, number)) is not None:
                fields.whole(desk, visit.say(f"programmes.number_{number}"), (name, number))
        if value == "calendar":
            units = {
                unit: visit.say(f"programmes.window_of_{unit}")
                for unit in ("year", "half", "quarter", "month")
            }
            fields.choice(desk, visit.say("programmes.unit"), (name, "unit"), units)


def _policies(desk: Desk, *, is_status: bool) -> None:
    visit = desk.visit
    _part(visit, "policies")
    with ui.element("div").classes("tl-form"):
        if not is_status:
            label = visit.say("programmes.fall_after_days")
            fields.whole(desk, label, ("fall_after_days",))
            return
        for name, values in _POLICIES.items():
            options = {value: visit.say(f"programmes.{name}_{value}") for value in values}
            fields.choice(desk, visit.say(f"programmes.{name}"), (name,), options)
        for name in _DAYS:
            fields.whole(desk, visit.say(f"programmes.{name}"), (name,))


def _points(desk: Desk) -> None:
    visit = desk.visit
    _part(visit, "points")
    if at(desk.document, ("points", "earn")) is None:
        begin = {"earn": {"per": "1.00", "points": 1}}
        give = partial(desk.set, ("points",), begin, redraw=True)
        action(visit.say("programmes.add_points"), give, icon="add")
        return
    with ui.element("div").classes("tl-form"):
        fields.whole(desk, visit.say("programmes.points_earned"), ("points", "earn", "points"))
        fields.amount(desk, visit.say("programmes.points_per"), ("points", "earn", "per"))
        fields.whole(desk, visit.say("programmes.points_expiry"), ("points", "expiry", "months"))
    away = partial(desk.set, ("points",), None, redraw=True)
    action(visit.say("programmes.remove_points"), away, icon="delete")


async def _add_tier(desk: Desk, is_status: bool) -> None:  # noqa: FBT001 - bound by partial
    await desk.replace(with_tier(desk.document, is_status=is_status))


def with_tier(document: Document, *, is_status: bool) -> Document:
    """Give the document with one more tier on top of the others."""
    tiers = _items(document, ("tiers",))
    key = f"tier_{len(tiers) + 1}"
    tier: dict[str, Any] = {"key": key, "name": {"en": "New tier", "zh": "新等级"}}
    if is_status:
        return add(document, ("tiers",), tier | {"enter": {"all": {"spend": "1.00"}}})
    top = [t.get("enter_share") for t in tiers if isinstance(t, dict)]
    shares = [share for share in top if isinstance(share, int | float)]
    half = round(min(shares, default=0.2) / 2, 4)
    return add(document, ("tiers",), tier | {"enter_share": half, "leave_share": half}, first=True)


def _items(document: Document, path: Path) -> list[Any]:
    found = at(document, path, [])
    return found if isinstance(found, list) else []


def _part(visit: Visit, name: str) -> None:
    heading(visit.say(f"programmes.part_{name}"), level=3)
