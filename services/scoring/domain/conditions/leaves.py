"""Read the leaves of a condition: one function a kind, each noting mistakes at their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from services.scoring.domain.conditions.attribute_leaf import attribute
from services.scoring.domain.conditions.fields import Fields, Notes, decimal_of, fields_of
from services.scoring.domain.conditions.measures import (
    WINDOW,
    Shop,
    comparison_of,
    last_performed,
    metric,
    not_performed,
    performed,
    real_in,
    window_of,
)
from services.scoring.domain.conditions.tree import (
    LIFETIME,
    By,
    Condition,
    Consent,
    HasBeen,
    InSegment,
    Lifecycle,
    RandomBucket,
    Rank,
    Score,
    Tier,
)
from services.scoring.domain.conditions.vocabulary import (
    BUCKETS,
    METRICS,
    MOST_DAYS,
    PURPOSES,
    STAGES,
)

_SCORE: Final = "score"


def _score(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    fields = fields_of(notes, value, pointer, ("op", "value"))
    comparison = None if fields is None else comparison_of(fields, real_in(fields))
    return None if comparison is None else Score(comparison)


def _parts(fields: Fields, name: str, of: int) -> int | None:
    """Read a share above 0 and up to `of` as parts of 10,000."""
    given = fields.value(name)
    if name not in fields.members:
        return None
    number = decimal_of(given)
    if number is None:
        fields.fault(name, "wrong_type", "must be a number")
        return None
    if not 0 < number <= of:
        fields.fault(name, "out_of_range", f"must be above 0 and at most {of}")
        return None
    parts = number * (BUCKETS // of)
    if parts != parts.to_integral_value():
        fields.fault(name, "wrong_exponent", "is finer than one part in 10,000")
        return None
    return int(parts)


def _rank(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    fields = fields_of(notes, value, pointer, ("of", "top", "by", *WINDOW))
    if fields is None:
        return None
    of = fields.choice("of", (_SCORE, *METRICS)) if fields.has("of") else _SCORE
    by = fields.choice("by", tuple(By)) if fields.has("by") else By.CUSTOMERS
    window, top = window_of(fields), _parts(fields, "top", 1)
    if of is None or by is None or window is None or top is None:
        return None
    if of == _SCORE and (window != LIFETIME or by != By.CUSTOMERS):
        fields.fault("", "not_allowed", "by value or over a window needs a metric in of")
        return None
    return Rank(of, window, top, By(by))


def _lifecycle(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    fields = fields_of(notes, value, pointer, ("in",))
    stages = None if fields is None else fields.choices("in", STAGES)
    return None if stages is None else Lifecycle(stages)


def _tier(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    fields = fields_of(notes, value, pointer, ("programme", "in", "at_least"))
    if fields is None:
        return None
    programme = fields.text("programme")
    if fields.has("in") == fields.has("at_least"):
        fields.fault("", "one_kind", "needs either in or at_least")
        return None
    keys = fields.texts("in") if fields.has("in") else ()
    at_least = fields.text("at_least") if fields.has("at_least") else None
    if programme is None or keys is None or (fields.has("at_least") and at_least is None):
        return None
    return Tier(programme, keys, at_least)


def _in_segment(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    outer, _, name = pointer.rpartition("/")
    key = Fields(notes, outer, {name: value}).text(name)
    return None if key is None else InSegment(key)


def _has_been(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    fields = fields_of(notes, value, pointer, ("lifecycle", "programme", "tier", "at_least_days"))
    if fields is None:
        return None
    days = fields.whole("at_least_days", 1, MOST_DAYS)
    if fields.has("lifecycle") == fields.has("programme"):
        fields.fault("", "one_kind", "needs either lifecycle, or programme and tier")
        return None
    if fields.has("lifecycle"):
        stage = fields.choice("lifecycle", STAGES)
        return None if days is None or stage is None else HasBeen(days, stage=stage)
    programme, tier = fields.text("programme"), fields.text("tier")
    if days is None or programme is None or tier is None:
        return None
    return HasBeen(days, programme=programme, tier=tier)


def _consent(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    fields = fields_of(notes, value, pointer, ("purpose", "is"))
    if fields is None:
        return None
    purpose = fields.choice("purpose", PURPOSES)
    said = fields.choice("is", ("granted", "withdrawn")) if fields.has("is") else "granted"
    if purpose is None or said is None:
        return None
    return Consent(purpose, is_granted=said == "granted")


def _random_bucket(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    fields = fields_of(notes, value, pointer, ("percent", "seed"))
    if fields is None:
        return None
    parts, seed = _parts(fields, "percent", 100), fields.text("seed")
    return None if parts is None or seed is None else RandomBucket(parts, seed)


def _attribute(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    return attribute(notes, value, pointer)


Leaf = Callable[[Notes, object, str, Shop], Condition | None]
LEAVES: Final[Mapping[str, Leaf]] = {
    "attribute": _attribute,
    "metric": metric,
    "performed": performed,
    "not_performed": not_performed,
    "last_performed": last_performed,
    "score": _score,
    "rank": _rank,
    "lifecycle": _lifecycle,
    "tier": _tier,
    "in_segment": _in_segment,
    "has_been": _has_been,
    "consent": _consent,
    "random_bucket": _random_bucket,
}
