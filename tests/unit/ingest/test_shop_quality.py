"""The shop's data gets one grade and one sentence that is true of it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.domain.quality import Grades
from services.ingest.domain.shop_quality import WORDS, Sender, shop_quality

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
GOOD = Grades("A", "A", "A", "A")


def sender(
    name: str, grades: Grades = GOOD, *, weight: int = 100, is_silent: bool = False
) -> Sender:
    return Sender(name, weight, grades, NOW, is_silent)


def test_the_worst_source_that_matters_decides() -> None:
    found = shop_quality([sender("till"), sender("web", Grades("B", "A", "C", None))])
    assert (found.grade, found.source_id, found.dimension, found.judged) == (
        "C",
        "web",
        "detail",
        2,
    )


def test_a_small_source_does_not_hold_the_shop_down() -> None:
    found = shop_quality(
        [sender("till", weight=960), sender("test", Grades("D", *"AAA"), weight=40)]
    )
    assert (found.grade, found.source_id, found.judged) == ("A", None, 1)


@pytest.mark.parametrize("senders", [[], [sender("new", Grades(None, None, None, None))]])
def test_without_enough_data_nothing_is_judged(senders: list[Sender]) -> None:
    found = shop_quality(senders)
    assert found.grade is None
    assert WORDS[found.grade]["en"] == "Not judged yet"
    assert "import a file" in found.sentence["en"]
    assert "导入" in found.sentence["zh"]


def test_the_sentence_says_what_holds_the_grade_down_and_who_is_silent() -> None:
    found = shop_quality(
        [sender("till", Grades("A", "D", "A", "A")), sender("app", is_silent=True)]
    )
    assert found.sentence["en"] == (
        "Held down to D by till: many purchases name no customer. Silent for unusually long: app."
    )
    assert found.sentence["zh"] == (
        "整体为 D 级，主要受来源 till 影响：许多购买没有关联会员。沉默时间异常：app。"
    )


def test_all_good_is_said_in_one_sentence() -> None:
    assert shop_quality([sender("till")]).sentence["en"] == (
        "Every source that matters is graded A."
    )


def test_the_last_event_is_the_newest_of_all_sources() -> None:
    old = Sender("old", 1, GOOD, NOW - timedelta(days=3), is_silent=False)
    never = Sender("never", 1, GOOD, None, is_silent=False)
    assert shop_quality([old, sender("till"), never]).last_event_at == NOW
