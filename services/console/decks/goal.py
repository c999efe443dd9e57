"""Slides about the goal: what was promised, and how far it is kept."""

from services.console.decks.data import Aim, DeckData, Kpi
from services.console.decks.empty import nothing, without
from services.console.decks.slide import Cell, Slide, Table
from services.console.decks.voice import Voice

_NO_DATA = "no_data"
_ON_TRACK = "on_track"


def goal(data: DeckData, voice: Voice) -> Slide:
    """Show targets beside what came of them."""
    if data.kpis is None:
        return without("goal", data, voice)
    aims = [(kpi, kpi.aim) for kpi in (*data.kpis, *(data.tier_kpis or ())) if kpi.aim]
    if not aims:
        return nothing("goal", voice)
    return Slide(
        "goal",
        _title(data, aims, voice),
        table=_table(data, aims, voice),
        source=voice.say("source_kpis"),
        page="/kpis",
        kpis=tuple(dict.fromkeys(kpi.key for kpi, _ in aims)),
        notes=voice.say("goal_notes"),
        when=voice.as_of_now(data),
    )


def late_of(data: DeckData) -> list[tuple[Kpi, Aim]]:
    """List the targets that are behind or missed."""
    aims = [(kpi, kpi.aim) for kpi in (*(data.kpis or ()), *(data.tier_kpis or ())) if kpi.aim]
    return [pair for pair in aims if pair[1].status not in {_NO_DATA, _ON_TRACK}]


def _title(data: DeckData, aims: list[tuple[Kpi, Aim]], voice: Voice) -> str:
    judged = [(kpi, aim) for kpi, aim in aims if aim.status != _NO_DATA]
    late = late_of(data)
    if not judged:
        return voice.say_many("goal_unjudged", len(aims))
    if not late:
        return voice.say_many("goal_on_track", len(judged))
    worst = _named(data, max(late, key=_gap)[0], voice)
    on = voice.formats.number(len(judged) - len(late))
    return voice.say_many("goal_behind", len(judged), on=on, worst=worst)


def _gap(pair: tuple[Kpi, Aim]) -> float:
    """Tell how far from its target something is, as a share of the target."""
    aim = pair[1]
    if aim.actual is None:
        return 0.0
    return abs(aim.actual - aim.value) / (abs(aim.value) or 1.0)


def _table(data: DeckData, aims: list[tuple[Kpi, Aim]], voice: Voice) -> Table:
    head = ("kpi", "owner", "period", "target", "actual", "status")
    rows = tuple(
        (
            Cell(_named(data, kpi, voice), kpi.key),
            Cell(aim.owner),
            Cell(voice.period(aim.period, aim.last)),
            Cell(voice.figure(kpi.unit, aim.value)),
            Cell(voice.counted(kpi, aim.actual, aim.answers), kpi.key),
            Cell(voice.name("status", aim.status)),
        )
        for kpi, aim in aims
    )
    return Table(tuple(voice.say(f"head_{each}") for each in head), rows, numbers_from=3)


def _named(data: DeckData, kpi: Kpi, voice: Voice) -> str:
    """Name a KPI, and the tier it is of."""
    tiers = data.programme.tiers if data.programme else ()
    tier = next((each for each in tiers if kpi.slice.endswith(f":{each.key}")), None)
    name = voice.tell(kpi.name)
    return name if tier is None else voice.say("of_tier", kpi=name, tier=voice.tell(tier.name))
