"""What the pages of customers show, worked out of what services answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.console.accounts.roles import Permission
from services.console.parts.care import customer_href, lifecycle_word, money
from services.console.parts.tables import Row
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.customer_list import ListedCustomer
from shared.contracts.customers import IdentifierAnswer
from shared.contracts.merges import MergeAnswer
from shared.contracts.programmes import ProgrammeSummary
from shared.contracts.search import FoundCustomer
from shared.contracts.tier_history import HistoryItem

#: Filters of the list that are sent as they are chosen.
FILTERS: Final = (
    "programme", "tier", "lifecycle", "segment", "min_value", "max_value", "bought_from",
    "bought_until", "sort",
)  # fmt: skip
#: Identifiers that are pseudonyms of the shop's own: shown to everybody.
_OPEN_KINDS: Final = frozenset({"customer_id"})
_SHOWN_END: Final = 2
MASK: Final = "•••"
#: What a shop may send of people that names nobody; all else is masked, for it may be anything.
SHARED_ATTRIBUTES: Final = frozenset(
    {"age_band", "birth_year", "city", "country", "gender", "household", "language", "province"}
    | {"favourite_category", "lifestyle", "occupation", "price_sensitivity", "region", "store_id"}
)


def list_body(given: Mapping[str, object]) -> dict[str, object]:
    """Make the question of a list out of its filters, empty ones left out.

    A tier is chosen with its programme: `value/high`.
    """
    body = {name: given[name] for name in FILTERS if given.get(name) not in (None, "")}
    programme, is_both, tier = str(body.get("tier", "")).partition("/")
    return {**body, "programme": programme, "tier": tier} if is_both else body


def list_row(visit: Visit, item: ListedCustomer) -> Row:
    """Show one customer of the list."""
    return {
        "customer": item.customer_id or visit.say("care.nobody"),
        "customer_href": customer_href(item.customer_id),
        "tier": visit.local(item.tier.name) if item.tier else NOTHING,
        "lifecycle": lifecycle_word(visit, item.lifecycle),
        "value": money(visit, item.value),
        "chance": visit.formats.percent(item.probability_to_buy, digits=0),
        "last_purchase": visit.formats.date(item.last_purchase),
        "net_spend": money(visit, item.net_spend_365_days),
        "since": visit.formats.date(
            item.since.astimezone(visit.house.zone).date() if item.since else None
        ),
    }


def found_line(visit: Visit, found: FoundCustomer) -> list[str]:
    """Show one customer who was found, and by what."""
    by = ", ".join(visit.say_or(f"customers.by_{kind}", kind) for kind in found.found_by)
    merged = found.merged_into
    name = found.name if found.name and visit.may(Permission.PEOPLE_READ) else NOTHING
    return [
        found.customer_id or visit.say("care.nobody"),
        by,
        name,
        visit.formats.date(found.last_seen_on),
        (merged.customer_id or NOTHING) if merged else "",
    ]


def shown_identifier(visit: Visit, identifier: IdentifierAnswer) -> str:
    """Show an identifier, masked for whom it is not their task to know it."""
    if identifier.kind in _OPEN_KINDS or visit.may(Permission.PEOPLE_READ):
        return identifier.value
    return f"••••{identifier.value[-_SHOWN_END:]}"


def in_force(programmes: Sequence[ProgrammeSummary]) -> list[ProgrammeSummary]:
    """List the programmes that decide tiers now, the default one first."""
    live = [each for each in programmes if each.release is not None]
    return sorted(live, key=lambda each: not each.is_default)


def seen_first(programmes: Sequence[ProgrammeSummary]) -> list[ProgrammeSummary]:
    """Order programmes as customers ask of them: those they see first."""
    return sorted(programmes, key=lambda each: each.audience != "customer_facing")


def first_decided(items: Sequence[HistoryItem]) -> datetime | None:
    """Tell when a tier was decided first, out of what was told, the newest first."""
    oldest = items[-1] if items else None
    return oldest.at if oldest is not None and oldest.reason == "first_decision" else None


def tier_name(visit: Visit, programme: ProgrammeSummary, key: str | None) -> str:
    """Name a tier; one of an earlier version by its key."""
    found = next((tier for tier in programme.tiers if tier.key == key), None)
    return visit.local(found.name) if found else key or NOTHING


def history_lines(
    visit: Visit, programme: ProgrammeSummary, items: Sequence[HistoryItem]
) -> list[list[str]]:
    """Show what somebody was told of a programme's tier."""
    return [
        [
            visit.formats.instant(item.at),
            visit.local(programme.name),
            tier_name(visit, programme, item.tier_from),
            tier_name(visit, programme, item.tier_to),
            visit.say_or(f"customers.because_{item.reason}", item.reason),
        ]
        for item in items
    ]


def merge_line(visit: Visit, merge: MergeAnswer) -> list[str]:
    """Show a merge."""
    state = "merge_undone" if merge.undone_at else "merge_stands"
    return [
        visit.formats.instant(merge.linked_at),
        merge.loser.customer_id or NOTHING,
        merge.winner.customer_id or NOTHING,
        merge.reason,
        visit.say(f"customers.{state}"),
    ]


def top_of(programme: ProgrammeSummary) -> str:
    """Give the key of the highest tier."""
    return max(programme.tiers, key=lambda tier: tier.rank).key


def names_nobody(path: str) -> bool:
    """Tell whether an attribute, by the last part of its path, is one that many people share."""
    return path.rpartition(".")[2] in SHARED_ATTRIBUTES


def leaf_lines(attributes: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    """List the attributes of a profile, nested ones by their path."""
    found: list[tuple[str, str]] = []
    for name, value in attributes.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping):
            found += leaf_lines(value, f"{path}.")
        else:
            found.append((path, "" if value is None else str(value)))
    return found
