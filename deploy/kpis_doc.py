"""Writes docs/kpis.md from the definitions of KPIs: `python -m deploy.kpis_doc`."""

import sys

from services.feedback.domain.kpis.definition import By, Kind, Kpi
from services.feedback.domain.kpis.definitions import DEFINITIONS

_HEADER = """\
# KPIs
Defined once: the table below is what is rolled up, served by `GET /v1/kpis` and told by
`GET /v1/kpis/definitions` in English and Chinese. Written by `make kpis-doc` from
`services/feedback/domain/kpis/definitions.py`; the statements are in
`services/feedback/queries/kpis/`; do not edit.

- A date is a business date: that of the store for purchases, of the shop's zone for what is said.
- **flow**: the numerators and denominators of the days of a period are added up, then divided.
  **level**: counted in customers or over a window that ends on a date; a period has the value of
  its last day. "N days up to a date" hold that date.
- A KPI *of a tier* is about those who held the tier at the end of the date by the last thing they
  were told (`tier_history`); what was said, cases, invitations and responses carry the tier of
  their own moment. Customers merged away count with the winner, once, on past dates too.
- Anonymous receipts are in no KPI. Money is in the shop's currency.
- The worker rolls a date up in the night after it, the last 35 dates again every night, and every
  later date too when the facts of a date are no longer those it was rolled up from (a receipt that
  came late, a merge, a void, a cost): each date keeps a print of them. What came in of past dates
  is caught up with seconds after the last of it (a million customers: at most every hour), the
  first facts of a new shop within seconds. `POST /v1/kpis/rebuild`
  rolls up everything anew. Today is counted from today's rows at each read, where *live* says so.
- `null` with a reason: nobody and nothing of this kind, not rolled up yet, or dates to come.
- Slices: `all`; `tier:<programme>:<tier>`; `programme:<programme>` (`all` is the default one);
  `channel:<channel>`; `move:<programme>:<from>:<to>`. `slice=tier` or `slice=tier:value` asks for
  all of them at once.
- `PUT /v1/kpis/targets` sets what a KPI of a slice should be in a period (`2026`, `2026-Q4`,
  `2026-11`, `2026-W47`, `2026-11-21`), with an owner. Status: `on_track`; `behind` while the period
  runs; `missed` once it is over; `no_data`. Of a total (new customers, net spend) the part of the
  target is expected that the days before today make of the period. Who changed what is in the
  audit log.

"""
_COLUMNS = (
    "| key | name | what | numerator / denominator | unit | good | kind | live | cut by |\n"
    "|---|---|---|---|---|---|---|---|---|\n"
)
_CHECK = """
## Checked
`tierline kpis check` counts every date that was rolled up again, customer by customer and answer by
answer, by other statements than those that roll up (`--from`, `--to`: some dates). It shows the
figures that differ and ends with 1 if there are any; `--repair` rolls everything up anew first. A
property test compares the two over random shops with returns, merges, late events and moves between
tiers.
"""


def main() -> None:
    """Write the document to standard output."""
    sys.stdout.write(document())


def document() -> str:
    """Give the whole file."""
    return _HEADER + _COLUMNS + "".join(_row(kpi) for kpi in DEFINITIONS) + _CHECK


def _row(kpi: Kpi) -> str:
    cells = (
        f"`{kpi.key}`",
        f"{kpi.name['en']} {kpi.name['zh']}",
        kpi.words["en"],
        _fraction(kpi),
        kpi.unit.value,
        kpi.better.value,
        "level" if kpi.kind is Kind.LEVEL else "flow",
        "yes" if kpi.is_live else "no",
        ", ".join(By(cut).value for cut in kpi.cuts) or "-",
    )
    return f"| {' | '.join(cells)} |\n"


def _fraction(kpi: Kpi) -> str:
    if kpi.denominator is None:
        return kpi.numerator
    if kpi.is_median:
        return f"median; kept as counts by minute ({kpi.denominator})"
    text = f"{kpi.numerator} / {kpi.denominator}"
    less = f" - {kpi.less:g}" if kpi.less else ""
    factor = f"{kpi.factor:g} x " if kpi.factor != 1 else ""
    return f"{factor}{text}{less}"


if __name__ == "__main__":
    main()
