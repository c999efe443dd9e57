"""What customers say: ratings, reviews, complaints and more, in all the places they say it."""

from dataclasses import dataclass

import numpy as np

from deploy.demo.bodies import date_text, instant_text
from deploy.demo.columns import ANONYMOUS, Channel, Kind, Receipts
from deploy.demo.names import Body, shown_at
from deploy.demo.season import Ints
from deploy.demo.spec import ShopSpec

_PURPOSE = 7
COMPLAINT_SHARE = 0.08
#: Of known buyers' purchases, what is said after one; reviews only follow purchases online.
SHARES = {
    "csat": 0.007,
    "nps": 0.003,
    "ces": 0.002,
    "suggestion": 0.001,
    "text": 0.001,
    "interview": 0.0004,
    "tier_dispute": 0.0003,
    "review": 0.012,
}
CSAT = (0.02, 0.04, 0.12, 0.40, 0.42)
NPS = (0.02, 0.01, 0.02, 0.02, 0.03, 0.05, 0.08, 0.17, 0.25, 0.20, 0.15)
CES = (0.02, 0.03, 0.05, 0.10, 0.20, 0.35, 0.25)
#: Where each kind is said, in shares; what is not listed comes through the shop that sold.
PLACES = {
    "csat": {"app": 0.6, "email": 0.3, "phone": 0.1},
    "nps": {"email": 0.7, "app": 0.3},
    "ces": {"web": 0.5, "call_back": 0.5},
    "suggestion": {"web": 0.4, "social": 0.3, "focus_group": 0.3},
    "text": {"social": 0.6, "app": 0.4},
    "interview": {"interview": 0.6, "focus_group": 0.4},
    "tier_dispute": {"phone": 0.6, "email": 0.4},
    "complaint": {"phone": 0.5, "email": 0.2, "store": 0.2, "social": 0.1},
}

REVIEWS = (
    ("en", "Fresh roast, quick delivery."), ("zh", "豆子很新鲜，包装用心。"),
    ("zh", "味道比上次淡了一些。"), ("en", "Good value, will order again."),
    ("zh", "送礼很体面，朋友喜欢。"),
)  # fmt: skip
COMPLAINTS = (
    ("zh", "杯子到货时有裂纹。"), ("en", "The bag was open when it arrived."),
    ("zh", "等了四十分钟才拿到咖啡。"), ("zh", "买错了规格，退货流程太慢。"),
)  # fmt: skip
WORDS = {
    "review": REVIEWS,
    "complaint": COMPLAINTS,
    "suggestion": (
        ("zh", "希望早上七点就开门。"), ("en", "Please sell smaller bags of decaf."),
        ("zh", "能不能加一些低因豆子？"),
    ),
    "text": (
        ("en", "Nice to see the new shop by the river."), ("zh", "今天的店员特别热情。"),
    ),
    "interview": (
        ("zh", "每周买两次，主要是上班路上方便，送礼时看重包装。"),
        ("en", "Buys beans for the office once a month; would pay for delivery on a fixed day."),
    ),
    "tier_dispute": (
        ("zh", "我上个月买了很多，为什么等级没有升？"),
        ("en", "I spent far more last month; why has my tier not gone up?"),
    ),
}  # fmt: skip
_SCALES = {"csat": (1, CSAT), "nps": (0, NPS), "ces": (1, CES), "review": (1, CSAT)}


@dataclass(frozen=True, slots=True)
class _Said:
    kind: str
    rating: int | None = None
    text: tuple[str, str] | None = None


class Voices:
    """Makes the feedback of one day after the other; days must be asked in order."""

    def __init__(self, spec: ShopSpec) -> None:
        self._spec = spec
        self._rng = spec.random(_PURPOSE)

    def feedback(self, day: int, receipts: Receipts) -> list[tuple[int, Body]]:
        """Give the day's feedback as (local second, body of `POST /v1/feedback`)."""
        heads = receipts.heads
        chance = self._rng.random(len(receipts))
        ratings = self._rng.random(len(receipts))
        places = self._rng.random(len(receipts))
        seconds_open = self._spec.seconds_open(day)
        spoken: list[tuple[int, Body]] = []
        for row in np.flatnonzero(chance < _most(heads.kind, heads.channel)).tolist():
            said = _said(int(heads.kind[row]), int(heads.channel[row]), chance[row], ratings[row])
            # Asked some minutes after the purchase; nobody answers after the history ends.
            second = int(heads.second[row]) + 600
            if said is None or heads.customer[row] == ANONYMOUS or second >= seconds_open:
                continue
            who = shown_at(self._spec, int(heads.customer[row]) + 1, int(heads.channel[row]))
            place = _place(said.kind, int(heads.channel[row]), places[row])
            body = _body(said, who, place, (day, second))
            # Ids make a repeated request harmless.
            body["feedback_id"] = f"said-{date_text(day)}-{row + 1}"
            spoken.append((second, body))
        return spoken


def _most(kind: Ints, channel: Ints) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    said = sum(SHARES.values())
    asked = np.where(channel == Channel.STORE, said - SHARES["review"], said)
    return np.where(kind == int(Kind.SALE), asked, np.where(kind == int(Kind.RETURN), 1.0, 0.0))


def _said(kind: int, channel: int, chance: float, drawn: float) -> _Said | None:
    if kind == Kind.RETURN:
        return _spoken("complaint", drawn) if chance < COMPLAINT_SHARE else None
    for said, share in SHARES.items():
        if chance < share:
            return _spoken(said, drawn) if said != "review" or channel != Channel.STORE else None
        chance -= share
    return None


def _spoken(kind: str, drawn: float) -> _Said:
    words = WORDS.get(kind)
    text = words[int(drawn * len(words))] if words else None
    if kind not in _SCALES:
        return _Said(kind, text=text)
    first, shares = _SCALES[kind]
    return _Said(kind, first + _drawn(shares, drawn), text)


def _place(kind: str, channel: int, drawn: float) -> str:
    places = PLACES.get(kind)
    if places is None:
        return Channel(channel).name.lower()
    return list(places)[_drawn(tuple(places.values()), drawn)]


def _drawn(shares: tuple[float, ...], chance: float) -> int:
    return int(np.searchsorted(np.cumsum(shares), chance * sum(shares), side="right"))


def _body(said: _Said, who: dict[str, str], place: str, when: tuple[int, int]) -> Body:
    body: Body = {
        "kind": said.kind,
        "channel": place,
        "customer": who,
        "occurred_at": instant_text(*when),
    }
    if said.rating is not None:
        body["rating"] = said.rating
    if said.text is not None:
        body["language"], body["text"] = said.text
    return body
