"""The report's table of how models agree with people's decisions on disputed tiers."""

from __future__ import annotations

from services.scoring.model.backtests.report_tables import both, table
from shared.contracts.backtest import Agreement, BacktestDocument
from shared.contracts.common import LocalText

TITLE = LocalText(en="Beside people's decisions", zh="与人工裁定对比")
NOTE = LocalText(
    en="Customers whose disputed tier a person decided, at training. Nearer and farther are "
    "against the tier they held then. Who disputes is no random customer: this says what people "
    "think of the model, not how right it is.",
    zh="训练时等级异议已由人工裁定的顾客。更近、更远均与当时所持等级相比。提出异议者并非随机顾客："
    "此表说明人们如何看待模型，而非模型的准确度。",
)
_HEAD = (
    LocalText(en="Model", zh="模型"),
    LocalText(en="Judged customers", zh="被裁定的顾客"),
    LocalText(en="Same tier", zh="等级相同"),
    LocalText(en="Nearer", zh="更近"),
    LocalText(en="Farther", zh="更远"),
)
_OURS = LocalText(en="This model", zh="本模型")
_LIVE = LocalText(en="The live model then", zh="当时的在用模型")


def judgement_table(found: BacktestDocument) -> str:
    """Write how this model and the live one agreed; empty where nobody was judged."""
    heard = found.judgements
    if heard is None:
        return ""
    models = [(_OURS, heard.model)] + ([(_LIVE, heard.live)] if heard.live else [])
    return table(_HEAD, [_row(name, heard.customers, each) for name, each in models])


def _row(name: LocalText, customers: int, each: Agreement) -> tuple[str, ...]:
    return (both(name), *(f"{n:,}" for n in (customers, each.agree, each.nearer, each.farther)))
