"""Slides about what the figures rest on: sources, completeness, how right the model is."""

from datetime import datetime
from typing import Final

from services.console.decks.data import Contender, DeckData, Model, Source
from services.console.decks.empty import nothing, without
from services.console.decks.slide import Cell, Chart, Series, Shape, Slide, Table
from services.console.decks.voice import Voice

_GOOD: Final = frozenset({"A", "B"})
_PARTS: Final = ("customer", "store", "category", "cost")
#: Every fifth point draws the curve as well as all hundred.
_STEP: Final = 5


def sources(data: DeckData, voice: Voice) -> Slide:
    """Show where data comes from, how good it is and when it last came."""
    if data.sources is None:
        return without("sources", data, voice)
    if not data.sources:
        return nothing("sources", voice)
    return Slide(
        "sources",
        _sources_title(data.sources, voice),
        lines=_silent(data.sources, voice),
        table=_sources_table(data.sources, voice),
        source=voice.say("source_quality"),
        page="/data",
        when=voice.as_of_now(data),
        notes=voice.say("sources_notes"),
    )


def _sources_title(found: tuple[Source, ...], voice: Voice) -> str:
    graded = [each for each in found if each.grade is not None]
    poor = [each for each in graded if each.grade not in _GOOD]
    if not graded:
        return voice.say_many("sources_ungraded", len(found))
    if not poor:
        return voice.say_many("sources_good", len(graded))
    return voice.say_many(
        "sources_poor",
        len(graded),
        poor=voice.formats.number(len(poor)),
        names=voice.join([each.key for each in poor[:3]]),
    )


def _silent(found: tuple[Source, ...], voice: Voice) -> tuple[str, ...]:
    quiet = [each.key for each in found if each.is_silent]
    return (voice.say("sources_silent", names=voice.join(quiet)),) if quiet else ()


def _sources_table(found: tuple[Source, ...], voice: Voice) -> Table:
    head = ("source", "grade", "received", "refused", "anonymous", "last_heard")
    rows = tuple(
        (
            Cell(each.key),
            Cell(each.grade or voice.say("ungraded")),
            Cell(voice.formats.number(each.received)),
            Cell(voice.formats.number(each.rejected)),
            Cell(voice.share(each.anonymous)),
            Cell(_heard(each.last_event_at, voice)),
        )
        for each in found[:12]
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows, numbers_from=2)


def _heard(at: datetime | None, voice: Voice) -> str:
    return voice.say("never") if at is None else voice.formats.instant(at)


def completeness(data: DeckData, voice: Voice) -> Slide:
    """Show how complete what the sources send is."""
    if data.sources is None:
        return without("completeness", data, voice)
    shown = [
        each for each in data.sources if any(v is not None for v in each.completeness.values())
    ]
    if not shown:
        return nothing("completeness", voice)
    known = [
        (value, part, each.key)
        for each in shown
        for part, value in each.completeness.items()
        if value is not None
    ]
    least, part, key = min(known)
    named = voice.say(f"part_{part}")
    title = (
        voice.say("completeness_full")
        if voice.share(least) == voice.share(1.0)
        else voice.say("completeness_gap", source=key, part=named, share=voice.share(least))
    )
    return Slide(
        "completeness",
        title,
        chart=_completeness_chart(shown, title, voice),
        source=voice.say("source_quality"),
        page="/data",
        when=voice.as_of_now(data),
        notes=voice.say("completeness_notes"),
    )


def _completeness_chart(shown: list[Source], title: str, voice: Voice) -> Chart:
    series = tuple(
        Series(voice.say(f"part_{part}"), tuple(each.completeness.get(part) for each in shown))
        for part in _PARTS
    )
    says = voice.say("chart_says", what=voice.say("topic_completeness"), figures=title)
    return Chart(Shape.COLUMN, tuple(each.key for each in shown), series, "share", says)


def model(data: DeckData, voice: Voice) -> Slide:
    """Show how often the model named the best customers, beside the naive rules."""
    if data.model is None:
        return without("model", data, voice)
    title = _model_title(data.model, voice)
    return Slide(
        "model",
        title,
        lines=tuple(filter(None, (_period(data.model, voice), voice.tell(data.model.drift)))),
        chart=_hits(data.model, title, voice),
        table=_contenders(data.model, voice),
        source=voice.say("source_model", version=data.model.version),
        page="/accuracy",
        when=voice.span(data.model.cutoff, data.model.until),
        notes=voice.say("model_notes"),
    )


def _model_title(found: Model, voice: Voice) -> str:
    ours, *rules = found.contenders
    told = [each for each in rules if each.hit20 is not None]
    if ours.hit20 is None:
        return voice.say("model_unmeasured")
    if not told:
        return voice.say("model_alone", hit=voice.share(ours.hit20))
    best = max(told, key=lambda each: each.hit20 or 0.0)
    parts = {
        "hit": voice.share(ours.hit20),
        "rule": voice.tell(best.name),
        "other": voice.share(best.hit20),
    }
    if parts["hit"] == parts["other"]:
        return voice.say("model_level", **parts)
    is_ahead = ours.hit20 > (best.hit20 or 0.0)
    return voice.say("model_ahead" if is_ahead else "model_behind", **parts)


def _period(found: Model, voice: Voice) -> str:
    dates = voice.formats.date
    return voice.say_many(
        "model_measured", found.customers, first=dates(found.cutoff), last=dates(found.until)
    )


def _hits(found: Model, title: str, voice: Voice) -> Chart:
    return Chart(
        Shape.BAR,
        tuple(voice.tell(each.name) for each in found.contenders),
        (Series(voice.say("head_hit20"), tuple(each.hit20 for each in found.contenders)),),
        "share",
        voice.say("chart_says", what=voice.say("topic_model"), figures=title),
    )


def _contenders(found: Model, voice: Voice) -> Table:
    head = ("rule", "hit20", "cap20", "gini")
    rows = tuple(
        (
            Cell(voice.tell(each.name)),
            Cell(voice.share(each.hit20)),
            Cell(voice.share(each.cap20)),
            Cell(voice.formats.number(each.gini, digits=3)),
        )
        for each in found.contenders
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows)


def gains(data: DeckData, voice: Voice) -> Slide:
    """Show what share of later spend the best customers by each score held."""
    if data.model is None:
        return without("gains", data, voice)
    drawn = [each for each in data.model.contenders if each.gains]
    if not drawn:
        return nothing("gains", voice)
    ours = drawn[0]
    title = (
        voice.say("gains_unmeasured")
        if ours.cap20 is None
        else voice.say("gains_found", rule=voice.tell(ours.name), share=voice.share(ours.cap20))
    )
    return Slide(
        "gains",
        title,
        chart=Chart(
            Shape.XY,
            (),
            tuple(_gain(each, voice) for each in drawn),
            "share",
            voice.say("chart_says", what=voice.say("topic_gains"), figures=title),
            voice.say("axis_named"),
            voice.say("axis_spent"),
        ),
        source=voice.say("source_model", version=data.model.version),
        page="/accuracy",
        when=voice.span(data.model.cutoff, data.model.until),
        notes=voice.say("gains_notes"),
    )


def _gain(each: Contender, voice: Voice) -> Series:
    steps = range(0, len(each.gains), _STEP)
    last = max(len(each.gains) - 1, 1)
    ys, xs = tuple(each.gains[i] for i in steps), tuple(i / last for i in steps)
    return Series(voice.tell(each.name), ys, xs)
