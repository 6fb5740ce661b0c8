"""Settings, read from the environment once, at start.

Unset means the embedded default (stores, keys and a made-up telephone account kept in the data folder);
wrong means `ConfigError` with the variable's name. Nothing else in the project reads these variables.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
TWILIO_API = "https://api.twilio.com"
Port = Annotated[int, Field(ge=1, le=65535)]


class ConfigError(Exception):
    """A variable is missing or wrong; the text names it and says how to mend it."""


class Config(BaseSettings):
    """All settings of one process; frozen. Field names in upper case are the variables' names."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, case_sensitive=False
    )

    database_url: str = Field(default="", repr=False)
    redis_url: str = Field(default="", repr=False)
    secret_key: str = Field(default="", repr=False)
    public_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = Field(default="", repr=False)
    twilio_api_base: str = ""
    hotline_data: Path = ROOT / ".run"
    bind_host: str = Field(default="127.0.0.1", alias="HOTLINE_BIND")
    web_port: Port = 8000
    console_port: Port = 8001
    carrier_port: Port = 8002
    hotline_carrier: bool = True
    hotline_offer_seconds: float | None = Field(default=None, gt=0)
    hotline_limits: Literal["on", "off"] = "on"
    hotline_log: Literal["json", "text"] = "text"
    # Derived, never read from the environment: no address was given, so the store runs from its wheel.
    embeds_database: bool = False
    embeds_valkey: bool = False

    @field_validator("public_url", "twilio_api_base")
    @classmethod
    def _is_http_url(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
            raise ValueError("must be a postgresql:// URL")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("must be a redis://, rediss:// or unix:// URL")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: str) -> str:
        if value and len(value) < 16:
            raise ValueError("must have at least 16 characters")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> "Config":
        public = self.public_url.startswith("https://") and urlsplit(self.public_url).port in (None, 443)
        if public and self.hotline_limits == "off":
            raise ValueError("HOTLINE_LIMITS: off is for trials, not with a public PUBLIC_URL on port 443")
        if public and self.hotline_carrier and "hotline_carrier" in self.model_fields_set:
            raise ValueError("HOTLINE_CARRIER: the stand-in never runs with a public PUBLIC_URL")
        if bool(self.twilio_account_sid) != bool(self.twilio_auth_token):
            missing = "TWILIO_AUTH_TOKEN" if self.twilio_account_sid else "TWILIO_ACCOUNT_SID"
            raise ValueError(f"{missing}: set it too, the account SID and its token go together")
        return self

    @property
    def is_public(self) -> bool:
        """True when residents' calls arrive from the real network over HTTPS."""
        return self.public_url.startswith("https://")

    @property
    def uses_carrier(self) -> bool:
        """True when this start includes the loopback telephone provider."""
        return self.hotline_carrier and not self.is_public

    @property
    def web_url(self) -> str:
        """Base address of the telephone side, as Twilio sees it; signatures are checked over it."""
        return self.public_url or f"http://127.0.0.1:{self.web_port}"

    @property
    def console_url(self) -> str:
        """Address of the staff pages on this machine."""
        return f"http://127.0.0.1:{self.console_port}"

    @property
    def carrier_url(self) -> str:
        """Address of the loopback telephone provider."""
        return f"http://127.0.0.1:{self.carrier_port}"


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """Return the settings from `environ` (default: the process's own) with embedded defaults filled in.

    Reads, and at the first start writes, `secrets.json` in the data folder (mode 0600): the secret key and the
    made-up telephone account of the demo, so that every process and every later start uses the same.
    Raises `ConfigError` naming each wrong variable.
    """
    environ = os.environ if environ is None else environ
    given = {k.lower(): v for k, v in environ.items() if v != ""}
    known = {*Config.model_fields, "hotline_bind"} - {"embeds_database", "embeds_valkey"}
    values = {("HOTLINE_BIND" if k == "hotline_bind" else k): v for k, v in given.items() if k in known}
    try:
        config = _NoEnvironment(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigError("; ".join(_explain(e) for e in error.errors())) from None
    return _with_defaults(config)


class _NoEnvironment(Config):
    """The same settings, taken from arguments alone."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave the process's environment and files out."""
        return (init_settings,)


def _explain(error: object) -> str:
    assert isinstance(error, dict)
    message = str(error["msg"]).removeprefix("Value error, ")
    name = str(error["loc"][0]).upper() if error["loc"] else ""
    return f"{name}: {message}" if name else message


def _with_defaults(config: Config) -> Config:
    from infra import stores

    update: dict[str, object] = {}
    if not config.database_url:
        update["embeds_database"] = True
        update["database_url"] = stores.postgres_url(config.hotline_data)
    if not config.redis_url:
        update["embeds_valkey"] = True
        update["redis_url"] = stores.valkey_url(config.hotline_data)
    needs_account = not config.twilio_account_sid
    if not config.secret_key or needs_account:
        kept = _kept_secrets(config.hotline_data)
        if not config.secret_key:
            update["secret_key"] = kept["secret_key"]
        if needs_account:
            update["twilio_account_sid"] = kept["account_sid"]
            update["twilio_auth_token"] = kept["auth_token"]
    if not config.twilio_api_base:
        update["twilio_api_base"] = config.carrier_url if config.uses_carrier else TWILIO_API
    return config.model_copy(update=update)


def _kept_secrets(folder: Path) -> dict[str, str]:
    """Return the data folder's own secrets, made once; two processes starting at once agree on one file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secrets.json"
    if not path.exists():
        draft = folder / f".secrets-{os.getpid()}-{secrets.token_hex(4)}"
        fresh = {
            "secret_key": secrets.token_hex(32),
            "account_sid": "AC" + hashlib.md5(secrets.token_bytes(16), usedforsecurity=False).hexdigest(),
            "auth_token": secrets.token_hex(16),
        }
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(fresh, file)
        try:
            os.link(draft, path)  # fails, and so leaves the other's file, when somebody was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return {str(k): str(v) for k, v in json.loads(path.read_text()).items()}
