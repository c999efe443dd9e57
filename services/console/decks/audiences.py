"""Who is shown which slides, in which order, and what they are asked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from services.console.decks import (
    customers,
    goal,
    performance,
    relationship,
    strategy,
    tiers,
    trust,
)
from services.console.decks.data import DeckData, Definition
from services.console.decks.periods import before
from services.console.decks.slide import Deck, Slide, Term
from services.console.decks.voice import Voice

Builder = Callable[[DeckData, Voice], Slide | tuple[Slide, ...]]


class Audience(StrEnum):
    """Whom a deck is for."""

    MANAGEMENT = "management"
    MARKETING = "marketing"
    SERVICE = "service"
    DATA = "data"


class Chapter(StrEnum):
    """Parts of a deck, in the order they are told; `data` comes first for whom it is about."""

    GOAL = "goal"
    SEGMENTS = "segments"
    DATA = "data"
    RELATIONSHIP = "relationship"
    STRATEGY = "strategy"
    PERFORMANCE = "performance"


_SLIDES: Final[Mapping[Audience, tuple[tuple[Chapter, tuple[Builder, ...]], ...]]] = {
    Audience.MANAGEMENT: (
        (Chapter.GOAL, (goal.goal,)),
        (Chapter.SEGMENTS, (tiers.tiers, customers.concentration, customers.segments)),
        (Chapter.DATA, (trust.sources,)),
        (Chapter.RELATIONSHIP, (relationship.satisfaction,)),
        (Chapter.STRATEGY, (strategy.risk, strategy.next_steps)),
        (Chapter.PERFORMANCE, (performance.revenue,)),
    ),
    Audience.MARKETING: (
        (Chapter.GOAL, (goal.goal,)),
        (
            Chapter.SEGMENTS,
            (
                tiers.tiers,
                customers.lifecycle,
                customers.concentration,
                customers.segments,
            ),
        ),
        (Chapter.DATA, (trust.model,)),
        (Chapter.RELATIONSHIP, (relationship.moves, performance.loyalty)),
        (
            Chapter.STRATEGY,
            (
                strategy.growth,
                strategy.returns,
                strategy.risk,
                strategy.efforts,
                strategy.trials,
                strategy.next_steps,
            ),
        ),
        (Chapter.PERFORMANCE, (performance.revenue, performance.kpis)),
    ),
    Audience.SERVICE: (
        (Chapter.GOAL, (goal.goal,)),
        (
            Chapter.RELATIONSHIP,
            (
                relationship.satisfaction,
                relationship.cases,
                relationship.themes,
                relationship.surveys,
            ),
        ),
        (Chapter.STRATEGY, (strategy.risk, strategy.efforts, strategy.next_steps)),
        (Chapter.PERFORMANCE, (performance.kpis,)),
    ),
    Audience.DATA: (
        (Chapter.DATA, (trust.sources, trust.completeness, trust.model, trust.gains)),
        (
            Chapter.SEGMENTS,
            (
                tiers.tiers,
                customers.lifecycle,
                customers.concentration,
                customers.segments,
            ),
        ),
        (Chapter.RELATIONSHIP, (relationship.moves,)),
        (Chapter.STRATEGY, (strategy.trials,)),
        (Chapter.PERFORMANCE, (performance.kpis,)),
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


#: Whose titles name their period themselves, or judge each figure by its own.
_TELLS_WHEN: Final = frozenset({"goal", "next", "model"})


@dataclass(frozen=True, slots=True)
class Console:
    """The address links lead to; one that is not public opens on the console's machine alone."""

    url: str
    is_public: bool = True


def build(data: DeckData, audience: Audience, voice: Voice, console: Console | None) -> Deck:
    """Make the deck of an audience in a language; links lead to the console where there is one."""
    url = console.url.rstrip("/") if console else None
    slides = tuple(_chapters(data, audience, voice))
    past = before(data.first, data.last)
    return Deck(
        language=voice.language,
        title=voice.say("deck_title", audience=voice.say(f"audience_{audience}")),
        subtitle=voice.say("deck_subtitle", when=voice.of_dates(data), before=voice.span(*past)),
        question=voice.say(f"question_{audience}"),
        made=voice.say("deck_made", at=voice.formats.instant(data.made_at)),
        slides=(_summary(slides, data, voice), *slides),
        glossary_title=voice.say("glossary"),
        glossary=tuple(_term(each, voice, url) for each in _shown(data, slides)),
        sources_word=voice.say("source_word"),
        definitions_word=voice.say("definitions_word"),
        console=url,
        links_note=voice.say("links_local") if console and not console.is_public else "",
    )


def _chapters(data: DeckData, audience: Audience, voice: Voice) -> Iterator[Slide]:
    for chapter, builders in _SLIDES[audience]:
        name = voice.say(f"chapter_{chapter}")
        for builder in builders:
            built = builder(data, voice)
            for slide in built if isinstance(built, tuple) else (built,):
                yield replace(slide, chapter=name)


def _summary(slides: tuple[Slide, ...], data: DeckData, voice: Voice) -> Slide:
    """Tell the rest of the deck in a few lines; the first finding is its title."""
    told = [slide for slide in slides if slide.key in _TOLD_FIRST]
    # What could not be read is no finding, unless nothing could.
    found = [slide for slide in told if slide.source] or told[:1]
    first, *others = [_finding(slide, data, voice) for slide in found]
    away = [voice.say(f"service_{each}") for each in sorted(data.away)]
    missing = (voice.say("summary_away", services=voice.join(away)),) if away else ()
    title = voice.say("summary_title", finding=first)
    notes, when = voice.say("summary_notes"), voice.of_dates(data)
    return Slide("summary", title, lines=(*others, *missing), notes=notes, when=when)


def _finding(slide: Slide, data: DeckData, voice: Voice) -> str:
    """Say what a slide found, and of when where that is not the dates of the deck."""
    if slide.key in _TELLS_WHEN or slide.when in {"", voice.of_dates(data)}:
        return slide.title
    return voice.say("finding_when", finding=slide.title, when=slide.when)


def _shown(data: DeckData, slides: tuple[Slide, ...]) -> list[Definition]:
    """List the definitions of the KPIs that the slides show, in their own order."""
    shown = {key for slide in slides for key in linked(slide)}
    return [each for each in data.definitions if each.key in shown]


def linked(slide: Slide) -> frozenset[str]:
    """Name the KPIs that a slide links to."""
    tiles = {tile.kpi for tile in slide.tiles}
    cells = {cell.kpi for row in slide.table.rows for cell in row} if slide.table else set()
    return frozenset(key for key in (*slide.kpis, *tiles, *cells) if key)


def _term(definition: Definition, voice: Voice, url: str | None) -> Term:
    words = voice.tell(definition.words)
    link = f"{url}/kpis/{definition.key}" if url else None
    return Term(definition.key, voice.tell(definition.name), words, link)
