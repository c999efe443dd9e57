"""Which document a finding would change: what is weak is mended by somebody who writes there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.feedback.domain.reviews.finding import Code


class Document(StrEnum):
    """What may be changed."""

    PLAYBOOK = "playbook"
    BENEFIT = "benefit"
    TIER_RULE = "tier_rule"
    SERVICE_LEVEL = "service_level"
    EXPERIMENT = "experiment"


@dataclass(frozen=True, slots=True)
class Change:
    """A document, its key (of a service level and a rule: the tier), and where it is read.

    `key` is None where a tier has several: all of them are looked through.
    """

    document: Document
    programme: str | None
    key: str | None
    link: str
    words: Mapping[str, str]


_DROPS: Final = "frequency-drop"
_OF_TIER: Final[Mapping[str, Document]] = {
    Code.FALLING_SATISFACTION: Document.SERVICE_LEVEL,
    Code.BREACHED_SERVICE: Document.SERVICE_LEVEL,
    Code.NOBODY_ENTERS: Document.TIER_RULE,
    Code.NOBODY_LEAVES: Document.TIER_RULE,
}
_WORDS: Final[Mapping[Document, tuple[str, str]]] = {
    Document.PLAYBOOK: ("The playbook {key}.", "方案（playbook）{key}。"),
    Document.BENEFIT: ("The benefit {key} in the programme {programme}.",
                       "会员方案 {programme} 中的权益 {key}。"),
    Document.TIER_RULE: ("The rules of the tier {key} in the programme {programme}.",
                         "会员方案 {programme} 中等级 {key} 的规则。"),
    Document.SERVICE_LEVEL: ("The service level of the tier {key} in the programme {programme}.",
                             "会员方案 {programme} 中等级 {key} 的服务承诺。"),
    Document.EXPERIMENT: ("What the experiment {key} tries.", "实验 {key} 所尝试的做法。"),
}  # fmt: skip


def change_of(
    code: Code,
    programme: str | None,
    tier: str | None,
    subject: str | None,
    figures: Mapping[str, Any],
) -> Change:
    """Name the document that a finding would change."""
    match code:
        case Code.FREQUENCY_DROP:
            # a ready one: whoever has none yet begins with it
            return _change(Document.PLAYBOOK, None, _DROPS, "/v1/playbooks/presets")
        case Code.WEAK_PLAYBOOK:
            return _change(Document.PLAYBOOK, None, subject, f"/v1/playbooks/{subject}")
        case Code.UNUSED_BENEFIT:
            return _change(Document.BENEFIT, programme, subject, f"/v1/programmes/{programme}")
        case Code.COST_ABOVE_RETURN:
            return _benefits_of(programme, tier)
        case Code.NO_EFFECT:
            return _tried(str(figures.get("about", "")), subject)
        case _:
            return _change(_OF_TIER[code], programme, tier, f"/v1/programmes/{programme}")


def _change(document: Document, programme: str | None, key: str | None, link: str) -> Change:
    words = {
        language: text.format(key=key, programme=programme)
        for language, text in zip(("en", "zh"), _WORDS[document], strict=True)
    }
    return Change(document, programme, key, link, words)


def _benefits_of(programme: str | None, tier: str | None) -> Change:
    words = {
        "en": f"The benefits of the tier {tier} in the programme {programme}.",
        "zh": f"会员方案 {programme} 中等级 {tier} 的权益。",
    }
    return Change(Document.BENEFIT, programme, None, f"/v1/programmes/{programme}", words)


def _tried(about: str, experiment: str | None) -> Change:
    """Name what an experiment was about; what is not ours to change is the experiment itself."""
    kind, _, key = about.partition("/")
    if kind == "playbook":
        return _change(Document.PLAYBOOK, None, key, f"/v1/playbooks/{key}")
    return _change(Document.EXPERIMENT, None, experiment, f"/v1/experiments/{experiment}")
