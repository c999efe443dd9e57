"""Playbooks in words: for whom, when, what, within which limits, and what came of them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.console.parts.care import (
    KEYS,
    Named,
    channel_word,
    customer_href,
    kind_word,
    lifecycle_word,
    money,
    shown,
)
from services.console.parts.drafts import at, list_at
from services.console.parts.tables import Row
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.playbooks import (
    PlaybookAnswer,
    PlaybookBody,
    PlaybookResults,
    TierResults,
)
from shared.contracts.previews import PlaybookPreview, PreviewSample

STATES: Final = ("draft", "live", "paused", "ended")
TRIGGERS: Final = (
    "entered", "schedule", "feedback", "manual", "birthday", "festival", "frequency_drop",
    "win_back",
)  # fmt: skip
#: These look at their whole audience whenever somebody asks.
RUNNABLE: Final = frozenset({"manual", "schedule"})


#: Says what a tier of one programme is called.
NameTier = Callable[[str], str]


def playbook_row(
    visit: Visit, playbook: PlaybookAnswer, results: PlaybookResults | None, named: Named = KEYS
) -> Row:
    """Give a playbook as a row, with what came of it."""
    return {
        "name": visit.local(playbook.name),
        "name_href": f"/playbooks/{playbook.key}",
        "state": visit.say(f"playbooks.state_{playbook.state}"),
        "when": when(visit, playbook.trigger, named),
        "who": who(visit, playbook.audience, named),
        "effect": effect(visit, results),
        "cost": NOTHING if results is None else money(visit, results.cost),
        "owner": playbook.owner,
    }


def effect(visit: Visit, results: TierResults | None) -> str:
    """Say in a few words what came of it."""
    if results is None:
        return NOTHING
    tasks = visit.formats.number(results.tasks)
    if results.response_rate is None:
        return visit.say("playbooks.tasks", n=tasks)
    share = visit.formats.percent(results.response_rate, digits=0)
    return visit.say("playbooks.responded", share=share, n=tasks)


def who(visit: Visit, audience: Mapping[str, Any], named: Named = KEYS) -> str:
    """Say for whom it is."""
    parts = []
    if segment := audience.get("segment"):
        parts.append(visit.say("playbooks.in_segment", name=segment))
    if tiers := list_at(audience, ("tiers",)):
        key = audience.get("programme")
        held = joined(visit, [named.tier(key, tier) for tier in tiers])
        programme = named.programme(key)
        parts.append(visit.say("playbooks.in_tiers", tiers=held, programme=programme))
    if stages := list_at(audience, ("lifecycles",)):
        words = [lifecycle_word(visit, stage) for stage in stages]
        parts.append(visit.say("playbooks.in_stages", stages=joined(visit, words)))
    return visit.say("playbooks.and").join(parts) or visit.say("playbooks.everybody")


def when(visit: Visit, trigger: Mapping[str, Any], named: Named = KEYS) -> str:
    """Say on which occasion."""
    kind = str(trigger.get("kind", ""))
    places: dict[str, object] = {}
    match kind:
        case "entered":
            entered = list_at(trigger, ("tiers",))
            tiers = [named.tier(trigger.get("programme"), tier) for tier in entered]
            places = {"what": trigger.get("segment") or joined(visit, tiers)}
        case "schedule":
            return _scheduled(visit, trigger)
        case "feedback":
            return _on_feedback(visit, trigger)
        case "festival":
            festival = str(trigger.get("festival"))
            places = {"festival": visit.say_or(f"playbooks.festival_{festival}", festival)}
    said = visit.say(f"playbooks.when_{kind}", **places)
    days = trigger.get("days_before")
    return visit.say("playbooks.days_ahead", when=said, days=days) if days else said


def _scheduled(visit: Visit, trigger: Mapping[str, Any]) -> str:
    if trigger.get("every") == "week":
        day = visit.say_or(f"playbooks.weekday_{trigger.get('weekday')}", NOTHING)
        return visit.say("playbooks.when_weekly", day=day, at=trigger.get("at"))
    return visit.say("playbooks.when_monthly", day=trigger.get("day"), at=trigger.get("at"))


def _on_feedback(visit: Visit, trigger: Mapping[str, Any]) -> str:
    kind = kind_word(visit, str(trigger.get("feedback_kind")))
    if trigger.get("at_most") is None:
        return visit.say("playbooks.when_feedback", kind=kind)
    return visit.say("playbooks.when_low_feedback", kind=kind, most=trigger["at_most"])


def what(visit: Visit, action: Mapping[str, Any], name: NameTier = str) -> str:
    """Say how people are contacted."""
    usual = channel_word(visit, str(action.get("channel")))
    others = action.get("channel_by_tier") or {}
    parts = [
        visit.say("playbooks.by_tier", tier=name(tier), channel=channel_word(visit, str(channel)))
        for tier, channel in others.items()
    ]
    return visit.say("playbooks.semicolon").join([usual, *parts])


def limits(visit: Visit, playbook: PlaybookAnswer) -> str:
    """Say within which limits, a line each."""
    lines = [
        visit.say(
            "playbooks.cap",
            count=cap.get("count"),
            days=cap.get("days"),
            channel=channel_word(visit, str(cap["channel"]))
            if cap.get("channel")
            else visit.say("playbooks.any_channel"),
        )
        for cap in playbook.caps
    ]
    quiet = playbook.quiet or {}
    if quiet.get("start"):
        lines.append(visit.say("playbooks.quiet", start=quiet["start"], end=quiet["end"]))
    if days := list_at(quiet, ("weekdays",)):
        named = [visit.say_or(f"playbooks.weekday_{day}", str(day)) for day in days]
        lines.append(visit.say("playbooks.quiet_days", days=joined(visit, named)))
    if playbook.budget is not None:
        lines.append(visit.say("playbooks.budget_of", budget=money(visit, playbook.budget)))
    return "\n".join(lines) or visit.say("playbooks.no_limits")


def joined(visit: Visit, words: list[Any]) -> str:
    """Write words one after the other."""
    return visit.say("playbooks.comma").join(str(word) for word in words)


def result_line(visit: Visit, results: TierResults, name: NameTier = str) -> list[str]:
    """Write what came of the tasks of one tier, or of all."""
    write = visit.formats
    done = sum(results.outcomes.values())
    return [
        name(results.tier) if results.tier else visit.say("playbooks.all_tiers"),
        write.number(results.tasks),
        write.number(done),
        write.percent(results.reached_rate, digits=0),
        write.percent(results.response_rate, digits=0),
        money(visit, results.cost),
    ]


def held_back(visit: Visit, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Say why others are not contacted, and how many."""
    return [
        (visit.say_or(f"playbooks.held_{reason}", reason), visit.formats.number(count))
        for reason, count in counts.items()
    ]


def group_lines(visit: Visit, preview: PlaybookPreview, name: NameTier = str) -> list[list[str]]:
    """Write who would be contacted, by tier and stage."""
    return [
        [
            name(group.tier) if group.tier else NOTHING,
            lifecycle_word(visit, group.lifecycle),
            visit.formats.number(group.contacts),
            money(visit, group.cost),
        ]
        for group in preview.groups
    ]


def sample_words(visit: Visit, sample: PreviewSample, name: NameTier = str) -> tuple[str, str, str]:
    """Give who would be contacted, how, and with which words."""
    tier = name(sample.tier) if sample.tier else NOTHING
    how = f"{tier} · {channel_word(visit, sample.channel)}"
    return customer_href(sample.customer_id), how, shown(visit, sample.message)


def body_of(playbook: PlaybookAnswer) -> dict[str, Any]:
    """Give a playbook as it is written."""
    body: dict[str, Any] = playbook.model_dump(
        mode="json", exclude_none=True, include=set(PlaybookBody.model_fields)
    )
    return {name: part for name, part in body.items() if part not in ([], {})}


def new_trigger(kind: str) -> dict[str, Any]:
    """Begin a trigger of a kind, with what most begin with."""
    begun: dict[str, dict[str, Any]] = {
        "schedule": {"every": "month", "day": 1, "at": "09:00"},
        "feedback": {"feedback_kind": "csat", "at_most": 2},
        "festival": {"festival": "spring_festival"},
    }
    return {"kind": kind, **begun.get(kind, {})}


def trigger_kind(document: Mapping[str, Any]) -> str:
    """Tell the kind of occasion of a document that may not be whole yet."""
    return str(at(document, ("trigger", "kind")) or "")
