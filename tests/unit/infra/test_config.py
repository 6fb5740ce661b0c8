"""Settings: embedded defaults, clear refusals, secrets kept."""

from pathlib import Path

import pytest

from infra.config import TWILIO_API, ConfigError, load_config


def test_nothing_set_means_embedded_stores_and_a_kept_account(tmp_path: Path) -> None:
    first = load_config({"HOTLINE_DATA": str(tmp_path)})
    second = load_config({"HOTLINE_DATA": str(tmp_path)})

    assert first == second
    assert first.embeds_database
    assert first.embeds_valkey
    assert first.twilio_account_sid.startswith("AC")
    assert len(first.twilio_account_sid) == 34
    assert first.twilio_api_base == "http://127.0.0.1:8002"
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_given_values_win(tmp_path: Path) -> None:
    config = load_config(
        {
            "HOTLINE_DATA": str(tmp_path),
            "DATABASE_URL": "postgres://u:p@db/x",
            "WEB_PORT": "9000",
            "HOTLINE_CARRIER": "0",
            "HOTLINE_OFFER_SECONDS": "2.5",
        }
    )

    assert not config.embeds_database
    assert config.embeds_valkey
    assert config.web_url == "http://127.0.0.1:9000"
    assert config.twilio_api_base == TWILIO_API
    assert config.hotline_offer_seconds == 2.5


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WEB_PORT", "abc"),
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "http://x"),
        ("PUBLIC_URL", "example.com"),
        ("SECRET_KEY", "short"),
        ("HOTLINE_OFFER_SECONDS", "0"),
        ("HOTLINE_LIMITS", "perhaps"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
    ],
)
def test_a_wrong_value_is_refused_by_name(tmp_path: Path, variable: str, value: str) -> None:
    expected = "TWILIO_AUTH_TOKEN" if variable == "TWILIO_ACCOUNT_SID" else variable

    with pytest.raises(ConfigError, match=expected):
        load_config({"HOTLINE_DATA": str(tmp_path), variable: value})


def test_limits_cannot_be_off_in_public(tmp_path: Path) -> None:
    public = {"HOTLINE_DATA": str(tmp_path), "PUBLIC_URL": "https://h.example.com", "HOTLINE_LIMITS": "off"}

    with pytest.raises(ConfigError, match="HOTLINE_LIMITS"):
        load_config(public)


def test_secrets_do_not_show_in_the_settings_text(tmp_path: Path) -> None:
    config = load_config({"HOTLINE_DATA": str(tmp_path), "DATABASE_URL": "postgresql://u:hidden@db/x"})

    assert config.twilio_auth_token not in repr(config)
    assert config.secret_key not in repr(config)
    assert "hidden" not in repr(config)
