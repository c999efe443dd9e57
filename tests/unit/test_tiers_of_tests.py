import socket

import pytest


def test_unit_test_that_connects_fails() -> None:
    with socket.socket() as connection, pytest.raises(RuntimeError, match="tests/integration"):
        connection.connect(("127.0.0.1", 9))
