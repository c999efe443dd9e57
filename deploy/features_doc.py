"""Writes docs/features.md from the tables of features: `python -m deploy.features_doc`."""

import sys
from collections.abc import Iterable

from services.scoring.domain.features import FEATURES, Feature
from services.scoring.domain.seen.buyer_type import BUYER_TYPE_WORDS
from services.scoring.domain.seen.habits import HABITS

_HEADER = """\
# Features
What is seen of a customer before a date *t*: one definition for training, for serving one customer
and for the whole base. Written by `make features-doc` from `services/scoring/domain/features/` and
`services/scoring/domain/seen/habits.py`; do not edit. `GET /v1/customers/{id}/features` tells every
value of one customer, in English and Chinese.

- **t** is the first day that is not seen: a score of today's business date has t = tomorrow.
  Nothing on or after t changes a value (a property test shows it).
- An *order day* is a business date with at least one order. Money is in minor units of the base
  currency; *net* is net by business day with a return on its own day, *sales* are before returns.
- A value that is not defined (the gap of who bought once) is 0, never empty or NaN. A source that
  the shop has never sent gives 0 too; the answer then says `source_never_seen`. What a shop has
  ever sent is noted once a business date, and so is the day each article was first sold.
- *Moves the score*: `up` or `down` is the only way in which it may; `both` is learnt; `-` is shown
  only (role `profile`). One word in the table offers a feature to the model.
- *Consent*: `yes` is removed once the customer's last word on the purpose `personalisation` is no,
  at serving and at training, for past dates too. Who never said anything has not withdrawn.
  Purchases stay: tiers and service rest on them.
- Sessions are not counted by any source; days of browsing stand in for them.
"""
_COLUMNS = (
    "| name | unit | formula | sources | moves the score | consent |\n|---|---|---|---|---|---|\n"
)
_GOODS_AND_HOURS = """
## Shown only: goods and hours
Computed for one customer when asked for, returns not taken off, voided orders left out.

"""
_DIRECTIONS = {1: "up", -1: "down", 0: "both"}


def main() -> None:
    """Write the document to standard output."""
    sys.stdout.write(document())


def document() -> str:
    """Give the whole file."""
    sections = [
        _HEADER,
        "\n## Offered to the value model\n",
        _table(each for each in FEATURES if each.role == "value"),
        "\n## Shown only\nComputed from `customer_day` when asked for.\n\n",
        _table(each for each in FEATURES if each.role == "profile"),
        _GOODS_AND_HOURS,
        _table(HABITS),
        _buyer_types(),
    ]
    return "".join(sections)


def _table(features: Iterable[Feature]) -> str:
    return _COLUMNS + "".join(_row(feature) for feature in features)


def _row(feature: Feature) -> str:
    cells = (
        f"`{feature.name}`",
        feature.unit,
        feature.formula.replace("|", "\\|"),
        ", ".join(f"`{source}`" for source in feature.sources),
        _DIRECTIONS[feature.direction] if feature.role == "value" else "-",
        "yes" if feature.needs_consent else "no",
    )
    return f"| {' | '.join(cells)} |\n"


def _buyer_types() -> str:
    rows = "".join(
        f"| `{key.value}` | {name['en']} {name['zh']} | {rule['en']} |\n"
        for key, (name, rule) in BUYER_TYPE_WORDS.items()
    )
    return (
        "\n## Type of buyer and channel\nThe first rule that holds counts.\n\n"
        f"| key | name | rule |\n|---|---|---|\n{rows}"
        "\n`channel`: `online` from 90 % online orders (web, app, social), `offline` up to 10 %,"
        " else `hybrid`.\n"
    )


if __name__ == "__main__":
    main()
