"""What customers say: satisfaction, recommendation, reviews and complaints."""

from dataclasses import dataclass

import numpy as np

from deploy.demo.bodies import date_text, instant_text
from deploy.demo.columns import ANONYMOUS, Channel, Kind, Receipts
from deploy.demo.names import Body, shown_at
from deploy.demo.season import Ints
from deploy.demo.spec import ShopSpec

_PURPOSE = 7
CSAT_SHARE = 0.007
NPS_SHARE = 0.003
REVIEW_SHARE = 0.012
COMPLAINT_SHARE = 0.08
CSAT = (0.02, 0.04, 0.12, 0.40, 0.42)
NPS = (0.02, 0.01, 0.02, 0.02, 0.03, 0.05, 0.08, 0.17, 0.25, 0.20, 0.15)

REVIEWS = (
    ("en", "Fresh roast, quick delivery."), ("zh", "豆子很新鲜，包装用心。"),
    ("zh", "味道比上次淡了一些。"), ("en", "Good value, will order again."),
    ("zh", "送礼很体面，朋友喜欢。"),
)  # fmt: skip
COMPLAINTS = (
    ("zh", "杯子到货时有裂纹。"), ("en", "The bag was open when it arrived."),
    ("zh", "等了四十分钟才拿到咖啡。"), ("zh", "买错了规格，退货流程太慢。"),
)  # fmt: skip


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
        seconds_open = self._spec.seconds_open(day)
        spoken: list[tuple[int, Body]] = []
        for row in np.flatnonzero(chance < _most(heads.kind, heads.channel)).tolist():
            said = _said(int(heads.kind[row]), int(heads.channel[row]), chance[row], ratings[row])
            # Asked some minutes after the purchase; nobody answers after the history ends.
            second = int(heads.second[row]) + 600
            if said is None or heads.customer[row] == ANONYMOUS or second >= seconds_open:
                continue
            who = shown_at(self._spec, int(heads.customer[row]) + 1, int(heads.channel[row]))
            body = _body(said, who, int(heads.channel[row]), (day, second))
            # Ids make a repeated request harmless.
            body["feedback_id"] = f"said-{date_text(day)}-{row + 1}"
            spoken.append((second, body))
        return spoken


def _most(kind: Ints, channel: Ints) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    online = np.where(channel == Channel.STORE, 0.0, REVIEW_SHARE)
    asked = CSAT_SHARE + NPS_SHARE + online
    return np.where(kind == int(Kind.SALE), asked, np.where(kind == int(Kind.RETURN), 1.0, 0.0))


def _said(kind: int, channel: int, chance: float, rating: float) -> _Said | None:
    if kind == Kind.RETURN:
        text = COMPLAINTS[int(rating * len(COMPLAINTS))]
        return _Said("complaint", text=text) if chance < COMPLAINT_SHARE else None
    if chance < CSAT_SHARE:
        return _Said("csat", 1 + _drawn(CSAT, rating))
    if chance < CSAT_SHARE + NPS_SHARE:
        return _Said("nps", _drawn(NPS, rating))
    text = REVIEWS[int(rating * len(REVIEWS))]
    return _Said("review", 1 + _drawn(CSAT, rating), text) if channel != Channel.STORE else None


def _drawn(shares: tuple[float, ...], chance: float) -> int:
    return int(np.searchsorted(np.cumsum(shares), chance * sum(shares), side="right"))


def _body(said: _Said, who: dict[str, str], channel: int, when: tuple[int, int]) -> Body:
    body: Body = {
        "kind": said.kind,
        "channel": Channel(channel).name.lower(),
        "customer": who,
        "occurred_at": instant_text(*when),
    }
    if said.rating is not None:
        body["rating"] = said.rating
    if said.text is not None:
        body["language"], body["text"] = said.text
    return body
