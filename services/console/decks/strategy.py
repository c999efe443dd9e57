"""Slides about what to do: growth, win-back, playbooks and offers, experiments, next steps."""

from collections import Counter
from typing import Final

from services.console.decks import goal
from services.console.decks.care_data import Effort, Review, Trial, WinBack
from services.console.decks.data import DeckData, Kpi, Tier
from services.console.decks.empty import nothing, without
from services.console.decks.slide import Cell, Chart, Series, Shape, Slide, Table, Tile
from services.console.decks.voice import Voice

#: Verdicts that say an effect was seen.
_SHOWN: Final = frozenset({"higher", "lower"})


def growth(data: DeckData, voice: Voice) -> Slide:
    """Show which tiers grow and which shrink."""
    return _by_tier("growth", "spend_growth", data, voice)


def returns(data: DeckData, voice: Voice) -> Slide:
    """Show what a customer of each tier brings after all costs we know."""
    return _by_tier("returns", "return_per_customer", data, voice)


def _by_tier(slide: str, key: str, data: DeckData, voice: Voice) -> Slide:
    if data.kpis is None or data.tier_kpis is None:
        return without(slide, data, voice)
    told = [(tier, kpi) for tier, kpi in data.of_tiers(key) if kpi.value is not None]
    overall = data.kpi(key)
    if not told and (overall is None or overall.value is None):
        return nothing(slide, voice)
    title = _by_tier_title(slide, told, overall, voice)
    return Slide(
        slide,
        title,
        tiles=() if overall is None else (Tile(voice.say("all"), voice.of(overall), kpi=key),),
        chart=_tier_chart(slide, told, title, voice),
        source=voice.say("source_kpis"),
        page="/kpis",
        kpis=(key, "cost_to_serve") if slide == "returns" else (key,),
        when=voice.as_of(data.last),
        notes=voice.say(f"{slide}_notes"),
    )


def _by_tier_title(
    slide: str, told: list[tuple[Tier, Kpi]], overall: Kpi | None, voice: Voice
) -> str:
    if not told:
        return _overall_title(slide, overall, voice)
    best = max(told, key=lambda pair: pair[1].value or 0.0)
    parts = {"tier": voice.tell(best[0].name), "value": voice.of(best[1])}
    is_falling = all((kpi.value or 0.0) <= 0 for _, kpi in told)
    return voice.say(f"{slide}_falling" if is_falling else f"{slide}_found", **parts)


def _overall_title(slide: str, overall: Kpi | None, voice: Voice) -> str:
    value = overall.value if overall else None
    if overall is None or value is None or slide == "returns":
        return voice.say(f"{slide}_all", value=voice.of(overall))
    way = "same" if not value else "up" if value > 0 else "down"
    return voice.say(f"{slide}_all_{way}", value=voice.figure(overall.unit, abs(value)))


def _tier_chart(slide: str, told: list[tuple[Tier, Kpi]], title: str, voice: Voice) -> Chart | None:
    if not told:
        return None
    return Chart(
        Shape.COLUMN,
        tuple(voice.tell(tier.name) for tier, _ in told),
        (Series(voice.tell(told[0][1].name), tuple(kpi.value for _, kpi in told)),),
        "share" if told[0][1].unit == "share" else "money",
        voice.say("chart_says", what=voice.say(f"topic_{slide}"), figures=title),
    )


def risk(data: DeckData, voice: Voice) -> Slide:
    """Show what winning back would be worth."""
    if data.win_back is None:
        return without("risk", data, voice)
    if not data.win_back.people:
        return nothing("risk", voice)
    title = _risk_title(data.win_back, voice)
    counts = Counter(each.lifecycle for each in data.win_back.people)
    gains = {stage: _gain_of(data.win_back, stage) for stage in counts}
    return Slide(
        "risk",
        title,
        tiles=tuple(
            Tile(voice.name("stage", key), voice.formats.number(count))
            for key, count in counts.most_common()
        ),
        chart=Chart(
            Shape.COLUMN,
            tuple(voice.name("stage", key) for key in counts),
            (Series(voice.say("head_gain"), tuple(gains.values())),),
            "money",
            voice.say("chart_says", what=voice.say("topic_risk"), figures=title),
            y_title=voice.in_currency(voice.say("head_gain")),
        ),
        # Decks are passed around: whom to call stands in the console alone.
        lines=(voice.say("risk_line"),),
        source=voice.say("source_win_back"),
        page="/win-back",
        when=voice.as_of_now(data),
        notes=voice.say("risk_notes"),
    )


def _gain_of(found: WinBack, stage: str) -> float:
    return round(sum(each.gain for each in found.people if each.lifecycle == stage), 2)


def _risk_title(found: WinBack, voice: Voice) -> str:
    gain = voice.money(sum(each.gain for each in found.people))
    key = "risk_found" if found.is_all else "risk_best"
    return voice.say_many(key, len(found.people), gain=gain)


def efforts(data: DeckData, voice: Voice) -> Slide:
    """Show what playbooks and offers came to, and what they cost."""
    if data.efforts is None:
        return without("efforts", data, voice)
    done = [each for each in data.efforts if each.made]
    if not done:
        return nothing("efforts", voice)
    made, good = sum(each.made for each in done), sum(each.good for each in done)
    costs = [each.cost for each in done if each.cost is not None]
    title = voice.say_many("efforts_found", made, share=voice.share(good / made))
    lines = (voice.say("efforts_cost", cost=voice.money(sum(costs))),) if costs else ()
    return Slide(
        "efforts",
        title,
        lines=(*lines, voice.say("efforts_line")),
        table=_efforts_table(done[:12], voice),
        source=voice.say("source_care"),
        page="/playbooks",
        kpis=("offer_acceptance", "cost_to_serve"),
        when=voice.as_of_now(data),
        notes=voice.say("efforts_notes"),
    )


def _efforts_table(done: list[Effort], voice: Voice) -> Table:
    head = ("effort", "what", "made", "good", "share", "cost")
    rows = tuple(
        (
            Cell(voice.tell(each.name)),
            Cell(voice.say(f"effort_{each.kind}")),
            Cell(voice.formats.number(each.made)),
            Cell(voice.formats.number(each.good)),
            Cell(voice.share(each.good / each.made)),
            Cell(voice.money(each.cost)),
        )
        for each in done
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows, numbers_from=2)


def trials(data: DeckData, voice: Voice) -> Slide:
    """Show what experiments showed, with their intervals."""
    if data.trials is None:
        return without("trials", data, voice)
    if not data.trials:
        return nothing("trials", voice)
    shown = [each for each in data.trials if each.verdict in _SHOWN]
    title = (
        voice.say_many("trials_found", len(data.trials), shown=voice.formats.number(len(shown)))
        if shown
        else voice.say_many("trials_open", len(data.trials))
    )
    return Slide(
        "trials",
        title,
        lines=tuple(voice.tell(each.sentence) for each in data.trials[:4]),
        table=_trials_table(data.trials[:10], voice),
        source=voice.say("source_trials"),
        page="/experiments",
        when=voice.as_of_now(data),
        notes=voice.say("trials_notes"),
    )


def _trials_table(found: tuple[Trial, ...], voice: Voice) -> Table:
    def figure(value: float | None) -> str:
        return voice.formats.number(value, digits=2)

    head = ("trial", "state", "verdict", "effect", "low", "high", "unit")
    rows = tuple(
        (
            Cell(voice.tell(each.name)),
            Cell(voice.name("trial_state", each.state)),
            Cell(voice.name("verdict", each.verdict)),
            *(Cell(figure(value)) for value in (each.effect, each.low, each.high)),
            Cell(voice.name("unit", each.unit)),
        )
        for each in found
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows, numbers_from=3)


def next_steps(data: DeckData, voice: Voice) -> Slide:
    """Show what the newest review asks for."""
    if data.review is None:
        return without("next", data, voice)
    waiting = [each for each in data.review.findings if each.state != "rejected"]
    if not waiting:
        return _all_well(data, data.review, voice)
    head = ("finding", "suggestion", "state", "owner")
    rows = tuple(
        (
            Cell(voice.tell(each.text)),
            Cell(voice.tell(each.suggestion)),
            Cell(voice.name("finding", each.state)),
            Cell(each.owner or voice.say("nobody")),
        )
        for each in waiting[:6]
    )
    table = Table(tuple(voice.say(f"head_{each}") for each in head), rows, numbers_from=4)
    return Slide(
        "next",
        voice.say_many("next_found", len(waiting), quarter=voice.period(data.review.quarter)),
        table=table,
        source=voice.say("source_reviews"),
        page="/reviews",
        notes=voice.say("next_notes"),
        when=voice.period(data.review.quarter, data.review.last),
    )


def _all_well(data: DeckData, review: Review, voice: Voice) -> Slide:
    """Say that nothing was found; what lies behind its target is none of a review's questions."""
    quarter, unknown = voice.period(review.quarter), review.open_questions
    title = (
        voice.say_many("next_well_open", unknown, quarter=quarter)
        if unknown
        else voice.say("next_well", quarter=quarter)
    )
    late = len(goal.late_of(data))
    lines = (voice.say_many("next_late", late),) if late else (voice.say("next_well_line"),)
    return Slide(
        "next",
        title,
        lines=(voice.say("next_looked"), *lines),
        source=voice.say("source_reviews"),
        page="/reviews",
        notes=voice.say("next_chance"),
        when=voice.period(review.quarter, review.last),
    )
