"""Slides about the relationship: moves between tiers, satisfaction, complaints, what is said."""

from typing import Final

from services.console.decks.care_data import CaseFigures, Survey, Theme
from services.console.decks.data import Aim, DeckData, Kpi, Tier
from services.console.decks.empty import nothing, without
from services.console.decks.slide import Cell, Chart, Series, Shape, Slide, Table, Tile
from services.console.decks.voice import SAID, Voice

#: Tiers with fewer answers are shown, but not called the best or the worst.
_FEWEST: Final = 10


def moves(data: DeckData, voice: Voice) -> Slide:
    """Show who moved between tiers in the last 30 days."""
    if data.kpis is None or data.moves is None or data.programme is None:
        return without("moves", data, voice)
    up, down = data.kpi("tier_upgrades"), data.kpi("tier_downgrades")
    if up is None or down is None or up.value is None or down.value is None:
        return nothing("moves", voice)
    is_still = not up.value and not down.value
    title = voice.say(
        "moves_still" if is_still else "moves_found", up=voice.of(up), down=voice.of(down)
    )
    return Slide(
        "moves",
        title,
        tiles=tuple(
            Tile(voice.tell(each.name), voice.of(each), kpi=each.key) for each in (up, down)
        ),
        table=_matrix(data, voice),
        source=voice.say("source_kpis"),
        page="/kpis",
        kpis=("tier_upgrades", "tier_downgrades", "tier_migration"),
        when=voice.as_of(data.last),
        notes=voice.say("moves_notes"),
    )


def _matrix(data: DeckData, voice: Voice) -> Table | None:
    programme = data.programme
    if programme is None or not data.moves:
        return None
    found = {kpi.slice: kpi for kpi in data.moves}

    def cell(start: Tier, end: Tier) -> Cell:
        kpi = found.get(f"move:{programme.key}:{start.key}:{end.key}")
        return Cell(voice.of(kpi), "tier_migration")

    rows = tuple(
        (Cell(voice.tell(start.name)), *(cell(start, end) for end in programme.tiers))
        for start in programme.tiers
    )
    return Table((voice.say("head_from_to"), *(voice.tell(t.name) for t in programme.tiers)), rows)


def satisfaction(data: DeckData, voice: Voice) -> Slide:
    """Show how satisfied the customers of each tier are."""
    if data.kpis is None:
        return without("satisfaction", data, voice)
    asked = [kpi for key in SAID if (kpi := data.kpi(key)) is not None and kpi.value is not None]
    if not asked:
        return nothing("satisfaction", voice)
    title = _satisfaction_title(data, asked[0], voice)
    return Slide(
        "satisfaction",
        title,
        tiles=tuple(_tile(kpi, data, voice) for kpi in asked),
        lines=tuple(_against_target(kpi, kpi.aim, voice) for kpi in asked if kpi.aim),
        chart=_satisfaction_chart(data, title, voice),
        source=voice.say("source_kpis"),
        page="/kpis",
        kpis=tuple(kpi.key for kpi in asked),
        when=voice.of_dates(data),
        notes=voice.say("satisfaction_notes"),
    )


def _satisfaction_title(data: DeckData, overall: Kpi, voice: Voice) -> str:
    told = [
        (tier, kpi)
        for tier, kpi in data.of_tiers("csat")
        if kpi.value is not None and (kpi.denominator or 0) >= _FEWEST
    ]
    if len(told) < 2:
        return voice.say(
            "satisfaction_all",
            kpi=voice.tell(overall.name),
            when=voice.of_dates(data),
            value=voice.counted(overall, overall.value, overall.denominator),
        )
    best = max(told, key=lambda pair: pair[1].value or 0.0)
    worst = min(told, key=lambda pair: pair[1].value or 0.0)
    if voice.of(best[1]) == voice.of(worst[1]):
        return voice.say("satisfaction_level", value=voice.of(best[1]))
    return voice.say(
        "satisfaction_found",
        best=voice.tell(best[0].name),
        high=voice.of(best[1]),
        worst=voice.tell(worst[0].name),
        low=voice.of(worst[1]),
    )


def _tile(kpi: Kpi, data: DeckData, voice: Voice) -> Tile:
    """Show what was said in the dates of the deck, from how many answers."""
    parts = {"kpi": voice.tell(kpi.name), "when": voice.of_dates(data)}
    if kpi.denominator is None:
        label = voice.say("kpi_when", **parts)
    else:
        label = voice.say("kpi_when_answers", **parts, answers=voice.answers(kpi.denominator))
    was = voice.counted(kpi, kpi.previous, kpi.previous_denominator)
    note = "" if kpi.previous is None else voice.say("before", value=was)
    return Tile(label, voice.of(kpi), note, kpi.key)


def _against_target(kpi: Kpi, aim: Aim, voice: Voice) -> str:
    """Tell the figure of the target's own period, which is another than that of the dates."""
    return voice.say(
        "kpi_against_target",
        kpi=voice.tell(kpi.name),
        when=voice.period(aim.period, aim.last),
        actual=voice.counted(kpi, aim.actual, aim.answers),
        period=voice.period(aim.period),
        target=voice.figure(kpi.unit, aim.value),
    )


def _satisfaction_chart(data: DeckData, title: str, voice: Voice) -> Chart | None:
    told = data.of_tiers("csat")
    if not any(kpi.value is not None for _, kpi in told):
        return None
    return Chart(
        Shape.COLUMN,
        tuple(_answered(tier, kpi, voice) for tier, kpi in told),
        (Series(voice.tell(told[0][1].name), tuple(kpi.value for _, kpi in told)),),
        "share",
        voice.say("chart_says", what=voice.say("topic_satisfaction"), figures=title),
    )


def _answered(tier: Tier, kpi: Kpi, voice: Voice) -> str:
    answers = voice.answers(kpi.denominator or 0)
    return voice.say("tier_answers", tier=voice.tell(tier.name), answers=answers)


def cases(data: DeckData, voice: Voice) -> Slide:
    """Show how fast complaints were answered, against what the tiers promise."""
    if data.cases is None:
        return without("cases", data, voice)
    total = data.cases[0] if data.cases else None
    if total is None or not total.cases:
        return nothing("cases", voice)
    title = (
        voice.say_many("cases_unanswered", total.cases)
        if total.within is None
        else voice.say_many("cases_found", total.cases, share=voice.share(total.within))
    )
    return Slide(
        "cases",
        title,
        table=_cases_table(data.cases, voice),
        source=voice.say("source_cases"),
        page="/cases",
        kpis=("first_response_time",),
        when=voice.of_dates(data),
        notes=voice.say("cases_notes"),
    )


def _cases_table(found: tuple[CaseFigures, ...], voice: Voice) -> Table:
    head = ("tier", "cases", "answered", "resolved", "within", "response", "resolution")
    rows = tuple(
        (
            Cell(voice.say("all") if place == 0 else _tier(each, voice)),
            Cell(voice.formats.number(each.cases)),
            Cell(voice.formats.number(each.answered)),
            Cell(voice.formats.number(each.resolved)),
            Cell(voice.share(each.within)),
            Cell(voice.figure("minutes", each.response_minutes), "first_response_time"),
            Cell(voice.figure("minutes", each.resolution_minutes)),
        )
        for place, each in enumerate(found)
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows)


def _tier(each: CaseFigures, voice: Voice) -> str:
    return voice.tell(each.name) or voice.say("no_tier")


def surveys(data: DeckData, voice: Voice) -> Slide:
    """Show what came back of surveys."""
    if data.surveys is None:
        return without("surveys", data, voice)
    asked = [each for each in data.surveys if each.sent]
    if not asked:
        return nothing("surveys", voice)
    sent, answered = sum(e.sent for e in asked), sum(e.answered for e in asked)
    return Slide(
        "surveys",
        voice.say_many("surveys_found", sent, share=voice.share(answered / sent)),
        table=_surveys_table(asked[:12], voice),
        source=voice.say("source_surveys"),
        page="/surveys",
        kpis=("survey_response_rate",),
        when=voice.as_of_now(data),
        notes=voice.say("surveys_notes"),
    )


def _surveys_table(asked: list[Survey], voice: Voice) -> Table:
    head = ("survey", "sent", "answered", "share", "nps", "mean")
    rows = tuple(
        (
            Cell(voice.tell(each.name)),
            Cell(voice.formats.number(each.sent)),
            Cell(voice.formats.number(each.answered)),
            Cell(voice.share(each.answered / each.sent)),
            Cell(voice.formats.number(each.nps, digits=1)),
            Cell(voice.formats.number(each.mean, digits=1)),
        )
        for each in asked
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows)


def themes(data: DeckData, voice: Voice) -> Slide:
    """Show what was said, by kind, and how much of it was bad news."""
    if data.voices is None:
        return without("themes", data, voice)
    said = sorted(data.voices.themes, key=lambda each: -each.said)
    if not said:
        return nothing("themes", voice)
    total, bad = sum(each.said for each in said), sum(each.bad for each in said)
    title = voice.say_many(
        "themes_found",
        total,
        share=voice.share(bad / total),
        kind=voice.name("kind", said[0].kind),
    )
    return Slide(
        "themes",
        title,
        lines=() if data.voices.is_all else (voice.say_many("themes_newest", total),),
        chart=_themes_chart(said, title, voice),
        source=voice.say("source_feedback"),
        page="/feedback",
        when=voice.of_dates(data),
        notes=voice.say("themes_notes"),
    )


def _themes_chart(said: list[Theme], title: str, voice: Voice) -> Chart:
    return Chart(
        Shape.STACKED,
        tuple(voice.name("kind", each.kind) for each in said),
        (
            Series(voice.say("other_news"), tuple(float(each.said - each.bad) for each in said)),
            Series(voice.say("bad_news"), tuple(float(each.bad) for each in said)),
        ),
        "number",
        voice.say("chart_says", what=voice.say("topic_themes"), figures=title),
    )
