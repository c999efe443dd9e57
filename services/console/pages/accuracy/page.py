"""The page that says how right the tiers are."""

import asyncio
import re
from datetime import date, timedelta
from typing import Final

from nicegui import ui

from services.console.pages.accuracy import figures
from services.console.pages.accuracy.fits import level_words, tone_of
from services.console.pages.accuracy.versions import show_life, show_shadow, show_versions
from services.console.parts import faults
from services.console.parts.charts import plain_table
from services.console.parts.frame import page
from services.console.parts.pictures import draw
from services.console.parts.pieces import empty, grid, section, tile, tiles
from services.console.reading import models, overview
from services.console.visiting.visit import Visit
from shared.contracts.backtest import BacktestDocument
from shared.contracts.drift import DriftReport
from shared.contracts.models import ModelDetail
from shared.contracts.overview import ModelInShort
from shared.contracts.stability import StabilityAnswer

_WINDOWED: Final = re.compile(r"(net|orders)_(decayed_)?([0-9]+)d", re.ASCII)
#: An interval that promises four of five.
_PROMISED: Final = 0.8


@page("/accuracy", "accuracy")
async def show(visit: Visit, version: str = "") -> None:
    """Show how right a model is: the one in force, or one that is named."""
    listed, drift = await asyncio.gather(models.list_models(visit), faults.tried(_drift(visit)))
    live = next((each.model_version for each in listed if each.live_in), "")
    known = {each.model_version for each in listed}
    shown = version if version in known else live or next(iter(sorted(known, reverse=True)), "")
    if not shown:
        empty(visit.say("accuracy.no_models"))
        show_versions(visit, listed, shown)
        return
    backtest, detail, steady, status = await asyncio.gather(
        faults.tried(models.backtest(visit, shown)),
        models.one_model(visit, shown),
        faults.tried(_stability(visit)),
        faults.tried(overview.status(visit)),
    )
    ui.label(
        visit.say("accuracy.about" if shown == live else "accuracy.about_other", version=shown)
    )
    in_force = None if isinstance(status, faults.Fault) else status.model
    with tiles():
        if not isinstance(backtest, faults.Fault):
            _measured(visit, backtest)
        if not isinstance(drift, faults.Fault):
            _fits_tile(visit, drift, in_force)
        if isinstance(steady, StabilityAnswer):
            _steady_tile(visit, steady)
    if isinstance(backtest, faults.Fault):
        faults.fault_card(visit, backtest)
    else:
        _backtest(visit, backtest)
    with grid():
        _fits(visit, drift)
        if not isinstance(drift, faults.Fault):
            show_shadow(visit, drift)
    show_versions(visit, listed, shown)
    with grid():
        show_life(visit, detail)
        _warnings(visit, detail)


async def _drift(visit: Visit) -> DriftReport:
    return await models.drift(visit)


async def _stability(visit: Visit) -> StabilityAnswer | None:
    programmes = await overview.programmes_in_force(visit)
    by_value = [each for each in programmes if each.kind == "value"]
    return await models.stability(visit, by_value[0].programme) if by_value else None


def _fits_tile(visit: Visit, drift: DriftReport, model: ModelInShort | None) -> None:
    notes = [level_words(visit, model), visit.formats.date(drift.business_date)]
    tile(
        visit.say("accuracy.drift"),
        visit.say(f"accuracy.state_{drift.status}"),
        note=visit.say("overview.comma").join(note for note in notes if note),
        tone=tone_of(drift.status, model),
    )


def _steady_tile(visit: Visit, steady: StabilityAnswer) -> None:
    tile(
        visit.say("accuracy.flapping", days=(steady.end - steady.start).days),
        visit.formats.percent(steady.flap_rate, digits=2),
        note=visit.say(
            "accuracy.flapping_note",
            moved=visit.formats.number(steady.moved),
            date=visit.formats.date(_last_day(visit, steady)),
            within=steady.within_days,
        ),
    )


def _last_day(visit: Visit, steady: StabilityAnswer) -> date:
    """Give the last date that was looked at: a span may end with the midnight after it."""
    return (steady.end - timedelta(microseconds=1)).astimezone(visit.house.zone).date()


def _measured(visit: Visit, found: BacktestDocument) -> None:
    own = found.contenders[0].accuracy
    rivals = [each for each in found.contenders[1:] if each.accuracy.gini is not None]
    best = max(rivals, key=lambda each: each.accuracy.gini or 0.0, default=None)
    number, percent = visit.formats.number, visit.formats.percent
    note = ""
    if best is not None:
        rule, gini = visit.local(best.name), number(best.accuracy.gini, digits=3)
        note = visit.say("accuracy.best_rule", rule=rule, gini=gini)
        if best.lead is not None and (best.lead.gini_high or 0.0) < 0:
            note = visit.say("accuracy.behind", best=note)
    tile(visit.say("accuracy.gini"), number(own.gini, digits=3), note=note)
    tile(visit.say("accuracy.hit20"), percent(own.hit20), note=visit.say("accuracy.hit20_note"))
    tile(visit.say("accuracy.cap20"), percent(own.cap20), note=visit.say("accuracy.cap20_note"))
    tile(
        visit.say("accuracy.coverage"),
        percent(found.coverage),
        note=visit.say("accuracy.coverage_note", promised=percent(_PROMISED, digits=0)),
    )


def _backtest(visit: Visit, found: BacktestDocument) -> None:
    dates = {
        "first": visit.formats.date(found.cutoff),
        "last": visit.formats.date(found.until),
        "customers": visit.formats.number(found.customers),
    }
    ui.label(visit.say(f"accuracy.kind_{found.kind}", **dates)).classes("tl-note")
    with grid():
        with section(visit.say("accuracy.gains")):
            draw(visit, figures.gains(visit, found), height=320)
        with section(visit.say("accuracy.calibration")):
            draw(visit, figures.calibration(visit, found), height=320)
        note = visit.say("accuracy.contenders_note")
        with section(visit.say("accuracy.contenders"), note=note, wide=True):
            keys = ("score", "gini", "hit20", "cap20", "spearman", "auc", "ahead")
            plain_table(
                [visit.say(f"accuracy.{key}") for key in keys], figures.contenders(visit, found)
            )
        with section(visit.say("accuracy.chances")):
            draw(visit, figures.chances(visit, found), height=280)
        if found.misses is not None:
            _misses(visit, found)


def _misses(visit: Visit, found: BacktestDocument) -> None:
    misses, percent = found.misses, visit.formats.percent
    if misses is None:
        return
    with section(visit.say("accuracy.misses"), note=visit.say("accuracy.misses_note")):
        rows = [
            [
                visit.say("accuracy.missed"),
                percent(misses.missed),
                percent(misses.missed_yardstick),
            ],
            [
                visit.say("accuracy.promoted"),
                percent(misses.promoted),
                percent(misses.promoted_yardstick),
            ],
        ]
        head = [visit.say(f"accuracy.{key}") for key in ("error", "here", "yardstick")]
        plain_table(head, rows)


def _fits(visit: Visit, drift: DriftReport | faults.Fault) -> None:
    with section(visit.say("accuracy.fits")):
        if isinstance(drift, faults.Fault):
            faults.fault_card(visit, drift)
        elif not figures.judged(drift):
            empty(visit.local(drift.sentence))
        else:
            names = {each.name: feature_name(visit, each.name) for each in figures.judged(drift)}
            draw(visit, figures.drift(visit, drift, names), height=320)


def feature_name(visit: Visit, name: str) -> str:
    """Name a number the model looks at; one without words is called as it is stored."""
    windowed = _WINDOWED.fullmatch(name)
    if windowed is None:
        return visit.say_or(f"accuracy.feature_{name}", name)
    what, decayed, days = windowed.groups()
    return visit.say(f"accuracy.feature_{what}_{'decayed' if decayed else 'days'}", days=days)


def _warnings(visit: Visit, detail: ModelDetail) -> None:
    with section(visit.say("accuracy.card")):
        facts = [
            (visit.say("accuracy.trained"), _trained(visit, detail)),
            (visit.say("accuracy.horizon"), visit.say("accuracy.days", days=detail.horizon_days)),
            (visit.say("accuracy.customers"), visit.formats.number(detail.customers)),
            (visit.say("accuracy.code"), detail.code_version),
        ]
        plain_table([visit.say("accuracy.what"), visit.say("accuracy.value")], facts)


def _trained(visit: Visit, detail: ModelDetail) -> str:
    first, last = detail.trained_from, detail.trained_until
    return f"{visit.formats.date(first)} – {visit.formats.date(last)}"
