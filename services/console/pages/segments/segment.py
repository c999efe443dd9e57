"""One segment: its conditions as rows and as JSON, whom they hold now, and everybody in it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing import segments as changing
from services.console.pages.programmes.desk import Desk, Found
from services.console.pages.segments import kinds
from services.console.pages.segments.builder import Known, draw
from services.console.pages.segments.listed import NEW
from services.console.pages.segments.profile import (
    SAMPLE,
    Asked,
    Ladder,
    count_tiers,
    member_row,
    show_profile,
    show_tiers,
)
from services.console.parts.cursor import enter
from services.console.parts.downloads import File, begun, download
from services.console.parts.faults import fault_words, told
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, section
from services.console.parts.reasons import with_reason
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading import programmes as programmes_reading
from services.console.reading import segments as reading
from services.console.visiting.services import ServiceRefused
from services.console.visiting.visit import Visit
from shared.contracts.programmes import FoundFault, ProgrammeSummary
from shared.contracts.segments import PreviewAnswer, SegmentAnswer
from shared.ids import uuid7

_REFUSED = 422


@dataclass(slots=True)
class Bench:
    """A segment on the bench: what it is called beside the condition on the desk."""

    visit: Visit
    found: SegmentAnswer | None
    ladder: Ladder | None
    profile: ui.element | None = None
    desk: Desk | None = None
    last: PreviewAnswer | None = None
    inputs: dict[str, Any] = field(default_factory=dict)

    def purpose(self) -> str | None:
        """Give the purpose chosen now."""
        chosen = self.inputs.get("purpose")
        return None if chosen is None else chosen.value

    def body(self) -> dict[str, Any]:
        """Give the segment as it stands on the bench."""
        names = {language: str(self.inputs[language].value or "") for language in ("en", "zh")}
        condition = {} if self.desk is None else self.desk.document
        return {"name": names, "condition": condition, "purpose": self.purpose()}

    def is_named(self) -> bool:
        """Tell whether no name is missing; mark each that is, and show the first."""
        asked = [self.inputs[each] for each in ("key", "en", "zh") if each in self.inputs]
        missing = [made for made in asked if not str(made.value or "").strip()]
        for made in asked:
            made.error = self.visit.say("segments.fill_in") if made in missing else None
        for first in missing[:1]:  # far above the button that was pressed
            enter(first)
            ui.notify(self.visit.say("segments.unnamed"), type="negative")
        return not missing

    async def check(self, condition: Mapping[str, Any]) -> Sequence[Found]:
        """Ask whom a condition would hold; its faults where it is none."""
        try:
            self.last = await reading.preview(self.visit, condition, self.purpose(), SAMPLE)
        except ServiceRefused as error:
            if error.problem.status != _REFUSED:
                raise
            return faults_of(error)
        return []

    async def changed(self, condition: Mapping[str, Any]) -> None:
        """Show the profile of a condition that was counted, and its tiers when they are."""
        found = self.last
        if self.profile is None or found is None:
            return
        self.profile.clear()
        with self.profile:
            place = show_profile(self.visit, found)
        if self.ladder is None or not found.matching:
            return
        counts = await count_tiers(self.visit, Asked(condition, self.purpose()), self.ladder)
        if not place.is_deleted:  # else another was counted meanwhile
            with place:
                show_tiers(self.visit, self.ladder, counts, found.matching)

    async def count_again(self) -> None:
        """Count anew: another purpose leaves out others."""
        if self.desk is not None:
            await self.desk.check_again()


def faults_of(error: ServiceRefused) -> list[FoundFault]:
    """Read a refusal's faults with pointers into the condition."""
    return [
        FoundFault(
            pointer=fault.pointer.removeprefix("/condition"), code=fault.code, message=fault.message
        )
        for fault in error.problem.faults
    ]


@page(NEW, "segments", may=Permission.SEGMENTS_CHANGE)
async def begin(visit: Visit) -> None:
    """Build a new segment."""
    retitle(visit.say("segments.new"))
    await _bench(visit, None)


@page("/segments/{key}", "segments")
async def show(visit: Visit, key: str) -> None:
    """Show a segment, to be changed, and everybody in it."""
    found = await reading.one_segment(visit, key)
    retitle(visit.local(found.name))
    await _bench(visit, found)
    await _members(visit, found)


@download("/segments/{key}/members.csv")
async def members_csv(visit: Visit, key: str) -> File:
    """Give everybody in a segment as CSV."""
    pieces = await begun(reading.stream_members(visit, key))
    return File(f"{key}.csv", "text/csv; charset=utf-8", pieces)


async def _bench(visit: Visit, found: SegmentAnswer | None) -> None:
    programmes, segments = await asyncio.gather(
        programmes_reading.list_programmes(visit), reading.list_segments(visit)
    )
    others = [each for each in segments.items if found is None or each.key != found.key]
    known = _known(visit, programmes, others)
    bench = Bench(visit, found, _ladder(visit, programmes))
    with section(visit.say("segments.condition"), note=visit.say("segments.note"), wide=True):
        _names(bench)
        profile = ui.element("div").props("role=status")
        bench.profile = profile
        condition = kinds.begun("all") if found is None else found.condition
        drawing = partial(_draw, known=known)
        desk = Desk(visit, dict(condition), drawing, bench.check, fault_words, bench.changed)
        bench.desk = desk
        await desk.show()
        if visit.may(Permission.SEGMENTS_CHANGE):
            with ui.element("div").classes("tl-buttons"):
                if found is not None:
                    delete = partial(ask_to_delete, visit, found.key)
                    action(visit.say("segments.delete"), delete, icon="delete")
                save = partial(ask_to_save, bench)
                action(visit.say("segments.save"), save, icon="save", main=True)


def _draw(desk: Desk, *, known: Known) -> None:
    draw(desk, known)


def _names(bench: Bench) -> None:
    visit, found = bench.visit, bench.found
    with ui.element("div").classes("tl-form"):
        if found is None:
            bench.inputs["key"] = ui.input(visit.say("segments.key"))
        for language, name in (("en", "English"), ("zh", "中文")):
            value = "" if found is None else getattr(found.name, language)
            label = f"{visit.say('segments.name')} ({name})"
            bench.inputs[language] = ui.input(label, value=value)
        purposes = {each: visit.say(f"segments.purpose_{each}") for each in kinds.PURPOSES}
        bench.inputs["purpose"] = ui.select(
            purposes,
            label=visit.say("segments.purpose"),
            value=found.purpose if found else None,
            clearable=True,
            on_change=bench.count_again,
        )
        for made in bench.inputs.values():
            made.props("outlined dense maxlength=200").on_value_change(_unmark)


def _unmark(event: Any) -> None:
    """Take away what was said of a field that is being mended."""
    event.sender.error = None


def _known(
    visit: Visit, programmes: Sequence[ProgrammeSummary], others: Sequence[SegmentAnswer]
) -> Known:
    live = [each for each in programmes if each.release is not None]
    return Known(
        tiers={
            each.programme: {tier.key: visit.local(tier.name) for tier in each.tiers}
            for each in live
        },
        programmes={each.programme: visit.local(each.name) for each in live},
        segments={each.key: visit.local(each.name) for each in others},
    )


def _ladder(visit: Visit, programmes: Sequence[ProgrammeSummary]) -> Ladder | None:
    for each in programmes:
        if each.is_default and each.release is not None:
            tiers = {tier.key: visit.local(tier.name) for tier in reversed(each.tiers)}
            return Ladder(each.programme, visit.local(each.name), tiers)
    return None


async def ask_to_save(bench: Bench) -> None:
    """Save what is on the bench with its reason; tell who changed it meanwhile first."""
    if not bench.is_named() or (bench.desk is not None and not bench.desk.may_be_saved()):
        return
    visit, found = bench.visit, bench.found
    async with told(visit):
        now = None if found is None else await reading.one_segment(visit, found.key)
        await _ask_why(bench, now)


async def _ask_why(bench: Bench, now: SegmentAnswer | None) -> None:
    visit, found, once = bench.visit, bench.found, str(uuid7())
    text = ""
    if now is not None and found is not None and now.version != found.version:
        text = visit.say("segments.saved_meanwhile", at=visit.formats.instant(now.updated_at))

    async def make(reason: str) -> None:
        if now is None:
            key = str(bench.inputs["key"].value or "").strip()
            change = changing.create_segment(key, bench.body(), once)
        else:
            change = changing.write_segment(now.key, bench.body(), now.version)
        made = await visit.make(change, reason, SegmentAnswer)
        bench.inputs["saved"] = made.key

    if await with_reason(visit, visit.say("segments.save"), make, text=text):
        ui.navigate.to(f"/segments/{bench.inputs['saved']}")


async def ask_to_delete(visit: Visit, key: str) -> None:
    """Ask why, and take a segment away."""

    async def make(reason: str) -> None:
        await visit.do(changing.delete_segment(key), reason)

    title, text = visit.say("segments.delete"), visit.say("segments.delete_text")
    if await with_reason(visit, title, make, text=text):
        ui.navigate.to("/segments")


async def _members(visit: Visit, found: SegmentAnswer) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        page_of = await reading.list_members(visit, found.key, cursor, limit)
        return [member_row(visit, each) for each in page_of.items], page_of.next_cursor

    columns = [
        Column("customer", visit.say("segments.customer"), "link", min_width=130),
        Column("lifecycle", visit.say("segments.lifecycle")),
        Column("orders", visit.say("segments.orders_365"), "number"),
        Column("spend", visit.say("segments.spend_365"), "number"),
        Column("last_order", visit.say("segments.last_order")),
        Column("entered", visit.say("segments.entered")),
    ]
    title, none = visit.say("segments.members"), visit.say("segments.nobody")
    with section(title, wide=True):
        ui.link(visit.say("segments.csv"), f"/segments/{found.key}/members.csv")
        await PagedTable(visit, columns, fetch, empty=none, label=title, page_size=25).show()
