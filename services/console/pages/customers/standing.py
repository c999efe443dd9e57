"""Where a customer stands in a programme, why, what is missing, and what would change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nicegui import ui

from services.console.pages.customers.missing import gap_line, gaps_of, purchase_line, until_line
from services.console.pages.customers.one_form import in_one_form
from services.console.pages.customers.rows import first_decided, tier_name, top_of
from services.console.pages.customers.steps import Step, down, steps_of, up
from services.console.parts.faults import Fault, fault_card
from services.console.parts.frame import heading
from services.console.parts.pieces import fact, section, tag
from services.console.visiting.visit import Visit
from shared.contracts.common import LocalText
from shared.contracts.explanation import ExplanationAnswer
from shared.contracts.programmes import ProgrammeSummary, VersionDetail
from shared.contracts.tier import Target, TierAnswer
from shared.contracts.tier_history import HistoryItem
from shared.contracts.what_if import WhatIfAnswer

#: The reasons that tell how far somebody is; the page says so itself, with units and money.
TO_NEXT: Final = "to_next"
#: A way up that only repeats those reasons.
_BY_RULE: Final = "rule"


@dataclass(frozen=True, slots=True)
class Held:
    """A programme in force, the tier held in it, what was told before, and what would be.

    `supposed`: some days on without a purchase, and the ways up and down as of now; None where
    the explanation tells them. `version`: the rules, for programmes whose rules are public.
    """

    programme: ProgrammeSummary
    tier: TierAnswer | Fault
    history: list[HistoryItem] | Fault
    version: VersionDetail | Fault | None
    supposed: WhatIfAnswer | Fault | None


def standing(visit: Visit, held: Held, explained: ExplanationAnswer | Fault | None) -> None:
    """Show one programme: where they stand, why, what is missing, what would change it, the cost.

    `explained`: of this programme, where a model decides it.
    """
    programme, tier = held.programme, held.tier
    top = max(programme.tiers, key=lambda each: each.rank)
    is_top = isinstance(tier, TierAnswer) and tier.tier.key == top_of(programme)
    question = visit.say(f"customers.why_{'top' if is_top else 'not'}", tier=visit.local(top.name))
    with section(f"{visit.local(programme.name)} · {question}"):
        if isinstance(tier, Fault):
            fault_card(visit, tier)
            return
        _where(visit, held, tier, is_top=is_top)
        if isinstance(explained, ExplanationAnswer):
            _by_model(visit, explained)
        else:
            _by_rules(visit, held, tier)
        if not is_top:
            name = visit.local(programme.name)
            words = visit.say("customers.lower_the_bar", programme=name)
            ui.link(words, f"/programmes/{programme.programme}")


def _where(visit: Visit, held: Held, tier: TierAnswer, *, is_top: bool) -> None:
    with ui.element("div").classes("tl-row"):
        tag(visit.local(tier.tier.name), "good" if is_top else "plain")
        if tier.status != "held":
            tag(visit.say_or(f"customers.status_{tier.status}", tier.status), "warn")
    if tier.since is not None:
        history = [] if isinstance(held.history, Fault) else held.history
        fact(visit.say("customers.since"), since_words(visit, tier, history))
    if tier.valid_until is not None:
        fact(visit.say("customers.until"), visit.formats.instant(tier.valid_until))


def since_words(visit: Visit, tier: TierAnswer, history: Sequence[HistoryItem]) -> str:
    """Say since when a tier is held; by the rules that may be before it was decided first."""
    since, decided = tier.since, first_decided(history)
    if since is None or decided is None or decided <= since:
        return visit.formats.instant(since)
    days = [visit.formats.date(at.astimezone(visit.house.zone).date()) for at in (since, decided)]
    if days[0] == days[1]:
        return visit.formats.instant(since)
    return visit.say("customers.since_decided", since=days[0], decided=days[1])


def _by_rules(visit: Visit, held: Held, tier: TierAnswer) -> None:
    document = held.version.document if isinstance(held.version, VersionDetail) else None
    gaps = [] if document is None else gaps_of(document, tier)
    told = [each.text for each in tier.reasons if not (gaps and each.code == TO_NEXT)]
    texts([in_one_form(visit, text) for text in told])
    answer = held.supposed if isinstance(held.supposed, WhatIfAnswer) else None
    buying = []
    if document is None:
        target(visit, held.programme, tier.progress.next)
    elif gaps:
        heading(visit.say("customers.what_is_missing"), level=3)
        lines = [gap_line(visit, document, gap) for gap in gaps]
        texts([*lines, until_line(visit, document, tier, answer)])
        buying = [purchase_line(visit, document, gaps)]
    if isinstance(held.supposed, Fault):
        fault_card(visit, held.supposed)
    elif answer is not None:
        up = [way.text for way in answer.up if way.kind != _BY_RULE]
        ways = [*buying, *(in_one_form(visit, text) for text in (*up, answer.down.text))]
        _what_it_takes(visit, ways, answer.assumes)


def target(visit: Visit, programme: ProgrammeSummary, aim: Target | None) -> None:
    """Name what a tier still asks for, where its rules are not at hand."""
    if aim is None or not aim.needs:
        return
    needs = "; ".join(
        f"{need.missing} {visit.say_or(f'customers.metric_{need.metric}', need.metric)}"
        for need in aim.needs
    )
    until = visit.formats.instant(aim.by) if aim.by else ""
    word = "customers.missing_until" if until else "customers.missing"
    name = tier_name(visit, programme, aim.tier)
    fact(visit.say("customers.to_next", tier=name), visit.say(word, needs=needs, until=until))


def _by_model(visit: Visit, explained: ExplanationAnswer) -> None:
    steps, flip = steps_of(explained), explained.flip
    ui.label(in_one_form(visit, explained.tier.text)).classes("tl-lines")
    _listed(visit, "customers.holds_down", down(steps))
    _listed(visit, "customers.lifts", up(steps))
    ways = [in_one_form(visit, hint.text) for hint in (flip.up, flip.down) if hint]
    _what_it_takes(visit, ways, flip.assumes)


def _what_it_takes(visit: Visit, ways: Sequence[str], assumes: LocalText) -> None:
    heading(visit.say("customers.what_it_takes"), level=3)
    texts(ways)
    ui.label(visit.local(assumes)).classes("tl-note")


def _listed(visit: Visit, word: str, steps: Sequence[Step]) -> None:
    if not steps:
        return
    heading(visit.say(word), level=3)
    texts([in_one_form(visit, step.text) for step in steps])


def texts(lines: Sequence[str]) -> None:
    """List sentences, those that are empty left out."""
    with ui.element("ul"):
        for line in lines:
            if line:
                with ui.element("li"):
                    ui.label(line)
