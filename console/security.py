"""What every answer of the console carries, and what every form must carry."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from console.login import session_lifetime
from infra.config import Config

# No script and no style stands in a page itself, so neither needs a nonce and an injected one never runs.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"
IMMUTABLE = "public, max-age=31536000, immutable"
LARGEST_BODY = 1_000_000

csrf = CSRFProtect()


def install(app: Flask, config: Config) -> None:
    """Sign cookies, protect forms, and add the security headers to every answer."""
    is_https = config.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="hotline_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=session_lifetime(),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a desk stays open for a whole shift
        WTF_CSRF_HEADERS=["X-CSRFToken"],
    )
    csrf.init_app(app)

    @app.after_request
    def protect(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if is_https:
            answer.headers.setdefault("Strict-Transport-Security", HSTS)
        if request.endpoint == "static" and request.args.get("v"):
            answer.headers["Cache-Control"] = IMMUTABLE
        else:
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer
