"""A backtest as the OpenAPI document shows it."""

from typing import Any, Final

_ACCURACY: Final = {
    "gini": 0.725,
    "hit20": 0.556,
    "cap20": 0.693,
    "cap5": 0.385,
    "spearman": 0.452,
    "auc": 0.771,
    "bias": 0.894,
}
_LEAD: Final = {
    "gini": 0.007,
    "gini_low": 0.006,
    "gini_high": 0.009,
    "hit20": 0.008,
    "hit20_low": 0.002,
    "hit20_high": 0.012,
}
EXAMPLE: Final[dict[str, Any]] = {
    "format": 1,
    "kind": "backtest",
    "model_version": "2026-11-21-1",
    "measured_at": "2026-11-22T01:00:00Z",
    "cutoff": "2026-08-22",
    "until": "2026-11-21",
    "currency": "CNY",
    "customers": 23570,
    "buyers": 7039,
    "headline": {
        "en": "The top 20 % we named then spent 69 % of all; of the customers who became the best "
        "20 %, we had 56 %.",
        "zh": "我们点名的前 20 % 顾客，随后贡献了全部消费的 69 %；真正成为前 20 % 的顾客中，"
        "56 % 在我们的名单里。",
    },
    "contenders": [
        {
            "key": "tierline",
            "name": {"en": "Tierline", "zh": "Tierline 模型"},
            "accuracy": _ACCURACY,
            "lead": None,
            "gains": [0.0, 0.18, 1.0],
        },
        {
            "key": "decayed",
            "name": {"en": "Decayed spend (45 d)", "zh": "衰减消费额（45 d）"},
            "accuracy": _ACCURACY | {"gini": 0.718, "bias": None},
            "lead": _LEAD,
            "gains": [0.0, 0.17, 1.0],
        },
    ],
    "perfect_gains": [0.0, 0.3, 1.0],
    "coverage": 0.79,
    "chance_error": 0.024,
    "deciles": [
        {
            "decile": 1,
            "customers": 2357,
            "predicted": 164.46,
            "spent": 173.3,
            "spent_low": 159.91,
            "spent_high": 186.69,
            "chance": 0.75,
            "bought": 0.77,
            "coverage": 0.75,
        }
    ],
    "chances": [
        {
            "customers": 2357,
            "chance": 0.14,
            "bought": 0.12,
            "bought_low": 0.11,
            "bought_high": 0.14,
        }
    ],
    "confusion": [{"predicted": "high", "high": 2620.1, "mid": 629.9, "low": 1464.0}],
    "misses": {
        "missed": 0.44,
        "promoted": 0.11,
        "missed_yardstick": 0.55,
        "promoted_yardstick": 0.15,
    },
    "stability": [
        {
            "cutoff": "2026-05-23",
            "until": "2026-08-22",
            "customers": 21004,
            "gini": 0.719,
            "hit20": 0.547,
            "cap20": 0.688,
            "lead": _LEAD,
        }
    ],
    "segments": [
        {
            "dimension": "orders",
            "segment": "one",
            "name": {"en": "one", "zh": "1 天"},
            "customers": 14119,
            "bought": 0.146,
            "predicted": 6.61,
            "spent": 8.06,
            "bias": 0.82,
            "gini": 0.275,
            "hit20": 0.31,
            "coverage": 0.66,
            "lead": _LEAD,
            "flags": ["range_off"],
        }
    ],
    "without_surprise": {"share_of_spend": 0.001, "accuracy": _ACCURACY, "lead": _LEAD},
    "as_known": {
        "customers": 23544,
        "rows_left_out": 112,
        "accuracy": _ACCURACY | {"gini": 0.724},
        "lead": _LEAD,
        "refused": None,
    },
    "indices": {
        "loyalty": {
            "is_shown": True,
            "reason": None,
            "metric": "auc",
            "customers": 23570,
            "happened": 2104,
            "value": 0.84,
            "low": 0.83,
            "high": 0.85,
            "rule": "order_days",
            "rule_value": 0.79,
            "lead": 0.05,
            "lead_low": 0.04,
            "lead_high": 0.06,
            "bias": 1.1,
        },
        "influence": {"is_shown": False, "reason": "not_recorded"},
    },
    "warnings": ["With 420 days of history the level of money may be off by season."],
    "card": {
        "kind": "additive",
        "horizon_days": 91,
        "horizon_reason": {
            "en": "91 days: a quarter, the default.",
            "zh": "91 天：默认为一个季度。",
        },
        "trained_from": "2025-09-27",
        "trained_until": "2026-08-22",
        "cutoffs": ["2026-02-20", "2026-03-22", "2026-04-21", "2026-05-23"],
        "customers": 23570,
        "rows": 94280,
        "features": ["recency", "net_decayed_45d"],
        "feature_hash": "0f3a6c9d2b1e4f57",
        "code_version": "0.4.0",
    },
}
