"""A backtest as one self-contained HTML page, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from services.scoring.model.backtests import report_indices, report_judgements
from services.scoring.model.backtests import report_words as words
from services.scoring.model.backtests.report_pictures import (
    chance_picture,
    decile_picture,
    gains_picture,
    stability_picture,
)
from services.scoring.model.backtests.report_style import STYLE
from services.scoring.model.backtests.report_tables import (
    accuracy_table,
    both,
    confusion_table,
    decile_table,
    known_table,
    lead_text,
    number,
    percent,
    segment_table,
    small_percent,
    stability_table,
    surprise_table,
    words_of,
)
from shared.contracts.backtest import BacktestDocument, Misses
from shared.contracts.common import LocalText

Section = tuple[LocalText, LocalText | None, str]


def render_report(found: BacktestDocument) -> str:
    """Write the page; a part that was not measured is left out."""
    kind = words.KINDS[found.kind]
    window = f" {found.cutoff} – {found.until}" if found.cutoff else ""
    title = f"Tierline · {kind.en}{window}"
    body = "\n".join(_section(*section) for section in _sections(found) if section[2])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>\n"
        f'<header><p class="kind">Tierline · {both(kind)}{window}</p>\n'
        f"<h1>{words_of(found.headline.en)}</h1>\n"
        f'<p class="headline" lang="zh">{words_of(found.headline.zh)}</p>\n{_tiles(found)}'
        f"{_people(found)}</header>\n{body}\n</body></html>\n"
    )


def _section(title: LocalText, note: LocalText | None, content: str) -> str:
    said = ""
    if note is not None:
        said = f'<p>{words_of(note.en)}</p><p lang="zh">{words_of(note.zh)}</p>'
    return f"<section><h2>{both(title)}</h2>{said}\n{content}</section>"


def _people(found: BacktestDocument) -> str:
    share = found.buyers / found.customers if found.customers else 0.0
    return (
        f'<p class="people">{found.customers:,} customers, of whom {percent(share)} then bought · '
        f'<span lang="zh">{found.customers:,} 位顾客，其中 {percent(share)} 随后购买</span></p>'
    )


def _tiles(found: BacktestDocument) -> str:
    ours = found.contenders[0].accuracy
    decayed = next((each.lead for each in found.contenders if each.key == "decayed"), None)
    tiles = (
        (percent(ours.cap20), LocalText(en="of spend held by our top 20 %", zh="前 20 % 占消费")),
        (percent(ours.hit20), LocalText(en="of the true top 20 % found", zh="命中真正前 20 %")),
        (
            lead_text(decayed) or "–",
            LocalText(en="lead in Gini over decayed spend", zh="基尼领先衰减消费额"),
        ),
        (
            percent(found.coverage),
            LocalText(en="of buyers within their range (promised 80 %)", zh="购买者落入区间"),
        ),
        (
            number(found.chance_error),
            LocalText(en="mean error of the chance to buy", zh="购买概率平均误差"),
        ),
    )
    cells = "".join(f"<div><b>{value}</b>{both(label)}</div>" for value, label in tiles)
    return f'<div class="tiles">{cells}</div>\n'


def _sections(found: BacktestDocument) -> Iterator[Section]:
    yield (
        LocalText(en="Accuracy beside plain scores", zh="与简单评分对比的准确度"),
        LocalText(
            en="A lead in green is clear of chance (95 % of a paired bootstrap), in red it is a "
            "deficit, in grey it is within the noise.",
            zh="绿色领先在统计上显著（配对自助法 95 %），红色为显著落后，灰色属噪声范围。",
        ),
        accuracy_table(found),
    )
    yield (
        LocalText(en="Gains curve", zh="增益曲线"),
        LocalText(
            en="Take the best customers by score from the left: how much of all later spend do "
            "they hold? The dashed line marks the top 20 %.",
            zh="从左起按评分取顾客：他们占随后全部消费的多少？虚线为前 20 %。",
        )
        if found.contenders[0].gains
        else None,
        gains_picture(found),
    )
    yield from _tier_sections(found)
    yield from _calibration_sections(found)
    yield from _reliability_sections(found)
    yield report_indices.TITLE, report_indices.NOTE, report_indices.index_table(found)
    heard = report_judgements.judgement_table(found)
    yield report_judgements.TITLE, report_judgements.NOTE, heard
    yield LocalText(en="What to keep in mind", zh="注意事项"), None, _warnings(found)
    yield LocalText(en="The model", zh="模型说明"), None, _card(found)


def _tier_sections(found: BacktestDocument) -> Iterator[Section]:
    if found.confusion:
        yield (
            LocalText(en="Tiers: named and earned", zh="层级：预测与实际"),
            LocalText(
                en="Each row is a tier we named (top 20 %, next 30 %, rest); shares say which "
                "tier those customers then earned. Whoever bought nothing earned the low tier.",
                zh="每行是我们预测的层级（前 20 %、随后 30 %、其余），百分比为这些顾客随后实际"
                "达到的层级。未购买者归入低层级。",
            ),
            confusion_table(found),
        )
    if found.misses is not None:
        yield (
            LocalText(en="Misses against the 20-55 yardstick", zh="与 20-55 标尺对比的失误"),
            LocalText(
                en="Malthouse and Blattberg (2005): of the future best 20 %, about 55 % are "
                "missed, and 15 % of the rest are promoted falsely. Shorter bars are better.",
                zh="Malthouse 与 Blattberg（2005）：未来最好的 20 % 顾客约 55 % 被漏掉，其余顾客 "
                "15 % 被误升。越短越好。",
            ),
            _yardstick(found.misses),
        )


def _yardstick(misses: Misses) -> str:
    rows = (
        (LocalText(en="missed", zh="漏掉"), misses.missed, misses.missed_yardstick),
        (LocalText(en="promoted falsely", zh="误升"), misses.promoted, misses.promoted_yardstick),
    )
    return "".join(_bars(*row) for row in rows)


def _bars(name: LocalText, value: float | None, yardstick: float) -> str:
    width = (value or 0.0) * 100
    return (
        f'<div class="bar"><span>{both(name)}</span><div><i style="width:{width:.1f}%"></i>'
        f'<u style="left:{yardstick * 100:.0f}%"></u></div>'
        f"<b>{percent(value)} <small>/ {percent(yardstick)}</small></b></div>"
    )


def _calibration_sections(found: BacktestDocument) -> Iterator[Section]:
    if found.deciles:
        yield (
            LocalText(en="Money by tenth of customers", zh="按预测十等分的金额"),
            LocalText(
                en="Where the ring lies within the bar, the money was right on average.",
                zh="圆环落在误差线内，说明平均金额准确。",
            ),
            decile_picture(found) + decile_table(found),
        )
    if found.chances:
        yield (
            LocalText(en="Chance to buy", zh="购买概率"),
            LocalText(
                en="Of customers given a chance of 30 %, 30 % should have bought.",
                zh="预测概率为 30 % 的顾客中，应有 30 % 购买。",
            ),
            chance_picture(found),
        )


def _reliability_sections(found: BacktestDocument) -> Iterator[Section]:
    if found.stability:
        yield (
            LocalText(en="Stability over cut-offs", zh="不同截止日的稳定性"),
            LocalText(
                en="The model trained anew at earlier dates, always judged on days it had not "
                "seen and over the same number of days.",
                zh="在更早日期重新训练，始终用未见过的、同样长度的日子评估。",
            ),
            stability_picture(found) + stability_table(found),
        )
    if found.segments:
        yield (
            LocalText(en="Where it fails", zh="薄弱之处"),
            LocalText(
                en="The same figures among kinds of customers. Marked in red: significantly worse "
                "than decayed spend, money off by more than a factor of 2, or a range that holds "
                "clearly more or fewer buyers than promised.",
                zh="不同类型顾客中的同样指标。红色标出：显著差于衰减消费额、金额偏差超过一倍，"
                "或区间覆盖明显偏离承诺。",
            ),
            segment_table(found),
        )
    if found.without_surprise is not None:
        share = small_percent(found.without_surprise.share_of_spend)
        yield (
            LocalText(en="Without the largest surprise", zh="剔除最大意外"),
            LocalText(
                en=f"One customer, misjudged most, held {share} of all spend.",
                zh=f"误判最大的一位顾客占全部消费的 {share}。",
            ),
            surprise_table(found),
        )
    yield from _known_section(found)


def _known_section(found: BacktestDocument) -> Iterator[Section]:
    then = found.as_known
    if then is None:
        return
    title = LocalText(en="As it was known then", zh="按当时所知")
    if then.refused is not None:
        yield title, None, f'<p class="bad">{escape(then.refused)}</p>'
        return
    yield (
        title,
        LocalText(
            en=f"{then.rows_left_out:,} rows arrived on or after the cut-off for days before it; "
            "here they are left out of training and features (declared backfills are kept).",
            zh=f"{then.rows_left_out:,} 行属于截止日之前、但在其后才收到；此处训练与特征均不使用"
            "它们（已声明的补录除外）。",
        ),
        known_table(found.contenders[0].accuracy, then),
    )


def _warnings(found: BacktestDocument) -> str:
    said = [text for text in found.warnings if text != found.card.horizon_reason.en]
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in said) + "</ul>" if said else ""


def _card(found: BacktestDocument) -> str:
    card = found.card
    kind = words.MODELS.get(card.kind, LocalText(en=card.kind, zh=card.kind))
    code = f" · {escape(card.code_version)}" if card.code_version else ""
    cutoffs = ", ".join(day.isoformat() for day in card.cutoffs)
    lines = [
        (LocalText(en="Version", zh="版本"), f"{escape(found.model_version)}{code}"),
        (LocalText(en="Kind", zh="类型"), both(kind)),
        (LocalText(en="Horizon", zh="预测期"), both(card.horizon_reason)),
        (LocalText(en="Data", zh="数据"), f"{card.trained_from} – {card.trained_until}"),
        (LocalText(en="Cut-offs", zh="训练截止日"), cutoffs),
        (LocalText(en="Customers, rows", zh="顾客数、行数"), f"{card.customers:,}, {card.rows:,}"),
        (LocalText(en="Measured", zh="评估时间"), f"{found.measured_at:%Y-%m-%d %H:%M}"),
        (LocalText(en="Definition of features", zh="特征定义"), escape(card.feature_hash)),
    ]
    if card.features:
        listed = escape(", ".join(card.features))
        lines.append((LocalText(en=f"{len(card.features)} features", zh="特征"), listed))
    return "<dl>" + "".join(f"<dt>{both(t)}</dt><dd>{d}</dd>" for t, d in lines) + "</dl>"
