"""Children end with their parent, even when the parent is killed and can tell them nothing."""

import ctypes
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def dies_with_parent(signal_number: int) -> Callable[[], None] | None:
    """Give what a child runs before exec so that it gets the signal when its parent ends.

    Linux sends it when the *thread* that forked ends, so start children from the main thread.
    Elsewhere there is no such call: the next start stops what it finds left over.
    """
    libc = _LIBC
    if libc is None:
        return None

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)

    return ask_kernel
