"""Shops that are no textbook: indices never stop a training, and are JSON whatever they are."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, pack_days
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.outcomes.index_fit import fit_indices
from services.scoring.model.outcomes.indices import read

START, SPAN, CUSTOMERS = 14_000, 400, 300
Amounts = NDArray[np.int64]


def odd_shop(kind: str) -> CustomerDays:
    """Draw a shop in which one thing is as it should not be."""
    rng = np.random.default_rng(7)
    most = 2 if kind == "one purchase each" else 12
    pool = {
        "a single day": np.array([SPAN // 2]),
        "a gap of a year": np.array([0, 1, SPAN - 2, SPAN - 1]),
    }.get(kind, np.arange(SPAN))
    dates = [np.unique(rng.choice(pool, rng.integers(1, most))) for _ in range(CUSTOMERS)]
    date = START + np.concatenate(dates)
    net = amounts(kind, rng.gamma(1.0, 3000.0, len(date)).astype(np.int64))
    is_sale = net >= 0
    return pack_days(
        np.concatenate(([0], np.cumsum([len(each) for each in dates]))),
        date,
        net_booked=net,
        sales_net=np.where(is_sale, net, 0),
        orders=is_sale.astype(np.int64),
        returns=(~is_sale).astype(np.int64),
        returns_net=np.where(is_sale, 0, -net),
        referrals=rng.integers(0, 2, len(date)),
    )


def amounts(kind: str, net: Amounts) -> Amounts:
    match kind:
        case "constant amounts":
            return np.full_like(net, 500)
        case "all returns":
            return -net - 1
        case "returns outweigh sales":
            return np.where(np.arange(len(net)) % 3, -2 * net, net)
        case "one whale":
            return np.where(np.arange(len(net)) == 0, 10**12, net)
        case "nothing but gifts":
            return np.zeros_like(net)
        case _:
            return net


@pytest.mark.parametrize(
    "kind",
    [
        "one purchase each",
        "a single day",
        "a gap of a year",
        "constant amounts",
        "all returns",
        "returns outweigh sales",
        "one whale",
        "nothing but gifts",
    ],
)
def test_odd_shop_has_indices_or_reasons(kind: str) -> None:
    days = odd_shop(kind)
    found = fit_indices(days, plan_training(START, START + SPAN))
    back = read(json.loads(json.dumps(found.document(), allow_nan=False)))
    assert all((item.gauge is None) == (item.reason is not None) for item in back.items)
    if kind in {"one purchase each", "a single day", "all returns"}:
        assert all(item.gauge is None for item in back.items)
