"""What publishing a draft would do is said as it then is: at once, with an order, and what for."""

from typing import Any

import pytest
from nicegui import ui

from services.console.accounts.person import Language
from services.console.pages.programmes.changed import changed_line
from services.console.pages.programmes.movers import row_of, title_of
from services.console.pages.programmes.outcome import outcome_of
from services.console.pages.programmes.sentence import sentence
from services.console.pages.programmes.starting import starts_words, uncosted_words
from services.console.pages.programmes.versions import Listing, compared_first, has_way_back
from shared.contracts.comparison import VersionDifference
from shared.contracts.programmes import VersionSummary
from tests.unit.console.test_programmes import CLUB, VALUE, result
from tests.unit.console.test_programmes_editing import JOB, MOVED, PATH, answers, version
from tests.unit.console.visits import browsing, stage

NOBODY = {"rising": 0, "falling": 0, "next_order": 0, "period_end": 0}
RISING = {"customers": 20, "share": 0.01, "largest": []}


def told(published: dict[str, int] | None, **changes: Any) -> str:
    found = result(published=published, **changes)
    return starts_words(stage().visit, outcome_of(found))


@pytest.mark.parametrize(
    ("published", "changes", "words"),
    [
        pytest.param(
            NOBODY | {"next_order": 14},
            {"rising": RISING},
            "That is how it would be, had it always been in force. When it is published: nobody's "
            "tier changes at once; 14 have enough and rise with their next order; 6 had enough "
            "before and rise once they reach it again.",
            id="most-wait",
        ),
        pytest.param(
            NOBODY | {"rising": 20},
            {"rising": RISING},
            "When it is published, they move at once.",
            id="all-at-once",
        ),
        pytest.param(
            NOBODY | {"period_end": 1},
            {},
            "That is how it would be, had it always been in force. When it is published: nobody's "
            "tier changes at once; one has enough and rises when the period ends.",
            id="period-end",
        ),
        pytest.param(
            NOBODY | {"falling": 1},
            {"rising": None, "losing": {"customers": 3, "share": 0.3, "largest": []}},
            "That is how it would be, had it always been in force. When it is published: one falls "
            "at once; 2 keep their tier until it ends.",
            id="most-keep-theirs",
        ),
        pytest.param(NOBODY, {"rising": None}, "", id="nobody-would-move"),
        pytest.param(None, {}, "", id="kept-from-before"),
    ],
)
def test_what_publishing_does_is_told_beside_what_would_be(
    published: dict[str, int] | None, changes: dict[str, Any], words: str
) -> None:
    assert told(published, **changes) == words


def test_points_are_the_difference_of_the_shares_as_they_are_told() -> None:
    found = result(value=[{"tier": "gold", "share": 0.7138}])
    found["before"]["value"] = [{"tier": "gold", "share": 0.6984}]
    said = sentence(stage().visit, "It", outcome_of(found), "Gold")
    assert "hold 1.6 points more of expected value in Gold (71.4% instead of 69.8%)" in said
    found["before"]["value"] = [{"tier": "gold", "share": 0.71384}]
    assert "as much of expected value in Gold as now (71.4%)" in sentence(
        stage().visit, "It", outcome_of(found), "Gold"
    )


def test_a_benefit_without_a_cost_is_named_as_not_counted() -> None:
    visit = stage().visit
    assert uncosted_words(visit, CLUB) == "Not counted, for no cost is stated: A gift."
    costed = {**CLUB, "benefits": [CLUB["benefits"][0] | {"cost": {"amount": "1.00"}}]}
    assert uncosted_words(visit, costed) == ""


@pytest.mark.parametrize(
    ("customers", "listed", "words"),
    [
        (20, 20, "Who would rise: all 20"),
        (90, 50, "Who would rise: the 50 who spend most"),
        (1, 1, "Who would rise: one customer"),
    ],
)
def test_a_list_says_whether_it_is_all_of_them(customers: int, listed: int, words: str) -> None:
    moved = {"customers": customers, "largest": [{}] * listed}
    assert title_of(stage().visit, "rising", moved) == words


def test_who_would_rise_is_listed_with_since_when_and_what_publishing_does() -> None:
    names: dict[str | None, str] = {"guest": "Guest", "gold": "Gold"}
    each = {
        "customer_id": "c-1",
        "from": "guest",
        "to": "gold",
        "spend_12_months": "2108.00",
        "since": "2026-02-03T04:00:00Z",
        "start": None,
    }
    row = row_of(stage().visit, each, names, "CNY")
    assert (row["spend"], row["since"]) == ("CN¥2,108.00", "3 Feb 2026")
    assert row["start"] == "once it is reached again"
    assert row_of(stage().visit, each | {"start": "next_order"}, names, "CNY")["start"] == (
        "with the next order"
    )


def test_a_draft_is_told_by_what_it_changes() -> None:
    moved = VersionDifference.model_validate(MOVED)
    visit = stage().visit
    assert changed_line(visit, CLUB, [moved]) == "Gold (spending) CN¥5,000 → CN¥4,000"
    other = moved.model_copy(update={"pointer": "/window/months"})
    assert changed_line(visit, CLUB, [other]).startswith("Gold, to enter, spent: 4000.00")
    assert changed_line(visit, CLUB, [other] * 5).endswith("and 2 more changes")
    assert changed_line(visit, CLUB, []) == "Says the same as the version in force"
    share = moved.model_copy(
        update={"pointer": "/tiers/0/enter_share", "before": 0.2, "after": 0.3}
    )
    assert changed_line(visit, VALUE, [share]) == "High: the best 20% → the best 30%"


def versions(*statuses: str) -> list[VersionSummary]:
    """Versions with these states, the newest first."""
    numbers = range(len(statuses), 0, -1)
    return [
        VersionSummary.model_validate(
            {k: v for k, v in version(n, status=s).items() if k != "document"}
        )
        for n, s in zip(numbers, statuses, strict=True)
    ]


@pytest.mark.parametrize(
    ("statuses", "live", "sides"),
    [
        (("draft", "draft", "published", "draft"), 2, (2, 4)),
        (("published", "published"), 2, (2, 1)),
        (("draft", "draft"), None, (1, 2)),
    ],
    ids=["drafts", "none-ahead", "not-in-force"],
)
def test_what_is_in_force_is_compared_with_the_newest_draft(
    statuses: tuple[str, ...], live: int | None, sides: tuple[int, int]
) -> None:
    assert compared_first(Listing("tea", live, versions(*statuses), {})) == sides


@pytest.mark.parametrize(
    ("statuses", "live", "is_offered"),
    [
        (("draft", "published"), 1, False),
        (("published", "draft", "published"), 3, True),
        (("published", "withdrawn"), 2, False),
        (("published",), None, False),
    ],
    ids=["the-first", "a-second", "taken-back", "not-in-force"],
)
def test_a_way_back_is_offered_where_there_is_one(
    statuses: tuple[str, ...], live: int | None, is_offered: bool
) -> None:
    assert has_way_back(versions(*statuses), live) is is_offered


async def test_the_list_says_what_a_draft_changes_and_that_it_was_a_question() -> None:
    asked = version(2, note={"question": "What if?"})
    shown = answers(**{f"GET {PATH}/versions": {"items": [asked, version(1)], "next_cursor": None}})
    async with browsing(stage(shown).visit) as user:
        await user.open("/programmes/tea")
        await user.should_see("Gold (spending) CN¥5,000 → CN¥4,000")
        await user.should_see("Asked as a question")
        await user.should_not_see(kind=ui.button, content="Publish")


async def test_a_question_says_so_to_scoring_and_its_draft_appears_at_once() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/programmes/tea")
        user.find(marker="what-if-gold-spend").clear().type("4000")
        user.find(kind=ui.button, content="What would it do?").click()
        await user.should_see("would lift one customer", retries=20)
        await user.should_not_see("Replaying the whole base: done")
    (body,) = here.bodies(f"POST {PATH}/versions")
    assert body["question"].startswith("What if: Lowering Gold (spending)")
    listed = [r for r in here.asked if r.method == "GET" and r.url.path == f"{PATH}/versions"]
    assert len(listed) == 2


@pytest.mark.parametrize(
    ("simulated", "words"),
    [
        (None, "It was not simulated against the version in force"),
        (
            result(published=NOBODY | {"next_order": 1}, as_of="2026-11-21T16:00:00Z"),
            "By the simulation of 21 Nov 2026: nobody's tier changes at once; one has enough",
        ),
        (result(in_force=7, published=NOBODY), "It was not simulated"),
    ],
    ids=["never", "counted", "beside-another"],
)
async def test_the_dialog_says_what_publishing_does_before_it_is_done(
    simulated: dict[str, Any] | None, words: str
) -> None:
    found = {"job_id": JOB, "status": "done", "progress": 1.0, "message": "", "result": simulated}
    here = stage(answers(**{f"GET {PATH}/versions/2/simulation": found}))
    async with browsing(here.visit) as user:
        await user.open("/programmes/tea")
        user.find(kind=ui.button, content="Publish").click()
        await user.should_see("What it changes:")
        await user.should_see("· Gold (spending) CN¥5,000 → CN¥4,000")
        await user.should_see("Who already has what a tier asks enters it with the next order.")
        await user.should_see(words)


async def test_a_first_publication_says_that_everybody_gets_a_tier_at_once() -> None:
    head = answers()[f"GET {PATH}"] | {"release": None, "version": 2}
    async with browsing(stage(answers(**{f"GET {PATH}": head})).visit) as user:
        await user.open("/programmes/tea/versions/2")
        user.find(kind=ui.button, content="Publish").click()
        await user.should_see("Nothing is in force yet")


def test_chinese_readers_are_told_the_same() -> None:
    found = outcome_of(result(published=NOBODY | {"next_order": 1}))
    words = starts_words(stage(language=Language.CHINESE).visit, found)
    assert (
        words == "以上按该版本一直生效计算。发布后：没有会员立即变动；1 位已达标，下次购买时升级。"
    )
