"""The versions of a programme: what each draft changes, what was only asked, and two compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.programmes.changed import changed_line
from services.console.pages.programmes.documents import Document
from services.console.pages.programmes.publishing import ask_to_publish, ask_to_roll_back
from services.console.parts import faults
from services.console.parts.charts import plain_table
from services.console.parts.pieces import action, section, tag
from services.console.reading import programmes as reading
from services.console.visiting.visit import Visit
from shared.contracts.programmes import ProgrammeSummary, VersionDetail, VersionSummary

#: So many drafts, the newest, are compared with what is in force; a comparison is a request each.
_COMPARED = 12


@dataclass(frozen=True, slots=True)
class Listing:
    """The versions of a programme, the newest first, and what drafts change, by their number."""

    programme: str
    live: int | None
    versions: Sequence[VersionSummary]
    changes: Mapping[int, str]


async def read_versions(visit: Visit, found: ProgrammeSummary, shown: VersionDetail) -> Listing:
    """Read the versions, and what the newest drafts change against the version in force."""
    versions = (await reading.list_versions(visit, found.programme)).items
    if found.release is None:
        return Listing(found.programme, None, versions, {})
    return Listing(
        found.programme,
        found.version,
        versions,
        await _changes(visit, shown, [v.version for v in drafts_ahead(versions, found.version)]),
    )


def drafts_ahead(versions: Sequence[VersionSummary], live: int | None) -> list[VersionSummary]:
    """List the drafts that may still be published, the newest first: older ones are outdated."""
    return [v for v in versions if v.status == "draft" and v.version > (live or 0)]


def has_way_back(versions: Sequence[VersionSummary], live: int | None) -> bool:
    """Tell whether an earlier version was in force and may be again."""
    return any(v.status == "published" and v.version < (live or 0) for v in versions)


def compared_first(listing: Listing) -> tuple[int, int]:
    """Choose which two versions to compare at first: what is in force and the newest draft."""
    numbers = [each.version for each in listing.versions]
    left = listing.live if listing.live in numbers else numbers[1]
    drafts = [each.version for each in drafts_ahead(listing.versions, listing.live)]
    right = next((n for n in [*drafts, *numbers] if n != left), numbers[0])
    return left or numbers[1], right


def versions_section(visit: Visit, listing: Listing) -> None:
    """List the versions with what may be done with each, and offer to compare two."""
    with section(visit.say("programmes.versions"), wide=True):
        may_change = visit.may(Permission.PROGRAMMES_CHANGE)
        if may_change and has_way_back(listing.versions, listing.live):
            back = partial(ask_to_roll_back, visit, listing.programme)
            action(visit.say("programmes.roll_back"), back, icon="undo")
        for version in listing.versions:
            _version(visit, listing, version)
    _compare(visit, listing)


async def _changes(visit: Visit, shown: VersionDetail, drafts: Sequence[int]) -> dict[int, str]:
    newest = drafts[:_COMPARED]
    found = await faults.tried_all(
        *(reading.compare_versions(visit, shown.programme, shown.version, n) for n in newest)
    )
    document: Document = shown.document
    return {
        number: changed_line(visit, document, each.differences)
        for number, each in zip(newest, found, strict=True)
        if not isinstance(each, faults.Fault)
    }


def _version(visit: Visit, listing: Listing, version: VersionSummary) -> None:
    is_live = version.version == listing.live
    is_question = "question" in version.note and version.published_at is None
    with ui.element("div").classes("tl-row tl-version"):
        path = f"/programmes/{version.programme}/versions/{version.version}"
        ui.link(visit.say("programmes.version_n", n=version.version), path)
        status = "live" if is_live else version.status
        tag(visit.say_or(f"programmes.status_{status}", status), "good" if is_live else "plain")
        if is_question:
            tag(visit.say("programmes.was_asked"))
        if words := listing.changes.get(version.version):
            ui.label(words).classes("tl-strong")
        ui.label(_story(visit, version)).classes("tl-note tl-lines")
        is_offered = version in drafts_ahead(listing.versions, listing.live) and not is_question
        if visit.may(Permission.PROGRAMMES_CHANGE) and is_offered:
            publish = partial(ask_to_publish, visit, version.programme, version.version)
            button = action(visit.say("programmes.publish"), publish, icon="publish")
            button.props["aria-label"] = visit.say("programmes.publish_title", n=version.version)


def _story(visit: Visit, version: VersionSummary) -> str:
    """Say when a version was made, and who published it for what."""
    lines = [visit.say("programmes.made_at", at=visit.formats.instant(version.created_at))]
    if version.published_at is not None:
        at = visit.formats.instant(version.published_at)
        lines.append(visit.say("programmes.published_at", at=at))
    lines += [
        f"{visit.say(f'programmes.{name}')}: {version.note[name]}"
        for name in ("goal", "owner", "approval")
        if version.note.get(name)
    ]
    return "\n".join(lines)


def _compare(visit: Visit, listing: Listing) -> None:
    if len(listing.versions) < 2:
        return
    numbers = {v.version: visit.say("programmes.version_n", n=v.version) for v in listing.versions}
    old, new = compared_first(listing)
    with section(visit.say("programmes.compare"), wide=True):
        with ui.element("div").classes("tl-form"):
            left = ui.select(numbers, value=old, label=visit.say("programmes.left"))
            right = ui.select(numbers, value=new, label=visit.say("programmes.right"))
        box = ui.element("div").props("role=status")

        async def compare() -> None:
            sides = int(left.value), int(right.value)
            async with faults.told(visit):
                await show_differences(visit, listing.programme, sides, box)

        action(visit.say("programmes.compare_ask"), compare, icon="compare")


async def show_differences(visit: Visit, key: str, sides: tuple[int, int], box: ui.element) -> None:
    """Say sentence by sentence what one version changes from another."""
    found = await reading.compare_versions(visit, key, *sides)
    box.clear()
    with box:
        if not found.differences:
            ui.label(visit.say("programmes.no_differences"))
        rows = [[visit.local(each.text), each.pointer] for each in found.differences]
        if rows:
            plain_table([visit.say("programmes.difference"), visit.say("programmes.place")], rows)
