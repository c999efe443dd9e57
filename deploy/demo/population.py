"""Who the customers are: every trait drawn once, as one column a trait."""

from dataclasses import dataclass

import numpy as np

from deploy.demo.catalogue import pick_articles, pick_stores
from deploy.demo.planted import plant
from deploy.demo.season import HABITS, Floats, Ints
from deploy.demo.spec import ShopSpec

_PURPOSE = 1
# Orders per season day while a customer lasts; with these about 15 a customer in two years.
MEAN_RATE = 0.0205
RATE_SHAPE = 0.5
# The skew a bench needs: the top 1 % with at least 200 orders in two years.
HEAVY_SHARE = 0.013
HEAVY_RATE = 0.45
LEAVER_SHARE = 0.6
LEAVER_MEAN_DAYS = 260
RETURN_SHARE = 0.035
HEAVY_RETURN_SHARE = 0.004


@dataclass(frozen=True, slots=True)
class Population:
    """A column a trait, a row a customer; one row more at the end stands for walk-ins."""

    rate: Floats
    """Orders per season day (a day of weight 1)."""
    regularity: Floats
    """Shape of the gaps between orders: 1 is a coin toss, 16 nearly a clock."""
    growth: Floats
    """Daily growth of rate and basket, as an exponent."""
    joined: Ints
    """Day of the span of the first purchase."""
    left: Ints
    """Last day of the span on which a purchase may fall."""
    basket: Floats
    """Mean lines of a receipt beyond the first."""
    favourite: Ints
    habit: Floats
    """Share of lines that are the favourite article."""
    home: Ints
    home_loyalty: Floats
    online: Floats
    hour: Floats
    hour_spread: Floats
    returns: Floats

    @property
    def walk_in(self) -> int:
        """Row of the walk-in, who has no name."""
        return int(self.rate.size - 1)


def population(spec: ShopSpec) -> Population:
    """Draw the customers of a shop and plant the truths among them."""
    rng = spec.random(_PURPOSE)
    count = spec.customers
    traits = _rhythm(rng, spec) | _taste(rng, count)
    plant(traits, spec)
    walk_in = {
        "basket": 1.6, "regularity": 1.0, "hour": 13.5, "hour_spread": 4.0, "returns": 0.01,
        "left": -1,
    }  # fmt: skip
    columns = {name: np.append(column, walk_in.get(name, 0)) for name, column in traits.items()}
    for name in ("joined", "left", "favourite", "home"):
        columns[name] = columns[name].astype(np.int64)
    return Population(**columns)


def _rhythm(rng: np.random.Generator, spec: ShopSpec) -> dict[str, Floats]:
    count, days = spec.customers, spec.days
    joined = np.floor((days - 1) * rng.random(count) ** 1.6)
    stays = rng.random(count) >= LEAVER_SHARE
    lasts = np.floor(rng.exponential(LEAVER_MEAN_DAYS, count))
    rate = rng.gamma(RATE_SHAPE, MEAN_RATE / RATE_SHAPE, count) + 1 / 730
    regularity = np.array([1.0, 3.0, 8.0])[rng.choice(3, count, p=[0.5, 0.35, 0.15])]
    growth = rng.normal(0, 0.0006, count)
    heavy = np.flatnonzero(rng.permutation(count) < HEAVY_SHARE * count)
    returns = rng.gamma(0.6, RETURN_SHARE / 0.6, count).clip(0, 0.5)
    # Who comes every other day comes for a coffee, and nobody brings back a coffee.
    returns[heavy] = rng.uniform(0, HEAVY_RETURN_SHARE, heavy.size)
    rate[heavy] = HEAVY_RATE * rng.uniform(0.95, 1.6, heavy.size)
    joined[heavy] = np.floor(joined[heavy] * 45 / days)
    stays[heavy], growth[heavy], regularity[heavy] = True, 0.0, 3.0
    left = np.where(stays, days, joined + lasts)
    return {"rate": rate, "regularity": regularity, "growth": growth, "joined": joined,
            "left": left, "returns": returns}  # fmt: skip


def _taste(rng: np.random.Generator, count: int) -> dict[str, Floats]:
    hours = np.array([hour for hour, _ in HABITS])
    shares = [share for _, share in HABITS]
    shops_online = rng.random(count) < 0.55
    return {
        "basket": rng.gamma(6.0, 2.05 / 6.0, count),
        "favourite": pick_articles(rng, count).astype(np.float64),
        "habit": rng.beta(2.0, 2.4, count),
        "home": pick_stores(rng, count).astype(np.float64),
        "home_loyalty": rng.uniform(0.7, 1.0, count),
        "online": np.where(shops_online, rng.beta(1.6, 2.0, count), 0.0),
        "hour": rng.choice(hours, count, p=shares),
        "hour_spread": rng.uniform(0.5, 2.5, count),
    }
