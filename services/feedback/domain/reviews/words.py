"""What a finding says to people, and what it suggests, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.feedback.domain.reviews.judging import Code, Finding

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
        " {change} (between {low} and {high}; the whole programme {whole}).",
        "{tier}会员本季度人均下单{now}天，上季度为{before}天：{change}（区间{low}至{high}；"
        "整个方案{whole}）。",
        "Start the frequency-drop playbook for this tier, and check what the tier offers against"
        " the quarter before.",
        "为该层级启用“频次下降”方案，并对照上季度检查该层级的权益。",
        "/v1/care/frequency-drops",
    ),
    Code.FALLING_SATISFACTION: Phrase(
        "Satisfaction ({kind}) of {tier} fell from {before} to {now}: {change} (between {low} and"
        " {high}, {answers} answers).",
        "{tier}的满意度（{kind}）由{before}降至{now}：{change}（区间{low}至{high}，共{answers}份"
        "回答）。",
        "Read the complaints of this tier, and call back those who rated low.",
        "查看该层级的投诉，并回访评分低的顾客。",
        "/v1/feedback",
    ),
    Code.BREACHED_SERVICE: Phrase(
        "{breached} of {cases} cases of {tier} broke the promised service level ({share}; at most"
        " {most} is meant).",
        "{tier}的{cases}个工单中有{breached}个未达服务承诺（{share}；应不超过{most}）。",
        "Give this tier's cases an owner, or promise a longer response time.",
        "为该层级的工单指定负责人，或放宽承诺的响应时间。",
        "/v1/cases",
    ),
    Code.UNUSED_BENEFIT: Phrase(
        "{users} of {entitled} who may use “{benefit}” did so this quarter ({share}; at least"
        " {least} is meant).",
        "本季度有权使用“{benefit}”的{entitled}人中仅{users}人使用（{share}；应不少于{least}）。",
        "Tell members of this benefit, make it easier to use, or replace it.",
        "向会员介绍该权益、简化使用方式，或更换权益。",
        "/v1/programmes/{programme}",
    ),
    Code.WEAK_PLAYBOOK: Phrase(
        "{accepted} of {tried} contacts of “{playbook}” were accepted ({share}; at least {least} is"
        " meant); it cost {cost}.",
        "“{playbook}”的{tried}次联系中{accepted}次被接受（{share}；应不少于{least}），成本{cost}。",
        "Change its offer or channel, or hold some customers out to see whether it works at all.",
        "更换优惠或渠道，或设置对照组检验其是否有效。",
        "/v1/playbooks/{subject}/results",
    ),
    Code.NO_EFFECT: Phrase(
        "The experiment “{trial}” saw no gain in {metric}: {difference} (between {low} and"
        " {high}).",
        "实验“{trial}”未见{metric}提升：{difference}（区间{low}至{high}）。",
        "End what was tried, or try something else.",
        "停止该做法，或尝试其他做法。",
        "/v1/experiments/{subject}/result",
    ),
    Code.NOBODY_ENTERS: Phrase(
        "Nobody reached {tier} this quarter, and nobody holds it.",
        "本季度无人达到{tier}，目前也无人持有。",
        "Lower its threshold, and simulate the change before publishing it.",
        "降低其门槛，并在发布前模拟变更。",
        "/v1/programmes/{programme}",
    ),
    Code.NOBODY_LEAVES: Phrase(
        "None of the {members} members of {tier} left it within a year: it is kept without effort.",
        "{tier}的{members}名会员一年内无人离开：保级没有难度。",
        "Raise the rule for keeping it, and simulate the change before publishing it.",
        "提高保级条件，并在发布前模拟变更。",
        "/v1/programmes/{programme}",
    ),
    Code.COST_ABOVE_RETURN: Phrase(
        "Serving {tier} cost {cost} this quarter and brought a margin of {margin}.",
        "本季度服务{tier}的成本为{cost}，带来的毛利为{margin}。",
        "Serve this tier by cheaper channels, or cut the benefits that cost most.",
        "以成本更低的渠道服务该层级，或削减成本最高的权益。",
        "/v1/programmes/{programme}",
    ),
}
_SHARES: Final = frozenset({"share", "most", "least"})


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as people read it."""

    words: Mapping[str, str]
    suggestion: Mapping[str, str]
    link: str


def told(found: Finding, money: Money) -> Told:
    """Write a finding in both languages; `money` writes minor units of the shop's currency."""
    phrase, figures = _PHRASES[found.code], _figures(found, money)

    def filled(text: str, language: str) -> str:
        names = {key: name[language] for key, name in found.names.items()}
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
            written["cost"] = money(figures["cost_minor"])
            written["margin"] = money(figures["margin_minor"])
        case _:
            pass
    return written


def _percent(value: Any) -> str:
    return f"{100 * value:.1f}%"


def _signed(value: Any) -> str:
    return f"{100 * value:+.1f}%"
