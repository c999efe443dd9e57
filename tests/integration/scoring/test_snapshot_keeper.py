"""The file of last known tiers is written by a process of its own, when it is time."""

from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from services.scoring.queries.tiers.last_known import reach
from services.scoring.settings import ScoringSettings
from services.scoring.steady import last_known_of
from services.scoring.usecases.steady.keeper import SnapshotKeeper
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
    last_known = last_known_of(ScoringSettings(), platform_of(shop_url))
    outage = Outage(lambda: reach(pool))
    return Kept(SnapshotKeeper(pool, path, last_known, outage, every_s=600), path)


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


async def test_a_home_that_cannot_be_made_ends_nothing(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the directory should be")
    assert await kept.writes() == 0
