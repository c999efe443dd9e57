"""The sign-in page: plain HTML without a script, in the reader's language."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from html import escape
from math import ceil
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlencode

from services.console.accounts.person import Language
from services.console.words import said

_HERE: Final = Path(__file__).parent
_FOCUS: Final = " autofocus"
_NAMES: Final = {Language.ENGLISH: "English", Language.CHINESE: "中文"}
_TAGS: Final = {Language.ENGLISH: "en", Language.CHINESE: "zh-CN"}
#: Nothing runs on this page, not even a script of ours.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class SignInPage:
    """What the page shows; whatever was typed is escaped."""

    language: Language
    token: str
    next: str = "/"
    name: str = ""
    fault: str | None = None
    has_provider: bool = False


def rendered(page: SignInPage) -> str:
    """Write the page."""
    other = Language.ENGLISH if page.language is Language.CHINESE else Language.CHINESE
    switch = urlencode({"language": other.value, "next": page.next})
    return _template("signing_in.html").substitute(
        lang=_TAGS[page.language],
        title=_said(page, "title"),
        about=_said(page, "about"),
        other_lang=_TAGS[other],
        other_name=_NAMES[other],
        switch_to=escape(f"/login?{switch}"),
        fault=_fault(page),
        form=_form(page),
        provider=_provider(page),
    )


def wait_words(language: Language, wait: timedelta) -> str:
    """Say how long somebody has to wait."""
    seconds = ceil(wait.total_seconds())
    if seconds < 120:
        return said(language, "sign_in.wait_seconds", n=seconds)
    return said(language, "sign_in.wait_minutes", n=ceil(seconds / 60))


def language_of(chosen: str | None, accepted: str) -> Language:
    """Choose the page's language: what was chosen before, else what the browser likes most."""
    if chosen in set(Language):
        return Language(chosen)
    for part in accepted.split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in set(Language):
            return Language(tag)
    return Language.ENGLISH


def _fault(page: SignInPage) -> str:
    return "" if page.fault is None else f'<p class="fault" role="alert">{escape(page.fault)}</p>\n'


def _form(page: SignInPage) -> str:
    return _template("signing_in_form.html").substitute(
        token=escape(page.token),
        next=escape(page.next),
        name=escape(page.name),
        name_label=_said(page, "name"),
        password_label=_said(page, "password"),
        button=_said(page, "button"),
        focus_name="" if page.name else _FOCUS,
        focus_password=_FOCUS if page.name else "",
    )


def _provider(page: SignInPage) -> str:
    if not page.has_provider:
        return ""
    address = escape(f"/oidc/start?{urlencode({'next': page.next})}")
    return f'<a class="provider" href="{address}">{_said(page, "provider")}</a>\n'


def _said(page: SignInPage, key: str) -> str:
    return escape(said(page.language, f"sign_in.{key}"))


@cache
def _template(name: str) -> Template:
    return Template((_HERE / name).read_text(encoding="utf-8"))
