"""No order of wishes and no cutting into chunks breaks a cap or a budget."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.care.holding import Contact, Limits, Wish, judge
from services.feedback.domain.care.playbook import Cap

START = datetime(2026, 11, 1, tzinfo=UTC)
CHANNELS = ("phone", "sms")
caps = st.lists(
    st.builds(
        Cap,
        count=st.integers(1, 3),
        days=st.integers(1, 10),
        channel=st.sampled_from((None, *CHANNELS)),
    ),
    max_size=3,
)
#: (hours since the last chunk, who, channel, cost)
wishes = st.lists(
    st.tuples(
        st.integers(0, 60), st.integers(1, 3), st.sampled_from(CHANNELS), st.integers(0, 500)
    ),
    max_size=40,
)


def made_of(
    asked: list[tuple[int, int, str, int]], limits: list[Cap], budget: int, chunk: int
) -> list[tuple[UUID, Contact, int]]:
    """Judge wishes chunk by chunk, each chunk knowing what the ones before it made."""
    made: list[tuple[UUID, Contact, int]] = []
    now = START
    for first in range(0, len(asked), chunk):
        some = asked[first : first + chunk]
        now += timedelta(hours=some[0][0])
        named = [
            Wish(UUID(int=who), f"{first}/{place}", channel, cost)
            for place, (_, who, channel, cost) in enumerate(some)
        ]
        contacts: dict[UUID, list[Contact]] = {}
        for who, contact, _ in made:
            contacts.setdefault(who, []).append(contact)
        left = budget - sum(cost for _, _, cost in made)
        verdict = judge(named, contacts, Limits(limits, left), now)
        assert {w.once_key for w in verdict.granted} | set(verdict.held) == {
            w.once_key for w in named
        }
        made += [(w.profile_id, Contact(w.channel, now), w.cost) for w in verdict.granted]
    return made


@given(asked=wishes, limits=caps, budget=st.integers(0, 3000), chunk=st.integers(1, 7))
def test_no_window_holds_more_contacts_than_its_cap_and_no_budget_is_overspent(
    asked: list[tuple[int, int, str, int]], limits: list[Cap], budget: int, chunk: int
) -> None:
    made = made_of(asked, limits, budget, chunk)
    assert sum(cost for _, _, cost in made) <= budget
    for cap in limits:
        for who, last, _ in made:
            since = last.at - timedelta(days=cap.days)
            held = [
                contact
                for person, contact, _ in made
                if person == who
                and since < contact.at <= last.at
                and cap.channel in {None, contact.channel}
            ]
            assert len(held) <= cap.count


@given(asked=wishes)
def test_without_limits_everybody_is_contacted(asked: list[tuple[int, int, str, int]]) -> None:
    free = [Cap(1000, 366)]
    assert len(made_of(asked, free, 10**9, 5)) == len(asked)


@given(
    asked=wishes,
    limits=caps,
    budget=st.integers(0, 3000),
    held_out=st.sets(st.integers(1, 3)),
    who=st.integers(1, 3),
)
def test_whether_somebody_meets_an_experiment_never_depends_on_their_own_arm(
    asked: list[tuple[int, int, str, int]],
    limits: list[Cap],
    budget: int,
    held_out: set[int],
    who: int,
) -> None:
    named = [
        Wish(UUID(int=person), str(place), channel, cost)
        for place, (_, person, channel, cost) in enumerate(asked)
    ]
    before = {UUID(int=1): [Contact("sms", START)]}
    met = []
    for arms in (held_out | {who}, held_out - {who}):
        left_alone = {UUID(int=person) for person in arms}
        met.append(judge(named, before, Limits(limits, budget, left_alone), START).met)
    assert (UUID(int=who) in met[0]) == (UUID(int=who) in met[1])
