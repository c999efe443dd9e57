"""Drift and what came of predictions on two real shops, with the shipped defaults."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.features import features
from services.scoring.domain.life.drift import Status, realised_status
from services.scoring.model.drift import measure_drift
from services.scoring.model.files.transactions import read_transactions
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.learning.samples import seen_before, spend_between
from services.scoring.model.learning.training import train
from services.scoring.model.realised import Said, realised
from services.scoring.model.value_model import ValueModel
from tests.paths import require_shared

TRAINED_ON = {"cdnow": date(1997, 10, 1), "online_retail": date(2011, 9, 10)}

Case = tuple[str, CustomerDays, ValueModel]


@pytest.fixture(scope="module", params=TRAINED_ON)
def case(request: pytest.FixtureRequest) -> Case:
    shop = str(request.param)
    days = read_transactions(require_shared(f"data/{shop}/transactions.parquet")).days
    start = int(days.date[days.orders > 0].min())
    plan = plan_training(start, day_number(TRAINED_ON[shop]))
    made = datetime(2026, 11, 22, tzinfo=UTC)
    return shop, days, train(days, plan, version="v1", created_at=made).model


def seen(case: Case, after_days: int) -> np.typing.NDArray[np.float64]:
    shop, days, model = case
    on = day_number(TRAINED_ON[shop]) + after_days
    start = day_number(model.manifest.trained_from)
    return features(days, on, start, customers=seen_before(days, on), months=model.months)


@pytest.mark.slow
def test_a_shop_that_grows_into_its_season_is_no_alarm(case: Case) -> None:
    shop, _, model = case
    found = [measure_drift(model, seen(case, after)) for after in (0, 30, 91)]
    if shop == "online_retail":
        assert all(each.status is not Status.ALARM for each in found)
    else:  # one cohort that fades: its buyers do differ from those of its first months
        assert all(each.status in (Status.WATCH, Status.ALARM) for each in found)


@pytest.mark.slow
def test_predictions_that_held_are_not_an_alarm(case: Case) -> None:
    shop, days, model = case
    on, horizon = day_number(TRAINED_ON[shop]), model.manifest.horizon_days
    X, customers = seen(case, 0), seen_before(days, on)
    scores = model.score(X, start=on)
    said = Said(scores.raw, scores.value, scores.low, scores.high, scores.p_buy)
    spent = spend_between(days, on, on + horizon, customers)
    found = realised(said, spent, days=horizon, horizon_days=horizon)
    assert realised_status(found, model.manifest.metrics["gini"]) is not Status.ALARM
    assert found.ratio_ends[0] < found.ratio < found.ratio_ends[1]
