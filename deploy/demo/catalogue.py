"""What the demo chain sells, and where: articles, physical stores and the web shop."""

from dataclasses import dataclass

import numpy as np

from deploy.demo.season import Floats, Ints


@dataclass(frozen=True, slots=True)
class Article:
    sku: str
    category: str
    price: int
    """Fen for a piece, or for a kilogram when it is weighed."""
    cost: int
    is_weighed: bool
    popularity: float


@dataclass(frozen=True, slots=True)
class Store:
    store_id: str
    en: str
    zh: str
    region: str
    kind: str
    popularity: float


# category: number of articles, cheapest and dearest price in yuan, cost share, share of lines
_CATEGORIES: dict[str, tuple[int, int, int, float, float]] = {
    "drinks": (18, 12, 38, 0.30, 0.42),
    "pastry": (14, 8, 32, 0.42, 0.20),
    "coffee": (16, 120, 420, 0.48, 0.09),
    "ground": (10, 39, 128, 0.50, 0.09),
    "capsules": (8, 29, 99, 0.55, 0.07),
    "tea": (10, 25, 168, 0.45, 0.06),
    "accessories": (12, 19, 259, 0.58, 0.045),
    "gifts": (6, 88, 398, 0.52, 0.02),
    "equipment": (6, 399, 2999, 0.66, 0.005),
}
WEIGHED = "coffee"

STORES: tuple[Store, ...] = (
    Store("0101", "Shanghai Jing'an", "上海静安店", "Shanghai", "store", 0.24),
    Store("0102", "Shanghai Pudong", "上海浦东店", "Shanghai", "store", 0.20),
    Store("0201", "Hangzhou West Lake", "杭州西湖店", "Zhejiang", "store", 0.16),
    Store("0301", "Beijing Chaoyang", "北京朝阳店", "Beijing", "store", 0.16),
    Store("0401", "Chengdu Taikoo Li", "成都太古里店", "Sichuan", "store", 0.13),
    Store("0501", "Guangzhou Tianhe", "广州天河店", "Guangdong", "store", 0.11),
    Store("web", "Web shop", "网上商城", "China", "web", 0.0),
)
ONLINE = len(STORES) - 1
TILLS = 3


def _articles() -> tuple[Article, ...]:
    rows = []
    for shelf, (category, (count, low, high, cost, share)) in enumerate(_CATEGORIES.items()):
        zipf = [1 / (rank + 1) ** 0.7 for rank in range(count)]
        for rank in range(count):
            # Whole yuan per kilogram keep 250 g exact; pieces end in .00 or .50.
            step = (high - low) * ((rank * 7) % count) / max(count - 1, 1)
            price = round(low + step) * 100 + (0 if category == WEIGHED else 50 * (rank % 2))
            popularity = share * zipf[rank] / sum(zipf)
            sku = f"69{shelf + 1:02d}{rank + 1:03d}"
            costs = round(price * cost / 100) * 100 if category == WEIGHED else round(price * cost)
            rows.append(Article(sku, category, price, costs, category == WEIGHED, popularity))
    return tuple(rows)


ARTICLES = _articles()
PRICES: Ints = np.array([article.price for article in ARTICLES])
COSTS: Ints = np.array([article.cost for article in ARTICLES])
IS_WEIGHED = np.array([article.is_weighed for article in ARTICLES])


def _cumulative(weights: list[float]) -> Floats:
    sums = np.cumsum(np.array(weights))
    return np.asarray(sums / sums[-1], dtype=np.float64)


_ARTICLE_SHARE = _cumulative([article.popularity for article in ARTICLES])
_STORE_SHARE = _cumulative([store.popularity for store in STORES[:ONLINE]])


def pick_articles(rng: np.random.Generator, count: int) -> Ints:
    """Article numbers by popularity."""
    return np.searchsorted(_ARTICLE_SHARE, rng.random(count), side="right").astype(np.int64)


def pick_stores(rng: np.random.Generator, count: int) -> Ints:
    """Physical store numbers by popularity."""
    return np.searchsorted(_STORE_SHARE, rng.random(count), side="right").astype(np.int64)
