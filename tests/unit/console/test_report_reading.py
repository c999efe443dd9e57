"""What reports ask of the services, and what they make of the answers."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from services.console.decks.audiences import Audience, build
from services.console.reports.reading import customers, kpis, sources
from services.console.reports.reading.whole import read_deck
from services.console.visiting.services import Service
from tests.deck_figures import PROGRAMME, voice_in
from tests.report_services import MONEY, NAME, asker_of, giving


def figure(value: float | None, numerator: int = 1) -> dict[str, Any]:
    return {"value": value, "numerator": numerator, "denominator": 2}


def kpi_item(**changes: Any) -> dict[str, Any]:
    item: dict[str, Any] = {
        "key": "csat",
        "name": NAME,
        "slice": "all",
        "unit": "share",
        "better": "up",
        "actual": figure(0.5, 7),
        "previous": None,
        "change": None,
        "target": None,
        "status": None,
        "points": [],
    }
    return item | changes


def kpi_report(*items: dict[str, Any]) -> dict[str, Any]:
    return {
        "first": "2026-10-01",
        "last": "2026-10-31",
        "grain": "month",
        "today": "2026-11-23",
        "as_of": "2026-11-23T00:00:00Z",
        "rolled_up_to": None,
        "rolled_up_at": None,
        "currency": "CNY",
        "is_today_counted": True,
        "items": list(items),
    }


async def _told(_: int) -> None:
    return None


@pytest.mark.parametrize("status", [500, 503, 401, 403], ids=str)
async def test_services_that_do_not_answer_are_named_and_the_deck_is_made(status: int) -> None:
    asker = asker_of(lambda _: httpx.Response(status, json={}))
    data = await read_deck(asker, datetime(2026, 11, 23, tzinfo=UTC), _told)
    assert data.away == {"ingest", "scoring", "feedback"}
    deck = build(data, Audience.MANAGEMENT, voice_in(), None)
    assert all(name in deck.slides[0].lines[-1] for name in ("Ingest", "Scoring", "Feedback"))


async def test_a_service_that_is_just_restarted_is_asked_again() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if len(asked) == 1:
            raise httpx.ReadTimeout("restarting")
        return httpx.Response(200, json={"items": [], "next_cursor": None})

    asker = asker_of(answer)
    assert await sources.read_sources(asker) == ()
    assert asker.away == set()


async def test_a_service_that_stays_away_is_given_up() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("away")

    asker = asker_of(answer)
    assert await sources.read_sources(asker) is None
    assert asker.away == {Service.INGEST}


async def test_what_is_not_there_is_no_outage() -> None:
    asker = asker_of(giving({}))
    data = await read_deck(asker, datetime(2026, 11, 23, tzinfo=UTC), _told)
    assert data.away == frozenset()
    assert data.programme is None


async def test_progress_is_told_as_parts_come_in() -> None:
    heard: list[int] = []

    async def told(progress: int) -> None:
        heard.append(progress)

    await read_deck(asker_of(giving({})), datetime(2026, 11, 23, tzinfo=UTC), told)
    assert heard == sorted(heard)
    assert len(heard) > 1


async def test_kpis_carry_their_targets_and_the_months_before() -> None:
    aim = {
        "period": "2026",
        "value": 0.8,
        "owner": "Li Wei",
        "note": "",
        "version": 1,
        "first": "2026-01-01",
        "last": "2026-10-31",
        "actual": figure(0.6),
    }
    point = {
        "period": "2026-09",
        "first": "2026-09-01",
        "last": "2026-09-30",
        "figure": figure(0.4),
    }
    item = kpi_item(target=aim, status="behind", points=[point])
    found = await kpis.read_kpis(asker_of(giving({"/v1/kpis": kpi_report(item)})), "all")
    assert found is not None
    (kpi,) = found
    assert (kpi.value, kpi.numerator, kpi.previous) == (0.5, 7, None)
    assert kpi.aim is not None
    assert (kpi.aim.owner, kpi.aim.actual, kpi.aim.status) == ("Li Wei", 0.6, "behind")
    assert [(each.first, each.value) for each in kpi.points] == [(date(2026, 9, 1), 0.4)]


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        (date(2026, 11, 23), 11, date(2025, 12, 1)),
        (date(2026, 12, 31), 11, date(2026, 1, 1)),
        (date(2026, 1, 31), 1, date(2025, 12, 1)),
    ],
    ids=["over new year", "a whole year", "one month"],
)
def test_months_are_counted_back_over_new_year(day: date, months: int, first: date) -> None:
    assert kpis.months_before(day, months) == first


async def test_programmes_in_force_are_told_of_the_default_one_first() -> None:
    def item(key: str, *, is_default: bool, release: str | None) -> dict[str, Any]:
        tiers = [{"key": "top", "rank": 1, "name": NAME}, {"key": "all", "rank": 0, "name": NAME}]
        return {
            "programme": key,
            "version": 1,
            "name": NAME,
            "is_default": is_default,
            "release": release,
            "tiers": tiers,
        }

    items = [
        item("draft", is_default=False, release=None),
        item("other", is_default=False, release="r-1"),
        item("value", is_default=True, release="r-2"),
    ]
    asker = asker_of(giving({"/v1/programmes": {"items": items, "next_cursor": None}}))
    value, other = await customers.read_programmes(asker)
    assert (value.key, [tier.key for tier in value.tiers]) == ("value", ["all", "top"])
    assert other.key == "other"


def at_the_end(**tiers: int) -> dict[str, Any]:
    point = {
        "date": "2026-10-31",
        "customers": sum(tiers.values()),
        "tiers": tiers,
        "stages": {"active": 5},
        "expected": {"high": MONEY},
    }
    dates = {"first": "2026-10-31", "last": "2026-10-31", "grain": "day"}
    return {"programme": "value", **dates, "points": [point] if tiers else []}


async def test_tiers_are_those_of_the_end_of_the_dates_where_they_were_counted() -> None:
    path = f"/v1/programmes/{PROGRAMME.key}/distribution/history"
    found = await customers.read_standing(
        asker_of(giving({path: at_the_end(high=3, bronze=4)})), PROGRAMME
    )
    assert found is not None
    assert found.on == date(2026, 10, 31)
    held = {each.key: (each.customers, each.value) for each in found.tiers}
    assert held == {"bronze": (4, None), "low": (0, 0.0), "mid": (0, 0.0), "high": (3, 12.5)}


async def test_where_nothing_was_counted_then_tiers_are_those_of_now() -> None:
    path = f"/v1/programmes/{PROGRAMME.key}/distribution"
    now = {
        "programme": "value",
        "business_date": "2026-11-23",
        "counted_at": None,
        "customers": 2,
        "tiers": [{"tier": "high", "rank": 2, "name": NAME, "customers": 2, "expected": None}],
        "stages": [],
        "cells": [],
    }
    answers = {path: now, f"{path}/history": at_the_end()}
    found = await customers.read_base(asker_of(giving(answers)), PROGRAMME)
    assert found is not None
    assert found.tiers_on == date(2026, 11, 23)
    assert [(each.key, each.customers) for each in found.tiers] == [("high", 2)]


async def test_value_is_read_as_a_curve_of_shares() -> None:
    held = {"en": "High", "zh": "高"}
    tally = {"customers": 3, "expected": MONEY}
    answers = {
        "/v1/programmes/value/distribution": {
            "programme": "value",
            "business_date": "2026-10-31",
            "counted_at": None,
            "customers": 3,
            "tiers": [{"tier": "high", "rank": 2, "name": held, **tally}],
            "stages": [{"lifecycle": "active", **tally}, {"lifecycle": None, **tally}],
            "cells": [],
        },
        "/v1/value/concentration": {
            "programme": "value",
            "business_date": "2026-10-31",
            "counted_at": None,
            "expected": {"customers": 3, "gini": 0.4, "curve": [0, 0.8, 1], "top": [], "tiers": []},
            "net": None,
        },
    }
    found = await customers.read_base(asker_of(giving(answers)), PROGRAMME)
    assert found is not None
    assert [(each.key, each.customers, each.value) for each in found.tiers] == [("high", 3, 12.5)]
    assert [each.key for each in found.lifecycles] == ["active"]
    assert found.value is not None
    assert found.value.shares == ((0.0, 0.0), (0.5, 0.8), (1.0, 1.0))


async def test_sources_are_told_with_their_grades() -> None:
    report = {
        "source": "pos",
        "grade": "B",
        "grades": {"validity": "A", "identity": None, "detail": None, "time": "B"},
        "items": {"received": 9, "accepted": 8, "duplicates": 0, "conflicts": 0, "rejected": 1},
        "rejected_by_reason": {},
        "observed_events": 8,
        "completeness": {"customer": 0.5, "store": 1.0, "category": None, "cost": None},
        "anonymous_share": 0.5,
        "time_suspect_share": 0.0,
        "lateness_s": None,
        "freshness": {"last_event_at": None, "usual_gap_s": None, "is_silent": True},
        "returns": {"returns": 0, "orphan": None, "over_return": None, "unmatched_return": None},
    }
    answers = {"/v1/quality": {"items": [report], "next_cursor": None}}
    found = await sources.read_sources(asker_of(giving(answers)))
    assert found is not None
    (source,) = found
    assert (source.key, source.grade, source.rejected, source.is_silent) == ("pos", "B", 1, True)
    assert source.completeness["customer"] == 0.5
