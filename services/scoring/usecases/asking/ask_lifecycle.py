"""Say where a customer stands in their life with the shop, and how they came there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from services.scoring.domain.seen.life_stages import LifeCourse, life_course
from services.scoring.errors import UnknownCustomer
from services.scoring.queries.people.order_dates import order_dates
from services.scoring.queries.people.profiles import find_profile
from services.scoring.usecases.business_day import BusinessDay


@dataclass(frozen=True, slots=True)
class LifeReport:
    """A customer's stages up to a business date."""

    customer_id: str
    course: LifeCourse
    order_days: int
    business_date: date
    now: datetime


async def ask_lifecycle(pool: asyncpg.Pool, day: BusinessDay, customer_id: str) -> LifeReport:
    """Walk through a customer's stages by our own id; raises UnknownCustomer."""
    moment = day.moment()
    profile = await find_profile(pool, customer_id)
    if profile is None:
        raise UnknownCustomer
    dates = await order_dates(pool, profile.profile_id, moment.today)
    # Who comes daily for years takes a while: tier reads need not wait for that.
    course = await asyncio.to_thread(life_course, dates, moment.today)
    name = profile.customer_id or customer_id
    return LifeReport(name, course, len(dates), moment.today, moment.now)
