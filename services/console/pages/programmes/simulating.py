"""Simulate a version and show what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from services.console.changing import programmes as changing
from services.console.pages.programmes import charts
from services.console.pages.programmes.bars import moved_bar
from services.console.pages.programmes.documents import Document
from services.console.pages.programmes.movers import movers
from services.console.pages.programmes.outcome import Result, outcome_of
from services.console.pages.programmes.sentence import sentence, subject_words
from services.console.pages.programmes.starting import starts_words, uncosted_words
from services.console.parts import faults
from services.console.parts.pieces import tile, tiles
from services.console.parts.progress import follow, job_of
from services.console.reading import programmes as reading
from services.console.visiting.visit import Visit
from shared.contracts.jobs import JobAccepted
from shared.contracts.programmes import VersionDetail
from shared.ids import uuid7


@dataclass(slots=True)
class Once:
    """The keys of what was asked for here: a click again, after a lost answer, is the same deed."""

    keys: dict[str, str] = field(default_factory=dict)

    def key_of(self, deed: str) -> str:
        """Give the key of a deed, the same one until it is over."""
        return self.keys.setdefault(deed, str(uuid7()))

    def end(self, deed: str) -> None:
        """Let the next time be another deed."""
        self.keys.pop(deed, None)


async def simulate_here(
    visit: Visit, version: VersionDetail, reason: str, box: ui.element, once: Once
) -> None:
    """Simulate a version with its progress in a box, then show there what it would do."""
    deed = f"simulate {version.version}"
    box.clear()
    with box:
        async with faults.told(visit):
            change = changing.simulate(version.programme, version.version, once.key_of(deed))
            asked = await visit.make(change, reason, JobAccepted)
            title = visit.say("programmes.simulating")
            job = job_of(visit.scoring, asked.job_id)
            if await follow(visit, title, job, answers_here=True) is not None:
                once.end(deed)
            await show_last(visit, version)


async def show_last(visit: Visit, version: VersionDetail) -> bool:
    """Show the latest simulation of a version here; tell whether there is one."""
    found = await reading.last_simulation(visit, version.programme, version.version)
    if found is None or found.result is None:
        return False
    former = None
    if (in_force := found.result.get("in_force")) is not None:
        former = (await reading.one_version(visit, version.programme, int(str(in_force)))).document
    await show_result(visit, version, former, found.result)
    return True


async def show_result(
    visit: Visit, version: VersionDetail, former: Document | None, result: Result
) -> None:
    """Show what a version would do: one sentence, then the figures behind it."""
    change = moved_bar(former, version.document) if former else None
    outcome = outcome_of(result, change[0].tier if change else None)
    names = _names(visit, version.document, former)
    subject = subject_words(visit, version.document, change, version.version)
    held = names[outcome.held_from]
    if outcome.held_from != result["tiers"][-1]["tier"]:
        held = visit.say("programmes.and_above", tier=held)
    told = [sentence(visit, subject, outcome, held), starts_words(visit, outcome)]
    if outcome.cost is not None:
        told.append(uncosted_words(visit, version.document))
    said = ui.label("\n".join(filter(None, told))).classes("tl-headline tl-lines")
    said.props("role=status").mark("headline")
    _tiles(visit, result)
    charts.migration(visit, result, names)
    charts.replay(visit, result, names)
    charts.value(visit, result, names)
    charts.benefits(visit, result, version.document, former)
    for part in ("rising", "losing"):
        await movers(visit, part, result, names)
    ui.label(visit.say("programmes.simulated_note")).classes("tl-note")


def _names(visit: Visit, document: Document, former: Document | None) -> dict[str | None, str]:
    tiers = [*(former or {}).get("tiers", []), *document["tiers"]]
    names: dict[str | None, str] = {tier["key"]: visit.local(tier["name"]) for tier in tiers}
    return names | {None: visit.say("programmes.no_tier")}


def _tiles(visit: Visit, result: Result) -> None:
    formats = visit.formats
    with tiles():
        for part in ("rising", "losing"):
            moved: Mapping[str, Any] = result.get(part) or {"customers": 0, "share": 0}
            tile(
                visit.say(f"programmes.{part}"),
                formats.number(moved["customers"]),
                note=formats.percent(moved["share"]),
                tone="good" if part == "rising" else "warn",
            )
        costs = result.get("benefits") or {}
        if costs.get("benefits"):
            money = formats.money(costs["cost_a_year"], costs["currency"], whole=True)
            tile(visit.say("programmes.cost_a_year"), money)
        hurts = result["more_hurts"]
        if hurts["scanned"]:
            tile(
                visit.say("programmes.more_hurts"),
                formats.number(hurts["hurt"]),
                note=visit.say("programmes.of_scanned", n=formats.number(hurts["scanned"])),
                tone="bad" if hurts["hurt"] else "good",
            )
