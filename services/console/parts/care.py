"""What the pages of feedback and care say alike: kinds, channels, tiers, customers, amounts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, get_args
from urllib.parse import quote

from services.console.parts.faults import Fault
from services.console.parts.tables import Row
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.common import LocalText
from shared.contracts.feedback import FeedbackChannel, FeedbackKind
from shared.contracts.playbooks import ContactChannel, Lifecycle, Purpose, ShownText
from shared.contracts.programmes import ProgrammeSummary

#: Texts of customers are cut here in tables; their own page has them whole.
_SHORT: Final = 90
#: An amount as services write it into sentences.
_AMOUNT: Final = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})(?![A-Za-z])")
PRIORITIES: Final = (1, 2, 3, 4, 5)


class Priced(Protocol):
    """An amount in its currency, as services answer it."""

    @property
    def amount(self) -> str: ...
    @property
    def currency(self) -> str: ...


def words_for(visit: Visit, prefix: str, names: Iterable[object]) -> dict[str, str]:
    """Give the words of some names: what they are chosen by in a field."""
    return {str(name): visit.say_or(f"{prefix}{name}", str(name)) for name in names}


def kinds(visit: Visit) -> dict[str, str]:
    """Name the kinds of feedback."""
    return words_for(visit, "care.kind_", get_args(FeedbackKind))


def kind_word(visit: Visit, kind: str) -> str:
    """Name one kind of feedback."""
    return visit.say_or(f"care.kind_{kind}", kind)


def said_channels(visit: Visit) -> dict[str, str]:
    """Name where things are said."""
    return words_for(visit, "care.channel_", get_args(FeedbackChannel))


def contact_channels(visit: Visit) -> dict[str, str]:
    """Name the ways to contact somebody."""
    return words_for(visit, "care.channel_", get_args(ContactChannel))


def channel_word(visit: Visit, channel: str) -> str:
    """Name one channel."""
    return visit.say_or(f"care.channel_{channel}", channel)


def lifecycles(visit: Visit) -> dict[str, str]:
    """Name the stages of a customer's life with the shop."""
    return words_for(visit, "care.lifecycle_", get_args(Lifecycle))


def lifecycle_word(visit: Visit, lifecycle: str | None) -> str:
    """Name one stage; a dash where it is not known."""
    return visit.say_or(f"care.lifecycle_{lifecycle}", lifecycle or "–")


def purposes(visit: Visit) -> dict[str, str]:
    """Name what somebody may be contacted for."""
    return words_for(visit, "care.purpose_", get_args(Purpose))


def priorities(visit: Visit) -> dict[str, str]:
    """Name the priorities, as text: fields of forms hold text."""
    return words_for(visit, "care.priority_", PRIORITIES)


def shown(visit: Visit, text: ShownText | LocalText | None) -> str:
    """Give a text that may be empty in the visitor's language."""
    return "" if text is None else visit.local({"en": text.en, "zh": text.zh})


def text_in(visit: Visit, text: object) -> str:
    """Give a text that a document holds in both languages, where it holds one."""
    words = text if isinstance(text, Mapping) else {}
    return visit.local({str(tongue): str(said) for tongue, said in words.items()})


def money(visit: Visit, amount: Priced | None) -> str:
    """Write an amount; a dash where there is none."""
    if amount is None:
        return visit.formats.money(None, None)
    return visit.formats.money(amount.amount, amount.currency)


def money_in(visit: Visit, text: str) -> str:
    """Write amounts inside a sentence of a service ("9997.43 CNY") as the reader does."""
    return _AMOUNT.sub(lambda found: visit.formats.money(found[1], found[2]), text)


@dataclass(frozen=True, slots=True)
class Named:
    """What programmes and their tiers (`value/high`) are called; what has no name is its key."""

    programmes: Mapping[str, str]
    tiers: Mapping[str, str]
    #: whose tiers are meant where no programme is named
    default: str = ""

    def programme(self, key: str | None) -> str:
        """Name a programme."""
        return self.programmes.get(key or self.default, key or NOTHING)

    def tier(self, programme: str | None, key: str) -> str:
        """Name a tier of a programme, of the default one where none is named."""
        return self.tiers.get(f"{programme or self.default}/{key}", key)


KEYS: Final = Named({}, {})


def names_of(visit: Visit, programmes: Sequence[ProgrammeSummary] | Fault) -> Named:
    """Name programmes and tiers in the visitor's language; keys while their service is away."""
    if isinstance(programmes, Fault):
        return KEYS
    return Named(
        {each.programme: visit.local(each.name) for each in programmes},
        {
            f"{each.programme}/{tier.key}": visit.local(tier.name)
            for each in programmes
            for tier in each.tiers
        },
        next((each.programme for each in programmes if each.is_default), ""),
    )


def customer_href(customer_id: str | None) -> str:
    """Give the page of a customer; nothing for somebody without an id."""
    return f"/customers/{quote(customer_id, safe='')}" if customer_id else ""


def customer_cells(visit: Visit, customer_id: str | None) -> Row:
    """Give the cells that name a customer and lead to them."""
    name = customer_id or visit.say("care.nobody")
    return {"customer": name, "customer_href": customer_href(customer_id)}


def cut(text: str | None) -> str:
    """Give the beginning of a text, on one line."""
    line = " ".join((text or "").split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
