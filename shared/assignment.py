"""Who is in which arm of an experiment: one published rule, the same wherever it is asked."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

#: the arm that is held out of what the experiment is about
HOLD_OUT: Final = "control"
#: shares are given in thousandths
WHOLE: Final = 1000
_HALF_BITS: Final = 64


def arm_of(experiment_key: str, salt: str, unit: str, shares: Sequence[tuple[str, int]]) -> str:
    """Choose a unit's arm; the same one for ever, whoever computes it.

    The rule, for everybody who wants to recompute it: take SHA-256 of the UTF-8 text
    `<experiment_key>:<salt>:<unit>`; read its first eight bytes as a big-endian number `a`, the
    next eight as `b`, both as fractions of 2**64. A unit whose `a` lies below the share of the arm
    `control` is held out. All others share themselves out by `b`, in the order of the arms, by the
    treatments' shares of what is left. Two draws, so that a hold-out that grows while the
    treatments keep their proportion moves units into it and moves nobody anywhere else.

    `unit` is the id of the profile (of a merge's winner), for somebody unknown the customer_id.
    `shares`: (arm, thousandths), adding up to 1000.
    """
    digest = sha256(f"{experiment_key}:{salt}:{unit}".encode()).digest()
    first, second = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
    if first * WHOLE < dict(shares).get(HOLD_OUT, 0) << _HALF_BITS:
        return HOLD_OUT
    treatments = [(arm, share) for arm, share in shares if arm != HOLD_OUT]
    left = sum(share for _, share in treatments)
    upper = 0
    for arm, share in treatments:
        upper += share
        if second * left < upper << _HALF_BITS:
            return arm
    return HOLD_OUT  # everybody is held out
