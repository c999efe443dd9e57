"""One programme: what is in force, in words; what if; its versions and what they differ in."""

from nicegui import ui

from services.console.pages.programmes.in_words import rule_facts, tier_rows
from services.console.pages.programmes.versions import read_versions, versions_section
from services.console.pages.programmes.what_if import what_if_section
from services.console.parts import faults
from services.console.parts.charts import plain_table
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import fact, section, tag
from services.console.reading import programmes as reading
from services.console.visiting.visit import Visit
from shared.contracts.programmes import ProgrammeSummary, VersionDetail


@page("/programmes/{key}", "programmes")
async def show(visit: Visit, key: str) -> None:
    """Show a programme, and what may be done with it."""
    found = await reading.one_programme(visit, key)
    shown = await reading.one_version(visit, key, found.version)
    listing = await read_versions(visit, found, shown)
    retitle(visit.local(found.name))
    _in_force(visit, found, shown)
    place = ui.element("div")
    box = ui.element("div")

    async def list_anew() -> None:
        async with faults.told(visit):
            now = await read_versions(visit, found, shown)
            box.clear()
            with box:
                versions_section(visit, now)

    with place:
        what_if_section(visit, shown, list_anew)
    with box:
        versions_section(visit, listing)


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
