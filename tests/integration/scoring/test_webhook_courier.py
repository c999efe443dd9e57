"""The courier calls whom it checked, reads little, waits little, and follows nobody."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.scoring.domain.webhooks.retries import Attempt
from services.scoring.domain.webhooks.targets import Address, BadTarget
from services.scoring.usecases.webhooks.courier import MOST_ANSWER, Courier
from tests.receivers import Manner, Receiver, receiving

SIGNED = {"webhook-id": "msg_1"}


@dataclass(slots=True)
class Names:
    """A name server that is told what to answer, one answer a question."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append(host)
        found = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if not found:
            raise socket.gaierror("unknown")
        return [ip_address(each) for each in found]


async def sent(courier: Courier, url: str) -> Attempt:
    async with courier.open() as wire:
        return await courier.send(wire, url, b"{}", SIGNED)


async def met(manner: Manner, total_s: float = 5.0) -> tuple[Attempt, Receiver]:
    async with receiving(lambda _: manner) as receiver:
        return await sent(Courier(allows_private=True, total_s=total_s), receiver.url), receiver


async def test_message_that_is_taken_is_delivered() -> None:
    attempt, receiver = await met("take")
    assert (attempt.status, attempt.error, attempt.is_success) == (204, None, True)
    (message,) = receiver.messages
    assert (message.path, message.body) == ("/hook", b"{}")
    assert message.headers["content-type"] == "application/json"
    assert message.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    ("manner", "status", "error"),
    [
        ("fail", 500, None),
        ("gone", 410, None),
        ("redirect", 302, "redirect"),
        ("reset", None, "broken_answer"),
        ("hang", None, "timeout"),
        ("trickle", None, "timeout"),
    ],
)
async def test_everything_else_is_a_failure(
    manner: Manner, status: int | None, error: str | None
) -> None:
    attempt, receiver = await met(manner, total_s=0.3)
    assert (attempt.status, attempt.error, attempt.is_success) == (status, error, False)
    # a redirect is not followed
    assert [message.path for message in receiver.messages] == ["/hook"]


async def test_answer_without_end_is_cut() -> None:
    attempt, _ = await met("endless")
    assert (attempt.status, attempt.is_success) == (200, True)
    assert MOST_ANSWER == 64 * 1024


async def test_nobody_there_is_a_failure() -> None:
    async with receiving() as receiver:
        pass
    attempt = await sent(Courier(allows_private=True), receiver.url)
    assert (attempt.status, attempt.error) == (None, "connection_failed")


async def test_name_that_turns_private_after_registration_is_not_called() -> None:
    names = Names([["93.184.216.34"], ["127.0.0.1"]])
    async with receiving() as receiver:
        courier = Courier(resolve=names)
        await courier.check("http://hooks.example.com:8080/hook")
        attempt = await sent(courier, "http://hooks.example.com:8080/hook")
        assert attempt.error == "refused: must not lead to a private, local or reserved address"
        assert receiver.connections == 0


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["93.184.216.34", "::1"],
        ["169.254.169.254"],
        ["::ffff:10.0.0.1"],
    ],
    ids=str,
)
async def test_one_inner_address_is_enough_to_refuse_a_name(addresses: list[str]) -> None:
    with pytest.raises(BadTarget):
        await Courier(resolve=Names([addresses])).check("https://hooks.example.com/")


async def test_metadata_is_refused_where_private_targets_are_allowed() -> None:
    courier = Courier(allows_private=True, resolve=Names([["169.254.169.254"]]))
    attempt = await sent(courier, "http://hooks.example.com/")
    assert attempt.error == "refused: must not lead to a metadata service"


async def test_name_is_asked_for_once_and_its_checked_address_is_called() -> None:
    names = Names([["127.0.0.1"], ["10.255.255.1"]])
    async with receiving() as receiver:
        url = f"http://hooks.example.com:{receiver.port}/a?b=c"
        attempt = await sent(Courier(allows_private=True, resolve=names), url)
        assert attempt.is_success
        assert names.asked == ["hooks.example.com"]
        (message,) = receiver.messages
        assert message.path == "/a?b=c"
        assert message.headers["host"] == f"hooks.example.com:{receiver.port}"


async def test_next_address_is_tried_where_nobody_answers_at_the_first() -> None:
    names = Names([["127.0.0.2", "127.0.0.1"]])
    async with receiving() as receiver:
        url = f"http://hooks.example.com:{receiver.port}/"
        assert (await sent(Courier(allows_private=True, resolve=names), url)).is_success


async def test_unknown_name_may_be_registered_and_is_a_failure_when_called() -> None:
    courier = Courier(resolve=Names([[]]))
    await courier.check("https://hooks.example.com/")
    assert (await sent(courier, "https://hooks.example.com/")).error == "unknown_host"


def certificate(directory: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for a name; give what shows it and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (directory / "cert.pem").write_bytes(made.public_bytes(pem))
    (directory / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, plain))
    showing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    showing.load_cert_chain(directory / "cert.pem", directory / "key.pem")
    return showing, ssl.create_default_context(cafile=str(directory / "cert.pem"))


@pytest.mark.parametrize(
    ("name", "error"), [("hooks.example.com", None), ("other.example.com", "connection_failed")]
)
async def test_certificate_must_be_that_of_the_name(
    tmp_path: Path, name: str, error: str | None
) -> None:
    showing, trusting = certificate(tmp_path, "hooks.example.com")
    names = Names([["127.0.0.1"]])
    async with receiving(trust=showing) as receiver:
        courier = Courier(allows_private=True, resolve=names, trust=trusting)
        attempt = await sent(courier, f"https://{name}:{receiver.port}/hook")
        assert attempt.error == error
        await asyncio.sleep(0)
