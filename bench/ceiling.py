"""The ceiling of every signed turn: the same server, framework and signature check, and a fixed answer."""

import os

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather action="/ivr/step" numDigits="1" timeout="5">'
    '<Say language="en-US" voice="Polly.Joanna-Neural">For repairs in your home, press 1.</Say></Gather>'
    "<Redirect>/ivr/step</Redirect></Response>"
)


def create_ceiling() -> Flask:
    """Return the smallest application that does what no telephone application can leave out."""
    app = Flask("ceiling", static_folder=None)
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    base = os.environ["CEILING_URL"]

    @app.post("/ivr/step")
    def step() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(base + request.full_path.rstrip("?"), request.form, signature):
            return Response(status=403)
        return Response(ANSWER, mimetype="text/xml")

    @app.get("/readyz")
    def readyz() -> Response:
        return Response("ready")

    return app
