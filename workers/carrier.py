"""The carrier's process: the loopback telephone provider with the demo company as its phone book."""

from infra.config import ConfigError, load_config
from infra.runtime import build_runtime
from workers.demo.info import demo_info


def run_carrier() -> None:
    """Serve the carrier until a signal."""
    from gunicorn.app.base import BaseApplication

    from ivr.carrier.app import live_carrier

    config = load_config()
    if config.is_public:
        raise ConfigError("HOTLINE_CARRIER: the stand-in never runs with a public PUBLIC_URL")
    runtime = build_runtime(config, pool_size=1)

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            """One process: the calls live in its memory."""
            self.cfg.set("bind", f"{config.bind_host}:{config.carrier_port}")
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", 32)
            self.cfg.set("graceful_timeout", 2)
            self.cfg.set("loglevel", "warning")

        def load(self) -> object:
            """Make the application in the serving process: it starts the carrier's clock."""
            return live_carrier(
                account_sid=config.twilio_account_sid,
                auth_token=config.twilio_auth_token,
                public_url=config.web_url,
                web_url=f"http://127.0.0.1:{config.web_port}",
                carrier_url=config.carrier_url,
                source=lambda: demo_info(runtime),
            )

    Server().run()
