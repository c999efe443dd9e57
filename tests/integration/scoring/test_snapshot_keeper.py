"""The file of last known tiers is written by a process of its own, when it is time."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.scoring.queries.tiers.last_known import reach
from services.scoring.settings import ScoringSettings
from services.scoring.steady import last_known_of
from services.scoring.usecases.steady.keeper import SnapshotKeeper, Writing
from services.scoring.usecases.steady.outage import Outage
from tests.servers import SECRET_KEY
from tests.trained import NOW, platform_of

ERASED = """
INSERT INTO erasures (erasure_id, profile_id, requested_by, reason, requested_at)
VALUES ($1, $1, 'tests', '', now())
"""


class Kept:
    """A keeper, and how often the file was put in place."""

    def __init__(self, keeper: SnapshotKeeper, path: Path) -> None:
        self._keeper = keeper
        self._path = path
        self._seen: set[int] = set()

    async def writes(self) -> int:
        """Run the keeper once; give how many files there were so far."""
        await self._keeper.run_once()
        if self._path.exists():
            self._seen.add(self._path.stat().st_mtime_ns)
        return len(self._seen)


@pytest.fixture
def kept(
    shop_url: str, pool: asyncpg.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Kept:
    path = tmp_path / "home" / "last-known"
    for name, value in {
        "DATABASE_URL": shop_url,
        "TIERLINE_SECRET_KEY": SECRET_KEY,
        "BUSINESS_NOW": NOW.isoformat(),
        "SCORING_SNAPSHOT_FILE": str(path),
    }.items():
        monkeypatch.setenv(name, value)
    return Kept(keeper_of(shop_url, pool, path), path)


def keeper_of(shop_url: str, pool: asyncpg.Pool, path: Path, **parts: Any) -> SnapshotKeeper:
    settings = ScoringSettings(snapshot_file=str(path))
    last_known = last_known_of(settings, platform_of(shop_url))
    writing = Writing(path, every_s=600, **parts)
    return SnapshotKeeper(pool, writing, last_known, Outage(lambda: reach(pool)))


async def test_it_is_written_once_and_again_after_an_erasure(
    kept: Kept, pool: asyncpg.Pool
) -> None:
    assert await kept.writes() == 1
    assert await kept.writes() == 1
    await pool.execute(ERASED, uuid4())
    assert await kept.writes() == 2
    await pool.execute("UPDATE erasures SET finished_at = now()")
    assert await kept.writes() == 3
    assert await kept.writes() == 3


class Failing:
    """Writes nothing, and notes when it was asked to by a clock of its own."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.asked: list[float] = []
        self.status = 2

    async def write(self) -> int:
        self.asked.append(self.seconds)
        return self.status

    def now(self) -> float:
        return self.seconds

    async def live(self, keeper: SnapshotKeeper, until: float) -> None:
        """Look every five seconds, as the loop does."""
        while self.seconds < until:
            await keeper.run_once()
            self.seconds += 5


async def test_a_file_that_cannot_be_written_is_tried_less_and_less_often(
    shop_url: str, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    writer = Failing()
    keeper = keeper_of(shop_url, pool, tmp_path / "file", write=writer.write, now=writer.now)
    await writer.live(keeper, 1300)
    assert writer.asked == [0, 10, 30, 70, 150, 310, 610, 910, 1210]
    writer.status = 0
    await writer.live(keeper, 1511)
    writer.status = 2
    await writer.live(keeper, 1545)
    # what went well once begins with a short pause again
    assert writer.asked[9:] == [1510, 1515, 1525]


async def test_no_process_is_begun_while_the_database_is_away(
    shop_url: str, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    writer = Failing()
    keeper = keeper_of(shop_url, pool, tmp_path / "file", write=writer.write, now=writer.now)
    await pool.close()
    with pytest.raises(asyncpg.InterfaceError):
        await keeper.run_once()
    assert writer.asked == []


async def test_a_home_that_cannot_be_made_ends_nothing(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the directory should be")
    assert await kept.writes() == 0
