"""Every knob of the console."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.console.accounts.oidc_claims import role_map
from shared.settings import ServiceSettings


def _role_map(text: str) -> str:
    role_map(text)
    return text


class ConsoleSettings(ServiceSettings):
    """Knobs of the console (`CONSOLE_...`)."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_ignore_empty=True,
        extra="ignore",
        env_prefix="CONSOLE_",
        hide_input_in_errors=True,
    )
    prefix: ClassVar[str] = "CONSOLE_"

    port: int = Field(default=8000, ge=0, le=65535)
    #: few statements, and short ones: people sign in, changes are written down
    raw_pool_size: int = Field(default=4, ge=1, le=100)
    public_url: str | None = Field(
        default=None, description="The address people open, where a proxy stands before the console"
    )
    admin_password: SecretStr | None = Field(
        default=None, description="Makes the user admin at the first start; change it then"
    )
    answer_within_s: float = Field(
        default=15.0, gt=0, le=120, description="How long a page waits for a service"
    )
    session_hours: float = Field(
        default=12.0, gt=0, le=720, description="A session ends after this, whatever happens"
    )
    idle_hours: float = Field(default=2.0, gt=0, le=720, description="It ends after this unused")
    cookie_secure: bool = Field(
        default=False, description="Send the session's cookie over HTTPS alone: turn on behind TLS"
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="Proxies of your own before the console; 0: X-Forwarded-For is not believed",
    )
    oidc_issuer: str = Field(
        default="", description="The shop's own OpenID Connect provider; empty: names and passwords"
    )
    oidc_client_id: str = Field(default="", description="As whom the console is known there")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="Its secret there")
    oidc_role_claim: str = Field(
        default="groups", description="The claim that names groups, such as realm_access.roles"
    )
    oidc_roles: Annotated[str, AfterValidator(_role_map)] = Field(
        default="", description="group=role, comma-separated; the first that fits counts"
    )
    ingest_public_url: str | None = Field(
        default=None, description="Where a browser reaches ingest's docs; INGEST_URL if not given"
    )
    scoring_public_url: str | None = Field(default=None, description="The same for scoring")
    feedback_public_url: str | None = Field(default=None, description="The same for feedback")
