"""What the columns of a file mean: read from its beginning, guessed, and chosen by people."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final

#: Our names of columns, those every file must have first (docs/imports.md).
REQUIRED: Final = ("customer_id", "occurred_at", "amount")
OPTIONAL: Final = (
    "order_id", "sku", "category", "quantity", "discount", "cost", "channel", "store_id",
    "currency",
)  # fmt: skip
IDENTIFIERS: Final = ("customer_id", "loyalty_account", "phone", "email")
#: How much of a file its columns are read from.
HEAD_BYTES: Final = 64 * 1024
OWN: Final = ""
BY_HAND: Final = "by_hand"
_KINDS: Final = {
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
}
_CSV: Final = "text/csv"
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "customer_id": ("customer", "customer id", "client", "member", "会员号", "会员", "客户"),
    "occurred_at": ("date", "datetime", "time", "created at", "order date", "日期", "时间"),
    "amount": ("total", "net", "sales", "price", "金额", "实付", "销售额"),
    "order_id": ("order", "invoice", "receipt", "name", "订单号", "单号", "小票号"),
    "sku": ("item", "article", "product", "stockcode", "商品编码", "商品"),
    "category": ("department", "品类", "类别"),
    "quantity": ("qty", "units", "数量"),
    "discount": ("折扣", "优惠"),
    "cost": ("成本",),
    "channel": ("渠道",),
    "store_id": ("store", "shop", "门店", "店铺"),
    "currency": ("币种",),
}


def kind_of(file_name: str) -> str:
    """Tell what a file is by its name."""
    return _KINDS.get(PurePath(file_name).suffix.lower(), _CSV)


def columns_in(head: bytes, kind: str) -> list[str]:
    """Read the names of columns from the beginning of a file; none for what is not text."""
    if kind not in {_CSV, "application/x-ndjson"}:
        return []
    first, _, _ = _text(head).partition("\n")
    if kind != _CSV:
        try:
            row = json.loads(first)
        except ValueError:
            return []
        return list(row) if isinstance(row, dict) else []
    delimiter = max(",;\t|", key=first.count)
    row = next(csv.reader(io.StringIO(first), delimiter=delimiter), [])
    return [name.strip() for name in row if name.strip()]


def _text(head: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            # the last letter may have been cut in two
            return head[: head.rfind(b"\n") + 1 or len(head)].decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def guessed(columns: Sequence[str]) -> dict[str, str]:
    """Guess which column means what: by our name, else by what shops commonly call it."""
    plain = {_plain(name): name for name in reversed(columns)}
    found: dict[str, str] = {}
    for ours in (*REQUIRED, *OPTIONAL):
        names = (ours, *_ALIASES.get(ours, ()))
        known = next((plain[_plain(name)] for name in names if _plain(name) in plain), None)
        if known is not None and known not in found.values():
            found[ours] = known
    return found


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def missing_in(chosen: Mapping[str, str | None]) -> list[str]:
    """List the columns every file must have that nothing was chosen for."""
    return [name for name in REQUIRED if not chosen.get(name)]


def lacks_currency(form: str, columns: Sequence[str], chosen: Mapping[str, str | None]) -> bool:
    """Tell whether nothing in a file says its currency, so that somebody must."""
    if not columns or form not in {OWN, BY_HAND}:
        return False  # its columns are not known here, or its mapping says
    return "currency" not in columns if form == OWN else not chosen.get("currency")


def mapping_of(form: str, chosen: Mapping[str, str | None], identifier: str) -> str | None:
    """Write what an upload says about its columns: nothing, a ready-made name, or a document."""
    if form == OWN:
        return None
    if form != BY_HAND:
        return form
    columns = {name: column for name, column in chosen.items() if column}
    return json.dumps({"columns": columns, "identifier": identifier}, ensure_ascii=False)
