"""Settings all services share, and the check that no setting is misspelt."""

import os
from collections.abc import Mapping
from typing import Annotated, ClassVar, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import clock_from
from shared.fields import time_zone
from shared.money import is_currency
from shared.secrets import Secrets

# Read by the runner and the test suite, not by a service.
_OUTSIDE = frozenset({"TIERLINE_PG_BIN"})


class BadSettings(SystemExit):
    """Settings with which nothing can start.

    An exit, not an error: raised while a process starts, it ends it with its text on stderr and
    status 1, without a trace and without the values.
    """


class UnknownSetting(BadSettings):
    """An environment variable carries our prefix but is no setting of ours."""


def _business_now(text: str | None) -> str | None:
    clock_from(text)
    return text


def _currency(code: str | None) -> str | None:
    if code is not None and not is_currency(code):
        raise ValueError("is not a currency code, such as CNY")
    return code


def _secret_key(value: SecretStr) -> SecretStr:
    Secrets.from_hex(value.get_secret_value())
    return value


class PlatformSettings(BaseSettings):
    """What every process of one installation must agree on."""

    # Empty counts as unset: docker-compose writes VAR= for what is not given.
    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: SecretStr
    tierline_secret_key: Annotated[SecretStr, AfterValidator(_secret_key)]
    tierline_service_key: SecretStr | None = None
    tierline_admin_key: SecretStr | None = None
    tierline_console_key: SecretStr | None = None
    tierline_home: str = ".local"
    business_now: Annotated[str | None, AfterValidator(_business_now)] = None
    business_time_zone: Annotated[str, AfterValidator(time_zone)] = "UTC"
    base_currency: Annotated[str | None, AfterValidator(_currency)] = None
    allow_unsafe_durability: bool = False
    port_base: int = Field(default=8000, ge=1, le=65532)
    ingest_url: str = "http://127.0.0.1:8001"
    scoring_url: str = "http://127.0.0.1:8002"
    feedback_url: str = "http://127.0.0.1:8003"
    #: what links in reports lead to
    console_url: str = "http://127.0.0.1:8000"
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    @property
    def zone(self) -> ZoneInfo:
        """Give the shop's time zone."""
        return ZoneInfo(self.business_time_zone)

    @property
    def secrets(self) -> Secrets:
        """Derive the keys of this installation."""
        return Secrets.from_hex(self.tierline_secret_key.get_secret_value())

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the environment, refusing unknown TIERLINE_ variables."""
        return _loaded(cls, environ)


class ServiceSettings(BaseSettings):
    """The knobs of one service: a subclass sets `env_prefix`, `port` and its own fields."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )
    prefix: ClassVar[str] = ""

    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    raw_pool_size: int = Field(default=8, ge=1, le=100)
    statement_timeout_s: float = Field(default=5.0, gt=0, le=600)
    lock_timeout_s: float = Field(default=2.0, gt=0, le=600)
    docs_public: bool = True
    #: After SIGTERM: not ready, but serving, until balancers have seen it.
    drain_s: float = Field(default=5.0, ge=0, le=60)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the environment, refusing unknown variables of this service's prefix."""
        return _loaded(cls, environ)


Settings = TypeVar("Settings", bound=BaseSettings)


def _loaded(cls: type[Settings], environ: Mapping[str, str] | None) -> Settings:
    check_environment(cls, environ=environ)
    try:
        return cls()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        lines = [f"{_prefix(cls)}{_named(fault['loc'])}: {fault['msg']}" for fault in faults]
        raise BadSettings("\n".join(lines)) from None


def _named(loc: tuple[int | str, ...]) -> str:
    return str(loc[0]).upper() if loc else "settings"


def check_environment(
    *classes: type[BaseSettings], environ: Mapping[str, str] | None = None
) -> None:
    """Refuse variables with a prefix of these settings (or TIERLINE_) that none of them knows."""
    environ = os.environ if environ is None else environ
    readers: tuple[type[BaseSettings], ...] = (*classes, PlatformSettings)
    known = {name for cls in readers for name in variables_of(cls)} | _OUTSIDE
    prefixes = ("TIERLINE_", *(p for cls in classes if (p := _prefix(cls))))
    unknown = sorted(
        n for n in map(str.upper, environ) if n.startswith(prefixes) and n not in known
    )
    if unknown:
        ours = ", ".join(sorted(n for n in known if n.startswith(prefixes)))
        raise UnknownSetting(f"unknown setting {', '.join(unknown)}; known here are {ours}")


def variables_of(cls: type[BaseSettings]) -> list[str]:
    """List the environment variables a settings class reads."""
    return [(_prefix(cls) + name).upper() for name in cls.model_fields]


def _prefix(cls: type[BaseSettings]) -> str:
    return str(cls.model_config.get("env_prefix") or "").upper()
