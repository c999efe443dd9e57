"""A case reopened: open in every respect, with a promise of its own, and nothing forgotten."""

from dataclasses import replace
from datetime import timedelta

from services.feedback.domain.cases.case import Case, Rules, ServiceLevel, promise
from services.feedback.domain.cases.change import Change, Moment, changed, learned, reopened
from services.feedback.domain.cases.states import State
from tests.unit.feedback.cases import ALWAYS, GOLD, NOW, PROMISED, RULES, make_case

HOUR = timedelta(hours=1)
PROMISE_AGAIN = promise({"response_hours": 4}, RULES, NOW + 30 * HOUR, ALWAYS)
AGAIN = Moment(NOW + 30 * HOUR, ALWAYS)


def stepped(case: Case, state: State, hours: int) -> Case:
    change = Change(state=state, answer="a", resolution="r", improvement="i")
    return changed(case, change, Moment(NOW + hours * HOUR, ALWAYS)).case


def test_a_reopened_case_is_unresolved_until_it_is_resolved_anew() -> None:
    case = replace(make_case(), owner="li")
    for hours, state in enumerate((State.ANSWERED, State.RESOLVED, State.IMPROVED), 1):
        case = stepped(case, state, hours)
    assert case.resolution_minutes == 120
    after = reopened(case, "broken again", AGAIN, PROMISE_AGAIN)
    assert after is not None
    open_again = after.case
    assert [
        (open_again.resolved_at, open_again.resolution_minutes, open_again.resolution),
        (open_again.improved_at, open_again.improvement),
        (open_again.owner, open_again.response_minutes),
    ] == [(None, None, None), (None, None), ("li", 60)]
    for hours, state in ((31, State.ANSWERED), (32, State.RESOLVED)):
        open_again = stepped(open_again, state, hours)
    # the last solution counts, from when the case was opened
    assert (open_again.resolution_minutes, open_again.response_minutes) == (32 * 60, 60)


def test_a_promise_broken_before_a_reopening_is_told_though_nobody_had_looked() -> None:
    rules = Rules({}, response_hours=24, resolution_hours=8)
    case = stepped(make_case(rules=rules), State.ANSWERED, 1)
    after = reopened(case, "still broken", AGAIN, PROMISE_AGAIN)
    assert after is not None
    assert [each.kind for each in after.events] == ["breached", "reopened"]
    assert after.events[0].details["promise"] == "resolution"
    assert (after.case.breaches, after.case.is_resolution_breached) == (1, False)


def test_a_reopened_case_names_the_promise_it_goes_by_now() -> None:
    case = stepped(make_case(), State.ANSWERED, 1)
    better = ServiceLevel(response_hours=2, agent="Wang")
    after = reopened(case, "again", AGAIN, PROMISE_AGAIN, better)
    unasked = reopened(case, "again", AGAIN, PROMISE_AGAIN, None)
    assert after is not None
    assert unasked is not None
    assert after.case.service_level == better.document()
    assert unasked.case.service_level == PROMISED.document()


def test_what_the_first_answer_missed_is_told_when_it_is_learned_after_a_reopening() -> None:
    case = make_case(None, tier_held=None, is_tier_known=False)
    answered = stepped(case, State.ANSWERED, 5)
    after = reopened(answered, "again", AGAIN, PROMISE_AGAIN)
    assert after is not None
    known = learned(after.case, PROMISED, GOLD, ALWAYS)
    assert [each.kind for each in known.events] == ["breached"]
    assert (known.case.breaches, known.case.is_response_breached) == (1, False)
    assert learned(known.case, PROMISED, GOLD, ALWAYS).events == ()
