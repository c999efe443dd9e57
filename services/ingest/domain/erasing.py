"""What an erasure takes away: which parts of an event, and which texts name a person."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

#: What `domain/body.py` folds facts from, and amounts as they were posted. All else an event
#: carries is for people to read, and goes: a name that nobody listed here is erased, not kept.
KEPT: Final = frozenset(
    {
        "record", "channel", "unvalued", "keys", "slot", "lines", "counts",
        "correction",
        "currency", "tax", "unit_prices", "conversion",
    }
)  # fmt: skip

#: Members that name people in what senders post, compared without case, `_` and `-`.
_NAMING: Final = frozenset(
    {
        "customer", "customerid", "userid", "user", "anonymousid", "previousid", "id",
        "loyaltyaccount", "loyalty", "card", "member", "memberid", "phone", "phonenumber",
        "mobile", "email", "emailaddress", "wechatopenid", "openid", "deviceid", "external",
        "subject", "buyer", "buyerid", "groupid",
    }
)  # fmt: skip
#: A text this long (or with an @) is nobody else's by chance; a shorter one may be a quantity.
TELLING: Final = 8
_PHONE_DIGITS: Final = 9
_BETWEEN: Final = r"[\s().\-/]{0,2}"


def without_words(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's body with only what facts are folded from."""
    return {name: value for name, value in body.items() if name in KEPT}


@dataclass(frozen=True, slots=True)
class Naming:
    """Finds the identifiers of one person in texts. `values`: as stored, without their kinds."""

    exact: frozenset[str]
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, identifiers: Iterable[tuple[str, str]]) -> "Naming":
        """Take (kind, value) pairs."""
        pairs = sorted(set(identifiers))
        parts = [part for kind, value in pairs if (part := _part(kind, value))]
        pattern = re.compile("|".join(parts), re.IGNORECASE) if parts else None
        return cls(frozenset(_folded(value) for _, value in pairs), pattern)

    def is_in(self, text: str) -> bool:
        """Tell whether a text names the person: JSON by its members, anything else by its words."""
        plain = unicodedata.normalize("NFC", text)
        if self.pattern is not None and self.pattern.search(plain):
            return True
        try:
            document = json.loads(plain)
        except (ValueError, RecursionError):
            return any(_folded(word) in self.exact for word in _words(plain))
        return any(
            (self.pattern is not None and self.pattern.search(leaf) is not None)
            or (is_naming and _folded(leaf) in self.exact)
            for is_naming, leaf in leaves(document)
        )


def _part(kind: str, value: str) -> str | None:
    """Return how a value is recognised inside any text; None for one too short for that."""
    if kind == "phone":
        digits = [char for char in value if char.isdigit()][-_PHONE_DIGITS:]
        return rf"{_BETWEEN.join(digits)}(?!\d)"
    if len(value) < TELLING and "@" not in value:
        return None
    return rf"(?<!\w){re.escape(value)}(?!\w)"


def _folded(value: str) -> str:
    return unicodedata.normalize("NFC", value).casefold()


def _words(text: str) -> Iterator[str]:
    return (part.strip() for part in re.split(r"[\s,;:\"'{}\[\]|\t]+", text) if part)


def leaves(document: object, *, is_naming: bool = False) -> Iterator[tuple[bool, str]]:
    """Yield every text and number of a JSON document, and whether its member names people."""
    if isinstance(document, dict):
        for name, value in document.items():
            named = is_naming or re.sub(r"[_\-\s$]", "", str(name)).lower() in _NAMING
            yield False, str(name)
            yield from leaves(value, is_naming=named)
    elif isinstance(document, list):
        for value in document:
            yield from leaves(value, is_naming=is_naming)
    elif document is not None and not isinstance(document, bool):
        yield is_naming, str(document)
