"""What of the evidence is a weak strategy: rules with stated limits, and what is too little to say.

Falls of a mean are judged by an interval whose error is shared out to all such comparisons of the
review (Bonferroni), shares by Wilson's; a fall must also be large enough to matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from services.feedback.domain.reviews.evidence import (
    Account,
    Activity,
    BenefitUse,
    Evidence,
    Flow,
    Place,
    PlaybookOutcome,
    Satisfaction,
    Service,
    Trial,
)
from services.feedback.domain.reviews.finding import Code, Finding, TooFew, Verdict
from services.feedback.domain.reviews.intervals import (
    ALPHA,
    Sums,
    added,
    mean_change,
    relative_change,
    share,
)

FEWEST_MEMBERS: Final = 50
FEWEST_ANSWERS: Final = 30
FEWEST_CASES: Final = 20
FEWEST_TRIED: Final = 50
FEWEST_ENTITLED: Final = 50
#: How long tiers must have been recorded before "nobody leaves" means anything.
YEAR_DAYS: Final = 365
#: A drop of order days by less is too small to act on, whatever the interval.
LEAST_DROP: Final = 0.05
#: A fall by less of each scale, likewise: two hundredths of its span.
LEAST_FALL: Final[Mapping[str, float]] = {"csat": 0.08, "ces": 0.12, "nps": 4.0}
#: A service level may be broken so often; a benefit must be used, a playbook accepted so often.
MOST_BREACHED: Final = 0.05
LEAST_USED: Final = 0.10
LEAST_ACCEPTED: Final = 0.05


Judged = Finding | TooFew | None
Named = TypeVar("Named", Finding, TooFew)


def judge(evidence: Evidence) -> Verdict:
    """Judge all of the evidence."""
    alpha = ALPHA / max(_comparisons(evidence), 1)
    whole = _whole_programmes(evidence.activities)
    judged: Iterator[Judged] = iter(
        [
            *(_activity(each, whole[each.place.programme], alpha) for each in evidence.activities),
            *(_satisfaction(each, alpha) for each in evidence.satisfaction),
            *map(_service, evidence.services),
            *map(_benefit, evidence.benefits),
            *map(_playbook, evidence.playbooks),
            *map(_trial, evidence.trials),
            *(found for each in evidence.flows for found in _flow(each)),
            *map(_account, evidence.accounts),
        ]
    )
    told = [each for each in judged if each is not None]
    return Verdict(
        [_named(each, evidence) for each in told if isinstance(each, Finding)],
        [_named(each, evidence) for each in told if isinstance(each, TooFew)],
    )


def _activity(each: Activity, whole: tuple[Sums, Sums], alpha: float) -> Judged:
    have = min(each.now.n, each.before.n)
    if have < FEWEST_MEMBERS or not each.before.total:
        return _few(Code.FREQUENCY_DROP, each.place, have, FEWEST_MEMBERS)
    change = relative_change(each.now, each.before, alpha)
    if change.high >= 0 or change.value > -LEAST_DROP:
        return None
    figures = {
        "order_days_per_member": round(each.now.mean, 3),
        "order_days_per_member_before": round(each.before.mean, 3),
        "change": round(change.value, 4),
        "low": round(change.low, 4),
        "high": round(change.high, 4),
        "members": each.now.n,
        "members_before": each.before.n,
        "change_of_programme": round(whole[0].mean / whole[1].mean - 1, 4),
    }
    return _of(Code.FREQUENCY_DROP, each.place, figures)


def _satisfaction(each: Satisfaction, alpha: float) -> Judged:
    have = min(each.now.n, each.before.n)
    if have < FEWEST_ANSWERS:
        return _few(Code.FALLING_SATISFACTION, each.place, have, FEWEST_ANSWERS, each.kind)
    change = mean_change(each.now, each.before, alpha)
    if change.high >= 0 or change.value > -LEAST_FALL[each.kind]:
        return None
    figures = {
        "kind": each.kind,
        "mean": round(each.now.mean, 3),
        "mean_before": round(each.before.mean, 3),
        "change": round(change.value, 3),
        "low": round(change.low, 3),
        "high": round(change.high, 3),
        "answers": each.now.n,
        "answers_before": each.before.n,
    }
    return _of(Code.FALLING_SATISFACTION, each.place, figures, each.kind)


def _service(each: Service) -> Judged:
    if each.cases < FEWEST_CASES:
        return _few(Code.BREACHED_SERVICE, each.place, each.cases, FEWEST_CASES)
    found = share(each.breached, each.cases)
    if found.low <= MOST_BREACHED:
        return None
    figures = {
        "breached": each.breached,
        "cases": each.cases,
        **_ends(found),
        "breached_before": each.breached_before,
        "cases_before": each.cases_before,
        "most": MOST_BREACHED,
    }
    return _of(Code.BREACHED_SERVICE, each.place, figures)


def _benefit(each: BenefitUse) -> Judged:
    code, programme, benefit = Code.UNUSED_BENEFIT, each.programme, each.benefit
    if each.entitled < FEWEST_ENTITLED:
        names = {"benefit": each.name}
        return TooFew(code, programme, None, benefit, each.entitled, FEWEST_ENTITLED, names)
    # who used it and holds the tier no longer counts as a user all the same
    found = share(min(each.users, each.entitled), each.entitled)
    if found.high >= LEAST_USED:
        return None
    figures = {
        "users": each.users,
        "entitled": each.entitled,
        **_ends(found),
        "users_before": each.users_before,
        "entitled_before": each.entitled_before,
        "least": LEAST_USED,
    }
    return Finding(code, programme, None, benefit, figures, {"benefit": each.name})


def _playbook(each: PlaybookOutcome) -> Judged:
    code, playbook = Code.WEAK_PLAYBOOK, each.playbook
    if each.tried < FEWEST_TRIED:
        names = {"playbook": each.name}
        return TooFew(code, None, None, playbook, each.tried, FEWEST_TRIED, names)
    found = share(each.accepted, each.tried)
    if found.high >= LEAST_ACCEPTED:
        return None
    figures = {
        "accepted": each.accepted,
        "tried": each.tried,
        **_ends(found),
        "accepted_before": each.accepted_before,
        "tried_before": each.tried_before,
        "least": LEAST_ACCEPTED,
        "cost_minor": each.cost,
    }
    return Finding(code, None, None, playbook, figures, {"playbook": each.name})


def _trial(each: Trial) -> Judged:
    """Judge an experiment that has ended: seen no difference, or a worse one."""
    if each.verdict == "not_enough_data":
        return TooFew(Code.NO_EFFECT, None, None, each.experiment, 0, 0, {"trial": each.name})
    if each.verdict not in ("lower", "no_difference_seen"):
        return None
    figures = {
        "about": each.about,
        "metric": each.metric,
        "verdict": each.verdict,
        "difference": each.difference,
        "low": each.low,
        "high": each.high,
    }
    return Finding(Code.NO_EFFECT, None, None, each.experiment, figures, {"trial": each.name})


def _flow(each: Flow) -> Iterator[Judged]:
    if not each.members and not each.entered:
        if each.days_known:
            figures = {"members": 0, "entered": 0, "entered_before": each.entered_before}
            yield _of(Code.NOBODY_ENTERS, each.place, figures)
        return
    if each.days_known < YEAR_DAYS:
        yield _few(Code.NOBODY_LEAVES, each.place, each.days_known, YEAR_DAYS)
    elif each.members < FEWEST_MEMBERS:
        yield _few(Code.NOBODY_LEAVES, each.place, each.members, FEWEST_MEMBERS)
    elif not each.left_in_year:
        figures = {
            "members": each.members,
            "members_before": each.members_before,
            "left_in_year": 0,
        }
        yield _of(Code.NOBODY_LEAVES, each.place, figures)


def _account(each: Account) -> Judged:
    # all costs and all margins are known: there is nothing here that chance could change
    if each.cost <= 0 or each.cost <= each.margin:
        return None
    figures = {
        "cost_minor": each.cost,
        "margin_minor": each.margin,
        "cost_before_minor": each.cost_before,
        "margin_before_minor": each.margin_before,
    }
    return _of(Code.COST_ABOVE_RETURN, each.place, figures)


def _comparisons(evidence: Evidence) -> int:
    """Count the comparisons of means that are made."""
    active = sum(min(each.now.n, each.before.n) >= FEWEST_MEMBERS for each in evidence.activities)
    said = sum(min(each.now.n, each.before.n) >= FEWEST_ANSWERS for each in evidence.satisfaction)
    return active + said


def _whole_programmes(activities: Sequence[Activity]) -> dict[str, tuple[Sums, Sums]]:
    parts: dict[str, list[Activity]] = defaultdict(list)
    for each in activities:
        parts[each.place.programme].append(each)
    return {
        programme: (added(each.now for each in some), added(each.before for each in some))
        for programme, some in parts.items()
    }


def _ends(found: Any) -> dict[str, float]:
    return {
        "share": round(found.value, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
    }


def _of(
    code: Code, place: Place, figures: Mapping[str, Any], subject: str | None = None
) -> Finding:
    return Finding(code, place.programme, place.tier, subject, figures)


def _few(code: Code, place: Place, have: int, needed: int, subject: str | None = None) -> TooFew:
    return TooFew(code, place.programme, place.tier, subject, have, needed)


def _named(each: Named, evidence: Evidence) -> Named:
    """Add the name of the tier, as customers read it where the programme names it."""
    if each.programme is None or each.tier is None:
        return each
    usual = {"en": each.tier, "zh": each.tier}
    name = evidence.names.get(Place(each.programme, each.tier), usual)
    return replace(each, names={**each.names, "tier": name})
