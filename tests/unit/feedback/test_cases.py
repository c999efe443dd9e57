from dataclasses import replace
from datetime import timedelta

import pytest

from services.feedback.domain.cases.case import (
    Rules,
    ServiceLevel,
    opens_case,
    priority_of,
    promise,
)
from services.feedback.domain.cases.change import (
    Change,
    Moment,
    Objection,
    changed,
    learned,
    missed,
    objection,
    reopened,
)
from services.feedback.domain.cases.dispute import fault_of_decision
from services.feedback.domain.cases.states import State, allowed_from
from tests.unit.feedback.cases import ALWAYS, GOLD, NOW, PROMISED, RULES, make_case

HOUR = timedelta(hours=1)
LATER = Moment(NOW + HOUR, ALWAYS)
LADDER = ("green", "silver", "gold")


@pytest.mark.parametrize(
    ("kind", "rating", "opens"),
    [
        ("complaint", None, True),
        ("tier_dispute", None, True),
        ("csat", 2, True),
        ("csat", 3, False),
        ("nps", 0, True),
        ("nps", 7, False),
        ("review", 1, True),
        ("suggestion", None, False),
        ("offer_response", None, False),
    ],
)
def test_what_has_to_be_answered_opens_a_case(kind: str, rating: int | None, opens: bool) -> None:
    assert opens_case(kind, rating, RULES) is opens


@pytest.mark.parametrize(
    ("kind", "rank", "priority"),
    [
        ("complaint", None, 3),
        ("complaint", 0, 3),
        ("complaint", 1, 2),
        ("complaint", 9, 1),
        ("csat", 2, 2),
        ("suggestion", 0, 5),
    ],
)
def test_a_higher_tier_is_worked_on_earlier(kind: str, rank: int | None, priority: int) -> None:
    assert priority_of(kind, rank) == priority


def test_a_case_begins_with_the_tier_and_what_it_promises() -> None:
    case = make_case()
    assert (case.programme_key, case.tier_key, case.tier_rank) == ("coffee", "gold", 2)
    assert case.due_at == case.first_due_at == NOW + 4 * HOUR
    assert (case.is_service_level_known, case.priority, case.resolve_by) == (True, 1, None)


@pytest.mark.parametrize(
    ("level", "known", "hours"),
    [(None, False, 24), (ServiceLevel(), True, 24), (ServiceLevel(agent="Li"), True, 24)],
)
def test_where_nothing_is_promised_the_usual_hours_hold(
    level: ServiceLevel | None, known: bool, hours: int
) -> None:
    case = make_case(level)
    assert (case.is_service_level_known, case.due_at) == (known, NOW + hours * HOUR)


@pytest.mark.parametrize(("hours", "expected"), [(4, 4), (24, 24), (48, 24), (None, 24)])
def test_what_is_learned_later_never_moves_a_due_time_back(
    hours: int | None, expected: int
) -> None:
    case = make_case(None, tier_held=None, is_tier_known=False)
    after = learned(case, ServiceLevel(response_hours=hours), GOLD, ALWAYS)
    assert after.case.due_at == after.case.first_due_at == NOW + expected * HOUR
    assert after.case.is_service_level_known
    assert [each.kind for each in after.events] == (["promised"] if expected < 24 else [])


def test_an_answer_that_missed_a_promise_nobody_knew_missed_it() -> None:
    case = make_case(None, tier_held=None, is_tier_known=False)
    late = Moment(NOW + 5 * HOUR, ALWAYS)
    answered = changed(case, Change(state=State.ANSWERED, answer="a"), late).case
    after = learned(answered, PROMISED, GOLD, ALWAYS)
    assert (after.case.first_due_at, after.case.breaches) == (NOW + 4 * HOUR, 1)
    assert [each.kind for each in after.events] == ["promised", "breached"]


def test_a_tier_learned_later_moves_the_case_ahead_unless_somebody_placed_it() -> None:
    case = make_case(None, tier_held=None, is_tier_known=False)
    after = learned(case, PROMISED, GOLD, ALWAYS).case
    assert (after.tier_key, after.priority) == ("gold", 1)
    placed = replace(case, priority=5)
    assert learned(placed, PROMISED, GOLD, ALWAYS).case.priority == 5


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("wanted", list(State))
def test_only_the_next_state_may_follow(state: State, wanted: State) -> None:
    case = replace(make_case(), state=state, answer="a", resolution="r", improvement="i")
    places = list(State)
    step = places.index(wanted) - places.index(state)
    found = objection(case, Change(state=wanted), is_decided=True)
    assert found == (None if step in {0, 1} else Objection.SKIPS)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.RECEIVED, "A case that is received may be set to answered."),
        (State.ANSWERED, "A case that is answered may be set to resolved or reopened."),
        (State.IMPROVED, "A case that is improved may be reopened."),
    ],
)
def test_a_refusal_names_what_is_allowed(state: State, sentence: str) -> None:
    assert allowed_from(state) == sentence


def test_a_step_needs_its_words_now_or_before() -> None:
    case = make_case()
    assert objection(case, Change(state=State.ANSWERED), is_decided=True) == (
        Objection.WORDS_MISSING
    )
    assert objection(case, Change(state=State.ANSWERED, answer="Sorry"), is_decided=True) is None
    drafted = changed(case, Change(answer="Sorry"), LATER).case
    assert objection(drafted, Change(state=State.ANSWERED), is_decided=True) is None


def test_a_dispute_is_resolved_by_a_decision_only() -> None:
    case = replace(make_case(kind="tier_dispute"), state=State.ANSWERED, resolution="r")
    change = Change(state=State.RESOLVED)
    assert objection(case, change, is_decided=False) == Objection.UNDECIDED
    assert objection(case, change, is_decided=True) is None


def test_an_answer_in_time_is_no_breach_and_is_measured() -> None:
    after = changed(make_case(), Change(state=State.ANSWERED, answer="Sorry"), LATER)
    case = after.case
    assert (case.state, case.first_answered_at, case.response_minutes) == (
        State.ANSWERED,
        LATER.now,
        60,
    )
    assert (case.version, case.breaches) == (2, 0)
    assert [(each.kind, dict(each.details)) for each in after.events] == [
        ("answered", {"answer": "Sorry"})
    ]


def test_a_late_answer_is_a_breach_that_no_worker_needed_to_see() -> None:
    late = Moment(NOW + 5 * HOUR, ALWAYS)
    after = changed(make_case(), Change(state=State.ANSWERED, answer="Sorry"), late)
    assert [each.kind for each in after.events] == ["breached", "answered"]
    assert (after.case.breaches, after.case.is_response_breached) == (1, True)


def test_each_promise_is_broken_once() -> None:
    case = make_case(rules=Rules({}, response_hours=24, resolution_hours=8))
    later = NOW + 9 * HOUR
    once = missed(case, later)
    assert [each.details["promise"] for each in once.events] == ["response", "resolution"]
    assert missed(once.case, later + HOUR).events == ()
    assert missed(case, NOW + 4 * HOUR).events == ()  # due now is not late


def test_what_changes_nothing_leaves_the_version() -> None:
    case = replace(make_case(), owner="li")
    same = Change(state=State.RECEIVED, owner="li", is_owner_given=True, priority=case.priority)
    assert changed(case, same, LATER) == changed(case, Change(), LATER)
    assert changed(case, same, LATER).case == case


def test_every_change_is_told_in_order() -> None:
    change = Change(
        state=State.ANSWERED,
        owner="li",
        is_owner_given=True,
        priority=5,
        note="n",
        answer="a",
        resolution="r",
    )
    after = changed(make_case(), change, LATER)
    kinds = [each.kind for each in after.events]
    assert kinds == ["assigned", "prioritised", "noted", "reworded", "answered"]
    assert after.events[3].details == {"resolution": "r"}


def test_an_owner_can_give_a_case_up() -> None:
    case = replace(make_case(), owner="li")
    assert changed(case, Change(is_owner_given=True), LATER).case.owner is None


def test_reopening_starts_a_clock_of_its_own_and_keeps_the_first_measure() -> None:
    answered = changed(make_case(), Change(state=State.ANSWERED, answer="a"), LATER).case
    again = Moment(NOW + 30 * HOUR, ALWAYS)
    promised = promise({"response_hours": 4}, RULES, again.now, ALWAYS)
    after = reopened(answered, "late again", again, promised)
    assert after is not None
    case = after.case
    assert (case.state, case.due_at, case.reopenings) == (State.RECEIVED, NOW + 34 * HOUR, 1)
    assert (case.answer, case.answered_at) == (None, None)
    assert (case.first_due_at, case.first_answered_at) == (NOW + 4 * HOUR, LATER.now)
    second = changed(case, Change(state=State.ANSWERED, answer="b"), Moment(again.now, ALWAYS))
    assert (second.case.response_minutes, second.case.first_answered_at) == (60, LATER.now)


def test_what_waits_for_its_answer_is_not_reopened() -> None:
    promised = promise(None, RULES, NOW, ALWAYS)
    assert reopened(make_case(), "why", LATER, promised) is None


@pytest.mark.parametrize(
    ("decision", "tier", "held", "fault"),
    [
        ("raise", "gold", "silver", None),
        ("raise", "silver", "silver", ("/tier", "contradiction")),
        ("keep", "silver", "silver", None),
        ("keep", "gold", "silver", ("/tier", "contradiction")),
        ("lower", "green", "silver", None),
        ("lower", "gold", "silver", ("/tier", "contradiction")),
        ("raise", "gold", None, None),
        ("lower", "green", "platinum", None),  # no tier of the ladder any more
        ("raise", "platinum", "silver", ("/tier", "unknown_tier")),
    ],
)
def test_a_decision_fits_the_tier_held(
    decision: str, tier: str, held: str | None, fault: tuple[str, str] | None
) -> None:
    found = fault_of_decision(decision, tier, held=held, ladder=LADDER)
    assert (None if found is None else (found.pointer, found.code)) == fault


def test_a_programme_that_is_not_published_has_no_ladder() -> None:
    found = fault_of_decision("raise", "gold", held="silver", ladder=())
    assert found is not None
    assert (found.pointer, found.code) == ("/programme", "unknown_programme")
