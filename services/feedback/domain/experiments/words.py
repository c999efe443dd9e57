"""The verdict of a comparison as a sentence in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from services.feedback.domain.experiments.judging import LEAST_CUSTOMERS, Finding, Verdict
from services.feedback.domain.experiments.metrics import NAMES, Metric, Words, figure, unit_of


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence is about; `missing_days` until a fixed horizon, `level` in per cent."""

    metric: Metric
    arm: str
    level: str
    currency: str
    exponent: int
    missing_days: int = 0
    #: in per cent of the hold-out's mean: what somebody wanted to see
    least_percent: float | None = None


def sentence(finding: Finding, told: Told) -> Words:
    """Say what came of a comparison."""
    match finding.verdict:
        case Verdict.HIGHER | Verdict.LOWER:
            return _called(finding, told)
        case Verdict.NO_DIFFERENCE:
            return _not_seen(finding, told)
        case Verdict.NOT_ENOUGH:
            return _not_enough(finding)
        case _:
            return _barred(finding.verdict, told)


def _called(finding: Finding, told: Told) -> Words:
    name, is_higher = NAMES[told.metric], finding.verdict is Verdict.HIGHER
    by, low, high = _figures(finding, told)
    unit = unit_of(told.metric, told.currency)
    return Words(
        f"With {told.arm}, {name.en} is {'higher' if is_higher else 'lower'} than in the hold-out "
        f"by {by} {unit} ({told.level} % interval of the difference: {low} to {high}).",
        f"采用“{told.arm}”后，{name.zh}比对照组{'高' if is_higher else '低'} {by} {unit}"
        f"（差值的 {told.level}% 置信区间：{low} 至 {high}）。",
    )


def _not_seen(finding: Finding, told: Told) -> Words:
    name = NAMES[told.metric]
    _, low, high = _figures(finding, told)
    unit = unit_of(told.metric, told.currency)
    more = _ruled_out(finding, told.least_percent)
    return Words(
        f"With {told.arm}, no difference in {name.en} was seen that chance alone would not make: "
        f"it lies between {low} and {high} {unit} ({told.level} % interval)."
        f"{more.en}",
        f"采用“{told.arm}”后，{name.zh}未见超出偶然波动的差异："
        f"差值在 {low} 至 {high} {unit} 之间（{told.level}% 置信区间）。{more.zh}",
    )


def _ruled_out(finding: Finding, percent: float | None) -> Words:
    """Say whether an effect of the size that was wanted may still be there."""
    if percent is None or finding.interval is None or finding.control.mean <= 0:
        return Words("", "")
    least = finding.control.mean * percent / 100
    if finding.interval.high < least:
        return Words(f" A gain of {percent:g} % is ruled out.", f"已可排除 {percent:g}% 的提升。")
    return Words(
        f" A gain of {percent:g} % is still possible: more customers or days would tell.",
        f"{percent:g}% 的提升仍有可能：需要更多顾客或时间。",
    )


def _not_enough(finding: Finding) -> Words:
    needed = finding.needed or LEAST_CUSTOMERS
    have = min(finding.control.n, finding.treatment.n)
    return Words(
        f"Not enough data: the smaller arm has {have} customers, and what they did is too rare or "
        f"too uneven for a verdict; some {needed} customers an arm are needed.",
        f"数据不足：较小的一组有 {have} 位顾客，其行为过少或过于悬殊，"
        f"无法下结论；每组约需 {needed} 位顾客。",
    )


def _barred(verdict: Verdict, told: Told) -> Words:
    days = told.missing_days
    words = {
        Verdict.NOT_STARTED: Words("The experiment has not been started.", "实验尚未开始。"),
        Verdict.TOO_EARLY: Words(
            f"Too early: the horizon that was set is over in {days} days; looking before and "
            "stopping when it suits would call differences that are none.",
            f"为时尚早：预定期限还有 {days} 天；提前查看并择时停止会把偶然当成差异。",
        ),
        Verdict.STOPPED_EARLY: Words(
            "The experiment was stopped before the horizon that was set: nothing can be concluded "
            "from it. A sequential design may be stopped on any day.",
            "实验在预定期限之前被停止，无法得出结论。序贯设计可在任意一天停止。",
        ),
        Verdict.MISMATCH: Words(
            "The arms do not have the sizes they were drawn for, and chance does not explain it: "
            "something picks customers out, so nothing is concluded. Look at how they are met.",
            "各组人数与设定比例不符，且无法用偶然解释：有因素在筛选顾客，故不下结论。"
            "请检查顾客进入实验的方式。",
        ),
    }
    return words[verdict]


def _figures(finding: Finding, told: Told) -> tuple[str, str, str]:
    """Write the size of the difference, and its interval."""
    if finding.difference is None or finding.interval is None:
        raise ValueError("a verdict about a difference needs one")
    values = abs(finding.difference), finding.interval.low, finding.interval.high
    by, low, high = (figure(told.metric, value, told.exponent) for value in values)
    return by, low, high
