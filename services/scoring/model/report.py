"""A backtest as one self-contained HTML page, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from services.scoring.model.backtest import Backtest, Contender
from services.scoring.model.curves import FloatArray

_WIDTH, _HEIGHT, _MARGIN = 560, 380, 40
_POINTS = 101

_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;max-width:60em;margin:2em auto;
padding:0 1em;color:#222}
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
table{border-collapse:collapse;margin:.5em 0}
td,th{padding:.3em .8em;border-bottom:1px solid #ddd;text-align:right}
td:first-child,th:first-child{text-align:left}
.note{color:#555}li{margin:.2em 0}
"""


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of the customers by prediction: means per customer, in major units."""

    customers: int
    predicted: float
    spent: float
    bought: float
    chance: float
    coverage: float


def deciles_of(found: Backtest) -> list[Decile]:
    """Cut the customers into tenths, the highest predictions first."""
    order = np.argsort(-found.scores.value, kind="stable")
    return [_decile(found, rows) for rows in np.array_split(order, 10) if len(rows)]


def _decile(found: Backtest, rows: NDArray[np.integer]) -> Decile:
    spend, scores = found.spend[rows], found.scores
    bought = spend > 0
    inside = (scores.low[rows] <= spend) & (spend <= scores.high[rows])
    return Decile(
        customers=len(rows),
        predicted=float(scores.value[rows].mean()) / 100,
        spent=float(spend.mean()) / 100,
        bought=float(bought.mean()),
        chance=float(scores.p_buy[rows].mean()),
        coverage=float(inside[bought].mean()) if bought.any() else float("nan"),
    )


def render_report(found: Backtest) -> str:
    """Write the page."""
    window = f"{found.cutoff} – {found.until}"
    sections = (
        ("Accuracy", "准确度", _accuracy(found)),
        ("Gains curve", "增益曲线", _gains(found)),
        ("Deciles by prediction", "按预测十等分", _deciles(found)),
        ("What to keep in mind", "注意事项", _notes(found)),
    )
    body = "\n".join(f"<h2>{en} · {zh}</h2>\n{content}" for en, zh, content in sections)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>Tierline backtest {window}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>Tierline backtest · 回测 {window}</h1>\n"
        f"<p>{len(found.customer_ids):,} customers seen before {found.cutoff} · "
        f"{found.cutoff} 之前的顾客 {len(found.customer_ids):,} 位</p>\n{body}\n</body></html>\n"
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"]
    lines.extend(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def _accuracy(found: Backtest) -> str:
    head = (
        "Score · 评分方法",
        "Gini · 基尼",
        "Hit 20 % · 命中",
        "Captured 20 % · 捕获",
        "Spearman · 秩相关",
        "AUC",
        "Lead in Gini (95 %) · 领先",
    )
    return _table(head, [_contender(each) for each in found.contenders])


def _contender(each: Contender) -> tuple[str, ...]:
    figures = each.accuracy
    lead = each.lead
    return (
        each.name,
        *(
            number(value)
            for value in (
                figures.gini,
                figures.hit20,
                figures.cap20,
                figures.spearman,
                figures.auc,
            )
        ),
        f"{lead.gini:+.3f} ({lead.gini_low:+.3f} … {lead.gini_high:+.3f})" if lead else "",
    )


def number(value: float, digits: int = 3) -> str:
    """Write a figure, or a dash where it has no meaning."""
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def gains_curve(score: FloatArray, spend: FloatArray) -> FloatArray:
    """Give the share of spend held by the best 0, 1, ... 100 % of customers."""
    value = np.maximum(spend, 0.0)[np.argsort(-score, kind="stable")]
    held = np.concatenate(([0.0], np.cumsum(value)))
    total = held[-1] if held[-1] > 0 else 1.0
    at = np.linspace(0, len(value), _POINTS)
    return np.asarray(np.interp(at, np.arange(len(held)), held) / total)


def _gains(found: Backtest) -> str:
    lines = (
        ("Tierline", "#0a58ca", gains_curve(found.scores.value, found.spend)),
        ("perfect · 完美", "#198754", gains_curve(found.spend, found.spend)),
        ("chance · 随机", "#999", np.linspace(0, 1, _POINTS)),
    )
    drawn = "\n".join(_line(color, curve) for _, color, curve in lines)
    legend = "\n".join(
        f'<text x="{_WIDTH - 150}" y="{_HEIGHT - 90 + 18 * row}" fill="{color}">{name}</text>'
        for row, (name, color, _) in enumerate(lines)
    )
    right, bottom = _WIDTH - _MARGIN, _HEIGHT - _MARGIN
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" font-size="13">'
        f'<path d="M{_MARGIN},{_MARGIN}V{bottom}H{right}" fill="none" stroke="#444"/>'
        f'<text x="{_MARGIN}" y="{_HEIGHT - 12}">share of customers · 顾客占比 (0–100 %)</text>'
        f'<text x="{_MARGIN}" y="{_MARGIN - 12}">share of spend · 消费占比</text>\n'
        f"{drawn}\n{legend}</svg>"
    )


def _line(color: str, curve: FloatArray) -> str:
    x = _MARGIN + np.linspace(0, 1, _POINTS) * (_WIDTH - 2 * _MARGIN)
    y = _HEIGHT - _MARGIN - curve * (_HEIGHT - 2 * _MARGIN)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'


def _deciles(found: Backtest) -> str:
    head = (
        "Decile · 分位",
        "Customers · 顾客",
        "Predicted · 预测",
        "Spent · 实际",
        "Chance · 预测购买率",
        "Bought · 实际购买率",
        "In range · 区间覆盖",
    )
    rows = [
        (
            str(place),
            f"{each.customers:,}",
            f"{each.predicted:,.2f}",
            f"{each.spent:,.2f}",
            number(each.chance),
            number(each.bought),
            number(each.coverage, 2),
        )
        for place, each in enumerate(deciles_of(found), start=1)
    ]
    return _table(head, rows)


def _notes(found: Backtest) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in found.warnings)
    return (
        f'<p class="note">Interval coverage given a purchase · 区间覆盖率: '
        f"{number(found.interval_coverage)}; "
        f"calibration error of the chance to buy · 购买概率校准误差: "
        f"{number(found.chance_error)}.</p><ul>{items}</ul>"
    )
