"""`hotline check`: what is missing or wrong in the configuration, each with the way to mend it."""

import shutil
from dataclasses import dataclass

import psycopg
import redis
import requests
from sqlalchemy import text

from infra.config import Config, ConfigError, load_config
from infra.database import make_engine
from infra.valkey import connect


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    subject: str
    is_ok: bool
    text: str


def run_checks() -> list[Finding]:
    """Look at everything a start needs; each finding names a variable and the mend."""
    try:
        config = load_config()
    except ConfigError as error:
        return [Finding("settings", False, str(error))]
    return [
        Finding("settings", True, "every variable can be read"),
        _secret(config),
        _database(config),
        _valkey(config),
        _telephone(config),
        _public(config),
        _disk(config),
    ]


def _secret(config: Config) -> Finding:
    is_ok = len(config.secret_key) >= 32
    return Finding("SECRET_KEY", is_ok, "long enough" if is_ok else "use at least 32 random characters")


def _database(config: Config) -> Finding:
    engine = make_engine(config.database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except Exception as error:
        reason = type(getattr(error, "orig", error)).__name__
        if isinstance(getattr(error, "orig", None), psycopg.errors.UndefinedTable):
            return Finding("DATABASE_URL", False, "empty database: run `hotline migrate`")
        mend = "start `make run`" if config.embeds_database else "is the server up and the address right?"
        return Finding("DATABASE_URL", False, f"does not answer ({reason}): {mend}")
    finally:
        engine.dispose()
    return Finding("DATABASE_URL", True, f"answers, schema {revision}")


def _valkey(config: Config) -> Finding:
    try:
        policy = connect(config.redis_url).config_get("maxmemory-policy").get("maxmemory-policy")
    except redis.RedisError as error:
        mend = "start `make run`" if config.embeds_valkey else "is the server up and the address right?"
        return Finding("REDIS_URL", False, f"does not answer ({type(error).__name__}): {mend}")
    if policy != "noeviction":
        return Finding(
            "REDIS_URL", False, f"maxmemory-policy is {policy}: set it to noeviction, or jobs get lost"
        )
    return Finding("REDIS_URL", True, "answers")


def _telephone(config: Config) -> Finding:
    url = f"{config.twilio_api_base}/2010-04-01/Accounts/{config.twilio_account_sid}.json"
    try:
        answer = requests.get(url, auth=(config.twilio_account_sid, config.twilio_auth_token), timeout=5)
    except requests.RequestException as error:
        return Finding(
            "TWILIO_API_BASE", False, f"{config.twilio_api_base} does not answer ({type(error).__name__})"
        )
    if answer.status_code == 401:
        return Finding("TWILIO_AUTH_TOKEN", False, "refused: copy SID and token of the account again")
    return Finding("TWILIO_ACCOUNT_SID", True, f"{config.twilio_api_base} answers")


def _public(config: Config) -> Finding:
    if config.uses_carrier:
        return Finding("PUBLIC_URL", True, "not needed with the loopback carrier")
    if not config.is_public:
        return Finding("PUBLIC_URL", False, "set it to the https:// address that Twilio is to call")
    return Finding("PUBLIC_URL", True, config.public_url)


def _disk(config: Config) -> Finding:
    free = shutil.disk_usage(config.hotline_data).free // 2**20
    return Finding("HOTLINE_DATA", free > 500, f"{free} MB free" + ("" if free > 500 else ": make room"))
