"""Send the messages on stdin as a shop's Python server would: python send.py CLIENT ADDRESS KEY."""

import json
import sys
from typing import Any


def send(make_client: Any, address: str, key: str, **settings: Any) -> list[Exception]:
    """Hand every message to a client and wait until it let go of all; return its errors."""
    failed: list[Exception] = []
    client = make_client(
        key,
        host=address,
        upload_size=10,
        upload_interval=0.05,
        timeout=2,
        on_error=lambda error, _: failed.append(error),
        **settings,
    )
    for message in json.load(sys.stdin):
        arguments = {_snake(name): value for name, value in message.items()}
        getattr(client, arguments.pop("type"))(**arguments)
    client.flush()
    client.join()
    return failed


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def main(client: str, address: str, key: str) -> None:
    """Send with the client of this name; exit 1 if it gave anything up."""
    if client.startswith("rudder"):
        from rudderstack.analytics.client import Client as Rudder

        failed = send(Rudder, address, key, gzip=True)
    else:
        from segment.analytics.client import Client as Segment

        failed = send(Segment, address, key, gzip=client.endswith("gzip"))
    if failed:
        raise SystemExit(f"given up: {failed}")


if __name__ == "__main__":
    main(*sys.argv[1:])
