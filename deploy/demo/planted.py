"""Truths planted in the demo shop, so that a test (or a visitor) can find them again.

- A wave of churn: `CHURN_WAVE_SHARE` of the customers, all regulars of the Chengdu store who come
  about every `CHURN_WAVE_GAP_DAYS` days, stop together `CHURN_WAVE_DAYS_AGO` days before the end.
- One customer (`RETURNS_EVERYTHING`) buys about weekly and brings every line back within days:
  dear at the till, worth nothing.
- A referral star (`REFERRAL_STAR`) buys a little and brings `STAR_REFERRALS` new customers.
- A rising small buyer (`RISING_BUYER`) starts with one item every `RISING_FIRST_GAP_DAYS` days
  and ends with baskets every `RISING_LAST_GAP_DAYS` days: small in the past, large ahead.
"""

import math
from dataclasses import dataclass

from deploy.demo.catalogue import STORES
from deploy.demo.season import Floats
from deploy.demo.spec import ShopSpec

RISING_BUYER = 11
RISING_FIRST_GAP_DAYS = 50
RISING_LAST_GAP_DAYS = 4

RETURNS_EVERYTHING = 12
RETURNER_GAP_DAYS = 7
RETURN_DAYS = 6

REFERRAL_STAR = 13
STAR_REFERRALS = 36

CHURN_WAVE_FIRST = 21
CHURN_WAVE_SHARE = 0.03
CHURN_WAVE_LEAST = 8
CHURN_WAVE_DAYS_AGO = 120
CHURN_WAVE_GAP_DAYS = 6
CHURN_WAVE_STORE = "0401"


@dataclass(frozen=True, slots=True)
class Truth:
    """One planted fact: whom it concerns and what must be found."""

    key: str
    customer_ids: tuple[str, ...]
    finding: str


def customer_id(spec: ShopSpec, number: int) -> str:
    """Public id of the customer with this number, counted from 1."""
    return f"demo-{number:0{max(5, len(str(spec.customers)))}d}"


def churn_wave(spec: ShopSpec) -> range:
    """Give the customer numbers of the wave, counted from 1."""
    size = max(CHURN_WAVE_LEAST, round(spec.customers * CHURN_WAVE_SHARE))
    return range(CHURN_WAVE_FIRST, CHURN_WAVE_FIRST + size)


def churn_wave_day(spec: ShopSpec) -> int:
    """Last day of the span on which the wave still buys."""
    return spec.days - 1 - CHURN_WAVE_DAYS_AGO


def truths(spec: ShopSpec) -> tuple[Truth, ...]:
    """Say which customers carry a planted truth and what should be found about them."""
    wave = tuple(customer_id(spec, number) for number in churn_wave(spec))
    return (
        Truth("churn_wave", wave, f"no purchase in the last {CHURN_WAVE_DAYS_AGO} days: churned"),
        Truth("returns_everything", (customer_id(spec, RETURNS_EVERYTHING),), "net spend is 0"),
        Truth("referral_star", (customer_id(spec, REFERRAL_STAR),), "most referrals of all"),
        Truth("rising_buyer", (customer_id(spec, RISING_BUYER),), "spends more every quarter"),
    )


def plant(traits: dict[str, Floats], spec: ShopSpec) -> None:
    """Overwrite the traits of the planted customers, in place."""
    for number in churn_wave(spec):
        home = next(i for i, store in enumerate(STORES) if store.store_id == CHURN_WAVE_STORE)
        changes = _steady(CHURN_WAVE_GAP_DAYS, joined=number % 30)
        changes |= {"left": churn_wave_day(spec), "home": home, "home_loyalty": 1.0, "online": 0.0}
        _set(traits, number, changes)
    returner = _steady(RETURNER_GAP_DAYS, joined=25)
    # The last purchase leaves time to bring it back before the history ends.
    returner |= {"left": spec.days - RETURN_DAYS - 4, "returns": 1.0}
    _set(traits, RETURNS_EVERYTHING, returner)
    _set(traits, REFERRAL_STAR, _steady(30, joined=5) | {"left": spec.days, "basket": 0.5})
    growth = math.log(RISING_FIRST_GAP_DAYS / RISING_LAST_GAP_DAYS) / spec.days
    rising = _steady(RISING_FIRST_GAP_DAYS, joined=10)
    # Always the same drink: one espresso machine would hide the rise.
    rising |= {"left": spec.days, "growth": growth, "basket": 0.3, "favourite": 0, "habit": 1.0}
    _set(traits, RISING_BUYER, rising)


def _steady(gap_days: float, *, joined: int) -> dict[str, float]:
    return {"rate": 1 / gap_days, "regularity": 16.0, "growth": 0.0, "joined": joined}


def _set(traits: dict[str, Floats], number: int, changes: dict[str, float]) -> None:
    for name, value in changes.items():
        traits[name][number - 1] = value
