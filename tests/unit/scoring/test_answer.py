"""Stored answers are whole once the time is appended, whatever the customer is called."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.scoring.domain.tiers.answer import AnswerPrinter, Named, Wording, time_tail
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, value_programme
from shared.contracts.tier import TierAnswer

PROGRAMME = value_programme("value", 3, VALUE_DOCUMENT)
PRINTER = AnswerPrinter(PROGRAMME, Named(17, "2026-11-21-1"))
SINCE = datetime(2026, 10, 2, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)


def wording(**changes: object) -> Wording:
    values = {
        "rank": 2,
        "lifecycle": "active",
        "is_kept": False,
        "is_provisional": False,
        "drivers": (("recency", True), ("amount", False)),
    }
    return Wording(**{**values, **changes})  # type: ignore[arg-type] # a test's changes


def whole(stored: bytes) -> TierAnswer:
    return TierAnswer.model_validate_json(stored + time_tail(NOW))


@pytest.mark.parametrize("name", ["c-1", 'quo"te', "back\\slash", "客户", "\\u0000", "{}%s", None])
def test_any_name_is_printed_whole(name: str | None) -> None:
    answer = whole(PRINTER.decided(name, SINCE, wording()))
    assert (answer.customer_id, answer.since, answer.as_of) == (name, SINCE, NOW)
    assert whole(PRINTER.unknown(name)).customer_id == name
    assert whole(PRINTER.prospect(name, SINCE)).customer_id == name


def test_members_stand_in_the_agreed_order() -> None:
    body = json.loads(PRINTER.decided("c-1", SINCE, wording()) + time_tail(NOW))
    # the last two are told while the database is away only
    assert [*body, "reason", "expired"] == list(TierAnswer.model_fields)
    assert (body["release"], body["programme_version"], body["stale"]) == ("r-17", 3, False)


@pytest.mark.parametrize(
    ("changes", "codes", "english"),
    [
        ({}, ["value_rank", "recency", "amount"], "Among the top 20 % by expected spending"),
        ({"drivers": ()}, ["value_rank"], "Among the top 20 % by expected spending"),
        ({"rank": 1, "drivers": ()}, ["value_rank"], "Among the top 50 % by expected spending"),
        ({"rank": 0, "drivers": ()}, ["value_rank"], "Below the top 50 % by expected spending"),
        (
            {"is_kept": True, "drivers": ()},
            ["value_kept"],
            "Was among the top 20 % by expected spending",
        ),
        (
            {"is_provisional": True, "drivers": ()},
            ["value_rank", "one_purchase"],
            "Among the top 20 % by expected spending",
        ),
        (
            {"is_provisional": True, "drivers": (("frequency", True), ("amount", True))},
            ["value_rank", "one_purchase", "amount"],
            "Among the top 20 % by expected spending",
        ),
    ],
)
def test_reasons(changes: dict[str, object], codes: list[str], english: str) -> None:
    answer = whole(PRINTER.decided("c-1", SINCE, wording(**changes)))
    assert [reason.code for reason in answer.reasons] == codes
    assert answer.reasons[0].text.en == english


def test_a_single_purchase_is_provisional() -> None:
    assert whole(PRINTER.decided("c", SINCE, wording(is_provisional=True))).status == "provisional"
    assert whole(PRINTER.decided("c", SINCE, wording())).status == "held"


def test_without_a_release_the_entry_tier_is_told() -> None:
    answer = whole(AnswerPrinter(PROGRAMME, Named(None, None)).undecided("c-1"))
    assert (answer.tier.key, answer.release, answer.model_version) == ("low", None, None)


def test_instants_are_written_in_utc() -> None:
    assert time_tail(NOW) == b',"as_of":"2026-11-22T01:00:00Z","stale":false}'
    assert NOW.astimezone(timezone(timedelta(hours=8))) == NOW
