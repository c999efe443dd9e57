"""The stability index: never below 0, 0 for equal shares, and the same either way round."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from services.scoring.model.drift import psi
from services.scoring.model.reference import bins_of

SHARES = st.lists(st.floats(0, 1), min_size=2, max_size=10).filter(lambda found: sum(found) > 0.01)
VALUES = st_numpy.arrays(
    np.float64, st.integers(1, 60), elements=st.floats(-1e9, 1e9, allow_subnormal=False)
)


def normed(found: list[float], size: int) -> np.typing.NDArray[np.float64]:
    padded = np.array(found + [0.0] * (size - len(found)))
    shares: np.typing.NDArray[np.float64] = padded / padded.sum()
    return shares


@given(first=SHARES, second=SHARES)
def test_index_is_a_distance(first: list[float], second: list[float]) -> None:
    size = max(len(first), len(second))
    before, now = normed(first, size), normed(second, size)
    assert psi(before, before) == 0
    assert psi(before, now) >= 0
    assert np.isclose(psi(before, now), psi(now, before), rtol=1e-12)


@given(values=VALUES, others=VALUES)
def test_every_value_falls_into_one_bin(
    values: np.typing.NDArray[np.float64], others: np.typing.NDArray[np.float64]
) -> None:
    bins = bins_of(values)
    assert bins.shares_of(values).tolist() == list(bins.shares)
    assert abs(bins.shares_of(others).sum() - 1) < 1e-9
