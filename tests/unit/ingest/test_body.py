import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.body import from_body, kind_of, order_key_of, to_body
from services.ingest.domain.records import Activity, Record, Sale
from tests.property.fold_histories import Kind, activities, retold, returns, sales, voids

KIND = Kind()
RECORDS: st.SearchStrategy[Record] = st.one_of(
    sales(1, KIND), retold(5, KIND), returns(2, KIND), voids(3, KIND), activities(4, KIND)
)


@given(RECORDS)
def test_a_stored_body_is_read_back_as_the_record_it_was(record: Record) -> None:
    again = read_back(record, kind_of(record))
    if isinstance(record, Activity):
        assert isinstance(again, Activity)
        assert dict(again.counts) == dict(record.counts)
    else:
        assert again == record


def read_back(record: Record, kind: str) -> Record:
    return from_body(
        kind,
        json.loads(json.dumps(to_body(record))),
        occasion=record.occasion,
        sequence=record.sequence if isinstance(record, Sale) else 0,
        order_key=order_key_of(record),
    )


@given(activities(1, KIND))
def test_a_kind_without_a_record_is_refused(record: Activity) -> None:
    with pytest.raises(ValueError, match="'gift' has no record"):
        read_back(record, "gift")
