import pytest
from pydantic import BaseModel
from starlette.requests import Request

from shared.idempotency import fingerprint_of, key_of
from shared.problem import Problem


class Body(BaseModel):
    kind: str
    rating: int | None = None


def request(*keys: str) -> Request:
    headers = [(b"idempotency-key", key.encode()) for key in keys]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("header", "key"),
    [("k-1", "k-1"), ('"k-1"', "k-1"), (" k-1 ", "k-1"), ("x" * 255, "x" * 255)],
)
def test_a_key_is_read_quoted_or_not(header: str, key: str) -> None:
    assert key_of(request(header)) == key


def test_no_header_is_no_key() -> None:
    assert key_of(request()) is None


@pytest.mark.parametrize("headers", [("",), ('""',), ("x" * 300,), ("a b",), ("é",), ("a", "b")])
def test_a_bad_key_is_refused(headers: tuple[str, ...]) -> None:
    with pytest.raises(Problem) as refused:
        key_of(request(*headers))
    assert refused.value.kind.status == 400


def test_fingerprints_tell_bodies_apart() -> None:
    assert fingerprint_of(Body(kind="nps")) == fingerprint_of(Body(kind="nps", rating=None))
    assert fingerprint_of(Body(kind="nps")) != fingerprint_of(Body(kind="nps", rating=1))
