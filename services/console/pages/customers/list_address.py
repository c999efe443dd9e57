"""The address of a list of customers: its filters and its page, so that Back finds them again."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from services.console.pages.customers.rows import list_body
from services.console.visiting.visit import Visit
from shared.contracts.customer_list import CustomerListPage
from shared.contracts.programmes import ProgrammeSummary

LIST: Final = "/customers"
EXPORT: Final = "/customers.csv"
#: Farther pages are reached by turning them: each costs the service a read on the way back.
_FARTHEST: Final = 20


def begun_with(
    given: Mapping[str, str], programmes: Sequence[ProgrammeSummary]
) -> dict[str, object]:
    """Complete the filters of an address: a list is always of the tiers of one programme.

    `programmes`: the default one first. A tier may name its programme: `value/high`.
    """
    named, is_both, tier = given.get("tier", "").partition("/")
    programme = named if is_both else given.get("programme", "")
    keys = [each.programme for each in programmes]
    meant = programme if programme in keys else next(iter(keys), "")
    return {**given, "programme": meant, "tier": tier if is_both else named}


def part_of(text: str) -> int:
    """Read which page of a list is asked for: the first for what is no such number."""
    return min(int(text), _FARTHEST) if text.isdecimal() and int(text) > 0 else 1


def list_path(given: Mapping[str, object], part: int) -> str:
    """Give the address of a page of a list."""
    query = {name: str(value) for name, value in list_body(given).items()}
    return _with(LIST, query | ({"part": str(part)} if part > 1 else {}))


def export_path(given: Mapping[str, object]) -> str:
    """Give the address of a list as a file."""
    return _with(EXPORT, {name: str(value) for name, value in list_body(given).items()})


def meant_words(visit: Visit, found: CustomerListPage) -> str:
    """Say whose tiers a list shows, and over which time a value is expected."""
    programme, days = visit.local(found.programme_name), found.horizon_days
    if days is None:
        return visit.say("customers.list_meant", programme=programme)
    return visit.say("customers.list_meant_days", programme=programme, days=days)


def _with(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
