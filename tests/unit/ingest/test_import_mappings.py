"""Ready-made mappings, each on a few rows made by hand in the form its export has."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.rates import RateTable
from services.ingest.domain.records import Return, Sale
from services.ingest.usecases.files.import_file import RowFault
from services.ingest.usecases.read_items import Reading
from tests.import_runs import SHOP, Run


def reading(currency: str) -> Reading:
    return Reading(
        source_id="file",
        order_namespace="file",
        is_authoritative=True,
        now=SHOP.now,
        base_currency=currency,
        zones={},
        shop_zone=ZoneInfo("UTC"),
        secrets=SHOP.secrets,
        rates=RateTable(),
    )


def imported(path: Path, mapping: str, currency: str) -> tuple[list[Arrival], list[RowFault]]:
    run = Run(path, mapping)
    job = run.job()
    work = job.begin(reading(currency))
    found = [arrival for receipt in job.receipts_of(work) for arrival in receipt.arrivals]
    return found, run.faults


def nets(arrival: Arrival) -> list[int]:
    record = arrival.record
    assert isinstance(record, Sale | Return)
    return [line.net for line in record.lines or ()]


def told(arrival: Arrival) -> tuple[str, tuple[str, ...], list[int]]:
    return arrival.kind, arrival.values, nets(arrival)


def test_online_retail_ii_multiplies_quantity_and_price(tmp_path: Path) -> None:
    path = tmp_path / "online_retail_II.csv"
    path.write_text(
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
        "500001,100A,RED CUP,12,2009-12-01 07:45:00,6.95,13001.0,United Kingdom\n"
        "500001,100B,BLUE CUP,3,2009-12-01 07:45:00,0.85,13001.0,United Kingdom\n"
        "C500002,100A,RED CUP,-2,2009-12-02 09:00:00,6.95,13001.0,United Kingdom\n"
        "500003,100B,BLUE CUP,1,2009-12-02 09:10:00,0.85,,United Kingdom\n"
    )
    found, faults = imported(path, "online_retail_ii", "GBP")
    assert [told(a) for a in found] == [
        ("import.sale", ("13001",), [8340, 255]),
        ("import.return", ("13001",), [1390]),
        ("import.sale", (), [85]),
    ]
    assert faults == []


def test_dunnhumby_counts_days_and_turns_discounts_round(tmp_path: Path) -> None:
    path = tmp_path / "transaction_data.csv"
    path.write_text(
        "household_key,BASKET_ID,DAY,PRODUCT_ID,QUANTITY,SALES_VALUE,STORE_ID,RETAIL_DISC,"
        "TRANS_TIME,WEEK_NO,COUPON_DISC,COUPON_MATCH_DISC\n"
        "70,900001,1,5001,1,1.39,31,-0.60,931,1,0,0\n"
        "70,900001,1,5002,2,2.00,31,0,931,1,0,0\n"
        "71,900002,32,5001,1,1.99,31,0,2204,5,0,0\n"
    )
    found, faults = imported(path, "dunnhumby", "USD")
    assert [told(a) for a in found] == [
        ("import.sale", ("70",), [139, 200]),
        ("import.sale", ("71",), [199]),
    ]
    first, second = (a.record.occasion for a in found)
    assert first.occurred_at == datetime(2015, 1, 1, 14, 31, tzinfo=UTC)
    assert second.business_date.isoformat() == "2015-02-01"
    assert isinstance(found[0].record, Sale)
    assert [line.discount for line in found[0].record.lines] == [60, 0]
    assert faults == []


def test_olist_joins_orders_customers_and_products(tmp_path: Path) -> None:
    path = tmp_path / "olist_order_items_dataset.csv"
    path.write_text(
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value\n"
        "o1,1,p1,s1,2018-01-09 10:00:00,58.90,13.29\n"
        "o1,2,p2,s1,2018-01-09 10:00:00,10.00,1.00\n"
        "o2,1,p1,s1,2018-01-10 10:00:00,58.90,13.29\n"
    )
    (tmp_path / "olist_orders_dataset.csv").write_text(
        "order_id,customer_id,order_status,order_purchase_timestamp\n"
        "o1,k1,delivered,2018-01-02 10:06:52\no2,k2,canceled,2018-01-03 11:00:00\n"
    )
    (tmp_path / "olist_customers_dataset.csv").write_text(
        "customer_id,customer_unique_id,customer_city\nk1,u1,santos\nk2,u2,santos\n"
    )
    (tmp_path / "olist_products_dataset.csv").write_text(
        "product_id,product_category_name\np1,cama\np2,\n"
    )
    run = Run(path, "olist")
    job = run.job()
    work = job.begin(reading("BRL"))
    found = [arrival for receipt in job.receipts_of(work) for arrival in receipt.arrivals]
    assert [told(a) for a in found] == [("import.sale", ("u1",), [5890, 1000])]
    assert isinstance(found[0].record, Sale)
    assert [line.category for line in found[0].record.lines] == ["cama", None]
    assert (work.summary.skipped, run.faults) == (1, [])


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Refunded Amount,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount\n"
)


def test_shopify_fills_an_order_down_and_shares_its_discount(tmp_path: Path) -> None:
    path = tmp_path / "orders_export.csv"
    path.write_text(
        SHOPIFY
        + "#1001,A@X.test,paid,2024-01-05 14:03:22 -0500,USD,27.00,0.00,2,Cup,10.00,cup,0.00\n"
        "#1001,,,,,,,1,Tea,10.00,tea,0.00\n"
        "#1002,b@x.test,pending,,USD,5.00,0.00,1,Tea,5.00,tea,0.00\n"
        "#1003,,partially_refunded,2024-01-06 09:00:00 -0500,USD,10.00,4.00,1,Tea,10.00,tea,0.00\n"
        "#1004,c@x.test,refunded,2024-01-06 10:00:00 -0500,USD,10.00,10.80,1,Tea,10.00,tea,0.00\n"
    )
    found, faults = imported(path, "shopify", "USD")
    assert [told(a) for a in found] == [
        ("import.sale", ("a@x.test",), [1800, 900]),
        ("import.sale", (), [1000]),
        ("import.return", (), [400]),
        ("import.sale", ("c@x.test",), [1000]),
        ("import.return", ("c@x.test",), []),
    ]
    assert {claim.kind for arrival in found for claim in arrival.claims} == {"email"}
    whole = found[4].record
    assert isinstance(whole, Return)
    assert whole.link == found[3].named_orders[0]
    assert found[0].record.occasion.occurred_at == datetime(2024, 1, 5, 19, 3, 22, tzinfo=UTC)
    assert faults == []


def test_shopify_rows_that_do_not_make_their_subtotal_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders_export.csv"
    path.write_text(
        SHOPIFY
        + "#1001,a@x.test,paid,2024-01-05 14:03:22 -0500,USD,99.00,0.00,1,Cup,10.00,c,0.00\n"
    )
    found, faults = imported(path, "shopify", "USD")
    assert (found, [fault.code for fault in faults]) == ([], ["total_mismatch"])


def test_square_reads_dollars_and_passes_other_events_over(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text(
        "Date,Time,Time Zone,Category,Item,Qty,SKU,Gross Sales,Discounts,Net Sales,"
        "Transaction ID,Event Type,Location,Customer ID\n"
        '2024-01-05,14:03:22,UTC,Coffee,Latte,2.0,LAT,"$1,240.00",-$5.50,"$1,234.50",t1,Payment,Main,k1\n'
        "2024-01-06,10:00:00,UTC,Coffee,Latte,-1.0,LAT,-$4.00,$0.00,-$4.00,t2,Refund,Main,k1\n"
        "2024-01-06,11:00:00,UTC,Coffee,Latte,1.0,LAT,$4.00,$0.00,$4.00,t3,No Sale,Main,k1\n"
    )
    found, faults = imported(path, "square", "USD")
    assert [told(a) for a in found] == [
        ("import.sale", ("k1",), [123450]),
        ("import.return", ("k1",), [400]),
    ]
    assert isinstance(found[0].record, Sale)
    assert found[0].record.lines[0].discount == 550
    assert faults == []


@pytest.mark.parametrize("mapping", ["cdnow", "online_retail"])
def test_mappings_of_the_shared_sets_read_their_columns(tmp_path: Path, mapping: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "customer_id,occurred_at,amount,cds,invoice,sku,quantity\n7,2000-01-02,9.50,1,11,cup,1\n"
    )
    found, faults = imported(path, mapping, "USD" if mapping == "cdnow" else "GBP")
    assert [told(a) for a in found] == [("import.sale", ("7",), [950])]
    assert faults == []
