"""Whatever people do to a case: states go one step at a time, promises break once each."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.feedback.domain.cases.case import Case, CaseEvent, Rules, ServiceLevel, promise
from services.feedback.domain.cases.change import (
    WORDS,
    Change,
    Changed,
    Moment,
    Objection,
    changed,
    learned,
    missed,
    objection,
    reopened,
)
from services.feedback.domain.cases.states import NEXT, State
from tests.unit.feedback.cases import ALWAYS, GOLD, NOW, make_case

RULES = Rules({}, response_hours=24, resolution_hours=72)
WORD = st.sampled_from([None, "said"])
OWNER = st.sampled_from([None, "li", "wang"])
STEPS = {State.ANSWERED, State.RESOLVED, State.IMPROVED}


class CaseLife(RuleBasedStateMachine):
    """A case in the hands of agents, workers and time."""

    def __init__(self) -> None:
        super().__init__()
        self.case: Case = make_case(None, RULES, tier_held=None, is_tier_known=False)
        self.now: datetime = NOW
        self.steps: list[State] = [State.RECEIVED]
        self.breaches = 0
        self.first_shown = self.case.first_due_at

    @property
    def moment(self) -> Moment:
        return Moment(self.now, ALWAYS)

    @rule(hours=st.integers(0, 40))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        state=st.sampled_from([None, *State]),
        owner=OWNER,
        is_owner_given=st.booleans(),
        priority=st.sampled_from([None, 1, 5]),
        words=st.tuples(WORD, WORD, WORD),
    )
    def change(
        self,
        state: State | None,
        owner: str | None,
        is_owner_given: bool,
        priority: int | None,
        words: tuple[str | None, str | None, str | None],
    ) -> None:
        change = Change(
            state=state,
            owner=owner,
            is_owner_given=is_owner_given,
            priority=priority,
            answer=words[0],
            resolution=words[1],
            improvement=words[2],
        )
        found = objection(self.case, change, is_decided=True)
        is_step = state is not None and state is not self.case.state
        assert (found is Objection.SKIPS) == (is_step and NEXT[self.case.state] is not state)
        if found is None:
            before = self.case
            self.take(changed(before, change, self.moment))
            assert self.case.version == before.version + (self.case != before)
            if is_owner_given:
                assert self.case.owner == owner

    @rule()
    def reopen(self) -> None:
        promised = promise(self.case.service_level, RULES, self.now, ALWAYS)
        after = reopened(self.case, "again", self.moment, promised)
        assert (after is None) == (self.case.state is State.RECEIVED)
        if after is not None:
            self.take(after)
            assert self.case.due_at > self.now

    @rule()
    def watch(self) -> None:
        self.take(missed(self.case, self.now))
        assert missed(self.case, self.now).events == ()

    @rule(hours=st.sampled_from([None, 4, 24, 100]))
    def learn(self, hours: int | None) -> None:
        due_at = self.case.due_at
        self.take(learned(self.case, ServiceLevel(response_hours=hours), GOLD, ALWAYS))
        assert self.case.due_at <= due_at

    def take(self, after: Changed) -> None:
        self.case = after.case
        for event in after.events:
            self.note(event)

    def note(self, event: CaseEvent) -> None:
        self.breaches += event.kind == "breached"
        if event.kind in STEPS:
            self.steps.append(State(event.kind))
        elif event.kind == "reopened":
            self.steps.append(State.RECEIVED)

    @invariant()
    def steps_lead_to_the_state(self) -> None:
        assert self.steps[-1] is self.case.state
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            assert after in {NEXT[before], State.RECEIVED}

    @invariant()
    def each_promise_is_broken_at_most_once(self) -> None:
        assert self.case.breaches == self.breaches <= 2 * (1 + self.case.reopenings)

    @invariant()
    def what_was_reached_has_its_words_and_its_time(self) -> None:
        reached = list(State)[: list(State).index(self.case.state) + 1]
        for state in set(reached) & STEPS:
            assert getattr(self.case, WORDS[state])
            assert getattr(self.case, f"{state}_at") is not None

    @invariant()
    def only_what_is_resolved_has_a_solution_and_its_time(self) -> None:
        is_resolved = self.case.state in {State.RESOLVED, State.IMPROVED}
        assert (self.case.resolved_at is not None) is is_resolved
        assert (self.case.resolution_minutes is not None) is is_resolved

    @invariant()
    def the_first_answer_is_measured_once_and_against_the_first_promise(self) -> None:
        case = self.case
        assert case.first_due_at <= self.first_shown
        assert (case.first_answered_at is None) == (State.ANSWERED not in self.steps)
        if case.first_answered_at is not None:
            waited = case.first_answered_at - case.opened_at
            assert case.response_minutes == waited // timedelta(minutes=1)


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
