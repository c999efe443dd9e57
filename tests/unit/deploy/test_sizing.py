from pathlib import Path

import pytest

from deploy.local.sizing import MIB, machine_memory_bytes, memory_settings


@pytest.mark.parametrize(
    ("total_mib", "shared_buffers", "max_wal_size"),
    [
        (128, "64MB", "512MB"),
        (1024, "256MB", "512MB"),
        (4096, "1024MB", "1024MB"),
        (24_000, "2048MB", "4096MB"),
        (512_000, "2048MB", "4096MB"),
    ],
)
def test_memory_follows_the_machine_within_bounds(
    total_mib: int, shared_buffers: str, max_wal_size: str
) -> None:
    settings = memory_settings(total_mib * MIB)
    assert settings["shared_buffers"] == shared_buffers
    assert settings["max_wal_size"] == max_wal_size


def test_limit_of_a_container_counts(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(f"{512 * MIB}\n")
    assert machine_memory_bytes(limit) == 512 * MIB


@pytest.mark.parametrize("text", ["max\n", None])
def test_without_a_limit_it_is_the_machine(tmp_path: Path, text: str | None) -> None:
    limit = tmp_path / "memory.max"
    if text:
        limit.write_text(text)
    assert machine_memory_bytes(limit) > 512 * MIB
