from datetime import date

from services.feedback.cli_kpis import table_of
from services.feedback.queries.kpis.recount_said import Row, added_up
from services.feedback.usecases.kpis.check import Difference


def test_differences_are_a_table_with_both_fractions() -> None:
    day = date(2026, 11, 3)
    found = [
        Difference(day, "aov", "tier:value:high", (1000, 2), (1500, 3)),
        Difference(day, "csat", "all", None, (1, 1)),
    ]
    assert list(table_of(found)) == [
        "date        kpi   slice            rolled up  counted",
        "2026-11-03  aov   tier:value:high  1000 / 2   1500 / 3",
        "2026-11-03  csat  all              -          1 / 1",
    ]


def test_what_was_said_is_added_up_by_slice() -> None:
    rows = [
        Row("csat", 5, "web", "value", "high"),
        Row("csat", 3, "web", None, None),
        Row("nps", 9, "app", None, None),
        Row("nps", 6, "app", None, None),
        Row("nps", 8, "app", None, None),
        Row("ces", 7, "app", None, None),
        Row("first_response_time", 90, None, "value", "high"),
        Row("offer_acceptance", 0, None, None, None),
    ]
    assert added_up(rows) == {
        ("csat", "all"): (1, 2),
        ("csat", "channel:web"): (1, 2),
        ("csat", "tier:value:high"): (1, 1),
        ("nps", "all"): (0, 3),
        ("nps", "channel:app"): (0, 3),
        ("ces", "all"): (7, 1),
        ("ces", "channel:app"): (7, 1),
        ("first_response_time", "all"): (90, 1),
        ("first_response_time", "tier:value:high"): (90, 1),
        ("offer_acceptance", "all"): (0, 1),
    }
