"""How a customer of the demo shop is known: account, card, phone, e-mail."""

from deploy.demo.columns import Channel
from deploy.demo.planted import customer_id
from deploy.demo.spec import ShopSpec

Body = dict[str, object]


def loyalty_account(number: int) -> str:
    """Card number; `number` counts customers from 1."""
    return f"M-{number:07d}"


def phone(number: int) -> str | None:
    """Mobile number, known for three of five customers."""
    return f"+86138{number:08d}" if number % 5 < 3 else None


def email(number: int) -> str | None:
    """E-mail address, known for half of the customers."""
    return f"demo{number}@example.com" if number % 2 else None


def identifiers(spec: ShopSpec, number: int) -> dict[str, str]:
    """Every identifier the shop knows of a customer, by kind."""
    known = {
        "customer_id": customer_id(spec, number),
        "loyalty_account": loyalty_account(number),
        "phone": phone(number),
        "email": email(number),
    }
    return {kind: value for kind, value in known.items() if value is not None}


def shown_at(spec: ShopSpec, number: int, channel: int) -> dict[str, str]:
    """Give what the customer shows: a card or a phone at the till, an account or mail online."""
    if channel == Channel.STORE:
        dialled = phone(number) if number % 10 == 0 else None
        return {"phone": dialled} if dialled else {"loyalty_account": loyalty_account(number)}
    mailed = email(number) if channel == Channel.WEB and number % 10 == 1 else None
    return {"email": mailed} if mailed else {"customer_id": customer_id(spec, number)}
