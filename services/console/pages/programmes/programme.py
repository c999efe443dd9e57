"""One programme: what is in force, in words; what if; its versions and what they differ in."""

from functools import partial

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.programmes.in_words import rule_facts, tier_rows
from services.console.pages.programmes.publishing import ask_to_publish, ask_to_roll_back
from services.console.pages.programmes.what_if import what_if_section
from services.console.parts import faults
from services.console.parts.charts import plain_table
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, fact, section, tag
from services.console.reading import programmes as reading
from services.console.visiting.visit import Visit
from shared.contracts.programmes import ProgrammeSummary, VersionDetail, VersionSummary


@page("/programmes/{key}", "programmes")
async def show(visit: Visit, key: str) -> None:
    """Show a programme, and what may be done with it."""
    found = await reading.one_programme(visit, key)
    shown = await reading.one_version(visit, key, found.version)
    versions = await reading.list_versions(visit, key)
    retitle(visit.local(found.name))
    _in_force(visit, found, shown)
    what_if_section(visit, shown)
    _versions(visit, found, versions.items)
    _compare(visit, key, versions.items)


def _in_force(visit: Visit, found: ProgrammeSummary, shown: VersionDetail) -> None:
    is_live = found.release is not None
    words = "programmes.in_force" if is_live else "programmes.not_in_force"
    with section(visit.say(words, n=found.version), wide=True):
        with ui.element("div").classes("tl-row"):
            tag(visit.say_or(f"programmes.audience_{found.audience}", found.audience))
            if found.is_default:
                tag(visit.say("programmes.is_default"))
            ui.link(
                visit.say("programmes.edit"),
                f"/programmes/{found.programme}/versions/{found.version}",
            )
        head = [
            visit.say("programmes.tier"),
            visit.say("programmes.asks"),
            visit.say("programmes.gets"),
        ]
        plain_table(head, tier_rows(visit, shown.document))
        for label, told in rule_facts(visit, shown.document):
            fact(label, told)


def _versions(visit: Visit, found: ProgrammeSummary, versions: list[VersionSummary]) -> None:
    may = visit.may(Permission.PROGRAMMES_CHANGE)
    live = found.version if found.release is not None else None
    with section(visit.say("programmes.versions"), wide=True):
        if may and live is not None:
            back = partial(ask_to_roll_back, visit, found.programme)
            action(visit.say("programmes.roll_back"), back, icon="undo")
        for version in versions:
            _version(visit, version, is_live=version.version == live, may=may)


def _version(visit: Visit, version: VersionSummary, *, is_live: bool, may: bool) -> None:
    with ui.element("div").classes("tl-row tl-version"):
        path = f"/programmes/{version.programme}/versions/{version.version}"
        ui.link(visit.say("programmes.version_n", n=version.version), path)
        status = "live" if is_live else version.status
        tag(visit.say_or(f"programmes.status_{status}", status), "good" if is_live else "plain")
        ui.label(_story(visit, version)).classes("tl-note tl-lines")
        if may and not is_live and version.status == "draft":
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


def _compare(visit: Visit, key: str, versions: list[VersionSummary]) -> None:
    if len(versions) < 2:
        return
    numbers = {v.version: visit.say("programmes.version_n", n=v.version) for v in versions}
    with section(visit.say("programmes.compare"), wide=True):
        with ui.element("div").classes("tl-form"):
            left = ui.select(numbers, value=versions[1].version, label=visit.say("programmes.left"))
            right = ui.select(
                numbers, value=versions[0].version, label=visit.say("programmes.right")
            )
        box = ui.element("div").props("role=status")

        async def compare() -> None:
            async with faults.told(visit):
                await show_differences(visit, key, (int(left.value), int(right.value)), box)

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
