"""How long somebody who guesses has to wait: longer each time, for a name and for an address."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final


@dataclass(frozen=True, slots=True)
class WaitRule:
    """So many tries are free; then the wait doubles from `first` to `longest`."""

    free: int
    first: timedelta
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """Tell how long to wait after so many failures."""
        over = failures - self.free
        if over < 0:
            return timedelta(0)
        # 2 ** 30 seconds are more than any longest wait: a larger power would only overflow
        return min(self.first * (1 << min(over, 30)), self.longest)


#: Somebody who mistypes is not kept; a guesser gets some hundred tries a day.
NAME_RULE: Final = WaitRule(5, timedelta(seconds=5), timedelta(minutes=15))
#: Many people may share an address; one that tries many names waits all the same.
ADDRESS_RULE: Final = WaitRule(30, timedelta(seconds=5), timedelta(minutes=15))


def network_of(address: str) -> str:
    """Name whom an address belongs to: an IPv6 customer has a /64 of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))
