"""What a KPI should be: targets, and the form that sets one."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.kpis import set_target
from services.console.pages.kpis.course import slice_name
from services.console.parts.actors import actor_name
from services.console.parts.charts import plain_table
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.kpi_tiles import kpi_value
from services.console.parts.pieces import action, empty, section
from services.console.parts.reasons import with_reason
from services.console.visiting.changes import NotAccepted
from services.console.visiting.visit import Visit
from shared.contracts.kpis import KpiDefinition, TargetAnswer

_PERCENT: Final = 100


def show_targets(
    visit: Visit,
    definition: KpiDefinition,
    known: tuple[Sequence[TargetAnswer], str | None],
    names: Mapping[str, str],
) -> None:
    """List the targets of a KPI; who may, sets one or changes the one of a period."""
    targets, currency = known
    with section(visit.say("kpis.targets")):
        if definition.better == "neither":
            ui.label(visit.say("kpis.neither"))
            return
        if targets:
            keys = ("period", "slice", "target", "owner", "note", "set_by")
            rows = [_row(visit, definition, each, (currency, names)) for each in targets]
            plain_table([visit.say(f"kpis.{key}") for key in keys], rows)
        else:
            empty(visit.say("kpis.no_targets"))
        if visit.may(Permission.KPIS_CHANGE):

            async def ask() -> None:
                if await ask_for_target(visit, definition, targets):
                    ui.navigate.reload()

            action(visit.say("kpis.set_target"), ask, icon="flag", main=True)


def _row(
    visit: Visit,
    definition: KpiDefinition,
    target: TargetAnswer,
    known: tuple[str | None, Mapping[str, str]],
) -> list[str]:
    currency, names = known
    return [
        target.period,
        slice_name(visit, target.slice, names),
        kpi_value(visit, definition.unit, target.value, currency),
        target.owner,
        target.note,
        f"{actor_name(visit, target.changed_by)} · {visit.formats.instant(target.updated_at)}",
    ]


async def ask_for_target(
    visit: Visit, definition: KpiDefinition, targets: Sequence[TargetAnswer]
) -> bool:
    """Open the form of a target; the one of the same period and slice is changed."""
    typed = DialogFields({"period": str(visit.now().year), "owner": visit.person.display})
    is_share = definition.unit == "share"

    def fields() -> None:
        ui.label(visit.say("kpis.period_help")).classes("tl-note")
        typed.text("period", visit.say("kpis.period"), most=10)
        label = visit.say("kpis.value_share" if is_share else "kpis.value")
        typed.text("value", label, most=24).props("inputmode=decimal")
        typed.text("owner", visit.say("kpis.owner"))
        typed.text("note", visit.say("kpis.note"))

    async def make(reason: str) -> None:
        value = number_of(typed.values.get("value"), is_share=is_share)
        if value is None:
            raise NotAccepted("kpis.not_a_number")
        body = {"slice": "all", **typed.given(), "value": value}
        known = {(each.period, each.slice): each.version for each in targets}
        version = known.get((str(body.get("period")), "all"))
        await visit.make(set_target(definition.key, body, version), reason, TargetAnswer)

    title = visit.say("kpis.set_target")
    return await with_reason(visit, title, make, text=visit.local(definition.name), fields=fields)


def number_of(text: object, *, is_share: bool) -> float | None:
    """Read a number as people type it (1,234.5 or 35 %); a share is typed in percent."""
    plain = str(text or "").replace(",", "").replace("，", "").strip(" %％")
    try:
        value = float(plain)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return value / _PERCENT if is_share else value
