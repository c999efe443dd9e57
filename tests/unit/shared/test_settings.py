"""Settings: bounds, secrets, and no misspelt variable."""

from typing import Any

import pytest
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from shared.settings import (
    PlatformSettings,
    ServiceSettings,
    UnknownSetting,
    check_environment,
    variables_of,
)

SECRET = "0123456789abcdef" * 4


class TillSettings(ServiceSettings):
    """A service of the tests."""

    model_config = SettingsConfigDict(env_prefix="INGEST_")
    port: int = Field(default=8001, ge=0, le=65535)


def platform(**changes: Any) -> PlatformSettings:
    return PlatformSettings(
        **{"database_url": SecretStr("postgresql://x"), "tierline_secret_key": SecretStr(SECRET)}
        | changes
    )


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for cls in (PlatformSettings, TillSettings):
        for name in variables_of(cls):
            monkeypatch.delenv(name, raising=False)


def test_platform_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://here")
    monkeypatch.setenv("TIERLINE_SECRET_KEY", SECRET)
    monkeypatch.setenv("BUSINESS_TIME_ZONE", "Asia/Shanghai")
    monkeypatch.setenv("BASE_CURRENCY", "")
    settings = PlatformSettings.load()
    assert settings.zone.key == "Asia/Shanghai"
    assert settings.base_currency is None


def test_a_secret_has_no_default() -> None:
    with pytest.raises(ValidationError) as caught:
        PlatformSettings()
    assert {error["loc"][0] for error in caught.value.errors()} == {
        "database_url",
        "tierline_secret_key",
    }


def test_a_start_that_cannot_work_ends_with_a_line_a_setting_and_no_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIERLINE_SECRET_KEY", "canary")
    monkeypatch.setenv("BUSINESS_TIME_ZONE", "Mars/Canary")
    with pytest.raises(SystemExit) as caught:
        PlatformSettings.load()
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "DATABASE_URL",
        "TIERLINE_SECRET_KEY",
        "BUSINESS_TIME_ZONE",
    ]
    assert "canary" not in str(caught.value).lower()


def test_secrets_are_not_shown() -> None:
    settings = platform(tierline_admin_key=SecretStr("tl_sk_x"))
    assert SECRET not in repr(settings)
    assert "tl_sk_x" not in repr(settings)
    assert settings.secrets.model_signing_key


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("business_time_zone", "Mars/Olympus"),
        ("business_time_zone", "../../etc/passwd"),
        ("business_now", "yesterday"),
        ("base_currency", "yuan"),
        ("tierline_secret_key", SecretStr("short")),
        ("port_base", 0),
        ("log_level", "loud"),
    ],
)
def test_what_cannot_work_stops_the_start(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        platform(**{field: value})


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError):
        platform().port_base = 1  # type: ignore[misc] # that is the point


@pytest.mark.parametrize("name", ["INGEST_POTR", "TIERLINE_SECERT_KEY", "ingest_prot"])
def test_an_unknown_variable_with_our_prefix_is_named(name: str) -> None:
    with pytest.raises(UnknownSetting, match=f"unknown setting {name.upper()}.*INGEST_PORT"):
        check_environment(TillSettings, environ={name: "1"})


@pytest.mark.parametrize(
    "name", ["INGEST_PORT", "INGEST_URL", "TIERLINE_HOME", "SCORING_ANYTHING", "PATH"]
)
def test_known_variables_and_those_of_others_pass(name: str) -> None:
    check_environment(TillSettings, environ={name: "1"})


def test_service_settings_load_with_their_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_PORT", "9001")
    assert TillSettings.load().port == 9001
