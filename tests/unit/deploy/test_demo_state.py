import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.demo import (
    EMBEDDED,
    NO_NIGHTS_LEFT,
    Progress,
    name_of_database,
    note,
    unfinished,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


BEGUN = Progress(EMBEDDED, NOW)


def test_nothing_was_begun_in_a_new_home(tmp_path: Path) -> None:
    assert unfinished(tmp_path / "demo.json", EMBEDDED) is None


@pytest.mark.parametrize("nights", [0, 4])
def test_interrupted_demo_goes_on_at_its_own_instant_with_the_night_it_was_in(
    tmp_path: Path, nights: int
) -> None:
    note(tmp_path / "demo.json", replace(BEGUN, nights=nights), is_done=False)
    assert unfinished(tmp_path / "demo.json", EMBEDDED) == replace(
        BEGUN, nights=nights, is_resumed=True
    )


def test_a_demo_that_was_begun_before_there_were_nights_has_none_left(tmp_path: Path) -> None:
    known = {"database": EMBEDDED, "now": NOW.isoformat(), "is_done": False}
    (tmp_path / "demo.json").write_text(json.dumps(known))
    begun = unfinished(tmp_path / "demo.json", EMBEDDED)
    assert begun is not None
    assert begun.nights == NO_NIGHTS_LEFT


def test_finished_demo_is_not_played_again(tmp_path: Path) -> None:
    note(tmp_path / "demo.json", BEGUN, is_done=True)
    assert unfinished(tmp_path / "demo.json", EMBEDDED) is None


def test_demo_never_goes_on_in_another_database(tmp_path: Path) -> None:
    note(tmp_path / "demo.json", BEGUN, is_done=False)
    assert unfinished(tmp_path / "demo.json", "db.shop.example:5432/shop") is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (None, EMBEDDED),
        ("postgresql://u:secret@db.shop.example/shop", "db.shop.example:5432/shop"),
        (
            "postgresql://u:secret@db.shop.example:6432/shop?sslmode=require",
            "db.shop.example:6432/shop",
        ),
    ],
)
def test_database_is_named_without_its_password(url: str | None, name: str) -> None:
    assert name_of_database(url) == name
