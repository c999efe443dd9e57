"""What segments are made of: defined, counted, and told to sessions."""

from fastapi import FastAPI

from services.scoring.settings import ScoringSettings
from services.scoring.usecases.asking.list_customers import Lister
from services.scoring.usecases.segments.count import Counter
from services.scoring.usecases.segments.definitions import Definitions
from services.scoring.usecases.segments.desk import SegmentDesk
from services.scoring.usecases.segments.keep_sheets import SheetKeeper
from services.scoring.usecases.segments.membership import Memberships
from shared.settings import PlatformSettings


def add_segments(app: FastAPI, settings: ScoringSettings, platform: PlatformSettings) -> None:
    """Set `segment_desk`, `memberships` and `lister`, from the parts that stand already."""
    state = app.state
    definitions = Definitions(state.pool, platform.base_currency)
    keeper = SheetKeeper(state.pool, state.business_day, state.decider, state.catalog)
    counter = Counter(state.pool, definitions, keeper, timeout_s=settings.segment_timeout_s)
    state.memberships = Memberships(state.pool, definitions, keeper)
    state.segment_desk = SegmentDesk(state.pool, definitions, counter)
    state.lister = Lister(
        state.pool, state.catalog, definitions, counter, keeper, settings.segment_timeout_s
    )
