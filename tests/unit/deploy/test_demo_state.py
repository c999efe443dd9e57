from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.demo import EMBEDDED, name_of_database, note, unfinished

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def test_nothing_was_begun_in_a_new_home(tmp_path: Path) -> None:
    assert unfinished(tmp_path / "demo.json", EMBEDDED) is None


def test_interrupted_demo_goes_on_at_its_own_instant(tmp_path: Path) -> None:
    note(tmp_path / "demo.json", EMBEDDED, NOW, is_done=False)
    assert unfinished(tmp_path / "demo.json", EMBEDDED) == NOW


def test_finished_demo_is_not_played_again(tmp_path: Path) -> None:
    note(tmp_path / "demo.json", EMBEDDED, NOW, is_done=True)
    assert unfinished(tmp_path / "demo.json", EMBEDDED) is None


def test_demo_never_goes_on_in_another_database(tmp_path: Path) -> None:
    note(tmp_path / "demo.json", EMBEDDED, NOW, is_done=False)
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
