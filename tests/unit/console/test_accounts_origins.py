import pytest

from services.console.accounts.origins import address_of, is_changing, is_ours, local_path


@pytest.mark.parametrize(
    ("host", "origin", "public", "expected"),
    [
        pytest.param("shop:8000", "http://shop:8000", None, True, id="same"),
        pytest.param("Shop:8000", "http://SHOP:8000", None, True, id="capitals"),
        pytest.param("shop", "https://shop", None, True, id="TLS ends before us"),
        pytest.param("shop:8000", "http://shop:8001", None, False, id="another port"),
        pytest.param("shop", "http://evil", None, False, id="another host"),
        pytest.param("shop", "http://shop.evil", None, False, id="begins alike"),
        pytest.param("shop", "http://evil/shop", None, False, id="in the path"),
        pytest.param("shop", "null", None, False, id="sandboxed page"),
        pytest.param("shop", "", None, False, id="no origin"),
        pytest.param("", "http://", None, False, id="no host"),
        pytest.param("inner:1", "https://tiers.shop", "https://tiers.shop/", True, id="public"),
        pytest.param("inner:1", "http://tiers.shop", "https://tiers.shop", False, id="not TLS"),
    ],
)
def test_only_our_pages_are_ours(
    host: str, origin: str, public: str | None, expected: bool
) -> None:
    headers = {b"host": host.encode(), b"origin": origin.encode()}
    assert is_ours(headers, public) is expected


@pytest.mark.parametrize(
    ("method", "expected"), [("GET", False), ("HEAD", False), ("POST", True), ("X", True)]
)
def test_any_method_but_reading_may_change_something(method: str, expected: bool) -> None:
    assert is_changing(method) is expected


@pytest.mark.parametrize(
    "path", ["/", "/customers?search=a%20b&x=1", "/customers/c-1#tier", "/a//b"]
)
def test_a_path_of_ours_is_gone_on_to(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "customers",
        "//evil",
        "/\\evil",
        "/a\\b",
        "\\\\evil",
        "https://evil",
        "javascript:alert(1)",
        "/\tevil",
        "/\r\nset-cookie: a",
        "/a b",
        "/日",
        "/login?next=/",
        "/logout",
        "/oidc/start",
        "/" + "a" * 2000,
    ],
)
def test_nothing_else_is(path: str | None) -> None:
    assert local_path(path) == "/"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        pytest.param("1.1.1.1", 0, "peer", id="no proxy: not believed"),
        pytest.param("1.1.1.1", 1, "1.1.1.1", id="one proxy"),
        pytest.param("9.9.9.9, 1.1.1.1", 1, "1.1.1.1", id="made up by the visitor"),
        pytest.param("9.9.9.9, 1.1.1.1, 10.0.0.1", 2, "1.1.1.1", id="two proxies"),
        pytest.param("1.1.1.1", 2, "peer", id="fewer than said"),
        pytest.param("", 1, "peer", id="none"),
    ],
)
def test_an_address_is_that_which_our_own_proxy_saw(
    forwarded: str, proxies: int, expected: str
) -> None:
    assert address_of("peer", forwarded, proxies) == expected
