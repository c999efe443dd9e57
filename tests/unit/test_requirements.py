import re
from pathlib import Path

import pytest

from tests.paths import REPO_DIR

REQUIREMENTS = REPO_DIR / "deploy" / "requirements"
NAMES = sorted(path.stem for path in REQUIREMENTS.glob("*.in"))
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
_INCLUDED = re.compile(r"^-r (\S+)\.in$", re.MULTILINE)


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, str]:
    text = (REQUIREMENTS / f"{lock}.lock").read_text(encoding="utf-8")
    return {normalised(name): version for name, version in _PIN.findall(text)}


def asked_for(name: str) -> set[str]:
    text = (REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8")
    own = {normalised(found) for found in _NAME.findall(text)}
    return own.union(*(asked_for(included) for included in _INCLUDED.findall(text)))


def locked_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_every_list_of_requirements_is_locked() -> None:
    assert sorted(path.stem for path in REQUIREMENTS.glob("*.lock")) == NAMES
    assert {"ingest", "scoring", "feedback", "all", "dev"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_lock_holds_no_address(name: str) -> None:
    forbidden = re.compile(r":/{2}|-{2}index|-{2}find-links|trusted-host")
    lines = locked_lines(REQUIREMENTS / f"{name}.lock")
    assert [line for line in lines if forbidden.search(line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_lock_holds_everything_asked_for(name: str) -> None:
    assert asked_for(name) <= pins(name).keys()


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_a_hash(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    assert [b.split()[0] for b in blocks if b.strip() and "--hash=sha256:" not in b] == []


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"dev"}))
def test_versions_are_those_of_the_tests(name: str) -> None:
    tested = pins("dev")
    assert {k: v for k, v in pins(name).items() if tested.get(k) != v} == {}


def test_ingest_and_feedback_do_not_install_the_model() -> None:
    learning = {"scikit-learn", "scipy", "joblib"}
    assert not learning & (pins("ingest").keys() | pins("feedback").keys())
