"""A case of its own for every named policy that the published cases leave out."""

from dataclasses import replace

import pytest

from tests.status_rules import NEXT_PERIOD, YEARS, Line, back, purchase, rules, told


def test_a_pending_purchase_counts_when_its_days_are_over() -> None:
    bought = purchase("a", "2025-03-01T09:00:00Z", 10)
    lines = told(
        rules(pending_days=14),
        bought,
        enrolled="2025-01-01T00:00:00Z",
        until="2025-12-31T00:00:00Z",
    )
    assert lines == [("2025-03-15T09:00:00Z", 1, "2026-03-15T09:00:00Z")]


def test_a_purchase_returned_while_pending_never_counts() -> None:
    bought = purchase("a", "2025-03-01T09:00:00Z", 30)
    returned = back(bought, "2025-03-05T00:00:00Z")
    assert (
        told(
            rules(pending_days=14),
            bought,
            returned,
            enrolled="2025-01-01T00:00:00Z",
            until="2027-12-31T00:00:00Z",
        )
        == []
    )


def test_what_is_left_of_a_purchase_returned_while_pending_counts() -> None:
    bought = purchase("a", "2025-03-01T09:00:00Z", 30)
    returned = back(bought, "2025-03-05T00:00:00Z", 20)
    lines = told(
        rules(pending_days=14),
        bought,
        returned,
        enrolled="2025-01-01T00:00:00Z",
        until="2025-12-31T00:00:00Z",
    )
    assert lines == [("2025-03-15T09:00:00Z", 1, "2026-03-15T09:00:00Z")]


def test_a_second_return_of_what_was_returned_while_pending_has_no_effect() -> None:
    bought = purchase("a", "2025-03-01T09:00:00Z", 30)
    again = replace(back(bought, "2025-04-05T00:00:00Z", 20), entry_id="again")
    lines = told(
        rules(pending_days=14),
        bought,
        back(bought, "2025-03-05T00:00:00Z"),
        again,
        enrolled="2025-01-01T00:00:00Z",
        until="2025-12-31T00:00:00Z",
    )
    assert lines == []


@pytest.mark.parametrize(
    ("bought", "left"),
    [
        ("2025-08-31T15:00:00Z", "2026-03-01T00:00:00Z"),  # six months later has no 31st
        ("2025-08-28T15:00:00Z", "2026-02-28T15:00:00Z"),
        ("2023-08-30T15:00:00Z", "2024-03-01T00:00:00Z"),  # 2024 has a 29th, but no 30th
    ],
)
def test_a_purchase_leaves_a_window_of_months(bought: str, left: str) -> None:
    floating = rules(window={"kind": "rolling", "months": 6}, validity={"kind": "floating"})
    lines = told(
        floating,
        purchase("a", bought, 10),
        enrolled="2023-01-01T00:00:00Z",
        until="2027-01-01T00:00:00Z",
    )
    assert lines == [(bought, 1, None), (left, 0, None)]


def test_a_floating_tier_holds_by_keep_and_rises_by_enter() -> None:
    floating = rules(window={"kind": "rolling", "days": 30}, validity={"kind": "floating"})
    first, second = (
        purchase("a", "2025-03-01T00:00:00Z", 2),
        purchase("b", "2025-03-11T00:00:00Z", 8),
    )
    lines = told(
        floating, first, second, enrolled="2025-01-01T00:00:00Z", until="2025-12-31T00:00:00Z"
    )
    assert lines == [("2025-03-11T00:00:00Z", 1, None), ("2025-04-10T00:00:00Z", 0, None)]


def test_years_from_a_leap_day_begin_on_the_28th_and_on_the_29th() -> None:
    yearly = rules(window={"kind": "anniversary"}, validity=NEXT_PERIOD)
    lines = told(
        yearly,
        purchase("a", "2027-02-27T12:00:00Z", 10),
        purchase("b", "2027-02-28T00:00:00Z", 10),
        enrolled="2024-02-29T08:00:00Z",
        until="2028-12-31T00:00:00Z",
    )
    assert lines == [
        ("2027-02-27T12:00:00Z", 1, "2028-02-29T00:00:00Z"),
        ("2027-02-28T00:00:00Z", 1, "2029-02-28T00:00:00Z"),
    ]


def test_a_return_takes_back_from_a_ledger_at_once_what_it_had_earned() -> None:
    ledger = rules(qualification="ledger", downgrade="one_step")
    first, second = (
        purchase("a", "2025-02-01T00:00:00Z", 12),
        purchase("b", "2025-05-01T00:00:00Z", 20),
    )
    lines = told(
        ledger,
        first,
        second,
        back(second, "2025-06-01T00:00:00Z"),
        enrolled="2025-01-01T00:00:00Z",
        until="2026-12-31T00:00:00Z",
    )
    assert lines == [
        ("2025-02-01T00:00:00Z", 1, "2026-02-01T00:00:00Z"),
        ("2025-05-01T00:00:00Z", 2, "2026-05-01T00:00:00Z"),
        ("2025-06-01T00:00:00Z", 1, "2026-02-01T00:00:00Z"),
        ("2026-02-01T00:00:00Z", 0, None),
    ]


@pytest.mark.parametrize(
    ("zone", "bought", "begins"),
    [
        # São Paulo's clocks jump over midnight on 4 November, Beirut's on 31 March, Cairo's on
        # 28 April: the first of the next month begins by the new offset, or still by the old one.
        ("America/Sao_Paulo", "2018-10-15T12:00:00Z", "2018-11-01T03:00:00Z"),
        ("Asia/Beirut", "2019-03-15T12:00:00Z", "2019-03-31T21:00:00Z"),
        ("Africa/Cairo", "2023-04-10T12:00:00Z", "2023-04-30T21:00:00Z"),
        ("America/New_York", "2025-10-10T12:00:00Z", "2025-11-01T04:00:00Z"),
    ],
    ids=["sao-paulo", "beirut", "cairo", "new-york"],
)
def test_months_begin_at_local_midnight(zone: str, bought: str, begins: str) -> None:
    monthly = rules(
        window={"kind": "calendar", "unit": "month"},
        validity={"kind": "periods", "after": 0},
        time_zone=zone,
    )
    lines = told(
        monthly,
        purchase("a", bought, 10),
        enrolled="2018-01-01T00:00:00Z",
        until="2025-12-31T00:00:00Z",
    )
    assert lines == [(bought, 1, begins), *_once_more(begins, zone)]


def _once_more(begins: str, zone: str) -> list[Line]:
    """The review finds the last complete month kept: the tier lasts through the one begun."""
    after = {
        "America/Sao_Paulo": "2018-12-01T02:00:00Z",
        "Asia/Beirut": "2019-04-30T21:00:00Z",
        "Africa/Cairo": "2023-05-31T21:00:00Z",
        "America/New_York": "2025-12-01T05:00:00Z",
    }[zone]
    return [(begins, 1, after), (after, 0, None)]


@pytest.mark.parametrize(
    ("zone", "enrolled", "boundary"),
    [
        # The night has no midnight: the day begins at the jump, an hour into it.
        ("America/Sao_Paulo", "2017-11-04T12:00:00Z", "2018-11-04T03:00:00Z"),
        # The clocks go back at midnight: the day before has two 23:00, the new one begins once.
        ("America/Sao_Paulo", "2017-02-18T12:00:00Z", "2018-02-18T03:00:00Z"),
        ("Asia/Beirut", "2018-03-31T12:00:00Z", "2019-03-30T22:00:00Z"),
        ("Africa/Cairo", "2022-04-28T12:00:00Z", "2023-04-27T22:00:00Z"),
    ],
    ids=["jump", "twice", "beirut", "cairo"],
)
def test_years_begin_where_the_clocks_change_at_midnight(
    zone: str, enrolled: str, boundary: str
) -> None:
    yearly = rules(
        window={"kind": "anniversary"}, validity={"kind": "periods", "after": 0}, time_zone=zone
    )
    lines = told(
        yearly, purchase("a", enrolled, 10), enrolled=enrolled, until="2025-01-01T00:00:00Z"
    )
    assert lines[0] == (boundary, 1, lines[1][0])


def test_a_wall_time_is_kept_over_a_change_of_the_clocks() -> None:
    half = rules(validity={"kind": "months", "months": 6}, time_zone="America/New_York")
    lines = told(
        half,
        purchase("a", "2025-01-15T17:00:00Z", 10),
        enrolled="2025-01-01T00:00:00Z",
        until="2025-06-01T00:00:00Z",
    )
    assert lines == [("2025-01-15T17:00:00Z", 1, "2025-07-15T16:00:00Z")]


def test_all_and_any_of_several_metrics_are_asked_together() -> None:
    both = [
        {"key": "basic"},
        {"key": "silver", "enter": {"all": {"s": 10}, "any": {"n": 3, "d": 2}}},
    ]
    days = [purchase(f"e{n}", f"2025-03-0{n}T00:00:00Z", 6, n=1, d=int(n == 1)) for n in (1, 2, 3)]
    lines = told(
        rules(tiers=both), *days, enrolled="2025-01-01T00:00:00Z", until="2025-12-31T00:00:00Z"
    )
    assert lines == [("2025-03-03T00:00:00Z", 1, "2026-03-03T00:00:00Z")]


def test_a_merge_is_the_replay_of_both_histories() -> None:
    mine, theirs = (
        purchase("a", "2025-02-01T00:00:00Z", 6),
        purchase("b", "2025-04-01T00:00:00Z", 6),
    )
    alone = told(rules(), mine, enrolled="2025-01-01T00:00:00Z", until="2025-12-31T00:00:00Z")
    merged = told(
        rules(), theirs, mine, enrolled="2025-01-01T00:00:00Z", until="2025-12-31T00:00:00Z"
    )
    assert (alone, merged) == ([], [("2025-04-01T00:00:00Z", 1, "2026-04-01T00:00:00Z")])


def test_an_upgrade_at_the_end_of_a_period_that_would_end_there_is_none() -> None:
    short = rules(window=YEARS, validity={"kind": "periods", "after": 0}, upgrade="period_end")
    lines = told(
        short,
        purchase("a", "2025-05-01T00:00:00Z", 10),
        enrolled="2025-01-01T00:00:00Z",
        until="2028-01-01T00:00:00Z",
    )
    assert lines == []
