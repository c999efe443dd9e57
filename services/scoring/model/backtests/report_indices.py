"""The report's table of indices: what each claims, how it did, and whether it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.scoring.domain.index_words import NAMES, REASONS, RULES, claim
from services.scoring.domain.why.figures import Words
from services.scoring.model.backtests.report_tables import both, number, signed, table
from shared.contracts.backtest import BacktestDocument
from shared.contracts.common import LocalText

TITLE = LocalText(en="The other outcomes", zh="其他预测指标")
NOTE = LocalText(
    en="Each index was tested on customers and days it was not learnt from. It is shown only where "
    "it is clearly better (95 % of a paired bootstrap) than the best plain rule there.",
    zh="每项指标均在未用于学习的顾客和日期上检验；只有明显优于当时最好的简单规则（配对自助法95%）"
    "才会显示。",
)
_HEAD = (
    LocalText(en="Measure", zh="度量"),
    LocalText(en="Value (95 %)", zh="数值"),
    LocalText(en="Best plain rule", zh="最好的简单规则"),
    LocalText(en="Lead (95 %)", zh="领先"),
    LocalText(en="Shown", zh="显示"),
)
_MEASURES = {
    "auc": LocalText(en="AUC", zh="AUC"),
    "spearman": LocalText(en="Spearman", zh="秩相关"),
}
_SHOWN = {True: LocalText(en="yes", zh="是"), False: LocalText(en="no", zh="否")}


def index_table(found: BacktestDocument) -> str:
    """Write what was measured of every index; empty where none was tried."""
    if not found.indices:
        return ""
    days = found.card.horizon_days
    rows = [row for key, figures in found.indices.items() for row in _rows(key, figures, days)]
    return table(_HEAD, rows)


def _rows(key: str, figures: Any, horizon_days: int) -> Iterator[tuple[str, ...]]:
    """Name an index over the whole width, then give its figures where there are any."""
    reason = figures["reason"]
    said = [claim(key, horizon_days), *([REASONS[reason]] if reason else [])]
    small = "".join(f"<br><small>{_both(words)}</small>" for words in said)
    yield (f"{_both(NAMES[key])}{small}",)
    if "metric" in figures:
        yield (
            both(_MEASURES[figures["metric"]]),
            f"{number(figures['value'])} <small>({_ends(figures, '')})</small>",
            f"{number(figures['rule_value'])} <small>{_both(RULES[figures['rule']])}</small>",
            f"{signed(figures['lead'])} <small>({_ends(figures, 'lead_')})</small>",
            both(_SHOWN[figures["is_shown"]]),
        )


def _ends(figures: Mapping[str, Any], prefix: str) -> str:
    low, high = figures[f"{prefix}low"], figures[f"{prefix}high"]
    return f"{signed(low)} … {signed(high)}" if prefix else f"{number(low)} … {number(high)}"


def _both(words: Words) -> str:
    return both(LocalText(en=words["en"], zh=words["zh"]))
