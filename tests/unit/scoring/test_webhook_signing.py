"""What we sign, the published library of the standard verifies."""

import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.scoring.domain.webhooks.signing import secret_of, signed_headers

OLD, NEW = secret_of(b"o" * 32), secret_of(b"n" * 32)
BODY = '{"type":"tier.changed","name":"金卡"}'.encode()


def headers(at_s: int | None = None, secrets: tuple[str, ...] = (NEW, OLD)) -> dict[str, str]:
    return signed_headers("msg_1", at_s or int(time.time()), BODY, secrets)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_either_live_secret_verifies(secret: str) -> None:
    assert Webhook(secret).verify(BODY, headers())["name"] == "金卡"


def test_former_secret_no_longer_verifies_once_it_is_gone() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY, headers(secrets=(NEW,)))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_message_of_another_time_is_refused(minutes: int) -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, headers(int(time.time()) + minutes * 60))


@pytest.mark.parametrize(
    "change",
    [{"webhook-id": "msg_2"}, {"webhook-timestamp": "1"}, {"webhook-signature": "v1,AAAA"}],
)
def test_changed_header_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, headers() | change)


def test_changed_body_is_refused() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY + b" ", headers())
