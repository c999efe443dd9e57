"""KPIs as they are answered: documents and CSV."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from services.feedback.domain.kpis.definition import Kpi, Unit
from services.feedback.domain.kpis.figures import Figure
from services.feedback.domain.kpis.reasons import why_empty
from services.feedback.domain.kpis.report import Aim, Item, Point
from services.feedback.domain.kpis.targets import Target
from services.feedback.usecases.kpis.read import Report
from shared.contracts.common import LocalText, Money
from shared.contracts.kpis import (
    KpiAim,
    KpiDefinition,
    KpiFigure,
    KpiItem,
    KpiPoint,
    KpiReport,
    TargetAnswer,
)
from shared.csv_cells import csv_row
from shared.money import exponent_of, format_minor

_HEADINGS: Final = (
    "kpi", "slice", "period", "first", "last", "value", "unit", "currency", "numerator",
    "denominator", "target", "status",
)  # fmt: skip


def definition_answer(kpi: Kpi) -> KpiDefinition:
    """Tell what a KPI is."""
    return KpiDefinition(
        key=kpi.key,
        name=LocalText(**kpi.name),
        words=LocalText(**kpi.words),
        unit=kpi.unit.value,
        better=kpi.better.value,
        kind=kpi.kind.value,
        numerator=kpi.numerator,
        denominator=kpi.denominator,
        factor=kpi.factor,
        less=kpi.less,
        is_median=kpi.is_median,
        window_days=kpi.window_days,
        cuts=[cut.value for cut in kpi.cuts],
        is_live=kpi.is_live,
    )


def report_answer(report: Report, grain: str) -> KpiReport:
    """Tell how the shop does."""
    return KpiReport(
        first=report.dates.first,
        last=report.dates.last,
        grain=grain,
        today=report.known.today,
        as_of=report.as_of,
        rolled_up_to=report.known.rolled_up_to,
        rolled_up_at=report.rolled_up_at,
        currency=report.currency,
        is_today_counted=report.known.is_today_counted,
        items=[_item(item, report) for item in report.items],
    )


def target_answer(target: Target) -> TargetAnswer:
    """Tell what was set out."""
    return TargetAnswer(
        kpi=target.kpi_key,
        slice=target.slice_key,
        period=target.period,
        value=target.value,
        owner=target.owner,
        note=target.note,
        version=target.version,
        changed_by=target.changed_by,
        updated_at=target.updated_at,
    )


def csv_of(report: Report) -> Iterator[str]:
    """Write a row a point."""
    yield csv_row(_HEADINGS)
    decimals = report.known.decimals
    for item in report.items:
        is_money = item.kpi.unit is Unit.MONEY
        for point in item.points:
            figure = point.figure
            yield csv_row(
                (
                    item.kpi.key,
                    item.slice_key,
                    point.period,
                    point.dates.first,
                    point.dates.last,
                    _number(figure.value if figure else None, decimals if is_money else 6),
                    item.kpi.unit.value,
                    report.currency if is_money else None,
                    figure.numerator if figure else None,
                    figure.denominator if figure else None,
                    _number(point.target, 6),
                    point.status.value if point.status else None,
                )
            )


def _number(value: float | None, decimals: int) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.{decimals}f}")


def _item(item: Item, report: Report) -> KpiItem:
    kpi, currency = item.kpi, report.currency
    is_empty = item.actual is None or item.actual.value is None
    return KpiItem(
        key=kpi.key,
        name=LocalText(**kpi.name),
        slice=item.slice_key,
        unit=kpi.unit.value,
        better=kpi.better.value,
        looks_back_days=None if kpi.is_live else kpi.window_days or 0,
        actual=_figure(item.actual, kpi, currency),
        no_data=_reason(kpi, report) if is_empty else None,
        previous=_figure(item.previous, kpi, currency),
        change=item.change,
        target=_aim(item.aim, kpi, currency),
        status=item.aim.status.value if item.aim else None,
        points=[_point(point, kpi, currency) for point in item.points],
    )


def _reason(kpi: Kpi, report: Report) -> LocalText:
    return LocalText(**why_empty(kpi, report.dates, report.known))


def _point(point: Point, kpi: Kpi, currency: str | None) -> KpiPoint:
    return KpiPoint(
        period=point.period,
        first=point.dates.first,
        last=point.dates.last,
        figure=_figure(point.figure, kpi, currency),
        target=point.target,
        status=point.status.value if point.status else None,
    )


def _aim(aim: Aim | None, kpi: Kpi, currency: str | None) -> KpiAim | None:
    if aim is None:
        return None
    return KpiAim(
        period=aim.target.period,
        value=aim.target.value,
        owner=aim.target.owner,
        note=aim.target.note,
        version=aim.target.version,
        first=aim.dates.first,
        last=aim.dates.last,
        actual=_figure(aim.actual, kpi, currency),
    )


def _figure(figure: Figure | None, kpi: Kpi, currency: str | None) -> KpiFigure | None:
    if figure is None:
        return None
    money = None
    if kpi.unit is Unit.MONEY and currency is not None and figure.value is not None:
        minor = round(figure.value * 10 ** exponent_of(currency))
        money = Money(amount=format_minor(minor, currency), currency=currency)
    return KpiFigure(
        value=figure.value,
        money=money,
        numerator=figure.numerator,
        denominator=figure.denominator,
        as_of_date=figure.day,
    )
