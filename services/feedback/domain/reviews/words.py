"""What a finding says to people, and what it suggests, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.feedback.domain.reviews.finding import Code, Finding, Names

Money = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence with places for figures, the change it suggests, and where to look."""

    en: str
    zh: str
    suggest_en: str
    suggest_zh: str
    link: str


_PHRASES: Final[Mapping[Code, Phrase]] = {
    Code.FREQUENCY_DROP: Phrase(
        "Members of {tier} ordered on {now} days each this quarter, {before} the quarter before:"
        " {change} (between {low} and {high}; the whole programme {whole}). {members} members now,"
        " {members_before} then.",
        "{tier}会员本季度人均下单{now}天，上季度为{before}天：{change}（区间{low}至{high}；"
        "整个方案{whole}）。会员数本季度{members}名，上季度{members_before}名。",
        "Start the frequency-drop playbook for this tier, and check what the tier offers against"
        " the quarter before.",
        "为该层级启用“频次下降”方案，并对照上季度检查该层级的权益。",
        "/v1/care/frequency-drops",
    ),
    Code.FALLING_SATISFACTION: Phrase(
        "Satisfaction ({kind}) of {tier} fell from {before} ({answers_before} answers the quarter"
        " before) to {now} ({answers} answers this quarter): {change} (between {low} and {high}).",
        "{tier}的满意度（{kind}）由上季度的{before}（{answers_before}份回答）降至本季度的{now}"
        "（{answers}份回答）：{change}（区间{low}至{high}）。",
        "Read the complaints of this tier, and call back those who rated low.",
        "查看该层级的投诉，并回访评分低的顾客。",
        "/v1/feedback",
    ),
    Code.BREACHED_SERVICE: Phrase(
        "{breached} of {cases} cases of {tier} broke the promised service level this quarter"
        " ({share}; at most {most} is meant); {then}.",
        "本季度{tier}的{cases}个工单中有{breached}个未达服务承诺（{share}；应不超过{most}）；"
        "{then}。",
        "Give this tier's cases an owner, or promise a longer response time.",
        "为该层级的工单指定负责人，或放宽承诺的响应时间。",
        "/v1/cases",
    ),
    Code.UNUSED_BENEFIT: Phrase(
        "{users} of {entitled} who may use “{benefit}” did so this quarter ({share}; at least"
        " {least} is meant); {then}.",
        "本季度有权使用“{benefit}”的{entitled}人中仅{users}人使用（{share}；应不少于{least}）；"
        "{then}。",
        "Tell members of this benefit, make it easier to use, or replace it.",
        "向会员介绍该权益、简化使用方式，或更换权益。",
        "/v1/programmes/{programme}",
    ),
    Code.WEAK_PLAYBOOK: Phrase(
        "{accepted} of {tried} contacts of “{playbook}” were accepted this quarter ({share}; at"
        " least {least} is meant) and cost {cost}; {then}.",
        "本季度“{playbook}”的{tried}次联系中{accepted}次被接受（{share}；应不少于{least}），"
        "成本{cost}；{then}。",
        "Change its offer or channel, or hold some customers out to see whether it works at all.",
        "更换优惠或渠道，或设置对照组检验其是否有效。",
        "/v1/playbooks/{subject}/results",
    ),
    Code.NO_EFFECT: Phrase(
        "The experiment “{trial}” {saw} {metric}: {difference} per customer against those held out"
        " at the same time (between {low} and {high}).",
        "实验“{trial}”{saw}{metric}：与同期对照组相比人均{difference}（区间{low}至{high}）。",
        "End what was tried, or try something else.",
        "停止该做法，或尝试其他做法。",
        "/v1/experiments/{subject}/result",
    ),
    Code.NOBODY_ENTERS: Phrase(
        "Nobody reached {tier} this quarter, and nobody holds it; {entered_before} reached it the"
        " quarter before.",
        "本季度无人达到{tier}，目前也无人持有；上季度有{entered_before}人达到。",
        "Lower its threshold, and simulate the change before publishing it.",
        "降低其门槛，并在发布前模拟变更。",
        "/v1/programmes/{programme}",
    ),
    Code.NOBODY_LEAVES: Phrase(
        "None of the {members} members of {tier} left it within a year: it is kept without effort."
        " The quarter before it had {members_before}.",
        "{tier}的{members}名会员一年内无人离开：保级没有难度。上季度末有{members_before}名。",
        "Raise the rule for keeping it, and simulate the change before publishing it.",
        "提高保级条件，并在发布前模拟变更。",
        "/v1/programmes/{programme}",
    ),
    Code.COST_ABOVE_RETURN: Phrase(
        "Serving {tier} cost {cost} this quarter and brought a margin of {margin}; the quarter"
        " before {cost_before} and {margin_before}.",
        "本季度服务{tier}的成本为{cost}，带来的毛利为{margin}；上季度分别为{cost_before}和"
        "{margin_before}。",
        "Serve this tier by cheaper channels, or cut the benefits that cost most.",
        "以成本更低的渠道服务该层级，或削减成本最高的权益。",
        "/v1/programmes/{programme}",
    ),
}
_SHARES: Final = frozenset({"share", "most", "least"})
#: How many of how many, the quarter before.
_FORMER: Final[Mapping[Code, tuple[str, str]]] = {
    Code.BREACHED_SERVICE: ("breached_before", "cases_before"),
    Code.UNUSED_BENEFIT: ("users_before", "entitled_before"),
    Code.WEAK_PLAYBOOK: ("accepted_before", "tried_before"),
}
_METRICS: Final[Names] = {
    "spend": {"en": "spend", "zh": "消费额"},
    "orders": {"en": "orders", "zh": "订单数"},
    "retention": {"en": "retention", "zh": "留存率"},
    "satisfaction": {"en": "satisfaction", "zh": "满意度"},
}
_SAW: Final[Names] = {
    "lower": {"en": "lowered", "zh": "降低了"},
    "no_difference_seen": {"en": "saw no gain in", "zh": "未能提升"},
}
_KINDS: Final[Names] = {
    "csat": {"en": "CSAT, 1 to 5", "zh": "CSAT，1 至 5 分"},
    "ces": {"en": "CES, 1 to 7", "zh": "CES，1 至 7 分"},
    "nps": {"en": "NPS, -100 to 100", "zh": "NPS，-100 至 100"},
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as people read it."""

    words: Mapping[str, str]
    suggestion: Mapping[str, str]
    link: str


def told(found: Finding, money: Money) -> Told:
    """Write a finding in both languages; `money` writes minor units of the shop's currency."""
    phrase, figures = _PHRASES[found.code], _figures(found, money)
    both = {**found.names, **_terms(found)}

    def filled(text: str, language: str) -> str:
        names = {key: name[language] for key, name in both.items()}
        return text.format_map({**figures, **names})

    return Told(
        {"en": filled(phrase.en, "en"), "zh": filled(phrase.zh, "zh")},
        {"en": phrase.suggest_en, "zh": phrase.suggest_zh},
        phrase.link.format(programme=found.programme, subject=found.subject),
    )


def _figures(found: Finding, money: Money) -> dict[str, str]:
    figures = found.figures
    written = {
        name: _percent(value) if name in _SHARES else str(value) for name, value in figures.items()
    }
    match found.code:
        case Code.FREQUENCY_DROP:
            written |= {name: _signed(figures[name]) for name in ("change", "low", "high")}
            written["whole"] = _signed(figures["change_of_programme"])
            written["now"] = f"{figures['order_days_per_member']:.2f}"
            written["before"] = f"{figures['order_days_per_member_before']:.2f}"
        case Code.FALLING_SATISFACTION:
            written |= {name: f"{figures[name]:+.2f}" for name in ("change", "low", "high")}
            written["now"] = f"{figures['mean']:.2f}"
            written["before"] = f"{figures['mean_before']:.2f}"
        case Code.WEAK_PLAYBOOK:
            written["cost"] = money(figures["cost_minor"])
        case Code.COST_ABOVE_RETURN:
            names = ("cost", "margin", "cost_before", "margin_before")
            written |= {name: money(figures[f"{name}_minor"]) for name in names}
        case Code.NO_EFFECT:
            ends = ("difference", "low", "high")
            written |= {name: _of_metric(figures["metric"], figures[name], money) for name in ends}
        case _:
            pass
    return written


def _terms(found: Finding) -> Names:
    """Give what of a sentence depends on its language."""
    figures = found.figures
    match found.code:
        case Code.FALLING_SATISFACTION:
            return {"kind": _KINDS[figures["kind"]]}
        case Code.NO_EFFECT:
            return {"metric": _METRICS[figures["metric"]], "saw": _SAW[figures["verdict"]]}
        case code if code in _FORMER:
            hits, of = (figures[name] for name in _FORMER[code])
            return {"then": _then(hits, of)}
        case _:
            return {}


def _then(hits: int, of: int) -> Mapping[str, str]:
    if not of:
        return {"en": "the quarter before has nothing to compare", "zh": "上季度无可比数据"}
    share = _percent(min(hits / of, 1))
    return {
        "en": f"the quarter before it was {hits} of {of} ({share})",
        "zh": f"上季度为{of}中的{hits}（{share}）",
    }


def _of_metric(metric: str, value: float, money: Money) -> str:
    match metric:
        case "spend":
            return money(round(value))
        case "retention":
            return _signed(value)
        case _:
            return f"{value:+.2f}"


def _percent(value: Any) -> str:
    return f"{100 * value:.1f}%"


def _signed(value: Any) -> str:
    return f"{100 * value:+.1f}%"
