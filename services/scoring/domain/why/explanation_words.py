"""The sentences of an explanation: why the score, why the tier, and what would change it."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from services.scoring.domain.feature_words import FEATURE_WORDS, Past
from services.scoring.domain.tiers.programme import ValueProgramme, ValueTier
from services.scoring.domain.tiers.standing import Standing
from services.scoring.domain.tiers.words import (
    GROUP_NAMES,
    GROUP_WORDS,
    NEED_TWO_PURCHASES,
    percent,
    rank_reason,
)
from services.scoring.domain.why.explanation import (
    Part,
    PartGroup,
    RestsOn,
    evidence,
)
from services.scoring.domain.why.figures import Currency, Words, number
from services.scoring.domain.why.flip import MOST_ORDERS, Fall, Rise, RiseSearch

#: Below this a group moves the score by about 1 %: nobody sees it in a chart.
_UNSEEN: Final = 0.015
LIKE_TYPICAL: Final = (
    "typical",
    {"en": "Much like the typical customer.", "zh": "与一般顾客相近。"},
)


def group_sentence(group: PartGroup, past: Past, currency: Currency) -> Words:
    """Say what a group of features does to the score, with the figure that shows it best."""
    name = GROUP_NAMES[group.name]
    if abs(group.contribution) < _UNSEEN:
        return {
            "en": f"{name['en']}: much like the typical customer.",
            "zh": f"{name['zh']}：与一般顾客相近。",
        }
    effect, found = _effect(group.contribution), evidence(group, past)
    if found.shown is None:
        return _untold(name, effect, past)
    told = _told(found.shown, currency)
    if found.against is not None:
        return _balanced(name, told, _told(found.against, currency), effect)
    # A curve that may go either way proves no claim like "buys often", nor does one purchase: only
    # the topic is named.
    is_one = past.order_days <= 1 and group.name in NEED_TWO_PURCHASES
    claims = found.shown.feature.direction != 0 and not is_one
    lead = GROUP_WORDS[group.name][group.contribution < 0] if claims else name
    return {
        "en": f"{lead['en']}: {told['en']}. This alone makes the expected spending {effect['en']}.",
        "zh": f"{lead['zh']}：{told['zh']}。仅此一项使预期消费{effect['zh']}。",
    }


def _untold(name: Words, effect: Words, past: Past) -> Words:
    """Say what a group does where no figure of it is defined yet."""
    early = _too_early(past)
    return {
        "en": f"{name['en']}: {early['en']}. This makes the expected spending {effect['en']}.",
        "zh": f"{name['zh']}：{early['zh']}，使预期消费{effect['zh']}。",
    }


def _too_early(past: Past) -> Words:
    if past.order_days <= 1:
        return {"en": "one purchase so far", "zh": "目前仅购买一次"}
    return {"en": "too early to tell", "zh": "购买记录尚少，还看不出规律"}


def _told(part: Part, currency: Currency) -> Words:
    return FEATURE_WORDS[part.feature.name].sentence(part.value, part.typical, currency)


def _balanced(name: Words, told: Words, against: Words, effect: Words) -> Words:
    return {
        "en": f"{name['en']}: {told['en']}. On the other hand, {against['en']}."
        f" Together this makes the expected spending {effect['en']}.",
        "zh": f"{name['zh']}：{told['zh']}；但{against['zh']}。两者相抵后预期消费{effect['zh']}。",
    }


def _effect(contribution: float) -> Words:
    """Say a part of the log score as what it multiplies spending by."""
    factor = math.exp(contribution)
    if factor >= 2:
        return {
            "en": f"{number(factor)} times as high",
            "zh": f"提高到{number(factor)}倍",
        }
    change = min(abs(factor - 1), 0.999)
    share = f"{100 * change:.1f}" if change > 0.99 else f"{100 * change:.0f}"
    if factor > 1:
        return {"en": f"{share} % higher", "zh": f"提高{share}%"}
    return {"en": f"{share} % lower", "zh": f"降低{share}%"}


def feature_sentence(part: Part, past: Past, currency: Currency) -> Words:
    """Tell one feature's figure beside the typical customer's, as a sentence of its own."""
    is_defined = FEATURE_WORDS[part.feature.name].is_defined(past)
    told = _told(part, currency) if is_defined else _too_early(past)
    return {"en": f"{told['en'][0].upper()}{told['en'][1:]}.", "zh": f"{told['zh']}。"}


def summary(
    tier: ValueTier, value: Words, typical: Words, horizon_days: int, *, has_one_order: bool
) -> Words:
    """Say in a line what the customer is worth, and how sure that is."""
    doubt = (
        {
            "en": " There is only one purchase so far: low confidence.",
            "zh": "仅有一次购买，把握较低。",
        }
        if has_one_order
        else {"en": "", "zh": ""}
    )
    return {
        "en": f"{tier.name['en']}: about {value['en']} expected in the next {horizon_days} days;"
        f" the typical customer {typical['en']}.{doubt['en']}",
        "zh": f"{tier.name['zh']}：未来{horizon_days}天预期消费约{value['zh']}，"
        f"一般顾客约{typical['zh']}。{doubt['zh']}",
    }


def no_purchase_summary(tier: ValueTier) -> Words:
    """Say why there is nothing to explain yet."""
    return {
        "en": f"{tier.name['en']}: no purchase yet, so there is no score to explain.",
        "zh": f"{tier.name['zh']}：尚无购买，暂无可解释的评分。",
    }


def tier_sentence(
    programme: ValueProgramme, standing: Standing, held: RestsOn, fall: Fall | None
) -> Words:
    """Say what the tier rests on."""
    tiers, rank = programme.tiers, standing.rank
    above = tiers[rank + 1] if rank + 1 < len(tiers) else None
    reason = rank_reason(tiers[rank], above, is_kept=held in {RestsOn.KEPT, RestsOn.FALLING})[1]
    tail: Words = {"en": ".", "zh": "。"}
    if held is RestsOn.KEPT:
        tail = _still_near(tiers[rank])
    elif held is RestsOn.FALLING:
        tail = _falling(standing.below, fall.on if fall else None)
    return {language: reason[language] + tail[language] for language in ("en", "zh")}


def _still_near(tier: ValueTier) -> Words:
    share = percent(tier.leave_share)
    return {
        "en": f" and has not fallen below about the top {share} %, so the class is kept.",
        "zh": f"，目前仍在前{share}%左右，因此保留该等级。",
    }


def _falling(below: int, on: date | None) -> Words:
    days = "1 day" if below == 1 else f"{below} days"
    when = (f"; falls on {on} without a purchase", f"，若不购买将于{on}降级") if on else ("", "")
    return {
        "en": f", but has been below the mark to keep the class for {days}{when[0]}.",
        "zh": f"，但已连续{below}天低于保留线{when[1]}。",
    }


def rise_sentence(
    programme: ValueProgramme, search: RiseSearch, currency: Currency, *, is_first: bool
) -> Words:
    """Say the smallest change that lifts the tier, or that none was found."""
    amount, orders = search.by_amount, search.by_orders
    if amount is None:
        if orders is None:
            return _no_rise(search.most, currency, is_first=is_first)
        return _only_by_orders(programme, orders, search.most, currency)
    spent, tier = currency.said(amount.order.net), programme.tiers[amount.rank].name
    first = ("A first", "首次") if is_first else ("One", "今天再")
    if amount.order.net == currency.minor_per_unit:  # that they come back at all is what counts
        first = ("Even a", "今天哪怕只")
    english = f"{first[0]} purchase of {spent['en']} today would lift the class to {tier['en']}"
    chinese = f"{first[1]}消费{spent['zh']}即可升至{tier['zh']}"
    if orders is None or orders.orders == 1:
        return {"en": f"{english}.", "zh": f"{chinese}。"}
    way = _way_of(orders, currency)
    return {"en": f"{english}; or {way['en']}.", "zh": f"{chinese}；或者{way['zh']}。"}


def _only_by_orders(
    programme: ValueProgramme, orders: Rise, most: int, currency: Currency
) -> Words:
    tried, way = currency.said(most), _way_of(orders, currency)
    tier = programme.tiers[orders.rank].name
    return {
        "en": f"No single purchase up to {tried['en']} would lift the class today;"
        f" {way['en']} would lift it to {tier['en']}.",
        "zh": f"今天一次消费{tried['zh']}以内都无法升级；{way['zh']}可升至{tier['zh']}。",
    }


def _no_rise(most: int, currency: Currency, *, is_first: bool) -> Words:
    tried = currency.said(most)
    more = (
        ("", "")
        if is_first
        else (f", nor {MOST_ORDERS} usual ones", f"，再按平常购买{MOST_ORDERS}次也不能")
    )
    return {
        "en": f"No single purchase up to {tried['en']} would lift the class today{more[0]}.",
        "zh": f"今天一次消费{tried['zh']}以内都无法升级{more[1]}。",
    }


def _way_of(rise: Rise, currency: Currency) -> Words:
    each = currency.said(rise.order.net)
    pace = "a day" if rise.every_days == 1 else f"every {rise.every_days} days"
    return {
        "en": f"{rise.orders} purchases of {each['en']}, one {pace} from today",
        "zh": f"从今天起每{rise.every_days}天消费{each['zh']}，共{rise.orders}次",
    }


def fall_sentence(programme: ValueProgramme, fall: Fall) -> Words:
    """Say when the tier falls if nothing is bought."""
    if fall.on is None or fall.rank is None:
        return {
            "en": f"Without a purchase the class is kept at least until {fall.until}.",
            "zh": f"即使不再购买，至少到{fall.until}仍保留该等级。",
        }
    tier = programme.tiers[fall.rank].name
    return {
        "en": f"Without a purchase the class falls to {tier['en']} on {fall.on}.",
        "zh": f"若不再购买，将于{fall.on}降为{tier['zh']}。",
    }


def assumption(lines: int) -> Words:
    """Say what a what-if takes for granted."""
    products = "1 product" if lines == 1 else f"{lines} products"
    return {
        "en": f"The season is taken to stay as today, an order to hold {products}"
        " and nothing to be given back.",
        "zh": f"假定季节水平与今天相同，每笔订单含{lines}种商品且不退货。",
    }


def by_hand(text: Words) -> Words:
    """Say that a pin or a grant shows another tier than the one that is explained."""
    return {
        "en": f"{text['en']} A pin or a grant shows the tier above at present.",
        "zh": f"{text['zh']} 目前显示的等级由人工设定或授予。",
    }
