"""The report's tables: accuracy, deciles, tiers, cut-offs, segments, what was known, the card."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from services.scoring.model.backtests import report_words as words
from services.scoring.model.backtests.confusion import TIERS
from shared.contracts.backtest import (
    AsKnown,
    BacktestAccuracy,
    BacktestDocument,
    BacktestLead,
    ConfusionRow,
    SegmentFigures,
)
from shared.contracts.common import LocalText

_TIER_NAMES = {
    "high": LocalText(en="high", zh="高"),
    "mid": LocalText(en="middle", zh="中"),
    "low": LocalText(en="low", zh="低"),
}
_FIGURES = (
    LocalText(en="Gini", zh="基尼"),
    LocalText(en="Hit 20 %", zh="命中"),
    LocalText(en="Captured 20 %", zh="捕获"),
)


def number(value: float | None, digits: int = 3) -> str:
    """Write a figure, or a dash where it has no meaning."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """Write a share."""
    return "–" if value is None else f"{value * 100:.0f} %"


def small_percent(value: float | None) -> str:
    """Write a share that may be small."""
    return "–" if value is None else f"{value * 100:.2g} %"


def money(value: float) -> str:
    """Write an amount: cents only where it is small."""
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def both(text: LocalText) -> str:
    """Write words in both languages, escaped."""
    if text.en == text.zh:
        return words_of(text.en)
    return f'{words_of(text.en)} <span lang="zh">{words_of(text.zh)}</span>'


def words_of(text: str) -> str:
    """Write words, escaped; a percent sign stays with its number."""
    return escape(text).replace(" %", "\u00a0%")


def table(head: Sequence[LocalText], rows: Sequence[Sequence[str]], *, marked: int = -1) -> str:
    """Write a table of HTML cells, the first of each row its name; one row may be marked."""
    top = "".join(f"<th>{both(cell)}</th>" for cell in head)
    lines = [f"<thead><tr>{top}</tr></thead><tbody>"]
    for place, (name, *cells) in enumerate(rows):
        style = ' class="ours"' if place == marked else ""
        inner = "".join(f"<td>{cell}</td>" for cell in cells)
        span = "" if cells else f' colspan="{len(head)}" class="group"'
        lines.append(f'<tr{style}><th scope="row"{span}>{name}</th>{inner}</tr>')
    return f'<div class="wide"><table>{"".join(lines)}</tbody></table></div>'


def lead_text(lead: BacktestLead | None, name: str = "gini") -> str:
    """Write a lead with its interval; clear of 0 it is marked."""
    if lead is None:
        return ""
    value, low, high = (getattr(lead, part) for part in (name, f"{name}_low", f"{name}_high"))
    if value is None or low is None or high is None:
        return "–"
    style = "good" if low > 0 else "bad" if high < 0 else "even"
    within = f"<small>({signed(low)} … {signed(high)})</small>"
    return f'<span class="{style}">{signed(value)}</span> {within}'


def signed(value: float) -> str:
    """Write a difference with its sign; what rounds to nothing has none."""
    text = f"{value:+.3f}"
    return "0.000" if float(text) == 0 else text.replace("-", "−")


def _three(accuracy: BacktestAccuracy | None) -> list[str]:
    if accuracy is None:
        return ["–"] * 3
    return [number(accuracy.gini), number(accuracy.hit20), number(accuracy.cap20)]


def accuracy_table(found: BacktestDocument) -> str:
    """Write the figures of every score, and how far ahead of it Tierline is."""
    head = (
        LocalText(en="Score", zh="评分方法"),
        *_FIGURES,
        LocalText(en="Spearman", zh="秩相关"),
        LocalText(en="AUC", zh="AUC"),
        LocalText(en="Total predicted / spent", zh="预测/实际总额"),
        LocalText(en="Our lead in Gini (95 %)", zh="基尼领先"),
        LocalText(en="Our lead in hit (95 %)", zh="命中领先"),
    )
    rows = [
        (
            both(each.name),
            *_three(each.accuracy),
            number(each.accuracy.spearman),
            number(each.accuracy.auc),
            number(each.accuracy.bias, 2) if each.accuracy.bias is not None else "",
            lead_text(each.lead),
            lead_text(each.lead, "hit20"),
        )
        for each in found.contenders
    ]
    return table(head, rows, marked=0)


def decile_table(found: BacktestDocument) -> str:
    """Write predicted and spent, chance and bought, coverage of each tenth."""
    head = (
        LocalText(en="Tenth", zh="分位"),
        LocalText(en="Customers", zh="顾客"),
        LocalText(en="Predicted", zh="预测人均"),
        LocalText(en="Spent", zh="实际人均"),
        LocalText(en="Chance to buy", zh="预测购买率"),
        LocalText(en="Bought", zh="实际购买率"),
        LocalText(en="Buyers within their range (promised 80 %)", zh="区间覆盖（应为 80 %）"),
    )
    rows = [
        (
            str(row.decile),
            f"{row.customers:,}",
            money(row.predicted),
            money(row.spent),
            percent(row.chance),
            percent(row.bought),
            percent(row.coverage),
        )
        for row in found.deciles
    ]
    return table(head, rows)


def confusion_table(found: BacktestDocument) -> str:
    """Write who was put where and where they ended, as a heat map of shares of each row."""
    if not found.confusion:
        return ""
    ends = (_TIER_NAMES[tier] for tier in TIERS)
    head = (
        LocalText(en="Named ↓ · earned →", zh="预测 ↓ 实际 →"),
        *ends,
        LocalText(en="customers", zh="顾客"),
    )
    return table(head, [_confusion_row(row) for row in found.confusion])


def _confusion_row(row: ConfusionRow) -> list[str]:
    counts = [getattr(row, tier) for tier in TIERS]
    total = sum(counts)
    cells = [_heat(count, count / total if total else 0.0) for count in counts]
    return [both(_TIER_NAMES[row.predicted]), *cells, f"{total:,.0f}"]


def _heat(count: float, share: float) -> str:
    color = f"rgba(11,92,173,{0.06 + 0.94 * share:.2f})"
    ink = "#fff" if share > 0.7 else "inherit"
    return (
        f'<div class="heat" style="background:{color};color:{ink}">{share * 100:.0f} %'
        f"<small>{count:,.0f}</small></div>"
    )


def stability_table(found: BacktestDocument) -> str:
    """Write the figures at each cut-off."""
    head = (
        LocalText(en="Trained before", zh="训练截止日"),
        LocalText(en="judged until", zh="评估至"),
        LocalText(en="Customers", zh="顾客"),
        *_FIGURES,
        LocalText(en="Lead over decayed spend (Gini)", zh="相对衰减消费额"),
    )
    rows = [
        (
            row.cutoff.isoformat(),
            row.until.isoformat(),
            f"{row.customers:,}",
            number(row.gini),
            number(row.hit20),
            number(row.cap20),
            lead_text(row.lead),
        )
        for row in found.stability
    ]
    return table(head, rows)


def segment_table(found: BacktestDocument) -> str:
    """Write the figures among kinds of customers; where the model fails is marked."""
    head = (
        LocalText(en="Customers by", zh="分组"),
        LocalText(en="n", zh="人数"),
        LocalText(en="Bought", zh="购买率"),
        LocalText(en="Predicted", zh="预测人均"),
        LocalText(en="Spent", zh="实际人均"),
        LocalText(en="Predicted / spent", zh="预测/实际"),
        LocalText(en="Gini", zh="基尼"),
        LocalText(en="Hit", zh="命中"),
        LocalText(en="In range", zh="区间覆盖"),
        LocalText(en="Lead over decayed spend (Gini)", zh="相对衰减消费额"),
        LocalText(en="Where it fails", zh="问题"),
    )
    rows: list[list[str]] = []
    for dimension, members in groupby(found.segments, key=lambda row: row.dimension):
        title = words.DIMENSIONS.get(dimension, LocalText(en=dimension, zh=dimension))
        rows += [[f"<b>{both(title)}</b>"], *map(_segment_row, members)]
    return table(head, rows)


def _segment_row(row: SegmentFigures) -> list[str]:
    flags = "<br>".join(f'<span class="bad">{both(words.FLAGS[flag])}</span>' for flag in row.flags)
    return [
        both(row.name),
        f"{row.customers:,}",
        percent(row.bought),
        money(row.predicted),
        money(row.spent),
        number(row.bias, 2),
        number(row.gini),
        number(row.hit20),
        percent(row.coverage),
        lead_text(row.lead),
        flags,
    ]


def known_table(all_rows: BacktestAccuracy, then: AsKnown) -> str:
    """Write the figures from all rows beside those from what was known at the cut-off."""
    head = (LocalText(en="History", zh="历史"), *_FIGURES)
    rows = [
        (both(LocalText(en="as it is known today", zh="按今天所知")), *_three(all_rows)),
        (both(LocalText(en="as it was known then", zh="按当时所知")), *_three(then.accuracy)),
    ]
    return table(head, rows)


def surprise_table(found: BacktestDocument) -> str:
    """Write the figures with and without the customer misjudged most."""
    without = found.without_surprise
    if without is None:
        return ""
    ours, decayed = (
        found.contenders[0],
        next((each for each in found.contenders if each.key == "decayed"), None),
    )
    head = (
        LocalText(en="Customers", zh="顾客"),
        *_FIGURES,
        LocalText(en="Lead over decayed spend (Gini)", zh="相对衰减消费额"),
    )
    rows = [
        (
            both(LocalText(en="all", zh="全部")),
            *_three(ours.accuracy),
            lead_text(decayed.lead if decayed else None),
        ),
        (
            both(LocalText(en="without the largest surprise", zh="剔除最大意外后")),
            *_three(without.accuracy),
            lead_text(without.lead),
        ),
    ]
    return table(head, rows)
