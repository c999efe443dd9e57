"""The report's pictures: gains, deciles, chances, cut-offs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from services.scoring.model.backtests.report_svg import Axis, Plot, money_axis, share_axis
from shared.contracts.backtest import BacktestDocument

OURS, SEEN, FAINT = "#0b5cad", "#c2410c", "#9aa1ab"
_COLORS = {
    "tierline": OURS,
    "decayed": "#c2410c",
    "past": "#6b7280",
    "rfm": "#9333ea",
    "btyd": "#0f8a7e",
}
_SPARE = "#a16207"
_PERFECT = "#2e7d32"


def _legend(*entries: tuple[str, str, str]) -> str:
    """List colours with their names; a style says how the line is drawn."""
    items = "".join(
        f'<span><i style="border-top:3px {style} {color}"></i>{escape(name)}</span>'
        for name, color, style in entries
    )
    return f'<p class="legend">{items}</p>'


def gains_picture(found: BacktestDocument) -> str:
    """Draw how much of the spend the best customers by each score held."""
    drawn = [each for each in found.contenders if each.gains]
    if not drawn:
        return ""
    plot = Plot(
        share_axis("best customers by score · 按评分从高到低的顾客"),
        share_axis("share of what was spent · 占全部消费"),
    )
    lines = [plot.line([(0, 0), (1, 1)], FAINT, dash="2 4", wide=1.5)]
    lines += [plot.line([(0.2, 0), (0.2, 1)], FAINT, dash="5 4", wide=1)]
    if found.perfect_gains:
        lines.append(plot.line(_points(found.perfect_gains), _PERFECT, dash="6 4", wide=1.5))
    for each in reversed(drawn):
        is_ours = each.key == "tierline"
        lines.append(plot.line(_points(each.gains), _color(each.key), wide=3 if is_ours else 1.6))
    ours = drawn[0].gains
    held = ours[len(ours) // 5]
    lines.append(plot.dot((0.2, held), OURS))
    entries = [(f"{each.name.en} · {each.name.zh}", _color(each.key), "solid") for each in drawn]
    drawing = plot.drawing("Gains curve", *lines)
    perfect = ("perfect · 完美", _PERFECT, "dashed")
    return drawing + _legend(*entries, perfect, ("chance · 随机", FAINT, "dotted"))


def _points(gains: Sequence[float]) -> list[tuple[float, float]]:
    steps = len(gains) - 1
    return [(place / steps, share) for place, share in enumerate(gains)]


def _color(key: str) -> str:
    return _COLORS.get(key, _SPARE)


def decile_picture(found: BacktestDocument) -> str:
    """Draw what was predicted and spent per customer, tenth by tenth."""
    rows = found.deciles
    if not rows:
        return ""
    values = [value for row in rows for value in (row.predicted, row.spent, row.spent_high)]
    values += [row.spent_low for row in rows if row.spent_low > 0]
    currency = f" ({found.currency})" if found.currency else ""
    places = tuple((float(row.decile), str(row.decile)) for row in rows)
    plot = Plot(
        Axis("tenth of customers, best predictions first · 按预测十等分", 0.5, 10.5, places),
        money_axis(f"spend per customer{currency} · 人均消费", values),
    )
    parts = [plot.whisker(row.decile, row.spent_low, row.spent_high, SEEN) for row in rows]
    parts += [plot.dot((row.decile, row.spent), SEEN) for row in rows]
    parts += [plot.dot((row.decile, row.predicted), OURS, is_hollow=True) for row in rows]
    scale = " (log scale · 对数刻度)" if plot.y.is_log else ""
    return plot.drawing("Deciles", *parts) + _legend(
        (f"predicted · 预测{scale}", OURS, "double"),
        ("spent, 95 % interval of the mean · 实际（均值 95 % 区间）", SEEN, "solid"),
    )


def chance_picture(found: BacktestDocument) -> str:
    """Draw predicted chances to buy against the share that bought."""
    rows = found.chances
    if not rows:
        return ""
    plot = Plot(
        share_axis("predicted chance to buy · 预测购买概率"),
        share_axis("share that bought · 实际购买比例"),
    )
    parts = [plot.line([(0, 0), (1, 1)], FAINT, dash="5 4", wide=1.5)]
    parts += [plot.line([(row.chance, row.bought) for row in rows], OURS, wide=1.5)]
    parts += [plot.whisker(row.chance, row.bought_low, row.bought_high, OURS) for row in rows]
    parts += [plot.dot((row.chance, row.bought), OURS) for row in rows]
    return plot.drawing("Chance to buy", *parts) + _legend(
        ("ten equal groups, 95 % interval · 十等分组，95 % 区间", OURS, "solid"),
        ("perfect · 完全一致", FAINT, "dashed"),
    )


def stability_picture(found: BacktestDocument) -> str:
    """Draw Gini, hit and captured share at each cut-off."""
    rows = [row for row in found.stability if row.gini is not None]
    if len(rows) < 2:
        return ""
    series = (
        ("gini", "Gini · 基尼", OURS),
        ("cap20", "captured · 捕获", _PERFECT),
        ("hit20", "hit · 命中", SEEN),
    )
    values = [getattr(row, name) or 0.0 for row in rows for name, _, _ in series]
    low, high = min(0.4, *values), max(0.8, *values)
    days = [float(row.cutoff.toordinal()) for row in rows]
    ticks = tuple(zip(days, (row.cutoff.isoformat() for row in rows), strict=True))
    room = (days[-1] - days[0]) * 0.12
    plot = Plot(
        Axis("trained before · 训练截止日", days[0] - room, days[-1] + room, ticks),
        share_axis("score · 指标", low=low, high=high),
    )
    parts: list[str] = []
    for name, _, color in series:
        points = [(x, getattr(row, name) or 0.0) for x, row in zip(days, rows, strict=True)]
        parts.append(plot.line(points, color))
        parts += [plot.dot(point, color) for point in points]
    return plot.drawing("Stability", *parts) + _legend(
        *((label, color, "solid") for _, label, color in series)
    )
