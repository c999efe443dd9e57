"""Who is shown which slides, in which order, and what they are asked."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from services.console.decks import (
    customers,
    goal,
    performance,
    relationship,
    strategy,
    trust,
)
from services.console.decks.data import DeckData, Definition
from services.console.decks.slide import Deck, Slide, Term
from services.console.decks.voice import Voice

Builder = Callable[[DeckData, Voice], Slide]


class Audience(StrEnum):
    """Whom a deck is for."""

    MANAGEMENT = "management"
    MARKETING = "marketing"
    SERVICE = "service"
    DATA = "data"


_SLIDES: Final[Mapping[Audience, tuple[Builder, ...]]] = {
    Audience.MANAGEMENT: (
        goal.goal,
        performance.revenue,
        customers.tiers,
        customers.concentration,
        relationship.satisfaction,
        strategy.risk,
        strategy.next_steps,
    ),
    Audience.MARKETING: (
        goal.goal,
        customers.tiers,
        customers.lifecycle,
        customers.concentration,
        customers.segments,
        relationship.moves,
        performance.revenue,
        performance.loyalty,
        strategy.growth,
        strategy.returns,
        strategy.risk,
        strategy.efforts,
        strategy.trials,
        strategy.next_steps,
        performance.kpis,
    ),
    Audience.SERVICE: (
        goal.goal,
        relationship.satisfaction,
        relationship.cases,
        relationship.themes,
        relationship.surveys,
        strategy.efforts,
        strategy.risk,
        strategy.next_steps,
        performance.kpis,
    ),
    Audience.DATA: (
        trust.sources,
        trust.completeness,
        trust.model,
        trust.gains,
        customers.tiers,
        customers.lifecycle,
        customers.concentration,
        customers.segments,
        relationship.moves,
        strategy.trials,
        performance.kpis,
    ),
}
#: What the first slide tells, by whose titles: the rest of the deck in a few lines.
_TOLD_FIRST: Final = (
    "goal",
    "revenue",
    "tiers",
    "satisfaction",
    "cases",
    "sources",
    "model",
    "next",
)


def build(data: DeckData, audience: Audience, voice: Voice, public_url: str | None) -> Deck:
    """Make the deck of an audience in a language; links lead to `public_url` where there is one."""
    slides = tuple(builder(data, voice) for builder in _SLIDES[audience])
    dates = voice.formats.date
    return Deck(
        language=voice.language,
        title=voice.say("deck_title", audience=voice.say(f"audience_{audience}")),
        subtitle=voice.say("deck_dates", first=dates(data.first), last=dates(data.last)),
        question=voice.say(f"question_{audience}"),
        made=voice.say("deck_made", at=voice.formats.instant(data.made_at)),
        slides=(_summary(slides, data, voice), *slides),
        glossary_title=voice.say("glossary"),
        glossary=tuple(_term(each, voice, public_url) for each in _shown(data, slides)),
        sources_word=voice.say("source_word"),
    )


def _summary(slides: tuple[Slide, ...], data: DeckData, voice: Voice) -> Slide:
    """Tell the rest of the deck in a few lines; the first finding is its title."""
    told = [slide for slide in slides if slide.key in _TOLD_FIRST]
    # What could not be read is no finding, unless nothing could.
    first, *others = [slide.title for slide in told if slide.source] or [told[0].title]
    away = [voice.say(f"service_{each}") for each in sorted(data.away)]
    missing = (voice.say("summary_away", services=voice.join(away)),) if away else ()
    title = voice.say("summary_title", finding=first)
    return Slide("summary", title, lines=(*others, *missing), notes=voice.say("summary_notes"))


def _shown(data: DeckData, slides: tuple[Slide, ...]) -> list[Definition]:
    """List the definitions of the KPIs that the slides show, in their own order."""
    shown = {key for slide in slides for key in linked(slide)}
    return [each for each in data.definitions if each.key in shown]


def linked(slide: Slide) -> frozenset[str]:
    """Name the KPIs that a slide links to."""
    tiles = {tile.kpi for tile in slide.tiles}
    cells = {cell.kpi for row in slide.table.rows for cell in row} if slide.table else set()
    return frozenset(key for key in (*slide.kpis, *tiles, *cells) if key)


def _term(definition: Definition, voice: Voice, public_url: str | None) -> Term:
    words = voice.tell(definition.words)
    link = f"{public_url.rstrip('/')}/kpis/{definition.key}" if public_url else None
    return Term(definition.key, voice.tell(definition.name), words, link)
