from datetime import timedelta
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from services.console.accounts.person import Language
from services.console.accounts.sign_in_page import SignInPage, language_of, rendered, wait_words

EVIL = "\"><script>alert('1')</script>$name${next}"


class Seen(HTMLParser):
    """Keeps the tags of a page and what its fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fields: dict[str, str | None] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if tag == "input":
            self.fields[given["name"] or ""] = given.get("value")


def seen(page: SignInPage) -> Seen:
    parser = Seen()
    parser.feed(rendered(page))
    return parser


def test_what_was_typed_is_shown_again_and_never_run() -> None:
    page = seen(SignInPage(Language.ENGLISH, "t", next=EVIL, name=EVIL, fault=EVIL))
    assert "script" not in page.tags
    assert page.fields == {"form": "t", "next": EVIL, "name": EVIL, "password": None}


@pytest.mark.parametrize("language", Language)
def test_the_page_is_in_one_language_and_leads_to_the_other(language: Language) -> None:
    text = rendered(SignInPage(language, "t", next="/cases?a=1&b=2"))
    other = {"en": "zh", "zh": "en"}[language]
    assert f"/login?language={other}&amp;next=%2Fcases%3Fa%3D1%26b%3D2" in text
    assert ("登录" in text) is (language is Language.CHINESE)


def test_the_provider_is_offered_where_there_is_one() -> None:
    assert "/oidc/start" not in rendered(SignInPage(Language.ENGLISH, "t"))
    with_it = SignInPage(Language.ENGLISH, "t", next="/cases", has_provider=True)
    assert 'href="/oidc/start?next=%2Fcases"' in rendered(with_it)


@pytest.mark.parametrize(
    ("chosen", "accepted", "expected"),
    [
        ("zh", "en", "zh"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr-FR,en;q=0.5,zh;q=0.2", "en"),
        ("xx", "fr", "en"),
        (None, "", "en"),
        ("zh-CN", "", "en"),
    ],
)
def test_a_language_is_chosen_or_what_the_browser_likes(
    chosen: str | None, accepted: str, expected: str
) -> None:
    assert language_of(chosen, accepted) == expected


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 seconds"), (119, "119 seconds"), (121, "3 minutes")]
)
def test_a_wait_is_told_in_seconds_then_in_minutes(seconds: float, words: str) -> None:
    assert words in wait_words(Language.ENGLISH, timedelta(seconds=seconds))
