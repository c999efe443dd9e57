"""When people buy: the weight of each day of the span, and the hours of a day."""

import numpy as np
import numpy.typing as npt

from deploy.demo.spec import ShopSpec

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

DECEMBER_PEAK = 1.7
# January..December: Spring Festival empties the cities, summer is slow, gifts fill December.
MONTHS = (0.95, 0.80, 0.97, 1.0, 1.02, 0.98, 0.93, 0.93, 1.0, 1.02, 1.1, DECEMBER_PEAK)
WEEKDAYS = (1.0, 0.94, 0.93, 0.95, 1.08, 1.16, 0.94)
SINGLES_DAY = (11, 11, 2.2)

OPEN_S, CLOSE_S = 7 * 3600, 22 * 3600
# Way to work, lunch, afternoon, evening: (hour, share of customers who come then).
HABITS = ((8.2, 0.40), (12.4, 0.20), (15.6, 0.22), (19.3, 0.18))


def day_weights(spec: ShopSpec) -> Floats:
    """Relative demand of each day of the span, mean 1."""
    days = np.arange(spec.first_day, spec.last_day + 1)
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]").astype(np.int64) % 12
    in_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    weights = np.array(MONTHS)[months] * np.array(WEEKDAYS)[(days + 3) % 7]
    month, day, factor = SINGLES_DAY
    weights[(months == month - 1) & (in_month == day)] *= factor
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def seconds_of_day(
    rng: np.random.Generator, hours: Floats, spread_h: Floats, *, always_open: Bools
) -> Ints:
    """Local second of each purchase: about the buyer's hour, a store only while it is open."""
    seconds = (rng.normal(hours, spread_h) * 3600).astype(np.int64)
    inside = np.where(
        always_open, (seconds >= 0) & (seconds < 86_400), (seconds >= OPEN_S) & (seconds < CLOSE_S)
    )
    return np.where(inside, seconds, rng.integers(OPEN_S, CLOSE_S, seconds.size))
